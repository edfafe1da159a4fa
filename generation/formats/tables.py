"""Rows of a .csv or .tsv, each with its place. Pure."""

import csv
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from generation.formats.values import FormatError, Value, first_repeated
from generation.wording import worded

SEPARATORS: Final = ",;|"
MOST_COLUMNS: Final = 10_000
END: Final = "\0end"
"""A line after the last one: what swallows it is a quotation mark that nobody closed."""
csv.field_size_limit(16 * 1024**2)  # of the whole process: a cell may hold a dialogue, but never a file


def separator_of(line: str) -> str:
    """What stands between the cells of this line: tabs if there are any, for nobody types them; a comma if nothing is.

    >>> separator_of("id\\tspeaker\\ttext, as said"), separator_of("id;text"), separator_of("text")
    ('\\t', ';', ',')
    """
    outside = "".join(line.split('"')[::2])
    return "\t" if "\t" in outside else max(SEPARATORS, key=outside.count)


def rows(
    lines: Iterator[tuple[int, str]],
    place: Callable[[int], str],
    report: Callable[[FormatError], None],
    *,
    heading: bool = True,
) -> Iterator[Value]:
    """Texts by the name of their column; a blank line is an empty row. Without a heading columns are 1, 2, 3 …

    Quotation marks hold a cell together, also over line ends, but not in a table with tabs and without a heading: such
    files are written by hand, line by line.
    """
    numbered = _Numbered(lines)
    separator = separator_of(numbered.first_filled())
    if separator == "\t" and not heading:
        reader = csv.reader(numbered, delimiter=separator, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(numbered, delimiter=separator)
    columns: list[str] = []
    for start, cells in _cells(reader, numbered, place):
        if heading and not columns:
            columns = _columns(cells, place(start)) if cells else []
            continue
        if any("\0" in cell for cell in cells):
            problem, remedy = worded("a cell holds the NUL character"), worded("Remove it; no database keeps it.")
            report(FormatError(place=place(start), problem=problem, remedy=remedy))
        elif heading and len(cells) > len(columns):
            problem = worded(
                "the row has %(cells)d cells, but there are %(columns)d columns", cells=len(cells), columns=len(columns)
            )
            remedy = worded("Put cells that hold a separator between quotation marks.")
            report(FormatError(place=place(start), problem=problem, remedy=remedy))
        else:
            yield Value(place(start), _row(columns or [str(n + 1) for n in range(len(cells))], cells))


def _cells(
    reader: Iterator[list[str]], numbered: "_Numbered", place: Callable[[int], str]
) -> Iterator[tuple[int, list[str]]]:
    start = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            problem = worded("the table cannot be read on: %(error)s", error=str(error))
            remedy = worded("Look for a quotation mark that is opened and never closed.")
            raise FormatError(place=place(start), problem=problem, remedy=remedy, fatal=True) from error
        if cells is None or cells == [END]:
            return
        if cells and cells[-1].endswith(END):
            problem = worded(
                "a quotation mark is opened here and never closed, so that the rest of the file is one cell"
            )
            raise FormatError(place=place(start), problem=problem, remedy=worded("Close it, or remove it."), fatal=True)
        if len(cells) > MOST_COLUMNS:
            problem = worded(
                "the row has %(cells)s cells; at most %(most)s columns are read",
                cells=f"{len(cells):,}",
                most=f"{MOST_COLUMNS:,}",
            )
            raise FormatError(place=place(start), problem=problem, remedy=worded("Leave columns out."), fatal=True)
        yield start, cells
        start = numbered.number + 1


def _row(columns: list[str], cells: list[str]) -> dict[str, str]:
    """Cells that the end of a row lacks are empty."""
    missing = [""] * (len(columns) - len(cells))
    return dict(zip(columns, cells + missing, strict=True)) if cells else {}


def _columns(cells: list[str], place: str) -> list[str]:
    """The names in the heading; a column without one is called by its number."""
    names = [cell.strip() or f"column {number}" for number, cell in enumerate(cells, start=1)]
    if (name := first_repeated(names)) is not None:
        problem = worded("two columns are called %(name)s", name=repr(name[:60]))
        raise FormatError(place=place, problem=problem, remedy=worded("Give each a name of its own."), fatal=True)
    return names


class _Numbered:
    """The texts of numbered lines; `number` is that of the last one handed out."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self._lines = lines
        self._ahead: deque[tuple[int, str]] = deque()
        self.number = 0
        self._ended = False

    def first_filled(self) -> str:
        """The first line that is not blank, without taking it."""
        for number, text in self._lines:
            self._ahead.append((number, text))
            if text.strip():
                return text
        return ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._ahead:
            self.number, text = self._ahead.popleft()
            return text
        line = next(self._lines, None)
        if line is not None:
            self.number, text = line
            return text
        if self._ended:
            raise StopIteration
        self._ended = True
        return END
