"""The phrases that filters look for, a file for each language beside this one. Pure.

What programs and services say in every language stands in `every.toml`. A language without a file has only that: the
filters that look for phrases then say little of it, and `Filter.judges` says so.

>>> bool(phrases_in("en").search("accepts", plain("You’ve convinced me.")))
True
>>> phrases_in("zh-CN").knows("offers_help"), phrases_in("de").knows("offers_help")
(True, False)
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from generation.languages import written_as

FOLDER: Final = Path(__file__).parent
EVERY: Final = "every"
PART: Final = re.compile(r"<(\w+)>")
WORD_BEGINS: Final = r"\b"


@dataclass(frozen=True)
class Phrases:
    """What is looked for in one language: a pattern for each list of phrases. `own` are the lists of its own file."""

    patterns: Mapping[str, re.Pattern[str]]
    own: frozenset[str]

    def knows(self, name: str) -> bool:
        """Whether this language has a list of this name of its own."""
        return name in self.own

    def search(self, name: str, text: str) -> re.Match[str] | None:
        pattern = self.patterns.get(name)
        return pattern.search(text) if pattern else None

    def finditer(self, name: str, text: str) -> Iterator[re.Match[str]]:
        pattern = self.patterns.get(name)
        return pattern.finditer(text) if pattern else iter(())


def phrases_in(code: str) -> Phrases:
    """What is looked for in texts of this language."""
    return _read(written_as(code, languages_with_phrases()))


@cache
def languages_with_phrases() -> frozenset[str]:
    """The codes of the languages that have a file of their own."""
    return frozenset(path.stem for path in FOLDER.glob("*.toml")) - {EVERY}


@cache
def _read(language: str) -> Phrases:
    """The lists of a language and those of every language; of the latter alone where it is empty."""
    own = _lists(language) if language else {}
    every = _lists(EVERY)
    patterns = {name: _pattern([*every.get(name, ()), *own.get(name, ())]) for name in {*every, *own}}
    return Phrases(patterns, frozenset(own))


def _pattern(phrases: list[str]) -> re.Pattern[str]:
    r"""One pattern for all of them. Those that begin with a word share one `\b`: most places of a text are none."""
    words = [phrase.removeprefix(WORD_BEGINS) for phrase in phrases if phrase.startswith(WORD_BEGINS)]
    others = [phrase for phrase in phrases if not phrase.startswith(WORD_BEGINS)]
    together = [f"{WORD_BEGINS}(?:{'|'.join(words)})"] if words else []
    return re.compile("|".join([*together, *others]))


def _lists(name: str) -> dict[str, list[str]]:
    data: dict[str, Any] = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    parts = data.pop("parts", {})
    return {
        kind: [PART.sub(lambda found: parts[found[1]], phrase) for phrase in table["phrases"]]
        for kind, table in data.items()
    }


def plain(text: str) -> str:
    """A text as phrases are written: in small letters, with one kind of apostrophe; every place stays what it is.

    >>> plain("I’M SOLD"), plain("İ")
    ("i'm sold", 'İ')
    """
    text = text.replace("’", "'")
    small = text.lower()
    if len(small) == len(text):
        return small
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
