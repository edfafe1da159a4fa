"""A file as pieces of dialogues that the database will take; what it would not take is reported with its place."""

import sqlite3
from collections.abc import Container, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import compress
from pathlib import Path
from typing import Any, Final, NamedTuple, Self, TypeAlias, TypeVar

from django.conf import settings
from django.db.models import Model

from generation.formats.base import Format, Options
from generation.formats.sources import Note, Report, Source
from generation.formats.values import FormatError, Limits
from generation.models import Dataset, Dialogue, DialogueQuerySet, Import, Item, Person
from generation.overview import Overview, overview
from generation.records import DialogueRecord

PIECE: Final = 500
PIECE_CHARACTERS: Final = 4_000_000
YEARS: Final = range(-(2**31), 2**31)

T = TypeVar("T")
Lengths: TypeAlias = tuple[tuple[str, int], ...]
"""Names of fields, each with the most characters that it holds."""


class Seen:
    """Which identifiers were met, and where first; on disk when there are many, so that memory stays constant."""

    def __init__(self) -> None:
        self._names = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._names.execute("PRAGMA journal_mode = OFF")
        self._names.execute("PRAGMA synchronous = OFF")
        self._names.execute("CREATE TABLE seen (kind, name, place, PRIMARY KEY (kind, name)) WITHOUT ROWID")
        self._names.execute("BEGIN")

    def first_place(self, kind: str, name: str, place: str = "") -> str | None:
        """Where this name was met before, or None if this is the first time."""
        if self._names.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (kind, name, place)).rowcount:
            return None
        row = self._names.execute("SELECT place FROM seen WHERE kind = ? AND name = ?", (kind, name)).fetchone()
        return str(row[0])

    def has(self, kind: str, name: str) -> bool:
        """Whether this name was met."""
        return (
            self._names.execute("SELECT 1 FROM seen WHERE kind = ? AND name = ?", (kind, name)).fetchone() is not None
        )

    def count(self, kind: str) -> int:
        row = self._names.execute("SELECT count(*) FROM seen WHERE kind = ?", (kind,)).fetchone()
        return int(row[0])

    def close(self) -> None:
        self._names.close()


def limits() -> Limits:
    return Limits(unpacked=settings.UNPACKED_LIMIT_BYTES, entries=settings.ARCHIVE_ENTRY_LIMIT)


def open_source(path: Path, name: str = "") -> Source:
    return Source(path, limits(), name)


class Piece(NamedTuple):
    """Some dialogues of a file, an overview of each, and how many of its bytes were read when the last of them was."""

    records: list[DialogueRecord]
    overviews: list[Overview]
    position: int

    def without(self, names: Container[str]) -> Self:
        kept = [record.external_id not in names for record in self.records]
        return self._replace(records=list(compress(self.records, kept)), overviews=list(compress(self.overviews, kept)))


def pieces(
    *,
    source: Source,
    format: Format,
    report: Report,
    note: Note,
    dataset: Dataset | None,
    imported: Import | None = None,
) -> Iterator[Piece]:
    """A file as pieces that can be stored in the dataset. A thread reads the next while one is being stored.

    `report` and `note` are called in that thread too, before the piece in question is handed on. Dialogues that
    `imported` itself has stored already (by a worker that died) are no strangers.
    """
    others = _others(dataset, imported) if dataset is not None else Dialogue.objects.none()
    has_others = others.exists()
    for piece in one_ahead(_grouped(source, format, report, note)):
        strangers = _known_to(others, piece.records) if has_others else ()
        for record in piece.records:
            if record.external_id in strangers:
                report(_already_there(record, dataset))
        yield piece.without(strangers) if strangers else piece


def one_ahead(made: Iterator[T]) -> Iterator[T]:
    """The same, each made by a thread while the one before it is in use. An error comes when its turn has come.

    >>> list(one_ahead(iter("abc")))
    ['a', 'b', 'c']
    """
    end: Any = object()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading") as reader:
        coming = reader.submit(next, made, end)
        while (current := coming.result()) is not end:
            coming = reader.submit(next, made, end)
            yield current


def _grouped(source: Source, format: Format, report: Report, note: Note) -> Iterator[Piece]:
    """At most 500 dialogues at once, fewer where they are long: what is in memory is bounded either way."""
    records: list[DialogueRecord] = []
    overviews: list[Overview] = []
    characters = 0
    try:
        for record in _storable(format.read(source, Options(report=report, note=note)), report):
            records.append(record)
            overviews.append(overview(record))
            characters += len(overviews[-1].words)
            if len(records) == PIECE or characters > PIECE_CHARACTERS:
                yield Piece(records, overviews, source.position)
                records, overviews, characters = [], [], 0
    except FormatError as error:
        report(error)
        return
    if records:
        yield Piece(records, overviews, source.position)


def _storable(records: Iterator[DialogueRecord], report: Report) -> Iterator[DialogueRecord]:
    seen = Seen()
    for record in records:
        try:
            _refuse_oversize(record)
            before = seen.first_place("dialogue", record.external_id, record.place)
            if before is not None:
                problem = f"the dialogue {record.external_id!r} stands in this file twice, first at {before}"
                raise FormatError(
                    place=record.place, problem=problem, remedy="Remove one, or give it an id of its own."
                )
        except FormatError as error:
            report(error)
        else:
            yield record


def _others(dataset: Dataset, imported: Import | None) -> DialogueQuerySet:
    """The dataset's dialogues that the import did not bring itself."""
    there = Dialogue.objects.in_dataset(dataset).order_by()
    return there if imported is None else there.exclude(source=imported)


def _known_to(others: DialogueQuerySet, records: list[DialogueRecord]) -> set[str]:
    known = others.filter(external_id__in=[record.external_id for record in records])
    return set(known.values_list("external_id", flat=True))


def _already_there(record: DialogueRecord, dataset: Dataset | None) -> FormatError:
    problem = f"the dialogue {record.external_id!r} is in the dataset {dataset} already"
    return FormatError(place=record.place, problem=problem, remedy="Remove it here, or import into another dataset.")


def _refuse_oversize(record: DialogueRecord) -> None:
    """What a row cannot hold is said before the database says it, or, on SQLite, does not."""
    _refuse_longer(record, DIALOGUE_LENGTHS, record)
    if record.person is not None:
        _refuse_longer(record.person, PERSON_LENGTHS, record)
    for item in record.items:
        _refuse_longer(item, ITEM_LENGTHS, record)
        if item.year is not None and item.year not in YEARS:
            raise FormatError(
                place=record.place, problem=f"the year {item.year} is out of range", remedy="Correct or remove it."
            )


def _refuse_longer(part: object, lengths: Lengths, record: DialogueRecord) -> None:
    for name, limit in lengths:
        value = getattr(part, name)
        if len(value) > limit:
            problem = f"the {name.replace('_', ' ')} {value[:30]!r}… has {len(value)} characters, more than {limit}"
            raise FormatError(place=record.place, problem=problem, remedy="Shorten it; `metadata` takes longer texts.")


def _lengths(model: type[Model], names: tuple[str, ...]) -> Lengths:
    limits = [(name, model._meta.get_field(name).max_length) for name in names]  # type: ignore[union-attr]
    return tuple((name, limit) for name, limit in limits if limit is not None)


DIALOGUE_LENGTHS: Final = _lengths(Dialogue, ("external_id", "partner", "task", "scenario", "split"))
PERSON_LENGTHS: Final = _lengths(Person, ("external_id",))
ITEM_LENGTHS: Final = _lengths(Item, ("external_id", "title"))
