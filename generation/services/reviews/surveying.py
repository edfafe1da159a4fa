"""What stands in a file of reviews, counted while it is read: the report of a check, and of an import."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from generation.formats.base import Options
from generation.formats.sources import Source
from generation.formats.values import FormatError
from generation.reader import EXAMPLE_LENGTH
from generation.records import ItemRecord
from generation.reviews.items import read_items
from generation.reviews.layouts.base import Layout, ReviewRecord
from generation.seen import Seen
from generation.services.surveying import NAMES_SHOWN, Problems
from generation.wording import worded

PIECE: Final = 4_000
PIECE_CHARACTERS: Final = 8_000_000
EXAMPLES_SHOWN: Final = 5
LONGEST_NAME: Final = 200


class Piece(NamedTuple):
    """Some reviews or items of a file, and how many of its bytes were read when the last of them was."""

    records: list[Any]
    position: int


class ReviewSurvey(Problems):
    """Counts of what was met so far. It grows with the number of different names, not with the file."""

    def __init__(self, layout: str) -> None:
        super().__init__()
        self.layout = layout
        self.seen = Seen()
        self.counts: Counter[str] = Counter()
        self.ratings: Counter[float] = Counter()
        self.examples: list[dict[str, Any]] = []
        self.earliest: int | None = None
        self.latest: int | None = None

    def add(self, record: ReviewRecord) -> None:
        self.counts["reviews"] += 1
        self.counts["with_text"] += bool(record.text)
        self.seen.first_place("person", record.person)
        self.seen.first_place("item", record.item)
        if record.rating in self.ratings or len(self.ratings) < NAMES_SHOWN:
            self.ratings[record.rating] += 1
        if record.at is None:
            self.counts["without_time"] += 1
        else:
            self.earliest = record.at if self.earliest is None else min(self.earliest, record.at)
            self.latest = record.at if self.latest is None else max(self.latest, record.at)
        if len(self.examples) < EXAMPLES_SHOWN:
            self.examples.append(example(record))

    def add_item(self, record: ItemRecord) -> None:
        self.counts["described"] += 1
        if self.seen.has("item", record.external_id) and self.seen.first_place("titled", record.external_id) is None:
            self.counts["titled"] += 1

    def finished(self) -> dict[str, Any]:
        if not self.counts["reviews"] and not self.problem_count:
            problem = worded("there is no review in it")
            remedy = worded("Choose a file that has some, or another layout.")
            self.report(FormatError(problem=problem, remedy=remedy))
        return {
            "layout": self.layout,
            **{name: self.counts[name] for name in ("reviews", "with_text", "without_time", "described", "titled")},
            "people": self.seen.count("person"),
            "items": self.seen.count("item"),
            "ratings": [[rating, count] for rating, count in sorted(self.ratings.items())],
            "earliest": day_of(self.earliest),
            "latest": day_of(self.latest),
            "examples": self.examples,
            **self.as_dict(),
        }


def example(record: ReviewRecord) -> dict[str, Any]:
    text = " ".join(record.text.split())
    short = text if len(text) <= EXAMPLE_LENGTH else f"{text[: EXAMPLE_LENGTH - 1]}…"
    return {**record._asdict(), "text": short, "title": record.title[:EXAMPLE_LENGTH], "at": day_of(record.at)}


def day_of(seconds: int | None) -> str:
    """The day of a time, empty where there is none or no calendar has it.

    >>> day_of(1394496000), day_of(None)
    ('2014-03-11', '')
    """
    try:
        return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).date().isoformat()
    except (OverflowError, OSError, ValueError):
        return ""


def review_pieces(source: Source, layout: Layout, survey: ReviewSurvey) -> Iterator[Piece]:
    """The reviews of a file in pieces of bounded size, each counted; what no row can hold is reported."""

    def counted() -> Iterator[ReviewRecord]:
        for record in layout.read(source, Options(report=survey.report, note=survey.note)):
            if max(len(record.person), len(record.item)) > LONGEST_NAME:
                problem = worded("the person or item has a name of more than %(most)d characters", most=LONGEST_NAME)
                survey.report(FormatError(place=record.place, problem=problem, remedy=worded("Shorten it.")))
            else:
                survey.add(record)
                yield record

    yield from _grouped(counted(), source, survey, lambda record: len(record.text))


def item_pieces(source: Source, layout: Layout | None, survey: ReviewSurvey) -> Iterator[Piece]:
    """The items that a file describes; of a layout that brings its own, those beside its reviews."""
    read = layout.items if layout is not None else read_items

    def report(problem: FormatError) -> None:
        survey.report(_in_file(source, problem))

    def counted() -> Iterator[ItemRecord]:
        for record in read(source, Options(report=report, note=survey.note)) if read else ():
            if len(record.external_id) <= LONGEST_NAME:
                survey.add_item(record)
                yield record

    yield from _grouped(counted(), source, survey, lambda record: len(record.title))


def _grouped(
    records: Iterable[Any], source: Source, survey: ReviewSurvey, size: Callable[[Any], int]
) -> Iterator[Piece]:
    piece: list[Any] = []
    characters = 0
    try:
        for record in records:
            piece.append(record)
            characters += size(record)
            if len(piece) == PIECE or characters > PIECE_CHARACTERS:
                yield Piece(piece, source.position)
                piece, characters = [], 0
    except FormatError as error:
        survey.report(_in_file(source, error))
        return
    if piece:
        yield Piece(piece, source.position)


def _in_file(source: Source, problem: FormatError) -> FormatError:
    """The same problem, with the name of its file before the place."""
    place = worded("%(place)s, %(part)s", place=source.name, part=problem.place) if problem.place else source.name
    return FormatError(place=place, problem=problem.problem, remedy=problem.remedy, fatal=problem.fatal)
