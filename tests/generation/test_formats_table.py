"""Any table, read as somebody says that its columns are."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.formats import FORMATS
from generation.formats.base import Options
from generation.formats.columns import suggest
from generation.formats.sources import Source
from generation.formats.values import FormatError
from generation.records import DialogueRecord
from tests.generation.dialogue_files import read

PLAIN = """conv_id,role,utterance,utt_id,intent,utterance_zh
7,seeker,Two,2,ask,二
7,recommender,One,1,greet,一
8,seeker,Three,1,ask,
"""
BARE = """
USER\t"Hello\tOTHER\t4,3

SYSTEM\tHi\t\t
USER\tHeat?\tASK\t3,3

"""


def written(folder: Path, text: str, name: str = "talks.csv") -> Path:
    (folder / name).write_text(text)
    return folder / name


def said(records: Sequence[DialogueRecord]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(one.external_id, [(said.speaker, said.text) for said in one.utterances]) for one in records]


def test_a_table_with_plain_names_needs_no_word(tmp_path: Path) -> None:
    path = written(tmp_path, PLAIN)
    assert FORMATS.guess(path).name == "table"
    assert suggest(Source(path)) == {
        "dialogue": ["conv_id"], "speaker": ["role"], "text": ["utterance"], "order": ["utt_id"],
        "user": ["seeker"], "system": ["recommender"], "labels": ["intent"], "translation": ["zh=utterance_zh"],
    }  # fmt: skip
    records = read("table", path)
    assert said(records) == [("7", [("system", "One"), ("user", "Two")]), ("8", [("user", "Three")])]
    assert records[0].utterances[0].translations == {"zh": "一"}
    assert (records[0].utterances[0].labels, records[0].utterances[0].metadata) == ({"intent": "greet"}, {})


def test_a_table_without_a_heading_has_blank_lines_between_dialogues(tmp_path: Path) -> None:
    path = written(tmp_path, BARE, "talks.txt")
    assert suggest(Source(path)) == {
        "heading": ["no"], "speaker": ["1"], "text": ["2"], "user": ["USER"], "system": ["SYSTEM"]
    }  # fmt: skip
    records = read("table", path)
    assert said(records) == [
        ("talks.txt, dialogue 1", [("user", '"Hello')]),
        ("talks.txt, dialogue 2", [("system", "Hi"), ("user", "Heat?")]),
    ]
    assert records[0].utterances[0].metadata == {"3": "OTHER", "4": "4,3"}


def test_without_a_speaker_column_they_take_turns(tmp_path: Path) -> None:
    path = written(tmp_path, "a;b\nHello;x\nHi;x\n")
    mapping = {"text": ["a"], "task": ["b"], "person": ["b"], "split": ["b"], "dialogue_labels": ["b"]}
    (record,) = read("table", path, Options(mapping=mapping))
    assert [one.speaker for one in record.utterances] == ["user", "system"]
    assert (record.task, record.split, record.labels) == ("x", "x", {"b": "x"})
    assert record.person is not None
    assert record.person.external_id == "x"


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"speaker": ["role"]}, "no column is the text. There are conv_id, role"),
        ({"text": ["words"]}, "no column 'words' for the text. There are conv_id"),
        ({"text": ["utterance"], "translation": ["zh=nothing"]}, "no column 'nothing' for the translation"),
        ({"text": ["utterance"], "speaker": ["conv_id"]}, "the speaker is '7', which is neither"),
        ({"text": ["utterance"], "dialogue": ["intent"]}, "rows of the dialogue 'ask' do not stand together"),
    ],
)
def test_what_does_not_fit_is_said(mapping: dict[str, list[str]], words: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError) as refused:
        read("table", written(tmp_path, PLAIN), Options(mapping=mapping))
    assert words in str(refused.value)


def test_one_endless_dialogue_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = written(tmp_path, "text\n" + "x\n" * 10_001)
    with pytest.raises(FormatError, match=r"more than 10,000 rows\. Say which column"):
        read("table", path, Options(mapping={"text": ["text"]}))


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=20)


@given(st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=8), st.sampled_from(["\t", ",", ";"]))
def test_no_table_does_harm(rows: list[list[str]], separator: str) -> None:
    """Whatever stands in it is suggested, read, or refused in words."""
    problems: list[Any] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_text("\n".join(separator.join(row) for row in rows), newline="")
        try:
            mapping = suggest(Source(path))
            for record in FORMATS.get("table").mapped(mapping).read(Source(path), Options(report=problems.append)):
                assert record.utterances
        except FormatError as refused:
            problems.append(refused)
    assert all(problem.remedy for problem in problems)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            'id,speaker,text\n1,user,hi\n2,user,"never closed\n' + "3,user,lost\n" * 50,
            "line 3: a quotation mark is opened",
        ),
        ('id,speaker,text\n1,user,"never closed', "line 2: a quotation mark is opened"),
        (",".join(f"a{n}" for n in range(200_000)) + "\n", "200,000 cells; at most 10,000 columns"),
    ],
)
def test_what_would_swallow_rows_or_hold_the_worker_for_hours_is_refused_at_once(
    tmp_path: Path, text: str, why: str
) -> None:
    with pytest.raises(FormatError, match=why):
        read("table", written(tmp_path, text), Options(mapping={"text": ["text"], "speaker": ["speaker"]}))


def test_the_last_cell_may_end_in_a_quotation_mark_without_a_line_end(tmp_path: Path) -> None:
    records = read("table", written(tmp_path, 'conv_id,role,text\n7,user,"said ""no"""'))
    assert said(records) == [("7", [("user", 'said "no"')])]
