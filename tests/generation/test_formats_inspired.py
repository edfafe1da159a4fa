"""INSPIRED tables: every column finds its place, and a cell that runs code is only text."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.formats import FORMATS
from generation.formats.base import Options
from generation.formats.inspired import _literal
from generation.formats.values import FormatError
from tests.generation.dialogue_files import read

COLUMNS = (
    *("dialog_id", "utt_id", "speaker", "turn_id", "text", "text_with_placeholder", "movies", "genres", "people_names"),
    *("movie_dict", "genre_dict", "actor_dict", "director_dict", "others_dict", "expert_label", "second_label"),
    *("fine_label", "coarse_label", "movie_id"),
)
DICTS = {
    "movie_dict": "{'Night Bus (2004)': 0, '': 1}",
    "genre_dict": "{}",
    "actor_dict": "{'A': 0}",
    "director_dict": "{}",
}
OUTCOME = {"fine_label": "accept_rating_good", "coarse_label": "accept_new", "movie_id": "Ks_1"}


def row(dialogue: str, number: int, speaker: str, text: str, **cells: str) -> dict[str, str]:
    said = {"dialog_id": dialogue, "utt_id": str(number), "speaker": speaker, "turn_id": "1", "text": text}
    return {**dict.fromkeys(COLUMNS, ""), **DICTS, **OUTCOME, **said, **cells}


def table(path: Path, *rows: dict[str, str]) -> Path:
    lines = ["\t".join(COLUMNS), *("\t".join(cells[name] for name in COLUMNS) for cells in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


TWO = (
    row("a", 2, "SEEKER", "QUOTATION_MARKNight BusQUOTATION_MARK, or Heat?", movies="Night Bus (2004); Heat (1995)"),
    row("a", 1, "RECOMMENDER", "See night bus", movies="Night Bus (2004)", expert_label="credibility",
        second_label="similarity", genres="drama", text_with_placeholder="See [MOVIE_TITLE_0]"),
    row("b", 1, "SEEKER", "Hello", coarse_label="nan", fine_label="nan"),
)  # fmt: skip


def test_every_column_finds_its_place(tmp_path: Path) -> None:
    path = table(tmp_path / "dev.tsv", *TWO)
    assert FORMATS.guess(path).name == "inspired"
    first, second = read("inspired", path)
    recommended, asked = first.utterances
    assert (recommended.speaker, recommended.text) == ("system", "See night bus")
    assert recommended.labels == {"strategy": "credibility", "second_strategy": "similarity"}
    assert recommended.metadata == {
        "turn_id": "1", "genres": "drama", "text_with_placeholder": "See [MOVIE_TITLE_0]"
    }  # fmt: skip
    assert [(one.item_id, one.start, one.role) for one in recommended.mentions] == [
        ("Night Bus (2004)", 4, "recommended")
    ]
    assert (asked.speaker, asked.text) == ("user", '"Night Bus", or Heat?')
    assert [(one.item_id, one.start) for one in asked.mentions] == [("Night Bus (2004)", 1), ("Heat (1995)", 16)]
    assert first.labels == {"fine_label": "accept_rating_good", "coarse_label": "accept_new"}
    assert first.metadata == {"movie_dict": {"Night Bus (2004)": 0, "": 1}, "actor_dict": {"A": 0}, "movie_id": "Ks_1"}
    assert [(item.title, item.year) for item in first.items] == [("Night Bus (2004)", 2004), ("Heat (1995)", 1995)]
    assert (first.split, second.labels) == ("dev", {})


@pytest.mark.parametrize(
    "cell",
    ["__import__('os').system('true')", "{1: {}.__class__}", "{'a': 1e999}", "{'a': b'x'}", "{'\\ud800': 1}",
     "{'a': '\\x00'}", "{" * 9000, "{'a': " * 300, "{'a': {1, 2}}", "{'a': 1j}", "{(1, 2): 3}", "[1, 2]",
     "{'a': " + "9" * 5000 + "}", "{'a': 1" + " " * 30_000 + "}"],
)  # fmt: skip
def test_a_cell_that_is_no_plain_dictionary_stays_text(cell: str) -> None:
    assert _literal(cell, "movie_dict", Options()) == cell


@given(st.text())
def test_no_cell_does_harm(cell: str) -> None:
    found = _literal(cell, "movie_dict", Options())
    assert found == cell or isinstance(found, dict)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.integers()))
def test_a_plain_dictionary_is_read(found: dict[str, int]) -> None:
    cell = repr(found)
    if len(cell) < 5000 and all(abs(number) < 10**300 for number in found.values()):
        assert _literal(cell, "movie_dict", Options()) == found


def test_a_bad_row_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    problems: list[FormatError] = []
    path = table(tmp_path / "dev.tsv", *TWO, row("c", 1, "NARRATOR", "x"))
    records = read("inspired", path, Options(report=problems.append))
    assert [record.external_id for record in records] == ["a", "b"]
    assert str(problems[0]).startswith("line 5: the speaker is 'NARRATOR', neither SEEKER nor RECOMMENDER")


def test_another_table_is_refused_with_the_column_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("id\ttext\n1\thello\n")
    with pytest.raises(FormatError, match="no column 'dialog_id'"):
        read("inspired", tmp_path / "a.tsv")
