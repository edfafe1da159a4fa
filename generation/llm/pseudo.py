"""The scripted translator: text that looks translated, says that it is not, and keeps its Markdown. Pure."""

import hashlib
import re
from typing import Final

from generation.languages import Language, languages

CODE: Final = re.compile(r"\(language code: ([A-Za-z-]{2,10})\)")
WORD: Final = re.compile(r"[^\W\d_]+")
BLOCK: Final = re.compile(r"\s*(?:[-*+] |\d+[.)] |#{1,6} |\||>)")
ACCENTED: Final = str.maketrans("aeiouyAEIOUYcnsz", "äéîøûýÄÉÎØÛÝçñšž")
LETTERS: Final = {
    "Greek": "αεηικλμνοπρστυω",
    "Cyrillic": "авдеиклмнопрсту",
    "Hebrew": "אבגדהוילמנרשת",
    "Arabic": "ابتدرسعفقلمنهوي",
    "Devanagari": "कगचजतदनपमयरलवसह",
    "Bengali": "কগচজতদনপমযরলসহ",
    "Thai": "กคงจดตนบปมยรลวส",
    "Hangul": "가나다라마바사아자하고노도로보소",
    "Han": "人心天日月山水火木金大小上下中国好学生行看听说走来去",
    "Japanese": "あいうかきくさしたつなにのはまやらんを",
}
DENSE: Final = frozenset({"Hangul", "Han", "Japanese"})
"""Scripts in which a word takes about half the characters."""


def asked_for(text: str) -> Language | None:
    """The language that a prompt asks a translation into."""
    found = CODE.search(text)
    return languages().get(found[1]) if found else None


def pseudo_translated(text: str, language: Language) -> str:
    """
    >>> pseudo_translated("I want **one** film.", languages()["de"])
    '[Skript-Übersetzung] Î wäñt **øñé** fîlm.'
    >>> pseudo_translated("- a film", languages()["zh"]).splitlines()[0]
    '[脚本译文]'
    """
    said = WORD.sub(lambda found: _word(found[0], language), text)
    return f"[{language.marked}]{chr(10) * 2 if BLOCK.match(text) else ' '}{said}"


def _word(word: str, language: Language) -> str:
    letters = LETTERS.get(language.script)
    if letters is None:
        return word.translate(ACCENTED)
    digest = hashlib.sha256(word.lower().encode()).digest()
    length = -(-len(word) // 2) if language.script in DENSE else len(word)
    return "".join(letters[digest[place % len(digest)] % len(letters)] for place in range(length))
