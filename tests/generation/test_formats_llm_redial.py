"""The folder of an LLM-REDIAL domain, written by us with the traps of the real one."""

import io
import json
import tarfile
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.formats import FORMATS
from generation.formats.base import Options
from generation.formats.values import FormatError
from generation.records import DialogueRecord, MentionRecord, PersonRecord, UtteranceRecord
from tests.generation.dialogue_files import read, write_zip

TALK = """0

User: I liked Night Bus.

Agent: Then see The Tall Oven!
It is calm,

and long.

1

User: 100
more
Agent: Unseen Film?

7

User: Hello

"""
ANNA = {
    "history_interaction": ["B2", "B9"],
    "user_might_like": ["B3"],
    "Conversation": [
        {"conversation_1": {"conversation_id": 0, "user_likes": ["B2"], "user_dislikes": [], "rec_item": ["B1"]}},
        {"conversation_2": {"conversation_id": 1, "user_likes": [], "user_dislikes": ["B3"], "rec_item": ["B3"]}},
    ],
}
BERT = {
    "history_interaction": [],
    "user_might_like": [],
    "Conversation": [{"conversation_1": {"conversation_id": 7, "user_likes": [], "user_dislikes": [], "rec_item": []}}],
}
TITLES = {"B1": "The Tall Oven", "B2": "Night Bus (2004)", "B3": "Unseen Film"}
FILES: dict[str, Any] = {
    "Movie/final_data.jsonl": "\n".join(json.dumps(line) for line in ({"ANNA": ANNA}, {"BERT": BERT})),
    "Movie/Conversation.txt": TALK,
    "Movie/item_map.json": TITLES,
    "Movie/user_map.json": {"ANNA": 0, "BERT": 1},
}


def folder(path: Path, **changes: Any) -> Path:
    return write_zip(path / "movie.zip", {**FILES, **{f"Movie/{name}": content for name, content in changes.items()}})


def written(records: list[DialogueRecord], path: Path) -> Path:
    write = FORMATS.get("llm_redial").write
    assert write is not None
    path.write_bytes(b"".join(write(records)))
    return path


def test_the_files_come_together(tmp_path: Path) -> None:
    first, second, third = read("llm_redial", folder(tmp_path))
    assert [record.external_id for record in (first, second, third)] == ["0", "1", "7"]
    assert [(one.speaker, one.text) for one in first.utterances] == [
        ("user", "I liked Night Bus."),
        ("system", "Then see The Tall Oven!\nIt is calm,\n\nand long."),
    ]
    assert first.utterances[0].mentions == (MentionRecord(item_id="B2", start=8, end=17),)
    assert first.utterances[1].mentions == (MentionRecord(item_id="B1", start=9, end=22, role="recommended"),)
    assert [one.text for one in second.utterances] == ["100\nmore", "Unseen Film?"]
    assert first.labels == {"user_likes": ["B2"], "user_dislikes": [], "rec_item": ["B1"]}
    assert first.metadata == {"history_interaction": ["B2", "B9"], "user_might_like": ["B3"], "user_map": 0}
    assert {item.external_id: item.title for item in first.items} == {
        "B1": "The Tall Oven", "B2": "Night Bus (2004)", "B3": "Unseen Film", "B9": "B9"
    }  # fmt: skip
    assert third.person == PersonRecord(external_id="BERT", kind="reviewer")


def test_what_is_written_is_read_as_the_same_dataset(tmp_path: Path) -> None:
    odd = {"conversation_x": {"conversation_id": 9, "rec_item": ["B1"], "more": [1]}}
    data = json.dumps({"ANNA": {**ANNA, "age": 4, "Conversation": [*ANNA["Conversation"], odd]}})
    records = read(
        "llm_redial", folder(tmp_path, **{"final_data.jsonl": data, "Conversation.txt": TALK + "9\n\nUser: a\n"})
    )
    assert len(records) == 3
    again = written(records, tmp_path / "again.zip")
    assert FORMATS.guess(again).name == "llm_redial"
    back = read("llm_redial", again)
    for one, other in zip(records, back, strict=True):
        assert {**one.labels, "user_likes": [], "user_dislikes": []} | one.labels == other.labels
        assert (one.utterances, one.items, one.metadata, one.person) == (
            other.utterances, other.items, other.metadata, other.person
        )  # fmt: skip


