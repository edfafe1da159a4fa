"""A long file is read by a process of its own, and nobody can tell by what comes of it."""

import os
import signal
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.core.management import call_command

from generation.formats import FORMATS
from generation.formats.base import Format
from generation.formats.sources import Source
from generation.formats.values import TEXTS
from generation.models import Dataset, Dialogue, Import
from generation.services import reading
from generation.services.filing import records_of
from generation.services.import_report import ImportingError
from generation.services.importing_here import import_path
from generation.services.reading import ReadingError, read_apart, read_here
from generation.wording import parts_of
from tests.generation.dialogue_files import own, redial, write_lines

TABLE = "id,who,words\n" + "".join(f"{n},{who},Text {n} of {who}\n" for n in range(700) for who in ("user", "bot"))


def found(read: Any, path: Path, format: Format) -> tuple[Any, ...]:
    """The pieces, the problems and the notes, as they come."""
    problems: list[dict[str, Any]] = []
    notes: list[Any] = []
    pieces = list(
        read(
            Source(path),
            format,
            lambda problem: problems.append(problem.as_dict()),
            lambda note: notes.append((note, parts_of(note))),
        )
    )
    return pieces, problems, notes


def readers() -> list[psutil.Process]:
    """The processes that read for this one."""
    children = psutil.Process().children()
    return [one for one in children if one.status() != psutil.STATUS_ZOMBIE and reads(one)]


def reads(process: psutil.Process) -> bool:
    return reading.reading_apart.__name__ in process.cmdline()


@pytest.fixture
def always_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "READ_APART", 0)


def films(count: int) -> Iterator[Any]:
    return (redial(str(number), movieMentions={"101": f"Film {number % 3} (1999)"}) for number in range(count))


def test_it_finds_the_same_dialogues_problems_and_notes(tmp_path: Path) -> None:
    lines = [own(str(number), metadata={"n": number}) for number in range(700)]
    lines[3:3] = [{"id": "bad"}, own("0"), own("x" * 300)]
    path = write_lines(tmp_path / "own.jsonl", [*lines, "{broken"])
    here, apart = (found(read, path, FORMATS.get("jsonl")) for read in (read_here, read_apart))
    assert here == apart
    pieces, problems, _notes = apart
    assert [piece.said.size for piece in pieces] == [500, 200]
    assert [problem["place"] for problem in problems] == ["line 4", "line 5", "line 6", "line 704"]
    assert all(problem["parts"][name]["pattern"] for problem in problems for name in TEXTS)
    assert pieces[-1].position == pieces[-1].size == path.stat().st_size


def test_it_reads_columns_as_they_were_mapped(tmp_path: Path) -> None:
    path = tmp_path / "talks.csv"
    path.write_text(TABLE)
    mapping = {"dialogue": ["id"], "speaker": ["who"], "text": ["words"], "system": ["bot"]}
    here, apart = (found(read, path, FORMATS.get("table").mapped(mapping)) for read in (read_here, read_apart))
    assert here == apart
    assert sum(piece.said.size for piece in apart[0]) == 700


def test_what_breaks_in_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_lines(tmp_path / "own.jsonl", [own("1")])
    monkeypatch.setattr(reading, "LENGTHS", {})
    with pytest.raises(ReadingError, match="KeyError"):
        found(read_apart, path, FORMATS.get("jsonl"))


def test_one_that_cannot_begin_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_lines(tmp_path / "own.jsonl", [own("1")])
    monkeypatch.setattr(reading.sys, "executable", "/bin/false")
    with pytest.raises(ReadingError, match=r"ended \(status 1\) before it was done"):
        found(read_apart, path, FORMATS.get("jsonl"))


def test_whoever_stops_early_leaves_no_process(tmp_path: Path, always_apart: None) -> None:
    path = write_lines(tmp_path / "own.jsonl", [own(str(number)) for number in range(3000)])
    source, format = Source(path), FORMATS.get("jsonl")
    pieces = reading.pieces(source, format, print, print)
    assert next(pieces).said.size == 500
    assert len(readers()) == 1
    pieces.close()
    assert not readers()


def test_one_that_is_killed_is_heard(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "own.jsonl", [own(str(number)) for number in range(3000)])
    pieces = read_apart(Source(path), FORMATS.get("jsonl"), print, print)
    assert len(list(islice(pieces, 2))) == 2
    os.kill(readers()[0].pid, signal.SIGKILL)
    with pytest.raises(ReadingError, match=r"was killed \(signal 9\), often for want of memory, before it was done"):
        list(pieces)
    assert not readers()


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
def test_an_import_stores_the_same_either_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_lines(tmp_path / "films.jsonl", films(1100))
    reports = []
    for name, long in (("Here", 10**9), ("Apart", 0)):
        monkeypatch.setattr(reading, "READ_APART", long)
        reports.append(import_path(path=path, dataset_name=name).figures)
    assert reports[0] == reports[1]
    here, apart = (
        list(records_of(Dialogue.objects.in_dataset(Dataset.objects.get(name=name)))) for name in ("Here", "Apart")
    )
    assert here == apart
    assert len(apart) == 1100


@pytest.mark.django_db(transaction=True)
def test_a_dialogue_that_is_there_already_is_named_with_its_place(tmp_path: Path, always_apart: None) -> None:
    import_path(path=write_lines(tmp_path / "one.jsonl", [own("5")]), dataset_name="Talks")
    path = write_lines(tmp_path / "more.jsonl", [own(str(number)) for number in range(10)])
    with pytest.raises(ImportingError, match="line 6: the dialogue '5' is in the dataset Talks already"):
        import_path(path=path, dataset_name="Talks")
    import_path(path=path, dataset_name="Talks", options={"skip_bad": True})
    assert Dialogue.objects.count() == 10
    assert Import.objects.filter(state=Import.State.COMPLETE).count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_command_reads_so_too(tmp_path: Path, always_apart: None) -> None:
    path = write_lines(tmp_path / "films.jsonl", films(600))
    call_command("import_dialogues", str(path), "--dataset", "Films")
    assert Dialogue.objects.visible().count() == 600
