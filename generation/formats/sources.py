"""Opens what people bring: a file, plain or .gz, a .zip, a folder. Pure; in constant memory, whatever its size.

Nothing is unpacked to disk. Names inside an archive are read and shown, never used as paths; still one that climbs out
of its folder is refused, because nobody packs such a file by accident.
"""

import gzip
import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from generation.formats.archives import checked_members
from generation.formats.values import FormatError, Limits, Value, parse

CHUNK: Final = 1024 * 1024
SUFFIXES: Final = (".json", ".jsonl", ".ndjson")
ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
GZIP: Final = b"\x1f\x8b"
BOM: Final = b"\xef\xbb\xbf"
UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
DAMAGE: Final = (EOFError, OSError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError)

Report = Callable[[FormatError], None]
Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One open file of a source. `name` is what messages call it, empty where the source is a single file."""

    name: str
    suffix: str
    stream: IO[bytes] | gzip.GzipFile
    packed: bool
    tell: Callable[[], int]


class Source:
    """What lies at `path`. `size` and `position` count bytes, for a progress bar.

    Errors of the file as a whole (truncated, encrypted, too large) are raised as fatal; those of one line or one JSON
    file go to `report`, and reading goes on if it returns.
    """

    def __init__(self, path: Path, limits: Limits | None = None, name: str = "") -> None:
        self.path = path
        self.name = name or path.name
        self.limits = limits or Limits()
        self.size = 0
        self._finished = 0
        self._unpacked = 0
        self._tell: Callable[[], int] = int
        if not path.exists():
            raise _nothing_at(path)

    @property
    def position(self) -> int:
        return self._finished + self._tell()

    def values(self, report: Report, note: Note = lambda note: None) -> Iterator[Value]:
        """Every JSON value: of each line, or of each whole .json file, lists taken apart."""
        self._finished = self._unpacked = 0
        for entry in self._entries(note):
            self._tell = entry.tell
            yield from _apart(self._values_of(entry, report))
            self._finished, self._tell = self._finished + entry.tell(), int

    def head(self, length: int = 65_536) -> str:
        """The beginning of the first file, for guessing its format."""
        self._unpacked = 0
        for entry in self._entries(lambda note: None):
            with _damage(entry.name or self.name):
                return entry.stream.read(length).removeprefix(BOM).decode(errors="replace")
        return ""

    def _entries(self, note: Note) -> Iterator[_Entry]:
        if self.path.is_dir():
            yield from self._in_folder(note)
            return
        with _damage(self.name):
            opened = self.path.open("rb")
        with opened as file:
            magic = file.read(4)
            file.seek(0)
            if magic in ZIP:
                yield from self._in_zip(file, note)
                return
            self.size = self.path.stat().st_size
            packed = magic[:2] == GZIP
            stream = gzip.GzipFile(fileobj=file) if packed else file
            yield _Entry("", _suffix(self.name), stream, packed, file.tell)

    def _in_folder(self, note: Note) -> Iterator[_Entry]:
        paths = list(_only_readable([str(path.relative_to(self.path)) for path in self._walk()], note, gz=True))
        self.size = sum((self.path / name).stat().st_size for name in paths)
        for name in paths:
            with (self.path / name).open("rb") as file:
                packed = name.lower().endswith(".gz")
                stream = gzip.GzipFile(fileobj=file) if packed else file
                yield _Entry(name, _suffix(name), stream, packed, file.tell)

    def _walk(self) -> Iterator[Path]:
        for number, path in enumerate(self.path.rglob("*")):
            if number >= self.limits.entries:
                problem = f"the folder {self.name} holds more than {self.limits.entries:,} files"
                raise FormatError(problem=problem, remedy="Import it in parts.", fatal=True)
            if path.is_file():
                yield path

    def _in_zip(self, file: IO[bytes], note: Note) -> Iterator[_Entry]:
        with _damage(self.name):
            archive = zipfile.ZipFile(file)
        members = {member.filename: member for member in checked_members(archive, self.name, self.limits)}
        names = list(_only_readable(list(members), note, gz=False))
        self.size = sum(members[name].file_size for name in names)
        for name in names:
            with _damage(name):
                stream = archive.open(members[name])
            with stream:
                yield _Entry(name, _suffix(name), stream, True, stream.tell)

    def _values_of(self, entry: _Entry, report: Report) -> Iterator[Value]:
        lines = self._lines(entry, report)
        for number, text in lines:
            try:
                data = parse(text, _place(entry.name, number))
            except FormatError as error:
                if not _begins_document(entry, text):
                    report(error)
                    continue
                yield from self._document(entry, number, text, lines, report)
                return
            alone = entry.name if entry.suffix == ".json" else ""
            yield Value(_place(entry.name, number), data, alone)

    def _document(
        self, entry: _Entry, number: int, first: str, lines: Iterator[tuple[int, str]], report: Report
    ) -> Iterator[Value]:
        """The one JSON value that a file of several lines is."""
        text, size = ["\n" * (number - 1) + first], len(first)
        for _number, more in lines:
            size += len(more)
            if size > self.limits.line:
                raise _too_long(entry.name or self.name, self.limits.line, "the JSON value")
            text.append(more)
        place = entry.name or "the file"
        try:
            yield Value(place, parse("\n".join(text), place), entry.name)
        except FormatError as error:
            report(error)

    def _lines(self, entry: _Entry, report: Report) -> Iterator[tuple[int, str]]:
        """Each line that is not blank, with its number from 1."""
        number = 0
        while raw := self._read_line(entry, number + 1):
            number += 1
            if number == 1:
                raw = _without_bom(raw, entry.name or self.name)
            try:
                text = raw.decode().strip()
            except UnicodeDecodeError as error:
                report(_not_utf8(_place(entry.name, number), raw, error))
                continue
            if text:
                yield number, text

    def _read_line(self, entry: _Entry, number: int) -> bytes:
        place = _place(entry.name, number)
        with _damage(place):
            raw = entry.stream.readline(self.limits.line + 1)
        if len(raw) > self.limits.line:
            raise _too_long(place, self.limits.line, "the line")
        if entry.packed:
            self._unpacked += len(raw)
            if self._unpacked > self.limits.unpacked:
                problem = f"{self.name} unpacks to more than {self.limits.unpacked:,} bytes"
                remedy = "Import it in parts, or raise CRSAPP_UNPACKED_LIMIT_BYTES."
                raise FormatError(place=place, problem=problem, remedy=remedy, fatal=True)
        return raw


def fingerprint(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a file; of a folder, over the names and SHA-256 of its files in order of name."""
    digest = hashlib.sha256()
    size = 0
    if not path.exists():
        raise _nothing_at(path)
    if path.is_dir():
        for inner in sorted(inner for inner in path.rglob("*") if inner.is_file()):
            inner_digest, inner_size = fingerprint(inner)
            digest.update(json.dumps([str(inner.relative_to(path)), inner_digest]).encode())
            size += inner_size
        return digest.hexdigest(), size
    with _damage(path.name), path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def natural(name: str) -> list[tuple[int, int, str]]:
    """Sorts 2.json before 10.json."""
    parts = re.split(r"(\d+)", name)
    return [_by_number(part) if part.isdecimal() else (1, 0, part) for part in parts if part]


