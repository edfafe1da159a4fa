"""What a review says once markup and noise are gone (P1), and how many words that is (P2). Pure."""

import html
import re
from collections.abc import Callable, Mapping
from typing import Final
from unicodedata import category

from generation.words import count_words

TAG: Final = re.compile(r"<[A-Za-z/!][^<>]*>")
URL: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
LETTERS: Final = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?")
PUNCTUATION: Final = frozenset(".,;:!?'\"()-–—…&/“”‘’«»、。，；：！？（）「」")
MARKS_AT_MOST: Final = 3


def count_letters(text: str) -> int:
    """Runs of Latin letters, with an apostrophe inside: `[A-Za-z]+('[A-Za-z]+)?`.

    >>> count_letters("Don't you like 2 of AC/DC's?")
    6
    """
    return len(LETTERS.findall(text))


WORD_RULES: Final[Mapping[str, Callable[[str], int]]] = {"spaces": count_words, "letters": count_letters}
"""How words are counted: what white space separates (each kana or Chinese character on its own), or Latin words."""


def cleaned(text: str, max_token_length: int = 30) -> str:
    """The text without HTML, addresses, control characters and irregular tokens, a space between tokens.

    A token is irregular if it is longer than `max_token_length`, if it has neither letter nor digit and is not
    ordinary punctuation, or if more than half of its characters are neither letters nor digits.

    >>> cleaned("Great&#34; CD!<br /><br />See www.example.com ***** =) :-) -- 10/10 " + "a" * 31)
    'Great" CD! See :-) -- 10/10'
    """
    text = html.unescape(text) if "&" in text else text
    text = TAG.sub(" ", text) if "<" in text else text
    text = CONTROL.sub(" ", URL.sub(" ", text))
    return " ".join(
        [token for token in text.split() if len(token) <= max_token_length and (token.isalnum() or _is_regular(token))]
    )


def _is_regular(token: str) -> bool:
    plain = sum(map(_is_plain, token))
    if not plain:
        return len(token) <= MARKS_AT_MOST and PUNCTUATION.issuperset(token)
    return 2 * plain >= len(token)


def _is_plain(character: str) -> bool:
    """A letter or digit, or a mark that belongs to one, as the vowels of many scripts do."""
    return character.isalnum() or category(character).startswith("M")
