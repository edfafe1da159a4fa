"""A file as a header and rows of cells, each with its place: CSV, TSV or semicolons, or JSON lines. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from annotation.published.columns import TableError
from annotation.toml_reader import quoted
from generation.formats.sources import Report, Source
from generation.formats.values import FormatError, Value
from generation.records import Json
from generation.wording import worded

MOST_CELL: Final = 20_000
Rows = Iterator[tuple[str, Sequence[str]]]


def rows_of(source: Source, report: Report) -> tuple[list[str], frozenset[str], Rows]:
    """The header, which of it holds lists or objects, and every row with its place.

    Raises `TableError` or a fatal `FormatError`.
    """
    if not source.is_single:
        problem = worded("This is a folder or an archive")
        raise TableError(problem, worded("Choose the one file that holds the judgments."))
    head = source.head().lstrip()
    if not head:
        raise TableError(worded("The file is empty"), worded("Choose the one that holds the judgments."))
    values = source.values(report) if head.startswith(("{", "[")) else source.rows(report)
    rows = _objects(values, report)
    first = next(rows, None)
    if first is None:
        remedy = worded("Choose a file with a header and answers under it.")
        raise TableError(worded("There is no row under the header"), remedy)
    header = list(first[1])
    nested = frozenset(name for name, value in first[1].items() if isinstance(value, list | dict))
    return header, nested, _cells(header, first, rows, report)


def _objects(values: Iterator[Value], report: Report) -> Iterator[tuple[str, Mapping[str, Json]]]:
    for value in values:
        if not isinstance(value.data, dict):
            problem, remedy = worded("this is not an object"), worded("Write one object a line.")
            report(FormatError(place=value.place, problem=problem, remedy=remedy))
        elif value.data:
            yield value.place, value.data


def _cells(
    header: list[str],
    first: tuple[str, Mapping[str, Json]],
    rows: Iterator[tuple[str, Mapping[str, Json]]],
    report: Report,
) -> Rows:
    known = set(header)
    for place, row in _with(first, rows):
        cells = [_cell(row.get(name)) for name in header]
        if unknown := row.keys() - known:
            problem = worded("the key %(key)s is not in the first object", key=quoted(min(unknown)))
            report(FormatError(place=place, problem=problem, remedy=worded("Give the first object every key.")))
        elif any(len(cell) > MOST_CELL for cell in cells):
            problem = worded("a cell has more than %(most)s characters", most=f"{MOST_CELL:,}")
            report(FormatError(place=place, problem=problem, remedy=worded("Is a quotation mark never closed?")))
        elif any(cells):
            yield place, cells


def _with(
    first: tuple[str, Mapping[str, Json]], rest: Iterator[tuple[str, Mapping[str, Json]]]
) -> Iterator[tuple[str, Mapping[str, Json]]]:
    yield first
    yield from rest


def _cell(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)
