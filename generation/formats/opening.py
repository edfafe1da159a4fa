"""Opens what people bring: a file, plain or .gz, a .zip, a .tar, a folder. Pure; in constant memory, whatever its size.

Nothing is unpacked to disk. Names inside an archive are read and shown, never used as paths; still one that climbs out
of its folder is refused, because nobody packs such a file by accident.
"""

import gzip
import hashlib
import json
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from generation.formats.archives import TAR_BLOCK, Sipped, is_tar, tar_members, zip_members
from generation.formats.values import FormatError, Limits
from generation.wording import either, worded

CHUNK: Final = 1024 * 1024
ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
GZIP: Final = b"\x1f\x8b"
PICKLE: Final = re.compile(rb"\x80[\x02-\x05]")
PICKLE_SUFFIXES: Final = (".pkl", ".pickle")
DAMAGE: Final = (EOFError, OSError, zlib.error, zipfile.BadZipFile, tarfile.TarError, RuntimeError, NotImplementedError)
NO_PICKLE: Final = worded("a Python pickle, which runs whatever code it holds when it is opened")

Note = Callable[[str], None]
Wanted = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Entry:
    """One open file of a source. `name` is what messages call it, empty where the source is a single file."""

    name: str
    suffix: str
    stream: IO[bytes] | gzip.GzipFile
    packed: bool
    tell: Callable[[], int]


@dataclass(slots=True)
class Opener:
    """The files of what lies at `path`, one by one; `size` counts bytes once they are being opened."""

    path: Path
    name: str
    limits: Limits
    size: int = 0

    def entries(self, suffixes: Iterable[str], note: Note, wanted: Wanted = lambda name: True) -> Iterator[Entry]:
        """The files of a folder or archive with one of these suffixes that are wanted; a single file always."""
        if self.path.is_dir():
            yield from self._in_folder(_Choice(tuple(suffixes), note, wanted))
            return
        with damage(self.name):
            opened = self.path.open("rb")
        with opened as file:
            magic = file.read(TAR_BLOCK)
            file.seek(0)
            if magic[:4] in ZIP:
                yield from self._in_zip(file, _Choice(tuple(suffixes), note, wanted))
                return
            self.size = self.path.stat().st_size
            packed = magic[:2] == GZIP
            if is_tar(_unpacked_head(file) if packed else magic):
                inner = Sipped(fileobj=file) if packed else file
                yield from self._in_tar(inner, file.tell, _Choice(tuple(suffixes), note, wanted))
                return
            refuse_pickle(_unpacked_head(file) if packed else magic, self.name)
            stream = gzip.GzipFile(fileobj=file) if packed else file
            yield Entry("", suffix_of(self.name), stream, packed, file.tell)

    @property
    def is_single(self) -> bool:
        """Whether this is one file and neither folder nor archive."""
        return any(entry.name == "" for entry in self.entries((), lambda note: None, lambda name: False))

    def _in_folder(self, choice: "_Choice") -> Iterator[Entry]:
        paths = choice.among([str(path.relative_to(self.path)) for path in self._walk()], gz=True)
        self.size = sum((self.path / name).stat().st_size for name in paths)
        for name in paths:
            with (self.path / name).open("rb") as file:
                packed = name.lower().endswith(".gz")
                stream = gzip.GzipFile(fileobj=file) if packed else file
                yield Entry(name, suffix_of(name), stream, packed, file.tell)

    def _walk(self) -> Iterator[Path]:
        for number, path in enumerate(self.path.rglob("*")):
            if number >= self.limits.entries:
                problem = worded(
                    "the folder %(name)s holds more than %(limit)s files",
                    name=self.name,
                    limit=f"{self.limits.entries:,}",
                )
                raise FormatError(problem=problem, remedy=worded("Import it in parts."), fatal=True)
            if path.is_file():
                yield path

    def _in_zip(self, file: IO[bytes], choice: "_Choice") -> Iterator[Entry]:
        with damage(self.name):
            archive = zipfile.ZipFile(file)
        members = {member.filename: member for member in zip_members(archive, self.name, self.limits)}
        names = choice.among(list(members), gz=False)
        self.size = sum(members[name].file_size for name in names)
        for name in names:
            with damage(name):
                stream = archive.open(members[name])
            with stream:
                yield Entry(name, suffix_of(name), stream, True, stream.tell)

    def _in_tar(self, stream: IO[bytes] | gzip.GzipFile, tell: Callable[[], int], choice: "_Choice") -> Iterator[Entry]:
        """In the order of the archive, because going back in a packed one means to unpack it again."""
        found = False
        with damage(self.name), tarfile.open(fileobj=stream, mode="r:") as archive:
            for member in tar_members(archive, self.name, self.limits):
                if choice.takes(member.name, gz=False):
                    found = True
                    content = archive.extractfile(member)
                    if content is not None:
                        yield Entry(member.name, suffix_of(member.name), content, True, tell)
        choice.refuse_none(found=found)


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which files of a folder or archive are read: hidden ones are passed over, others with a note."""

    suffixes: tuple[str, ...]
    note: Note
    wanted: Wanted

    def among(self, names: list[str], *, gz: bool) -> list[str]:
        taken = [name for name in sorted(names, key=natural) if self.takes(name, gz=gz)]
        self.refuse_none(found=bool(taken))
        return taken

    def takes(self, name: str, *, gz: bool) -> bool:
        if any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts) or not self.wanted(name):
            return False
        if suffix_of(name) in self.suffixes and (gz or not name.lower().endswith(".gz")):
            return True
        pickled = suffix_of(name) in PICKLE_SUFFIXES
        what = NO_PICKLE if pickled else worded("no %(suffixes)s file", suffixes=_or(self.suffixes))
        self.note(worded("%(name)s: passed over, it is %(what)s", name=name, what=what))
        return False

    def refuse_none(self, *, found: bool) -> None:
        if self.suffixes and not found:
            problem = worded("there is no %(suffixes)s file in it", suffixes=_or(self.suffixes))
            remedy = worded(
                "Choose the folder or archive that holds the dialogues. Pickles are never opened; save them as JSON."
            )
            raise FormatError(problem=problem, remedy=remedy, fatal=True)


def refuse_pickle(head: bytes, name: str) -> None:
    if PICKLE.match(head):
        problem = worded("this is %(what)s", what=NO_PICKLE)
        remedy = worded("Open it where you trust it, save what is in it as JSON, and import that.")
        raise FormatError(place=name, problem=problem, remedy=remedy, fatal=True)


def fingerprint(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a file; of a folder, over the names and SHA-256 of its files in order of name."""
    digest = hashlib.sha256()
    size = 0
    if not path.exists():
        raise nothing_at(path)
    if path.is_dir():
        for inner in sorted(inner for inner in path.rglob("*") if inner.is_file()):
            inner_digest, inner_size = fingerprint(inner)
            digest.update(json.dumps([str(inner.relative_to(path)), inner_digest]).encode())
            size += inner_size
        return digest.hexdigest(), size
    with damage(path.name), path.open("rb") as file:
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