def _by_number(digits: str) -> tuple[int, int, str]:
    """As numbers are sorted, without making one of what may be thousands of digits."""
    significant = digits.lstrip("0")
    return (0, len(significant), f"{significant} {digits}")


def _only_readable(names: list[str], note: Note, *, gz: bool) -> Iterator[str]:
    """The names of JSON files, in natural order; hidden files are passed over, others with a note."""
    found = False
    for name in sorted(names, key=natural):
        parts = PurePosixPath(name).parts
        if any(part.startswith((".", "__MACOSX")) for part in parts):
            continue
        if _suffix(name) in SUFFIXES and (gz or not name.lower().endswith(".gz")):
            found = True
            yield name
        else:
            note(f"{name}: passed over, it is neither .json nor .jsonl")
    if not found:
        problem = "there is no .json, .jsonl or .ndjson file in it"
        raise FormatError(problem=problem, remedy="Choose the folder or archive that holds the dialogues.", fatal=True)


def _suffix(name: str) -> str:
    return PurePosixPath(name.lower().removesuffix(".gz")).suffix


def _place(name: str, number: int) -> str:
    return f"{name}, line {number}" if name else f"line {number}"


def _begins_document(entry: _Entry, text: str) -> bool:
    return entry.suffix == ".json" or text in {"{", "["}


def _apart(values: Iterator[Value]) -> Iterator[Value]:
    """A list is the values in it."""
    for value in values:
        if isinstance(value.data, list):
            for number, inner in enumerate(value.data, start=1):
                yield Value(f"{value.place}, entry {number}", inner)
        else:
            yield value


@contextmanager
def _damage(place: str) -> Iterator[None]:
    """What goes wrong below while a file is read, in words."""
    try:
        yield
    except DAMAGE as error:
        if isinstance(error, EOFError):
            problem = "the file ends in the middle: it was cut off"
        else:
            problem = f"the file cannot be read: {error}"
        remedy = "Copy or download it again; if it is an archive, pack it anew without a password."
        raise FormatError(place=place, problem=problem, remedy=remedy, fatal=True) from error


def _nothing_at(path: Path) -> FormatError:
    problem = f"there is nothing at {path}"
    return FormatError(problem=problem, remedy="Check the path: a file, folder or archive is read.", fatal=True)


def _without_bom(raw: bytes, name: str) -> bytes:
    if raw.startswith(UTF16):
        raise FormatError(place=name, problem="this is UTF-16", remedy="Save the file as UTF-8.", fatal=True)
    return raw.removeprefix(BOM)


def _not_utf8(place: str, raw: bytes, error: UnicodeDecodeError) -> FormatError:
    problem = f"byte {error.start + 1} (0x{raw[error.start]:02x}) is not UTF-8"
    return FormatError(place=place, problem=problem, remedy="Save the file as UTF-8.")


def _too_long(place: str, limit: int, what: str) -> FormatError:
    problem = f"{what} is longer than {limit:,} bytes"
    remedy = "Write one dialogue a line, or one .json file a dialogue."
    return FormatError(place=place, problem=problem, remedy=remedy, fatal=True)
