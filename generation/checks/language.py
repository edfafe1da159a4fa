"""Is a text in the language it should be in? By its letters, and by the words that every sentence has. Pure.

A few lists (`languages.toml`) and no model: it finds a conversation that goes on in another language, and leaves a
quoted word, a place name or a short text alone.
"""

import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, Final

from generation.checks.form import script
from generation.wording import either, worded

WORD: Final = re.compile(r"[^\W\d_]+")
FEWEST_WORDS: Final = 6
FEWEST_TELLING: Final = 3
FEWEST_LETTERS: Final = 8
FOREIGN_SHARE: Final = 0.8
"""A Chinese answer may be half names and addresses in Latin letters: each of its own letters says more."""
LONGEST_LOOKED_AT: Final = 20_000


@cache
def _lists() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    said: dict[str, Any] = tomllib.loads((Path(__file__).parent / "languages.toml").read_text(encoding="utf-8"))
    scripts = {code: frozenset(names) for code, names in said["scripts"].items()}
    words = {code: frozenset(line.split()) for code, line in said["words"].items()}
    shared = Counter(word for some in words.values() for word in some)
    return scripts, {code: frozenset(word for word in some if shared[word] == 1) for code, some in words.items()}


def scripts_of(code: str) -> frozenset[str]:
    """The scripts a text in this language may be written in, names in Latin letters included; empty if not known.

    >>> sorted(scripts_of("zh-Hans")), scripts_of("tlh")
    (['CJK', 'LATIN'], frozenset())
    """
    scripts, _words = _lists()
    known = scripts.get(code.partition("-")[0].lower(), frozenset())
    return known | {"LATIN"} if known else known


def is_judged(code: str) -> bool:
    """Whether it is known what texts in this language look like."""
    return bool(scripts_of(code))


def other_language(text: str, code: str) -> str:
    """Why a text is not in this language, or nothing.

    >>> other_language("Das ist nicht, was ich haben möchte, und es ist auch zu teuer.", "en")
    'its words are those of de, not of en'
    >>> other_language("我想去西安旅行，请帮我安排行程。", "en")
    'most of its letters are not Latin'
    >>> other_language("Let us go to 西安 (Xi'an), the museum is open.", "en"), other_language("C'est la vie!", "en")
    ('', '')
    """
    scripts, words = _lists()
    base = code.partition("-")[0].lower()
    if base not in scripts:
        return ""
    text = text[:LONGEST_LOOKED_AT]
    if not (text.isascii() and "LATIN" in scripts[base]) and _is_foreign(text, scripts[base]):
        return worded(
            "most of its letters are not %(scripts)s", scripts=either(sorted(name.title() for name in scripts[base]))
        )
    if base not in words:
        return ""
    said = Counter(WORD.findall(text.lower()))
    counts = {one: sum(said[word] for word in telling & said.keys()) for one, telling in words.items()}
    likeliest = max(counts, key=lambda one: (counts[one], one == base))
    enough = said.total() >= FEWEST_WORDS and counts[likeliest] >= FEWEST_TELLING
    if enough and counts[likeliest] > 2 * counts[base]:
        return worded("its words are those of %(other)s, not of %(wanted)s", other=likeliest, wanted=base)
    return ""


def _is_foreign(text: str, scripts: frozenset[str]) -> bool:
    """Whether most letters are of none of these scripts."""
    letters = {letter: count for letter, count in Counter(text).items() if letter.isalpha()}
    foreign = sum(count for letter, count in letters.items() if script(letter) not in scripts)
    total = sum(letters.values())
    return total >= FEWEST_LETTERS and foreign > FOREIGN_SHARE * total
