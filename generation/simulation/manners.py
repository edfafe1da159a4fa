"""How conversations begin and end in a language, and what prompts call it: from `manners.toml`. Pure.

>>> manners_of("zh-CN").phrases, manners_of("de").phrases
(('谢谢', '再见'), ('thank you', 'goodbye'))
>>> manners_of("zh").name, manners_of("de").name, manners_of("zh-TW").name, manners_of("tlh").name
('简体中文', 'German', 'Traditional Chinese', 'tlh')
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from generation.languages import name_of, written_as

DEFAULT: Final = "en"
FILE: Final = Path(__file__).parent / "manners.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """The assistant's opening line, what the user says to end it, and the words by which the end is known; patterns of
    how a yes and a no begin, without regard to case."""

    name: str
    opening: str
    end_trigger: str
    phrases: tuple[str, ...]
    yes: str
    no: str


def manners_of(code: str) -> Manners:
    """Those of a language; of one that has none the English ones, under its own name."""
    known = _known()
    return known.get(written_as(code, known)) or replace(known[DEFAULT], name=name_of(code))


def has_manners(code: str) -> bool:
    """Whether conversations in this language have an opening, an end and prompts of their own."""
    return bool(written_as(code, _known()))


@cache
def _known() -> Mapping[str, Manners]:
    said = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {code: Manners(**{**one, "phrases": tuple(one["phrases"])}) for code, one in said.items()}