def test_how_each_was_generated_goes_with_it(tmp_path: Path) -> None:
    """Also two people of whom one has a template that the other's of that name is not."""
    plain = read("llm_redial", write_zip(tmp_path / "movie.zip", FILES))
    made = [
        {"template": "T1a-L-L0", "steps": "U:SG02 S:SG28", "seed": 1},
        {"template": "T1a-L-L0", "steps": "U:SG01 S:SG28", "seed": 2},
        {"scripted": True},
    ]
    there = [replace(one, metadata={**one.metadata, "generated": how}) for one, how in zip(plain, made, strict=True)]
    path = tmp_path / "again.zip"
    path.write_bytes(b"".join(FORMATS.get("llm_redial").write(there)))  # type: ignore[misc]
    with ZipFile(path) as packed:
        filed = json.loads(packed.read("templates.json"))
    assert filed["templates"] == {"T1a-L-L0": "U:SG02 S:SG28"}
    assert filed["conversations"]["0"] == {"template": "T1a-L-L0", "seed": 1}
    again = read("llm_redial", path)
    assert [one.metadata["generated"] for one in again] == made
    assert [one.metadata for one in again] == [one.metadata for one in there]


def test_a_tar_and_a_folder_are_read_too(tmp_path: Path) -> None:
    expected = read("llm_redial", folder(tmp_path))
    with tarfile.open(tmp_path / "movie.tar.gz", "w:gz") as archive:
        for name, content in FILES.items():
            data = (content if isinstance(content, str) else json.dumps(content)).encode()
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    for path in (tmp_path / "movie.tar.gz", tmp_path / "Movie"):
        assert FORMATS.guess(path).name == "llm_redial"
        assert read("llm_redial", path) == expected


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Conversation.txt": "0\n\nUser: a\n"}, "conversation 1 is not in Conversation.txt"),
        ({"Conversation.txt": "0\n1\n7\n"}, "nobody says anything in conversation 0"),
        ({"Conversation.txt": TALK + "0\n\nUser: b\n"}, "conversation 0 stands there twice"),
        ({"Conversation.txt": "Hello\n" + TALK}, "before anybody speaks"),
        ({"final_data.jsonl": '{"ANNA": {"Conversation": [{"c": {"rec_item": []}}]}}'}, "no `conversation_id`"),
        ({"final_data.jsonl": '{"ANNA": {"Conversation": [{"c": {"conversation_id": 0, "rec_item": [[]]}}]}}'},
         "`rec_item` holds []"),
        ({"final_data.jsonl": '{"ANNA": {"Conversation": 5}}'}, "`Conversation` of 'ANNA' is a whole number"),
        ({"final_data.jsonl": '{"ANNA": 5}'}, "what is said of 'ANNA' is a whole number"),
        ({"item_map.json": "[]"}, "item_map.json is a list"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_said(changes: dict[str, str], words: str, tmp_path: Path) -> None:
    problems: list[FormatError] = []
    try:
        read("llm_redial", folder(tmp_path, **changes), Options(report=problems.append))
    except FormatError as error:
        problems.append(error)
    assert words in str(problems[0])
    assert problems[0].remedy


def test_one_file_alone_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "final_data.jsonl").write_text(FILES["Movie/final_data.jsonl"])
    with pytest.raises(FormatError, match="belong together"):
        read("llm_redial", tmp_path / "final_data.jsonl")
    packed = write_zip(tmp_path / "a.zip", {"final_data.jsonl": FILES["Movie/final_data.jsonl"]})
    with pytest.raises(FormatError, match=r"no Conversation.txt|no .txt"):
        read("llm_redial", packed)


PLAIN = st.text(st.characters(exclude_categories=["Cs", "Cc"])).map(str.rstrip)


@given(st.lists(st.lists(st.tuples(st.sampled_from(["user", "system"]), PLAIN), min_size=1), min_size=1, max_size=4))
def test_whatever_is_said_comes_back(talks: list[list[tuple[Any, str]]]) -> None:
    records = [
        DialogueRecord(
            external_id=str(number),
            utterances=tuple(UtteranceRecord(speaker=speaker, text=text) for speaker, text in talk),
        )
        for number, talk in enumerate(talks)
    ]
    with tempfile.TemporaryDirectory() as name:
        back = read("llm_redial", written(records, Path(name) / "a.zip"))
    assert [[(one.speaker, one.text) for one in record.utterances] for record in back] == talks
