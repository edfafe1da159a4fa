"""A file as pieces of dialogues that the database will take; what it would not take is reported with its place."""

import pickle
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeVar

from django.conf import settings
from django.db.models import Model

from generation import reading_apart
from generation.formats.base import Format
from generation.formats.places import in_words
from generation.formats.sources import Note, Report, Source
from generation.formats.values import FormatError, Limits
from generation.models import Dataset, Dialogue, DialogueQuerySet, Import, Item, Person
from generation.reader import Order, Piece, read
from generation.seen import Seen
from generation.wording import worded

READ_APART: Final = 8 * 1024**2
"""Bytes: a longer file is read by a process of its own, which takes a moment to begin and saves a quarter of the
time."""

T = TypeVar("T")


class ReadingError(RuntimeError):
    """The process that read a file broke; the message says what it said."""


def limits() -> Limits:
    return Limits(unpacked=settings.UNPACKED_LIMIT_BYTES, entries=settings.ARCHIVE_ENTRY_LIMIT)


def open_source(path: Path, name: str = "") -> Source:
    return Source(path, limits(), name)


def pieces(source: Source, format: Format, report: Report, note: Note) -> Generator[Piece, None, None]:
    """A file as pieces that can be stored. The next is read while one is being stored.

    `report` and `note` are called in another thread too, before the piece in question is handed on.
    """
    reading = read_apart if _is_long(source.path) else read_here
    return one_ahead(reading(source, format, report, note))


def newcomers(dataset: Dataset | None, imported: Import | None, report: Report) -> Callable[[Piece], Piece]:
    """Called with a piece, leaves those of its dialogues whose names the dataset does not have; the rest is reported.

    What `imported` itself has stored already (by a worker that died) may come again.
    """
    others = _others(dataset, imported) if dataset is not None else Dialogue.objects.none()
    if not others.exists():
        return lambda piece: piece

    def checked(piece: Piece) -> Piece:
        strangers = _known_to(others, piece.said.names)
        for name, place in zip(piece.said.names, piece.places, strict=True):
            if name in strangers:
                report(_already_there(name, in_words(place), dataset))
        return piece._replace(said=piece.said.without(strangers)) if strangers else piece

    return checked


def _is_long(path: Path) -> bool:
    files = filter(Path.is_file, path.rglob("*")) if path.is_dir() else [path]
    return any(size > READ_APART for size in accumulate(file.stat().st_size for file in files))


def one_ahead(made: Iterator[T]) -> Generator[T, None, None]:
    """The same, each made by a thread while the one before it is in use. An error comes when its turn has come.

    >>> list(one_ahead(iter("abc")))
    ['a', 'b', 'c']
    """
    end: Any = object()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="reading") as reader:
        coming = reader.submit(next, made, end)
        try:
            while (current := coming.result()) is not end:
                coming = reader.submit(next, made, end)
                yield current
        finally:
            coming.cancel()
            if isinstance(made, Generator):
                reader.submit(made.close)


def read_here(source: Source, format: Format, report: Report, note: Note) -> Iterator[Piece]:
    """Read the file in this process."""
    seen = Seen()
    return read(source, format, LENGTHS, lambda name, place: seen.first_place("dialogue", name, place), report, note)


def read_apart(source: Source, format: Format, report: Report, note: Note) -> Iterator[Piece]:
    """Read the file in a process of its own, which ends with whoever asks for it."""
    order = Order(source.path, source.name, source.limits, format.name, format.mapping, LENGTHS)
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", reading_apart.__name__],
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        try:
            with suppress(BrokenPipeError):  # it died at once, which is heard where it is listened to
                pickle.dump(order, process.stdin)  # type: ignore[arg-type]
                process.stdin.close()  # type: ignore[union-attr]
            yield from _told(process.stdout, report, note)  # type: ignore[arg-type]
        except EOFError:
            process.stdout.close()  # type: ignore[union-attr]  # should it live, it ends when nobody listens
            raise ReadingError(_ended(process.wait())) from None
        finally:
            process.kill()


def _told(said: BinaryIO, report: Report, note: Note) -> Iterator[Piece]:
    while True:
        try:
            kind, value = pickle.load(said)  # noqa: S301 - from a process that this one started
        except pickle.UnpicklingError as error:  # it ended in the middle of a word
            raise EOFError from error
        if kind == reading_apart.PIECE:
            yield value
        elif kind == reading_apart.PROBLEM:
            place, problem, remedy, fatal = value
            report(FormatError(place=place, problem=problem, remedy=remedy, fatal=fatal))
        elif kind == reading_apart.NOTE:
            note(value)
        elif kind == reading_apart.BROKEN:
            raise ReadingError(value)
        else:
            return


def _ended(status: int) -> str:
    how = f"was killed (signal {-status}), often for want of memory," if status < 0 else f"ended (status {status})"
    return f"The process that read the file {how} before it was done. The log may say more."


def _others(dataset: Dataset, imported: Import | None) -> DialogueQuerySet:
    """The dataset's dialogues that the import did not bring itself."""
    there = Dialogue.objects.in_dataset(dataset).order_by()
    return there if imported is None else there.exclude(source=imported)


def _known_to(others: DialogueQuerySet, names: Sequence[str]) -> set[str]:
    return set(others.filter(external_id__in=names).values_list("external_id", flat=True))


def _already_there(name: str, place: str, dataset: Dataset | None) -> FormatError:
    problem = worded(
        "the dialogue %(name)s is in the dataset %(dataset)s already", name=repr(name), dataset=str(dataset)
    )
    remedy = worded("Remove it here, or import into another dataset.")
    return FormatError(place=place, problem=problem, remedy=remedy)


def _lengths(model: type[Model], names: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    limits = [(name, model._meta.get_field(name).max_length) for name in names]  # type: ignore[union-attr]
    return tuple((name, limit) for name, limit in limits if limit is not None)


LENGTHS: Final = {
    "dialogue": _lengths(Dialogue, ("external_id", "partner", "task", "scenario", "split")),
    "person": _lengths(Person, ("external_id",)),
    "item": _lengths(Item, ("external_id", "title")),
}