def suffix_of(name: str) -> str:
    return PurePosixPath(name.lower().removesuffix(".gz")).suffix


def _or(suffixes: tuple[str, ...]) -> str:
    *others, last = suffixes
    return either([", ".join(others), last]) if others else last


def _unpacked_head(file: IO[bytes]) -> bytes:
    """The first block inside a .gz, or nothing where it is damaged: reading it will say so."""
    try:
        return gzip.GzipFile(fileobj=file).read(TAR_BLOCK)
    except DAMAGE:
        return b""
    finally:
        file.seek(0)


@contextmanager
def damage(place: str) -> Iterator[None]:
    """What goes wrong below while a file is read, in words."""
    try:
        yield
    except DAMAGE as error:
        raise damaged(place, error) from error


def damaged(place: str, error: Exception) -> FormatError:
    problem = worded("the file cannot be read: %(error)s", error=str(error))
    if isinstance(error, EOFError):
        problem = worded("the file ends in the middle: it was cut off")
    remedy = worded("Copy or download it again; if it is an archive, pack it anew without a password.")
    return FormatError(place=place, problem=problem, remedy=remedy, fatal=True)


def nothing_at(path: Path) -> FormatError:
    problem = worded("there is nothing at %(path)s", path=str(path))
    remedy = worded("Check the path: a file, folder or archive is read.")
    return FormatError(problem=problem, remedy=remedy, fatal=True)
