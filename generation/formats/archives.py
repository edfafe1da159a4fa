"""What a .zip may be: bounded, plain names, nothing encrypted, no archive within. Pure."""

import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from generation.formats.values import FormatError, Limits

PACKED_SUFFIXES: Final = frozenset((".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst"))
ENCRYPTED: Final = 0x1


def checked_members(archive: zipfile.ZipFile, name: str, limits: Limits) -> Iterator[zipfile.ZipInfo]:
    """The files of the archive, or the reason why it is refused as a whole."""
    members = archive.infolist()
    if len(members) > limits.entries:
        problem = f"it holds {len(members):,} files, more than {limits.entries:,}"
        raise _refused(name, problem, "Import it in parts, or raise CRSAPP_ARCHIVE_ENTRY_LIMIT.")
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.unpacked:
        problem = f"it unpacks to {unpacked:,} bytes, more than {limits.unpacked:,}"
        raise _refused(name, problem, "Import it in parts, or raise CRSAPP_UNPACKED_LIMIT_BYTES.")
    for member in members:
        if not member.is_dir():
            _check_member(member)
            yield member


def _check_member(member: zipfile.ZipInfo) -> None:
    path = PurePosixPath(member.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in member.filename or re.match(r"[A-Za-z]:", member.filename):
        raise _refused(member.filename, "the name leads out of the archive", "Pack the files anew with plain names.")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise _refused(member.filename, "it is a link, not a file", "Pack the file that it points to.")
    if member.flag_bits & ENCRYPTED:
        raise _refused(member.filename, "it is encrypted", "Pack the files anew without a password.")
    if path.suffix.lower() in PACKED_SUFFIXES:
        problem = "it is an archive within the archive"
        raise _refused(member.filename, problem, "Unpack it first, and pack the plain files.")


def _refused(place: str, problem: str, remedy: str) -> FormatError:
    return FormatError(place=place, problem=problem, remedy=remedy, fatal=True)
