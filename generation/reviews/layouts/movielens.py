"""MovieLens: ratings without text, with the films beside them where a folder or archive is given."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from generation.formats.base import NONE, Evidence, Options
from generation.formats.sources import Glance, Source
from generation.records import ItemRecord
from generation.reviews.items import items_in_rows
from generation.reviews.layouts.base import Layout, ReviewRecord
from generation.reviews.layouts.cells import reviews_in
from generation.wording import gettext_noop

HEADING: Final = ("userId", "movieId", "rating", "timestamp")
COLUMNS: Final = {"person": ["userId"], "item": ["movieId"], "rating": ["rating"], "time": ["timestamp"]}


def sniff(glance: Glance) -> Evidence:
    found = any(tuple(head.split("\n", 1)[0].strip().split(",")) == HEADING for _name, head in glance.heads)
    return Evidence(1.0, HEADING) if found else NONE


def read(source: Source, options: Options) -> Iterator[ReviewRecord]:
    return reviews_in(source, options, COLUMNS, wanted=_called("ratings"))


def items(source: Source, options: Options) -> Iterator[ItemRecord]:
    return iter(()) if source.is_single else items_in_rows(source, options, wanted=_called("movies"))


class _called:  # noqa: N801 (reads as what it says)
    """Whether a file of this name, whatever its folder and ending, is meant."""

    def __init__(self, stem: str) -> None:
        self.stem = stem

    def __call__(self, name: str) -> bool:
        return PurePosixPath(name).name.partition(".")[0] == self.stem


LAYOUT: Final = Layout(
    name="movielens",
    title="MovieLens",
    description=gettext_noop(
        "ratings.csv with userId, movieId, rating, timestamp; in a folder or .zip also movies.csv with titles."
    ),
    sniff=sniff,
    read=read,
    items=items,
)
