"""A thread reads the next piece of a file while one is stored; what goes wrong in it is heard in its turn."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from generation.formats import FORMATS
from generation.formats.sources import Source
from generation.services.reading import one_ahead, pieces
from generation.services.surveying import Survey
from tests.generation.dialogue_files import own, write_lines


def breaking(after: int) -> Iterator[int]:
    yield from range(after)
    raise OSError("the disk was pulled out")


def test_an_error_comes_when_its_turn_has_come() -> None:
    numbers = one_ahead(breaking(2))
    assert [next(numbers), next(numbers)] == [0, 1]
    with pytest.raises(OSError, match="pulled out"):
        next(numbers)


def test_whoever_stops_early_leaves_no_thread_waiting() -> None:
    numbers = one_ahead(iter(range(1000)))
    assert next(numbers) == 0
    numbers.close()  # type: ignore[attr-defined]
    assert list(numbers) == []


def test_problems_are_heard_before_the_piece_they_stand_in(tmp_path: Path) -> None:
    lines = [own(str(number)) for number in range(700)]
    path = write_lines(tmp_path / "d.jsonl", [*lines[:600], {"id": "bad"}, *lines[600:], {"id": "worse"}])
    survey = Survey("jsonl")
    found = pieces(Source(path), FORMATS.get("jsonl"), survey.report, survey.note)
    assert next(found).said.size == 500
    last = next(found)
    assert (last.said.size, last.position, survey.problem_count) == (200, path.stat().st_size, 2)
    assert [problem["place"] for problem in survey.problems] == ["line 601", "line 702"]
