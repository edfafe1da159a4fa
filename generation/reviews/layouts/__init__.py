"""Layouts of reviews, one file each, found by looking through this folder. Pure: no Django, no database, no network.

To add one, write `<name>.py` here with a `LAYOUT` (`base.Layout`): recognition, upload and command follow.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Final

from generation.formats.base import Evidence
from generation.formats.sources import Source
from generation.formats.values import FormatError, Limits
from generation.reviews.layouts.base import Layout

TOOLS: Final = frozenset({"amazon", "base", "cells"})
SURE_ENOUGH: Final = 0.5


class BrokenLayout(Exception):
    """A file in this folder that should be a layout and is none."""


@cache
def all_layouts() -> Mapping[str, Layout]:
    """Every layout by its name. A file here that is none is an error and never passed over."""
    names = [module.name for module in iter_modules(__path__) if module.name not in TOOLS]
    return MappingProxyType({name: _load(name) for name in names})


def _load(name: str) -> Layout:
    described = getattr(import_module(f"{__name__}.{name}"), "LAYOUT", None)
    if not isinstance(described, Layout) or described.name != name:
        raise BrokenLayout(f"{name}.py has no LAYOUT of type Layout that is called {name!r}.")
    return described


def get_layout(name: str) -> Layout:
    layouts = all_layouts()
    if name not in layouts:
        problem = f"there is no layout of reviews {name!r}"
        raise FormatError(problem=problem, remedy=f"Choose one of {', '.join(layouts)}.", fatal=True)
    return layouts[name]


def guesses(path: Path, limits: Limits | None = None, name: str = "") -> list[tuple[Layout, Evidence]]:
    """The layouts that the file may have, the likeliest first, each with what it was known by."""
    glance = Source(path, limits, name).glance()
    if not any(head.strip() for _name, head in glance.heads):
        raise FormatError(problem="there is nothing in the file", remedy="Choose one that holds reviews.", fatal=True)
    found = [(layout, layout.sniff(glance)) for layout in all_layouts().values()]
    likely = [(layout, evidence) for layout, evidence in found if evidence.share >= SURE_ENOUGH]
    return sorted(likely, key=lambda guess: (-guess[1].share, -len(guess[1].found)))


def guess_layout(path: Path, limits: Limits | None = None, name: str = "") -> Layout:
    """The likeliest layout of the file, or an error that names all there are."""
    found = guesses(path, limits, name)
    if not found:
        known = "; ".join(f"{layout.name}: {layout.title}" for layout in all_layouts().values())
        problem = "the beginning of the file looks like no reviews that are known"
        raise FormatError(problem=problem, remedy=f"Say which they are ({known}).", fatal=True)
    return found[0][0]
