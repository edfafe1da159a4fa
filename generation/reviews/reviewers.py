"""What somebody wrote about items, as plans of dialogues take it. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

from generation.formats.text import UNSPACED

WORD: Final = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]+")
"""A word; of what is written without spaces, a character."""
SENTENCE_END: Final = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|[。！？]+[”’」』）]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """An item somebody reviewed: what they wrote, when, and in which row of the file."""

    item_id: str
    title: str
    text: str = ""
    time: int = 0
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """Somebody's behaviour: liked and disliked items, and the liked ones that were held out, to be recommended."""

    user: str
    likes: tuple[Reviewed, ...] = ()
    dislikes: tuple[Reviewed, ...] = ()
    might_likes: tuple[Reviewed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherReview:
    """What one of all the customers wrote about an item."""

    author: str
    rating: float
    text: str


def in_time(reviewed: Iterable[Reviewed]) -> list[Reviewed]:
    """In the order of time, ties in that of rows; of an item that is there twice, the latest."""
    ordered = sorted(reviewed, key=lambda one: (one.time, one.row, one.item_id, one.title, one.text))
    latest = {one.item_id: one for one in ordered}
    return [one for one in ordered if latest[one.item_id] is one]


def shortened(text: str, most: int) -> str:
    """The first sentences of a text, at most so many words; a first sentence that is longer is cut, and says so.

    >>> shortened("Fine film. The end drags on and on.", 5)
    'Fine film.'
    >>> shortened("It drags on and on and on", 3)
    'It drags on …'
    """
    words = list(islice(WORD.finditer(text), most + 1))
    if len(words) <= most:
        return text.strip()
    kept = words[most - 1].end()
    ends = [found.end() for found in SENTENCE_END.finditer(text) if found.end() <= kept]
    return text[: ends[-1]].strip() if ends else f"{text[:kept].strip()} …"


def same_words(text: str) -> str:
    """What two texts have in common that differ in spaces and capitals alone."""
    return " ".join(text.split()).casefold()
