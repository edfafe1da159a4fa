"""Counting words, without a tokeniser: for orientation on pages, not for the tables of a paper. Pure."""

import re
from typing import Final

UNSPACED: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Kana and Han: written without spaces, so each character counts."""
UNSPACED_ONE: Final = re.compile(rf"[{UNSPACED}]")
WORD: Final = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]+")


def count_words(text: str) -> int:
    """Runs between white space; each kana or Chinese character on its own.

    >>> count_words("I liked Heat (1995)."), count_words("我喜欢 Heat")
    (4, 4)
    """
    spaced = text.isascii() or UNSPACED_ONE.search(text) is None
    return len(text.split()) if spaced else sum(1 for _word in WORD.finditer(text))
