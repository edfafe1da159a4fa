"""What items are called: metadata of Amazon, a map of titles, a table. Pure."""

import html
from collections.abc import Iterator, Mapping
from typing import Any, Final

from generation.formats.base import Options, year_of
from generation.formats.opening import Wanted, suffix_of
from generation.formats.places import NAMED, place
from generation.formats.sources import TABLE_SUFFIXES, Source
from generation.formats.values import FormatError, an_object
from generation.records import ItemRecord, Json
from generation.reviews.layouts.amazon import objects
from generation.wording import worded

IDS: Final = ("parent_asin", "asin", "movieId", "item_id", "itemId", "id", "business_id", "book_id", "product_id")
TITLES: Final = ("title", "name", "item_title")
KEPT: Final = ("main_category", "category", "categories", "genres", "brand", "store", "author", "price", "description")
THE_ITEM: Final = worded("the item")
UNTITLED: Final = worded("an item without a title, which was passed over")
LONGEST_TITLE: Final = 500
LONGEST_TEXT: Final = 1000
VALUES_KEPT: Final = 20


def read_items(source: Source, options: Options) -> Iterator[ItemRecord]:
    """Each item that has a title; one without is passed over with a note. The form is found out from the file."""
    glance = source.glance(count=1)
    first = next((name for name, _head in glance.heads), source.name)
    if suffix_of(first) in TABLE_SUFFIXES:
        return items_in_rows(source, options)
    return _items_in_objects(source, options)


def items_in_rows(source: Source, options: Options, wanted: Wanted = lambda name: True) -> Iterator[ItemRecord]:
    """One item a row, by columns called as in `IDS` and `TITLES`; other known columns become attributes."""
    for value in source.rows(options.report, options.note, wanted=wanted):
        if value.data:
            yield from _item(value.data, value.place, options)


def _items_in_objects(source: Source, options: Options) -> Iterator[ItemRecord]:
    for where, data in _each_object(source, options):
        if isinstance(data, dict) and data and not any(key in data for key in (*IDS, *TITLES)):
            for name, said in data.items():
                whole = said if isinstance(said, dict) else {"title": said}
                yield from _item({**whole, "id": name}, place(NAMED, name[:40], where), options)
        else:
            yield from _item(data, where, options)


def _each_object(source: Source, options: Options) -> Iterator[tuple[str, Json]]:
    """Of each line; or the one JSON value that the whole file is."""
    begun = source.head().lstrip()
    if begun.split("\n", 1)[0].rstrip() in ("{", "["):
        return ((value.place, value.data) for value in source.values(options.report, options.note))
    return objects(source, options)


def _item(data: Json, where: str, options: Options) -> Iterator[ItemRecord]:
    try:
        known = an_object(data, THE_ITEM)
        name = _first(known, IDS)
        if not name:
            problem = worded("the item has none of %(keys)s", keys=", ".join(IDS))
            remedy = worded("Add a column or key with the item's id as the reviews have it.")
            raise FormatError(problem=problem, remedy=remedy)
    except FormatError as error:
        options.report(FormatError(place=where, problem=error.problem, remedy=error.remedy))
        return
    title = " ".join(html.unescape(_first(known, TITLES)).split())
    if not title:
        options.note(UNTITLED)
        return
    attributes = {key: _kept(known[key]) for key in KEPT if known.get(key)}
    yield ItemRecord(external_id=name, title=title[:LONGEST_TITLE], year=year_of(title), attributes=attributes)


def _first(data: Mapping[str, Json], names: tuple[str, ...]) -> str:
    return next((str(data[name]).strip() for name in names if data.get(name) not in (None, "")), "")


def _kept(value: Json) -> Any:
    """As it stands, but short and flat: nested lists of categories become one list without repetition."""
    if isinstance(value, str):
        return value[:LONGEST_TEXT]
    if isinstance(value, list):
        return list(dict.fromkeys(_flat(value)))[:VALUES_KEPT]
    return value if isinstance(value, int | float) else str(value)[:LONGEST_TEXT]


def _flat(values: list[Json]) -> Iterator[str]:
    for value in values:
        if isinstance(value, list):
            yield from _flat(value)
        else:
            yield str(value)[:LONGEST_TEXT]
