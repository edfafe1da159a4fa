"""CRSLab's three layouts of dialogues, put together again from their tokens."""

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.formats import FORMATS
from generation.formats.base import Options
from generation.formats.text import detokenized, place_of
from generation.formats.values import FormatError
from tests.generation.dialogue_files import read, write_zip

REDIAL: dict[str, Any] = {
    "conv_id": 4,
    "dialog": [
        {"utt_id": 0, "role": "Seeker", "text": ["I", "do", "n't", "know", "."], "movies": [], "word": ["know"]},
        {"utt_id": 1, "role": "Recommender", "text": ["See", "Night", "Bus", "(", "2004", ")", "!"],
         "movies": ["<http://dbpedia.org/resource/Night_Bus_(2004)>"], "entity": ["x"]},
    ],
}  # fmt: skip
TG: dict[str, Any] = {
    "conv_id": 9,
    "user_id": 3,
    "messages": [
        {"local_id": 1, "role": "Seeker", "text": ["我", "喜欢", "科幻"], "target": ["x"], "movie": []},
        {"local_id": 2, "role": "Recommender", "text": ["看", "《", "机器人总动员", "》", "！"], "target": [],
         "movie": ["机器人总动员（2008）"], "final": ["推荐", ["科幻"]]},
    ],
}  # fmt: skip


def test_tokens_become_texts_and_addresses_titles(tmp_path: Path) -> None:
    gorecdial = {"dialog": [{"role": "Expert", "text": ["hi", "!"], "movies": [], "decide": 1}], "conv_id": 4}
    path = write_zip(tmp_path / "redial.zip", {
        "r/test_data.json": [REDIAL], "r/train_data.json": [gorecdial], "r/entity2id.json": {"a": 1}
    })  # fmt: skip
    assert FORMATS.guess(path).name == "crslab"
    test, train = read("crslab", path)
    assert [record.external_id for record in (test, train)] == ["test/4", "train/4"]
    assert [(one.speaker, one.text) for one in test.utterances] == [
        ("user", "I don't know."),
        ("system", "See Night Bus (2004)!"),
    ]
    (offered,) = test.utterances[1].mentions
    assert (offered.start, offered.end, offered.role) == (4, 20, "recommended")
    assert [(item.title, item.year) for item in test.items] == [("Night Bus (2004)", 2004)]
    assert test.utterances[0].metadata["tokens"] == ["I", "do", "n't", "know", "."]
    assert (test.split, train.utterances[0].speaker, train.utterances[0].metadata["decide"]) == ("test", "system", 1)


def test_tg_redial_brings_profiles_and_histories(tmp_path: Path) -> None:
    files = {
        "t/valid_data.json": [TG],
        "t/user2profile.json": {"3": ["爱看电影"]},
        "t/user2history.json": {"9/2": [5, 7]},
    }
    (record,) = read("crslab", write_zip(tmp_path / "tgredial.zip", files))
    assert [one.text for one in record.utterances] == ["我喜欢科幻", "看《机器人总动员》！"]
    assert record.utterances[1].mentions[0].start == 2
    assert record.utterances[1].metadata["final"] == ["推荐", ["科幻"]]
    assert record.person is not None
    assert (record.person.external_id, record.person.profile) == ("3", "爱看电影")
    assert (record.split, record.metadata["history"]) == ("valid", [5, 7])


def test_one_file_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "valid_data.json"
    path.write_text(json.dumps([TG]))
    assert FORMATS.guess(path).name == "crslab"
    assert read("crslab", path)[0].external_id == "valid/9"


def test_pickles_are_refused_with_the_reason(tmp_path: Path) -> None:
    packed = write_zip(tmp_path / "tgredial.zip", {"train_data.pkl": pickle.dumps([TG])})
    with pytest.raises(FormatError, match="Pickles are never opened; save them as JSON"):
        read("crslab", packed)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"dialog": []}, "`dialog` is empty"),
        ({"dialog": [{"role": "Narrator", "text": []}]}, "role of utterance 1 is 'Narrator'"),
        ({"dialog": [{"role": "Seeker", "text": [["a"]]}]}, "token that is no text"),
        ({"dialog": [{"role": "Seeker", "text": [], "movies": [None]}]}, "token that is no text"),
        ({"dialog": [{"role": "Seeker"}]}, "has no `text`"),
        ({"dialog": ["x"]}, "utterance 1 is a text"),
        (5, "the entry is a whole number"),
    ],
)
def test_a_bad_entry_is_named_and_the_rest_is_read(entry: Any, words: str, tmp_path: Path) -> None:
    problems: list[FormatError] = []
    path = write_zip(tmp_path / "a.zip", {"test_data.json": [entry, REDIAL]})
    assert len(read("crslab", path, Options(report=problems.append))) == 1
    assert (problems[0].place, words in problems[0].problem) == ("test_data.json, line 1, entry 1", True)


def test_a_title_that_hides_a_nul_stays_as_it_is(tmp_path: Path) -> None:
    said = [{"role": "Seeker", "text": ["a"], "movies": ["http://x/a%00b"]}]
    (record,) = read("crslab", write_zip(tmp_path / "a.zip", {"test_data.json": [{"dialog": said}]}))
    assert record.items[0].title == "http://x/a%00b"


@given(st.lists(st.text(min_size=1)))
def test_no_token_gets_lost(tokens: list[str]) -> None:
    plain = [token for token in tokens if token not in ("``", "''", "-LRB-", "-RRB-")]
    assert detokenized(plain).replace(" ", "") == "".join(plain).replace(" ", "")


@given(st.text(), st.text())
def test_a_title_is_found_where_it_is_or_not_at_all(text: str, title: str) -> None:
    found = place_of(text, title)
    assert found is None or 0 <= found[0] < found[1] <= len(text)
