"""Languages that texts are translated into, and whether a translation can be one. Pure."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

SCRIPTS: Final = {
    "Latin": "A-Za-zÀ-ɏḀ-ỿ",
    "Greek": "Ͱ-Ͽἀ-῿",
    "Cyrillic": "Ѐ-ӿ",
    "Hebrew": "֐-׿",
    "Arabic": "؀-ۿݐ-ݿ",
    "Devanagari": "ऀ-ॿ",
    "Bengali": "ঀ-৿",
    "Thai": "฀-๿",
    "Hangul": "가-힣",
    "Han": "一-鿿㐀-䶿",
    "Japanese": "ぁ-ヿ一-鿿",
}
CODE: Final = re.compile(r"\A[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?\Z")
FEWEST_LETTERS: Final = 12
"""Of a shorter text nothing can be said: “Paris, OK?” is the same in many languages."""
SHARE: Final = 0.25
"""Of a translation's letters, at least so many are the language's own: titles and names may stay as they are."""
SHORTER: Final = 0.25
LONGER: Final = 4.0
FEWEST_TO_MEASURE: Final = 60
TRADITIONAL: Final = frozenset({"hant", "tw", "hk", "mo"})
LIST_LINE: Final = re.compile(r"^\s*(?:[-*+]|\d+[.)]) +\S", re.MULTILINE)
FENCE: Final = re.compile(r"^(?:<<<\w+ [0-9a-f]{16}|\w+ [0-9a-f]{16}>>>)$", re.MULTILINE)


@dataclass(frozen=True)
class Language:
    """`name` in English, for prompts; `marked` is what the scripted translator puts before what it wrote."""

    code: str
    name: str
    script: str
    marked: str


@cache
def languages() -> Mapping[str, Language]:
    """By code.

    >>> languages()["zh"].name
    'Simplified Chinese'
    """
    said = tomllib.loads((Path(__file__).parent / "languages.toml").read_text(encoding="utf-8"))
    return {code: Language(code=code, **values) for code, values in said.items()}


def written_as(code: str, known: Collection[str]) -> str:
    """Which of the known languages texts of this code are written in; empty where it is none of them.

    Chinese is simplified unless its code says otherwise.

    >>> written_as("zh-Hans-CN", {"en", "zh"}), written_as("EN-gb", {"en"}), written_as("zh-TW", {"zh"})
    ('zh', 'en', '')
    """
    base = code.lower().replace("_", "-").partition("-")[0]
    return base if base in known and not is_traditional(code) else ""


def is_traditional(code: str) -> bool:
    """Whether a code names Chinese in traditional characters."""
    base, *rest = code.lower().replace("_", "-").split("-")
    return base == "zh" and bool(TRADITIONAL & set(rest))


def name_of(code: str) -> str:
    """A language as English prompts call it; the code itself where it is none of those.

    >>> name_of("zh"), name_of("zh-TW"), name_of("pt-BR"), name_of("tlh")
    ('Simplified Chinese', 'Traditional Chinese', 'Portuguese', 'tlh')
    """
    found = languages().get(written_as(code, languages()))
    return "Traditional Chinese" if is_traditional(code) else found.name if found else code


def trouble_with_translation(text: str, translation: str, language: Language) -> str:
    """Why this can be no translation of the text, in words; nothing where it may be one.

    >>> german = languages()["de"]
    >>> trouble_with_translation("Which film would you suggest?", "Which film would you suggest?", german)
    'It is the text itself, not translated.'
    >>> trouble_with_translation("Which film would you suggest?", "Welchen Film empfehlen Sie?", german)
    ''
    >>> trouble_with_translation("Which film would you suggest?", "Which movie do you suggest?", languages()["zh"])
    'It is not written in Simplified Chinese.'
    """
    if not translation.strip():
        return "The answer is empty."
    if FENCE.search(translation):
        return "The answer repeats the marks around the text."
    if _letters(text) < FEWEST_LETTERS:
        return ""
    if translation.strip() == text.strip():
        return "It is the text itself, not translated."
    if _share(translation, language.script) < SHARE:
        return f"It is not written in {language.name}."
    return _trouble_with_form(text, translation)


def _trouble_with_form(text: str, translation: str) -> str:
    before, after = _weight(text), _weight(translation)
    if before >= FEWEST_TO_MEASURE and after < SHORTER * before:
        return "It is much shorter than the text: something is missing."
    if before >= FEWEST_TO_MEASURE and after > LONGER * before:
        return "It is much longer than the text: something was added."
    listed, kept = len(LIST_LINE.findall(text)), len(LIST_LINE.findall(translation))
    if listed >= 3 and kept < listed / 2:
        return f"The text lists {listed} things line by line, the translation {kept}."
    return ""


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _share(text: str, script: str) -> float:
    """Which part of the letters belongs to a script."""
    letters = _letters(text)
    return len(re.findall(f"[{SCRIPTS[script]}]", text)) / letters if letters else 0.0


def _weight(text: str) -> int:
    """Characters, those that stand for a syllable or a word as three.

    >>> _weight("film"), _weight("电影")
    (4, 6)
    """
    return len(text) + 2 * sum(character > "\u2e7f" for character in text)
