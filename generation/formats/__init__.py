"""Dataset formats, one file each, found by looking through this folder. Pure: no Django, no database, no network.

To add one, write `<name>.py` here with a `FORMAT` (`base.Format`): import, export, commands and the round-trip test of
`tests/generation/test_formats.py` follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Final

from generation.formats.base import Format
from generation.formats.sources import Source
from generation.formats.values import FormatError, Limits

TOOLS: Final = frozenset(
    {"archives", "base", "columns", "lists", "losses", "opening", "sources", "tables", "text", "values"}
)
SURE_ENOUGH: Final = 0.5


class BrokenFormat(Exception):
    """A file in this folder that should be a format and is none."""


@cache
def all_formats() -> Mapping[str, Format]:
    """Every format by its name. A file here that is no format, or does not load, is an error and never passed over."""
    found: dict[str, Format] = {}
    for module in iter_modules(__path__):
        if module.name not in TOOLS:
            found[module.name] = load_format(f"{__name__}.{module.name}")
    return MappingProxyType(found)


def load_format(dotted: str) -> Format:
    try:
        described = getattr(import_module(dotted), "FORMAT", None)
    except Exception as error:
        raise BrokenFormat(f"The format {dotted} does not load: {type(error).__name__}: {error}") from error
    if not isinstance(described, Format):
        raise BrokenFormat(f"{dotted} has no FORMAT of type Format. Write one, or move the file out of this folder.")
    if described.name != dotted.rpartition(".")[2]:
        raise BrokenFormat(f"{dotted} calls its format {described.name!r}. Name file and format alike.")
    return described


def get_format(name: str) -> Format:
    formats = all_formats()
    if name not in formats:
        problem = f"there is no format {name!r}"
        raise FormatError(problem=problem, remedy=f"Choose one of {', '.join(formats)}.", fatal=True)
    return formats[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A format that a file may have, how sure that is (0 to 1), and what it was known by."""

    format: Format
    share: float
    found: tuple[str, ...]


def guesses(path: Path, limits: Limits | None = None, name: str = "") -> list[Guess]:
    """The formats that the file may have, the likeliest first; `name` is its own where `path` is not."""
    glance = Source(path, limits, name).glance()
    if not any(head.strip() for _name, head in glance.heads):
        raise FormatError(problem="there is nothing in the file", remedy="Choose one that holds dialogues.", fatal=True)
    found = []
    for format in all_formats().values():
        evidence = format.sniff(glance)
        if evidence.share >= SURE_ENOUGH:
            found.append(Guess(format=format, share=evidence.share, found=evidence.found))
    return sorted(found, key=lambda guess: (-guess.share, -len(guess.found)))


def guess_format(path: Path, limits: Limits | None = None, name: str = "") -> Format:
    """The likeliest format of the file, or an error that names all there are."""
    found = guesses(path, limits, name)
    if not found:
        known = "; ".join(f"{format.name}: {format.title}" for format in all_formats().values())
        problem = "the beginning of the file looks like none of the known formats"
        raise FormatError(problem=problem, remedy=f"Say which it is ({known}).", fatal=True)
    return found[0].format


def writers() -> dict[str, Format]:
    """The formats that can be written."""
    return {name: format for name, format in all_formats().items() if format.write is not None}
