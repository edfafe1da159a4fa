"""Ways of writing files that are kept one a Python file in a folder, and found by looking through it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from generation.formats.base import Readable
from generation.formats.sources import Source
from generation.formats.values import FormatError, Limits
from generation.wording import apart, worded

SURE_ENOUGH: Final = 0.5

Described = TypeVar("Described", bound=Readable[Any])


class Broken(Exception):
    """A file in a folder that should describe one, and does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess(Generic[Described]):
    """What a file may be, how sure that is (0 to 1), and what it was known by."""

    what: Described
    share: float
    found: tuple[str, ...]


@dataclass(frozen=True)
class Shelf(Generic[Described]):
    """Everything in the folder of `package` but its `tools`. Each file has one of these, under its class's name.

    `called`, `all_called` and `holds` are what messages call one, several, and what is in the files.
    """

    package: str
    folder: Path
    described: type[Described]
    tools: Collection[str]
    called: str
    all_called: str
    holds: str

    @cached_property
    def all(self) -> Mapping[str, Described]:
        """Everything by its name. A file that is none, or does not load, is an error and never passed over."""
        names = [module.name for module in iter_modules([str(self.folder)]) if module.name not in self.tools]
        return MappingProxyType({name: self.load(f"{self.package}.{name}") for name in names})

    @property
    def noun(self) -> str:
        return self.described.__name__.lower()

    def load(self, dotted: str) -> Described:
        wanted = self.noun.upper()
        try:
            found = getattr(import_module(dotted), wanted, None)
        except Exception as error:
            raise Broken(f"The {self.noun} {dotted} does not load: {type(error).__name__}: {error}") from error
        if not isinstance(found, self.described):
            raise Broken(
                f"{dotted} has no {wanted} of type {self.described.__name__}. Write one, or move the file elsewhere."
            )
        if found.name != dotted.rpartition(".")[2]:
            raise Broken(f"{dotted} calls its {self.noun} {found.name!r}. Name file and {self.noun} alike.")
        return found

    def get(self, name: str) -> Described:
        if name not in self.all:
            problem = worded("there is no %(called)s %(name)s", called=self.called, name=repr(name))
            remedy = worded("Choose one of %(names)s.", names=", ".join(self.all))
            raise FormatError(problem=problem, remedy=remedy, fatal=True)
        return self.all[name]

    def guesses(self, path: Path, limits: Limits | None = None, name: str = "") -> list[Guess[Described]]:
        """What the file may be, the likeliest first; `name` is its own where `path` is not."""
        glance = Source(path, limits, name).glance()
        if not any(head.strip() for _name, head in glance.heads):
            remedy = worded("Choose one that holds %(holds)s.", holds=self.holds)
            raise FormatError(problem=worded("there is nothing in the file"), remedy=remedy, fatal=True)
        sniffed = [(one, one.sniff(glance)) for one in self.all.values()]
        found = [
            Guess(what=one, share=evidence.share, found=evidence.found)
            for one, evidence in sniffed
            if evidence.share >= SURE_ENOUGH
        ]
        return sorted(found, key=lambda guess: (-guess.share, -len(guess.found)))

    def guess(self, path: Path, limits: Limits | None = None, name: str = "") -> Described:
        """What the file most likely is, or an error that names all it could be."""
        found = self.guesses(path, limits, name)
        if not found:
            known = apart(
                [worded("%(name)s: %(title)s", name=one.name, title=worded(one.title)) for one in self.all.values()]
            )
            problem = worded(
                "the beginning of the file looks like none of the known %(all_called)s of %(holds)s",
                all_called=self.all_called,
                holds=self.holds,
            )
            raise FormatError(problem=problem, remedy=worded("Say which it is (%(known)s).", known=known), fatal=True)
        return found[0].what
