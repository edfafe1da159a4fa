"""Titles as they are compared: two spellings of one title have one canonical form. Pure.

>>> canonical("Matrix, The (1999) [DVD]")
Title(text='matrix', stem='matrix', sequel='', year=1999)
>>> canonical("The Godfather: Part II")
Title(text='godfather part ii', stem='godfather', sequel='2', year=None)
"""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz.distance import Levenshtein

MOST_EDITS: Final = 2
MOST_EDITED_SHARE: Final = 0.2
SHORTEST_EDITED: Final = 5
"""Shorter titles have to be spelt exactly: one letter of them is too much of them."""

WORD: Final = re.compile(r"&|[^\W_]+(?:['’ʼ][^\W_]+)*")
IN_SQUARES: Final = re.compile(r"\[[^\[\]]*\]")
IN_BRACKETS: Final = re.compile(r"\([^()]*\)")
EDITION: Final = re.compile(
    r"\b(?:dvd|vhs|blu-?ray|uhd|hd|region \d|(?:full|wide)screen|edition|paperback|hardcover)\b", re.I
)
YEAR: Final = re.compile(r"\(((?:19|20)\d\d)\)")
ARTICLES: Final = frozenset({"a", "an", "the"})
TRAILING_ARTICLE: Final = re.compile(r"^(.+), (a|an|the)$", re.I)
ROMAN: Final = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
SPELT: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
PARTS: Final = frozenset({"part", "vol", "volume", "chapter", "episode", "season", "book"})
SUBTITLE: Final = re.compile(r": | [-–—] ")


class Word(NamedTuple):
    """A word as it is compared, and where it stands."""

    text: str
    start: int
    end: int


class Title(NamedTuple):
    """A canonical title; `stem` is what comes before the number of a sequel, `sequel` that number."""

    text: str
    stem: str
    sequel: str
    year: int | None


def words(text: str) -> Iterator[Word]:
    """The words of a text without punctuation and case.

    >>> [word.text for word in words("Ocean’s Eleven & SPIDER-Man")]
    ['oceans', 'eleven', 'and', 'spider', 'man']
    """
    for found in WORD.finditer(text):
        yield Word(compared(found[0]), *found.span())


@lru_cache(maxsize=65_536)
def compared(word: str) -> str:
    """A word as it is compared."""
    plain = unicodedata.normalize("NFKC", word).casefold()
    return "and" if plain == "&" else re.sub("['’ʼ]", "", plain)


@lru_cache(maxsize=65_536)
def canonical(title: str) -> Title:
    """The form in which titles are compared: without edition, year, leading article, punctuation, case."""
    plain = unicodedata.normalize("NFKC", html.unescape(title))
    found = YEAR.search(plain)
    year = int(found[1]) if found else None
    plain = without_editions(YEAR.sub(" ", plain)).strip()
    if moved := TRAILING_ARTICLE.match(plain):
        plain = f"{moved[2]} {moved[1]}"
    found_words = [word.text for word in words(plain)] or title.casefold().split()
    return title_of_words(found_words, year)


def title_of_words(spoken: Sequence[str], year: int | None = None) -> Title:
    """The canonical title that has these words."""
    kept = spoken[1:] if len(spoken) > 1 and spoken[0] in ARTICLES else spoken
    return Title(" ".join(kept), *split_sequel(kept), year)


def without_editions(title: str) -> str:
    """Without what says in which form something is sold, unless nothing else is left.

    >>> without_editions("Heat (Blu-ray) [Region 2]").strip(), without_editions("[REC]")
    ('Heat', '[REC]')
    """
    rest = IN_BRACKETS.sub(lambda found: " " if EDITION.search(found[0]) else found[0], IN_SQUARES.sub(" ", title))
    return rest if any(map(str.isalnum, rest)) else title


def split_sequel(spoken: Sequence[str]) -> tuple[str, str]:
    """What comes before the number of a sequel, and the number; of a title that is but a number, the number is it.

    >>> split_sequel(["toy", "story", "2"]), split_sequel(["dune", "part", "two"]), split_sequel(["1917"])
    (('toy story', '2'), ('dune', '2'), ('1917', ''))
    """
    if len(spoken) < 2:
        return " ".join(spoken), ""
    *before, last = spoken
    named = before[-1] in PARTS and len(before) > 1
    number = number_of(last, spelt=before[-1] in PARTS)
    if not number:
        return " ".join(spoken), ""
    return " ".join(before[:-1] if named else before), number


def number_of(word: str, *, spelt: bool = False) -> str:
    """The number that a word writes in digits or Roman numerals, or spells out if that counts; else nothing."""
    if word.isdecimal():
        return word
    numerals = next((known for known in (ROMAN, SPELT if spelt else ()) if word in known), ())
    return str(numerals.index(word) + 1) if numerals else ""


def edits_allowed(text: str) -> int:
    """How many letters of a canonical title may be wrong.

    >>> edits_allowed("heat"), edits_allowed("alien"), edits_allowed("casablanca")
    (0, 1, 2)
    """
    return 0 if len(text) < SHORTEST_EDITED else min(MOST_EDITS, int(len(text) * MOST_EDITED_SHARE))


def distance(one: Title, other: Title) -> int | None:
    """How many letters two titles differ by, or None if they are not the same title.

    The number of a sequel has to be the same; years, where both say one, may differ by one.

    >>> distance(canonical("Casablanka"), canonical("Casablanca (1942)"))
    1
    >>> distance(canonical("Toy Story 2"), canonical("Toy Story"))
    """
    if one.year and other.year and abs(one.year - other.year) > 1:
        return None
    if one.text == other.text:
        return 0
    if one.sequel != other.sequel:
        return None
    most = min(edits_allowed(one.text), edits_allowed(other.text))
    edits = Levenshtein.distance(one.stem, other.stem, score_cutoff=most)
    return edits if edits <= most else None


def head_of(title: str) -> str:
    """What stands before the subtitle; nothing if there is none.

    >>> head_of("Alien: Covenant"), head_of("Alien")
    ('Alien', '')
    """
    head, *rest = SUBTITLE.split(title, maxsplit=1)
    return head.strip() if rest else ""
