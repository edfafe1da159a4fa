"""OpenDialKG: the released table, and iEvaLM's lists of utterances."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from generation.formats import FORMATS
from generation.formats.base import Options
from generation.formats.values import FormatError
from tests.generation.dialogue_files import read, write_lines

WALK = {
    "type": "action",
    "sender": "assistant",
    "action_id": "kgwalk/choose_path",
    "metadata": {"path": [0.6, [["Night Bus", "directed_by", "A. Nobody"], ["x", "y"]], "shown"]},
}
TALK: list[dict[str, Any]] = [
    {"type": "chat", "sender": "user", "message": "Something like Night Bus?", "timestamp": 1},
    WALK,
    {"type": "chat", "sender": "assistant", "message": "A. Nobody made Heat"},
    WALK,
]
LISTED = [
    {"role": "user", "text": "Like Night Bus?", "entity": ["Night Bus"], "text_template": "Like <mask>?", "item": []},
    {"role": "assistant", "text": "Try heat", "entity": [], "text_template": "Try heat", "item": ["Heat", "Heat"]},
]


def table(path: Path, *rows: tuple[Any, str, str]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Messages", "User Rating", "Assistant Rating"])
        writer.writerows([json.dumps(said) if isinstance(said, list) else said, *ratings] for said, *ratings in rows)
    return path


def test_walks_go_with_the_next_utterance(tmp_path: Path) -> None:
    path = table(tmp_path / "opendialkg.csv", (TALK, "5", "nan"))
    assert FORMATS.guess(path).name == "opendialkg"
    (record,) = read("opendialkg", path)
    assert [(one.speaker, one.text) for one in record.utterances] == [
        ("user", "Something like Night Bus?"),
        ("system", "A. Nobody made Heat"),
    ]
    asked, told = record.utterances
    assert (asked.metadata, asked.mentions) == ({"timestamp": 1}, ())
    assert told.metadata["walks"][0]["action_id"] == "kgwalk/choose_path"
    assert [(one.item_id, one.start) for one in told.mentions] == [("A. Nobody", 0)]
    assert (record.labels, len(record.metadata["walks"])) == ({"user_rating": 5}, 1)


def test_lists_of_utterances_are_dialogues(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "books.jsonl", [json.dumps(LISTED)] * 2)
    assert FORMATS.guess(path).name == "opendialkg"
    first, second = read("opendialkg", path)
    assert (first.external_id, second.external_id) == ("books.jsonl, line 1", "books.jsonl, line 2")
    assert first.utterances[0].metadata == {"entity": ["Night Bus"], "text_template": "Like <mask>?"}
    (offered,) = first.utterances[1].mentions
    assert (offered.item_id, offered.start, offered.role) == ("Heat", 4, "recommended")
    whole = tmp_path / "books.json"
    whole.write_text(json.dumps([LISTED, LISTED]))
    assert [record.utterances for record in read("opendialkg", whole)] == [first.utterances] * 2


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("no json", "not JSON"),
        ("{}", "`Messages` is no list"),
        ([WALK], "holds no chat"),
        ([{"type": "chat", "sender": "bot", "message": "x"}], "message 1 is by 'bot'"),
        ([{"type": "chat", "sender": "user"}], "message 1 has no `message`"),
        ([5], "message 1 is a whole number"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_is_read(said: Any, words: str, tmp_path: Path) -> None:
    problems: list[FormatError] = []
    path = table(tmp_path / "a.csv", (said, "", ""), (TALK, "x", "4.0"))
    (record,) = read("opendialkg", path, Options(report=problems.append))
    assert record.labels == {"user_rating": "x", "assistant_rating": 4}
    assert (problems[0].place, words in problems[0].problem) == ("line 2", True)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"role": "user", "text": "x"}, "no list of utterances"),
        ([{"role": "bot", "text": "x"}], "is by 'bot'"),
        ([{"role": "user", "text": "x", "item": [5]}], "item 1 of utterance 1 is no title"),
        ([{"role": "user", "text": "x", "item": "Heat"}], "`item` of utterance 1 is a text, not a list"),
    ],
)
def test_a_bad_list_is_named(entry: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=words):
        read("opendialkg", write_lines(tmp_path / "a.jsonl", [json.dumps(LISTED), json.dumps(entry)]))
