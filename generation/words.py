"""Counting words, without a tokeniser: for orientation on pages, not for the tables of a paper. Pure."""

import re
from typing import Final

UNSPACED: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Kana and Han: written without spaces, so each character counts."""
UNSPACED_ONE: Final = re.compile(rf"[{UNSPACED}]")
SPACED: Final = bytes(ord(" ") if chr(code).isspace() else ord("x") for code in range(256))
"""Makes of each ASCII character a space or a letter: counting where the second follows the first is five times as fast
as splitting."""
WORD: Final = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]+")


def count_words(text: str) -> int:
    """Runs between white space; each kana or Chinese character on its own.

    >>> count_words("I liked Heat (1995)."), count_words("我喜欢 Heat")
    (4, 4)
    """
    if text.isascii():
        return f" {text}".encode().translate(SPACED).count(b" x")
    return len(text.split()) if UNSPACED_ONE.search(text) is None else sum(1 for _word in WORD.finditer(text))
