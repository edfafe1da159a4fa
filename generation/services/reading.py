"""A file as pieces of dialogues that the database will take; what it would not take is reported with its place."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Model

from generation.formats.base import Format, Options
from generation.formats.sources import Note, Report, Source
from generation.formats.values import FormatError, Limits
from generation.models import Dataset, Dialogue, Import, Item, Person
from generation.records import DialogueRecord

PIECE: Final = 500
PIECE_CHARACTERS: Final = 4_000_000
YEARS: Final = range(-(2**31), 2**31)


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

    def count(self, kind: str) -> int:
        row = self._names.execute("SELECT count(*) FROM seen WHERE kind = ?", (kind,)).fetchone()
        return int(row[0])

    def close(self) -> None:
        self._names.close()


def limits() -> Limits:
    return Limits(unpacked=settings.UNPACKED_LIMIT_BYTES, entries=settings.ARCHIVE_ENTRY_LIMIT)


def open_source(path: Path, name: str = "") -> Source:
    return Source(path, limits(), name)


def pieces(
    *,
    source: Source,
    format: Format,
    seen: Seen,
    report: Report,
    note: Note,
    dataset: Dataset | None,
    imported: Import | None = None,
) -> Iterator[list[DialogueRecord]]:
    """Short lists of dialogues that can be stored in the dataset.

    Dialogues that `imported` itself has stored already (by a worker that died) are no strangers.
    """
    records = _storable(format.read(source, Options(report=report, note=note)), seen, report)
    for piece in _grouped(records):
        strangers = _strangers(piece, dataset, imported)
        for record in piece:
            if record.external_id in strangers:
                report(_already_there(record, dataset))
        yield [record for record in piece if record.external_id not in strangers]


def _grouped(records: Iterator[DialogueRecord]) -> Iterator[list[DialogueRecord]]:
    """At most 500 dialogues at once, fewer where they are long: what is in memory is bounded either way."""
    piece: list[DialogueRecord] = []
    characters = 0
    for record in records:
        piece.append(record)
        characters += sum(len(utterance.text) for utterance in record.utterances)
        if len(piece) == PIECE or characters > PIECE_CHARACTERS:
            yield piece
            piece, characters = [], 0
    if piece:
        yield piece


def _storable(records: Iterator[DialogueRecord], seen: Seen, report: Report) -> Iterator[DialogueRecord]:
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


def _strangers(piece: list[DialogueRecord], dataset: Dataset | None, imported: Import | None) -> set[str]:
    if dataset is None:
        return set()
    there = Dialogue.objects.in_dataset(dataset).filter(external_id__in=[record.external_id for record in piece])
    if imported is not None:
        there = there.exclude(source=imported)
    return set(there.values_list("external_id", flat=True))


def _already_there(record: DialogueRecord, dataset: Dataset | None) -> FormatError:
    problem = f"the dialogue {record.external_id!r} is in the dataset {dataset} already"
    return FormatError(place=record.place, problem=problem, remedy="Remove it here, or import into another dataset.")


def _refuse_oversize(record: DialogueRecord) -> None:
    """What a row cannot hold is said before the database says it, or, on SQLite, does not."""
    _refuse_longer(record, Dialogue, ("external_id", "partner", "task", "scenario", "split"), record)
    if record.person is not None:
        _refuse_longer(record.person, Person, ("external_id",), record)
    for item in record.items:
        _refuse_longer(item, Item, ("external_id", "title"), record)
        if item.year is not None and item.year not in YEARS:
            raise FormatError(
                place=record.place, problem=f"the year {item.year} is out of range", remedy="Correct or remove it."
            )


def _refuse_longer(part: object, model: type[Model], names: tuple[str, ...], record: DialogueRecord) -> None:
    for name in names:
        value = getattr(part, name)
        limit = MAX_LENGTHS[model, name]
        if len(value) > limit:
            problem = f"the {name.replace('_', ' ')} {value[:30]!r}… has {len(value)} characters, more than {limit}"
            raise FormatError(place=record.place, problem=problem, remedy="Shorten it; `metadata` takes longer texts.")


_MODELS: Final[tuple[type[Model], ...]] = (Dialogue, Person, Item)
MAX_LENGTHS: Final = {
    (model, field.name): field.max_length
    for model in _MODELS
    for field in model._meta.concrete_fields
    if field.max_length is not None
}
