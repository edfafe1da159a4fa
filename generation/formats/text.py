"""Texts out of tokens, and titles found again in texts. Pure."""

import re
from collections.abc import Sequence
from typing import Final

from generation.records import MentionRecord, Role

UNSPACED: Final = "\u3000-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
"""Kana, Han and their punctuation: written without spaces between words."""
AFTER_NOTHING: Final = re.compile(r"^(?:[.,!?;:%)\]}…]+|n't|'(?:s|m|d|t|ll|re|ve)|'')$", re.I)
QUOTE: Final = '"'
BEFORE_NOTHING: Final = frozenset("([{$#") | {"``"}
QUOTES: Final = {"``": '"', "''": '"', "-LRB-": "(", "-RRB-": ")"}
SPLIT: Final = {("gon", "na"), ("wan", "na"), ("got", "ta"), ("can", "not"), ("gim", "me"), ("lem", "me")}


def detokenized(tokens: Sequence[str]) -> str:
    """The text that was taken apart into these tokens, as well as it can be told.

    >>> detokenized(["I", "do", "n't", "know", ",", "maybe", "Heat", "(", "1995", ")", "?"])
    "I don't know, maybe Heat (1995)?"
    >>> detokenized(["我", "喜欢", "《", "Heat", "》", "，", "very", "much", "！"])
    '我喜欢《Heat》，very much！'
    """
    text, open_quote, glued = "", False, True
    before = ""
    for word in tokens:
        shown = QUOTES.get(word, word)
        is_quote = word == QUOTE
        joins = glued or (is_quote and open_quote) or AFTER_NOTHING.match(word) or (before, word.lower()) in SPLIT
        joins = joins or _is_unspaced(text[-1:]) or _is_unspaced(shown[:1])
        text += shown if joins else f" {shown}"
        open_quote ^= is_quote
        glued = word in BEFORE_NOTHING or (is_quote and open_quote)
        before = word.lower()
    return text


def _is_unspaced(character: str) -> bool:
    return bool(character) and re.match(f"[{UNSPACED}]", character) is not None


def mention(text: str, title: str, item_id: str, role: Role) -> MentionRecord:
    """Where the text first names the item, by its title with or without the year; without a place if it does not.

    >>> mention("I saw heat twice", "Heat (1995)", "7", "mentioned").start
    6
    """
    found = place_of(text, title)
    return MentionRecord(item_id=item_id, start=found and found[0], end=found and found[1], role=role)


def place_of(text: str, title: str) -> tuple[int, int] | None:
    bare = re.sub(r"\s*[(（]\d{4}[)）]\s*$", "", title)
    lower = text.lower()
    for wanted in (title.strip(), bare.strip()):
        if wanted and wanted.lower() in lower:
            found = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text, re.IGNORECASE)
            if found:
                return found.span()
    return None
