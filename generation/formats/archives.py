"""What a .zip or .tar may be: bounded, plain names, nothing encrypted, no archive within. Pure."""

import gzip
import re
import stat
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Final, cast

from generation.formats.values import FormatError, Limits
from generation.wording import Worded, worded

PACKED_SUFFIXES: Final = frozenset((".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst"))
ENCRYPTED: Final = 0x1
TAR_BLOCK: Final = 512
TAR_MAGIC: Final = slice(257, 262)
SIP: Final = 16 * 1024**2
"""No part of a .tar's own bookkeeping is longer; one that claims to be is made to fill the memory."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive, as its directory describes it."""

    name: str
    size: int
    is_plain: bool
    is_encrypted: bool = False


class Sipped(gzip.GzipFile):
    """A .gz that is never read in one large gulp."""

    def read(self, size: int | None = -1) -> bytes:
        if size is None or not 0 <= size <= SIP:
            raise tarfile.ReadError(f"a part of the archive claims to have {size:,} bytes")
        return super().read(size)


def is_tar(head: bytes) -> bool:
    return head[TAR_MAGIC] == b"ustar"


def zip_members(archive: zipfile.ZipFile, name: str, limits: Limits) -> Iterator[zipfile.ZipInfo]:
    """The files of the archive, or the reason why it is refused as a whole."""
    members = {_of_zip(member): member for member in archive.infolist() if not member.is_dir()}
    for member in list(checked(members, name, limits)):
        yield members[member]


def tar_members(archive: tarfile.TarFile, name: str, limits: Limits) -> Iterator[tarfile.TarInfo]:
    """The files of the archive in its order; what is wrong is said when it is met, before it is unpacked."""
    met: list[tarfile.TarInfo] = []

    def described() -> Iterator[Member]:
        for member in archive:
            if not member.isdir():
                met.append(member)
                yield Member(member.name, member.size, member.isreg())

    for _member in checked(described(), name, limits):
        yield met.pop()


def checked(members: Iterable[Member], name: str, limits: Limits) -> Iterator[Member]:
    """These members as long as they keep to the limits."""
    unpacked = 0
    for number, member in enumerate(members, start=1):
        unpacked += member.size
        if number > limits.entries:
            problem = worded("it holds more than %(limit)s files", limit=f"{limits.entries:,}")
            remedy = worded("Import it in parts, or raise CRSAPP_ARCHIVE_ENTRY_LIMIT.")
            raise _refused(name, problem, remedy)
        if unpacked > limits.unpacked:
            problem = worded("it unpacks to more than %(limit)s bytes", limit=f"{limits.unpacked:,}")
            remedy = worded("Import it in parts, or raise CRSAPP_UNPACKED_LIMIT_BYTES.")
            raise _refused(name, problem, remedy)
        _check_member(member)
        yield member


def _of_zip(member: zipfile.ZipInfo) -> Member:
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    return Member(member.filename, member.file_size, not is_link, bool(member.flag_bits & ENCRYPTED))


def _check_member(member: Member) -> None:
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or "\\" in member.name or re.match(r"[A-Za-z]:", member.name):
        problem = worded("the name leads out of the archive")
        raise _refused(member.name, problem, worded("Pack the files anew with plain names."))
    if not member.is_plain:
        raise _refused(member.name, worded("it is a link or a device, not a file"), worded("Pack plain files."))
    if member.is_encrypted:
        raise _refused(member.name, worded("it is encrypted"), worded("Pack the files anew without a password."))
    if path.suffix.lower() in PACKED_SUFFIXES:
        problem = worded("it is an archive within the archive")
        raise _refused(member.name, problem, worded("Unpack it first, and pack the plain files."))


def zipped(parts: Iterable[tuple[str, IO[bytes]]]) -> Iterator[bytes]:
    """A .zip of these files, in pieces, without ever holding all of it."""
    out = _Outgoing()
    with zipfile.ZipFile(cast("IO[bytes]", out), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            content.seek(0)
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as file:
                while piece := content.read(64 * 1024):
                    file.write(piece)
                    yield out.taken()
    yield out.taken()


class _Outgoing:
    """Where a .zip is written to that nobody can seek in; `taken` gives what has come since the last time."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole


def _refused(place: str, problem: Worded, remedy: Worded) -> FormatError:
    return FormatError(place=place, problem=problem, remedy=remedy, fatal=True)
