"""IARD: several intents an utterance, and films that stand in the text with their titles."""

import json
from pathlib import Path
from typing import Any

import pytest

from generation.formats import FORMATS
from generation.formats.base import Options
from generation.formats.values import FormatError
from generation.records import MentionRecord
from tests.generation.dialogue_files import read


def said(position: int, role: str, text: str, **changes: Any) -> dict[str, Any]:
    intents = {"top-level intent/action": ["OTH", "AskForRec"], "sub-intent/action": ["OTH", "IQU"]}
    return {
        "utterance_pos": position,
        "worker_id": len(role),
        "role": role,
        "utterance_text": text,
        **intents,
        **changes,
    }


def written(folder: Path, **dialogues: Any) -> Path:
    (folder / "iard.json").write_text(json.dumps(dialogues, indent=1))
    return folder / "iard.json"


TALK = {
    "accepted_recommendation": [2],
    "dialogue_info": {
        "R2": said(2, "recommender", "Yes, @7 <Night  Bus (2004)>  or @8 <>?", note="x"),
        "S1": said(1, "seeker", "A film?"),
    },
}


def test_intents_are_labels_and_films_mentions(tmp_path: Path) -> None:
    path = written(tmp_path, **{"474": TALK})
    assert FORMATS.guess(path).name == "iard"
    (record,) = read("iard", path)
    asked, told = record.utterances
    assert (record.external_id, record.labels) == ("474", {"accepted_recommendation": [2]})
    assert (asked.speaker, asked.text) == ("user", "A film?")
    assert asked.labels == {"top_level_intent": ["OTH", "AskForRec"], "sub_intent": ["OTH", "IQU"]}
    assert (told.speaker, told.text, told.metadata) == ("system", "Yes, @7  or @8?", {"note": "x"})
    assert told.mentions == (
        MentionRecord(item_id="7", start=5, end=7),
        MentionRecord(item_id="8", start=12, end=14),
    )
    assert [(item.title, item.year) for item in record.items] == [("Night Bus (2004)", 2004), ("@8", None)]


@pytest.mark.parametrize(
    ("info", "words"),
    [
        ({}, "`dialogue_info` is empty"),
        ({"S1": said(1, "narrator", "x")}, "'narrator', neither `seeker` nor `recommender`"),
        ({"S1": said(1, "seeker", 5)}, "`utterance_text` of utterance S1 is a whole number"),  # type: ignore[arg-type]
        ({"S1": {"role": "seeker"}}, "utterance S1 has no `utterance_pos`"),
        ({"S1": 5}, "utterance S1 is a whole number"),
    ],
)
def test_a_bad_dialogue_is_named_and_the_rest_is_read(info: Any, words: str, tmp_path: Path) -> None:
    problems: list[FormatError] = []
    path = written(tmp_path, bad={"dialogue_info": info}, good=TALK)
    assert [one.external_id for one in read("iard", path, Options(report=problems.append))] == ["good"]
    assert problems[0].place.endswith("conversation bad")
    assert words in str(problems[0])
