"""Dataset formats, one file each, found by looking through this folder. Pure: no Django, no database, no network.

To add one, write `<name>.py` here with a `FORMAT` (`base.Format`): import, export, commands and the round-trip test of
`tests/generation/test_formats.py` follow.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Final

from generation.formats.base import Format
from generation.formats.sources import Source
from generation.formats.values import FormatError, Limits

TOOLS: Final = frozenset({"base", "sources", "archives", "values"})
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


def guess_format(path: Path, limits: Limits | None = None, name: str = "") -> Format:
    """The format whose keys stand in the beginning of the first file; `name` is its own where `path` is not."""
    head = Source(path, limits, name).head()
    if not head.strip():
        raise FormatError(problem="there is nothing in the file", remedy="Choose one that holds dialogues.", fatal=True)
    best = max(all_formats().values(), key=lambda format: format.sniff(head))
    if best.sniff(head) < SURE_ENOUGH:
        known = "; ".join(f"{format.name}: {format.title}" for format in all_formats().values())
        problem = "the beginning of the file looks like none of the known formats"
        raise FormatError(problem=problem, remedy=f"Say which it is ({known}).", fatal=True)
    return best
