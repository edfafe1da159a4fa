"""What is in the files that people bring: JSON values, rows of tables, lines of text, each with its place. Pure."""

import codecs
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from generation.formats.lists import elements
from generation.formats.opening import (
    DAMAGE,
    Entry,
    Note,
    Opener,
    Wanted,
    damage,
    damaged,
    fingerprint,
    natural,
    nothing_at,
)
from generation.formats.places import ENTRY, THE_FILE, line_of, place
from generation.formats.tables import rows
from generation.formats.values import FormatError, Limits, Value, an_object, parse
from generation.records import Json
from generation.wording import worded

JSON_SUFFIXES: Final = (".json", ".jsonl", ".ndjson")
TABLE_SUFFIXES: Final = (".csv", ".tsv", ".txt")
TEXT_SUFFIXES: Final = (*JSON_SUFFIXES, *TABLE_SUFFIXES)
HEADS: Final = 8
PEEK: Final = 256 * 1024
BOM: Final = b"\xef\xbb\xbf"
UTF16: Final = (b"\xff\xfe", b"\xfe\xff")

Report = Callable[[FormatError], None]

__all__ = ["Glance", "Note", "Report", "Source", "fingerprint", "natural"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What can be seen at once: the names of the first files, and how each begins."""

    name: str
    heads: tuple[tuple[str, str], ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(PurePosixPath(name).name for name, _head in self.heads)


class Source:
    """What lies at `path`. `size` and `position` count bytes, for a progress bar.

    Errors of the file as a whole (truncated, encrypted, too large) are raised as fatal; those of one line or one JSON
    file go to `report`, and reading goes on if it returns.
    """

    def __init__(self, path: Path, limits: Limits | None = None, name: str = "") -> None:
        self.path = path
        self.name = name or path.name
        self.limits = limits or Limits()
        self.opener = Opener(path, self.name, self.limits)
        self._finished = 0
        self._unpacked = 0
        self._tell: Callable[[], int] = int
        if not path.exists():
            raise nothing_at(path)

    @property
    def size(self) -> int:
        return self.opener.size

    @property
    def position(self) -> int:
        return self._finished + self._tell()

    @property
    def is_single(self) -> bool:
        return self.opener.is_single

    def values(
        self,
        report: Report,
        note: Note = lambda note: None,
        *,
        wanted: Wanted = lambda name: True,
        lists_whole: bool = False,
    ) -> Iterator[Value]:
        """Every JSON value: of each line, or of each whole .json file; lists are taken apart unless `lists_whole`."""
        for entry in self._each(JSON_SUFFIXES, note, wanted):
            found = self._values_of(entry, report, lists_whole=lists_whole)
            yield from found if lists_whole else _apart(found)

    def rows(
        self,
        report: Report,
        note: Note = lambda note: None,
        *,
        heading: bool = True,
        wanted: Wanted = lambda name: True,
    ) -> Iterator[Value]:
        """Each row of each table as texts by the names of its columns; a blank line is an empty row.

        The separator is found in the first line. Without a heading the columns are called 1, 2, 3 …
        """
        for entry in self._each(TABLE_SUFFIXES, note, wanted):
            yield from self._rows_of(entry, report, heading=heading)

    def texts(self, report: Report, note: Note = lambda note: None) -> Iterator[tuple[str, str]]:
        """Each line of each JSON file that is not blank, with its place: for values that are not quite JSON."""
        for entry in self._each(JSON_SUFFIXES, note):
            for number, text in self._lines(entry, report):
                yield line_of(entry.name, number), text

    def lines(self, name: str) -> Iterator[tuple[str, str]]:
        """Each line of the text file of this name, with its place; FormatError if there is none."""
        found = False
        for entry in self._each((PurePosixPath(name).suffix,), lambda note: None, self._named(name)):
            found = True
            for number, text in self._lines(entry, _raise, whole=True):
                yield line_of(entry.name, number), text
        if not found:
            problem = worded("there is no %(name)s in it", name=name)
            raise FormatError(problem=problem, remedy=worded("Add it to the folder."), fatal=True)

    def side_object(self, *names: str) -> Mapping[str, Json]:
        """The object in the first of these JSON files that is there, or an empty one. It is held whole."""
        for name in names:
            try:
                found = list(self.values(_raise, wanted=self._named(name), lists_whole=True))
            except FormatError as error:
                if error.problem.startswith("there is no "):
                    continue
                raise
            if found:
                return an_object(found[0].data, name)
        return {}

    def _named(self, name: str) -> Wanted:
        return lambda path: PurePosixPath(path).name.removesuffix(".gz") == name

    def head(self, length: int = 65_536) -> str:
        """The beginning of the first file."""
        heads = self.glance(length, count=1).heads
        return heads[0][1] if heads else ""

    def glance(self, length: int = 65_536, count: int = HEADS) -> Glance:
        heads = []
        for entry in self._each(TEXT_SUFFIXES, lambda note: None):
            with damage(entry.name or self.name):
                text = entry.stream.read(length).removeprefix(BOM).decode(errors="replace")
            heads.append((entry.name or self.name, text))
            if len(heads) == count:
                break
        return Glance(name=self.name, heads=tuple(heads))

    def _each(self, suffixes: tuple[str, ...], note: Note, wanted: Wanted = lambda name: True) -> Iterator[Entry]:
        self._finished = self._unpacked = 0
        for entry in self.opener.entries(suffixes, note, wanted):
            self._tell = entry.tell
            try:
                yield entry
            finally:
                self._finished, self._tell = self._finished + entry.tell(), int

    def _values_of(self, entry: Entry, report: Report, *, lists_whole: bool) -> Iterator[Value]:
        begun = self._read(entry, 1, PEEK)
        if not lists_whole and _begins_list(begun):
            yield from self._elements(entry, begun, entry.name or THE_FILE, report)
            return
        lines = self._lines(entry, report, begun)
        for number, text in lines:
            where = line_of(entry.name, number)
            try:
                data = parse(text, where)
            except FormatError as error:
                if not _begins_document(entry, text):
                    report(error)
                    continue
                yield from self._document(entry, number, text, lines, report)
                return
            alone = entry.name if entry.suffix == ".json" else ""
            yield Value(where, data, alone)

    def _elements(self, entry: Entry, begun: bytes, file: str, report: Report) -> Iterator[Value]:
        """The elements of a list of any length, one at a time."""
        decoder = codecs.getincrementaldecoder("utf-8")()

        def more() -> str:
            return decoder.decode(self._read(entry, 1, PEEK, line=False))

        try:
            first = decoder.decode(_without_bom(begun, file))
            for number, text in enumerate(elements(first, more, self.limits.line), start=1):
                where = place(ENTRY, number, file)
                try:
                    data = parse(text, where)
                except FormatError as error:
                    report(error)
                else:
                    yield Value(where, data)
        except UnicodeDecodeError as error:
            problem, remedy = worded("this is not UTF-8"), worded("Save the file as UTF-8.")
            raise FormatError(place=file, problem=problem, remedy=remedy, fatal=True) from error
        except FormatError as error:
            raise FormatError(place=file, problem=error.problem, remedy=error.remedy, fatal=True) from None

    def _rows_of(self, entry: Entry, report: Report, *, heading: bool) -> Iterator[Value]:
        lines = self._lines(entry, report, whole=True)
        yield from rows(lines, lambda number: line_of(entry.name, number), report, heading=heading)

    def _document(
        self, entry: Entry, number: int, first: str, lines: Iterator[tuple[int, str]], report: Report
    ) -> Iterator[Value]:
        """The one JSON value that a file of several lines is."""
        text, size = ["\n" * (number - 1) + first], len(first)
        for _number, more in lines:
            size += len(more)
            if size > self.limits.line:
                raise _too_long(entry.name or self.name, self.limits.line, worded("the JSON value"))
            text.append(more)
        where = entry.name or THE_FILE
        try:
            yield Value(where, parse("\n".join(text), where), entry.name)
        except FormatError as error:
            report(error)

    def _lines(
        self, entry: Entry, report: Report, begun: bytes = b"", *, whole: bool = False
    ) -> Iterator[tuple[int, str]]:
        """Each line that is not blank, with its number from 1; or, `whole`, also blank ones, with all their spaces."""
        number = 0
        while raw := self._read_line(entry, number + 1, begun):
            begun = b""
            number += 1
            if number == 1:
                raw = _without_bom(raw, entry.name or self.name)
            try:
                text = raw.decode()
            except UnicodeDecodeError as error:
                report(_not_utf8(line_of(entry.name, number), raw, error))
                continue
            if whole or text.strip():
                yield number, text if whole else text.strip()

    def _read_line(self, entry: Entry, number: int, begun: bytes) -> bytes:
        raw = begun
        if not raw.endswith(b"\n"):
            raw += self._read(entry, number, self.limits.line + 1 - len(begun))
        if len(raw) > self.limits.line:
            raise _too_long(line_of(entry.name, number), self.limits.line, worded("the line"))
        return raw

    def _read(self, entry: Entry, number: int, size: int, *, line: bool = True) -> bytes:
        try:
            raw = entry.stream.readline(max(0, size)) if line else entry.stream.read(size)
        except DAMAGE as error:
            raise damaged(line_of(entry.name, number), error) from error
        if entry.packed:
            self._unpacked += len(raw)
            if self._unpacked > self.limits.unpacked:
                problem = worded(
                    "%(name)s unpacks to more than %(limit)s bytes", name=self.name, limit=f"{self.limits.unpacked:,}"
                )
                remedy = worded("Import it in parts, or raise CRSAPP_UNPACKED_LIMIT_BYTES.")
                raise FormatError(place=line_of(entry.name, number), problem=problem, remedy=remedy, fatal=True)
        return raw


def _raise(problem: FormatError) -> None:
    raise problem


def _begins_list(begun: bytes) -> bool:
    """Whether this is the first line of a list that goes on after it."""
    text = begun.removeprefix(BOM).strip()
    return text.startswith(b"[") and not (text.endswith(b"]") and len(begun) < PEEK)


def _begins_document(entry: Entry, text: str) -> bool:
    return entry.suffix == ".json" or text in {"{", "["}


def _apart(values: Iterator[Value]) -> Iterator[Value]:
    """A list is the values in it."""
    for value in values:
        if isinstance(value.data, list):
            for number, inner in enumerate(value.data, start=1):
                yield Value(place(ENTRY, number, value.place), inner)
        else:
            yield value


def _without_bom(raw: bytes, name: str) -> bytes:
    if raw.startswith(UTF16):
        problem = worded("this is UTF-16")
        raise FormatError(place=name, problem=problem, remedy=worded("Save the file as UTF-8."), fatal=True)
    return raw.removeprefix(BOM)


def _not_utf8(place: str, raw: bytes, error: UnicodeDecodeError) -> FormatError:
    problem = worded(
        "byte %(number)d (0x%(byte)s) is not UTF-8", number=error.start + 1, byte=f"{raw[error.start]:02x}"
    )
    return FormatError(place=place, problem=problem, remedy=worded("Save the file as UTF-8."))


def _too_long(place: str, limit: int, what: str) -> FormatError:
    problem = worded("%(what)s is longer than %(limit)s bytes", what=what, limit=f"{limit:,}")
    remedy = worded("Write one dialogue a line, or one .json file a dialogue.")
    return FormatError(place=place, problem=problem, remedy=remedy, fatal=True)
