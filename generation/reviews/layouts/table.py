"""Any table with one review a row, once somebody has said what its columns mean, or the guess is right."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from generation.formats.base import Options
from generation.formats.columns import Sample, sample
from generation.formats.sources import Source
from generation.formats.table import sniff
from generation.formats.values import FormatError
from generation.reviews.layouts.base import Layout, ReviewRecord
from generation.reviews.layouts.cells import Mapped, reviews_in
from generation.wording import gettext_noop

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "person": ("user_id", "userid", "user", "reviewerid", "reviewer_id", "reviewer", "customer_id", "person", "author",
               "profilename"),
    "item": ("parent_asin", "asin", "item_id", "itemid", "movieid", "movie_id", "product_id", "productid", "book_id",
             "business_id", "item", "product", "movie", "book", "isbn"),
    "rating": ("rating", "overall", "stars", "score", "star_rating", "review_score", "rate"),
    "text": ("review_text", "reviewtext", "text", "review_body", "review", "body", "comment", "content"),
    "title": ("summary", "review_title", "review_headline", "review_summary", "headline", "title"),
    "time": ("timestamp", "unixreviewtime", "unix_time", "time", "date", "review_date", "review_time", "created_at"),
}  # fmt: skip
FIRST_SECOND: Final = 10**8
HIGHEST_RATING: Final = 10


def suggest(source: Source) -> dict[str, list[str]]:
    """A mapping to begin with (`cells.PARTS`); what nothing speaks for is left out."""
    try:
        plain = sample(source, heading=False)
    except FormatError:
        plain = Sample((), ())
    first = next((row for row in plain.rows if row), {})
    if any(_number(cell) is not None for cell in first.values()):
        return {"heading": ["no"], **guessed(plain)}
    return guessed(sample(source, heading=True))


def guessed(found: Sample) -> dict[str, list[str]]:
    """By the names of the columns, and where these say nothing by what is in them."""
    plain = {re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_"): name for name in reversed(found.columns)}
    mapping = {
        part: [plain[next(name for name in names if name in plain)]]
        for part, names in NAMES.items()
        if any(name in plain for name in names)
    }
    for part, column in _by_values(found):
        if [column] not in mapping.values():
            mapping.setdefault(part, [column])
    return mapping


def _by_values(found: Sample) -> Iterator[tuple[str, str]]:
    for column in found.columns:
        cells = [cell for cell in found.values(column) if cell]
        numbers = [number for cell in cells if (number := _number(cell)) is not None]
        if not cells or len(numbers) < len(cells):
            yield ("text" if sum(map(len, cells)) > 40 * len(cells) else "person"), column
            yield "item", column
        elif min(numbers) >= FIRST_SECOND:
            yield "time", column
        elif max(numbers) <= HIGHEST_RATING and len(set(numbers)) <= 2 * HIGHEST_RATING + 1:
            yield "rating", column
        else:
            yield "person", column
            yield "item", column


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def read(source: Source, options: Options) -> Iterator[ReviewRecord]:
    mapping: Mapped = options.mapping or suggest(source)
    return reviews_in(source, options, mapping)


LAYOUT: Final = Layout(
    name="table",
    title=gettext_noop("A table (CSV, TSV)"),
    description=gettext_noop(
        "One review a row: who, what, a rating; perhaps a text, a time. You say which column is which."
    ),
    sniff=sniff,
    read=read,
    suggest=suggest,
)
