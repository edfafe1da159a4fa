"""Reviews in the cells of a table, once it is known what its columns mean. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from generation.formats.base import Options
from generation.formats.opening import Wanted
from generation.formats.sources import Source
from generation.formats.values import FormatError, Value
from generation.reviews.layouts.base import ReviewRecord, rating_of, seconds
from generation.wording import worded

Mapped = Mapping[str, Sequence[str]]

PARTS: Final = {
    "heading": "`no` if the first row is not the names of the columns; these are then 1, 2, 3 …",
    "person": "who wrote the review",
    "item": "what it is about",
    "rating": "a number",
    "text": "what was written",
    "title": "the title of the review",
    "time": "seconds or milliseconds since 1970, or a date",
}
CELLS: Final = {
    "person": worded("person"),
    "item": worded("item"),
    "rating": worded("rating"),
    "text": worded("text"),
    "title": worded("title"),
    "time": worded("time"),
}
"""What a row may hold, and what messages call it."""
NEEDED: Final = ("person", "item", "rating")


def reviews_in(
    source: Source, options: Options, mapping: Mapped, wanted: Wanted = lambda name: True
) -> Iterator[ReviewRecord]:
    """One review a row; blank rows are passed over."""
    columns = {part: next(iter(mapping.get(part, [])), "") for part in PARTS}
    checked = False
    heading = columns["heading"] != "no"
    for value in source.rows(options.report, options.note, heading=heading, wanted=wanted):
        if not value.data:
            continue
        if not checked:
            _refuse_missing(value, columns)
            checked = True
        try:
            yield _review(value, columns)
        except FormatError as error:
            options.report(FormatError(place=value.place, problem=error.problem, remedy=error.remedy))


def _refuse_missing(value: Value, columns: Mapping[str, str]) -> None:
    there = worded("There are %(columns)s.", columns=", ".join(value.data))
    for part, column in columns.items():
        if part != "heading" and column and column not in value.data:
            problem = worded("there is no column %(name)s for the %(part)s", name=repr(column), part=CELLS[part])
            raise FormatError(place=value.place, problem=problem, remedy=there, fatal=True)
        if part in NEEDED and not column:
            problem = worded("no column is the %(part)s", part=CELLS[part])
            raise FormatError(place=value.place, problem=problem, remedy=there, fatal=True)


def _review(value: Value, columns: Mapping[str, str]) -> ReviewRecord:
    cell = {part: value.data.get(column, "").strip() if column else "" for part, column in columns.items()}
    for part in ("person", "item"):
        if not cell[part]:
            problem = worded("the %(part)s is empty", part=CELLS[part])
            raise FormatError(problem=problem, remedy=worded("Fill the cell, or leave the row out."))
    return ReviewRecord(
        person=cell["person"],
        item=cell["item"],
        rating=rating_of(cell["rating"]),
        at=seconds(cell["time"]),
        text=cell["text"],
        title=cell["title"],
        place=value.place,
    )
