"""Where a text names which of a plan's titles. Pure.

A title is named by its canonical words, with or without its year, what stands in brackets, and its subtitle; where it
is due, also with a letter or two wrong. What names a longer title of the plan does not name the shorter one within it.

>>> [named.title for named in Naming(["Toy Story", "Toy Story 2"]).read("I liked Toy Story 2 better.").named]
['toy story 2']
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from generation.formats.text import UNSPACED
from generation.titles import (
    IN_BRACKETS,
    SHORTEST_EDITED,
    Title,
    Word,
    canonical,
    distance,
    edits_allowed,
    head_of,
    number_of,
    title_of_words,
    words,
)

NO_CHANCE: Final = 25
"""A canonical title of so many letters is no chance phrase, whatever its case."""
COUNTED: Final = frozenset(
    {"time", "times", "minutes", "hours", "day", "days", "nights", "week", "weeks", "month", "months", "year", "years"}
    | {"people", "star", "stars", "more", "of", "out", "or"}
)
"""What a number counts that stands after a title but does not belong to it: “I saw Heat 3 times”."""
QUOTES: Final = frozenset("\"'“”‘’«»„*_《「『")
SENTENCE_ENDS: Final = frozenset(".!?…:\n")
UNSPACED_LETTER: Final = re.compile(f"[{UNSPACED}]")


class Named(NamedTuple):
    """A (canonical) title where a text names it; `sure` if those are no words in their ordinary use."""

    title: str
    start: int
    end: int
    sure: bool


class Naming:
    """The titles of a plan, ready to be looked for."""

    def __init__(self, titles: Iterable[str]) -> None:
        written = list(dict.fromkeys(titles))
        self.titles: Mapping[str, Title] = {title: canonical(title) for title in written}
        self._unspaced = [title for title in written if UNSPACED_LETTER.search(title)]
        self._lower = {self.titles[title].text for title in written if title.islower()}
        own = {title.text for title in self.titles.values()}
        meant: dict[str, set[str]] = {}
        for title in written:
            for text in _names(title):
                meant.setdefault(text, set()).add(self.titles[title].text)
        names = [(text, text if text in own else min(of)) for text, of in meant.items() if text in own or len(of) == 1]
        self._names = sorted(names, key=lambda name: (-len(name[0]), name))

    def read(self, text: str) -> "Reading":
        """A text with every place that names a title letter for letter."""
        reading = Reading(text)
        free = [True] * len(reading.words)
        found: list[Named] = []
        for name, title in self._names:
            for first, last in reading.places(name):
                if all(free[first:last]) and not _goes_on(reading, last):
                    free[first:last] = [False] * (last - first)
                    sure = title in self._lower or _is_sure(reading, first, last)
                    found.append(Named(title, reading.words[first].start, reading.words[last - 1].end, sure))
        for title in self._unspaced:
            places = re.finditer(re.escape(title), text)
            found += [Named(self.titles[title].text, *place.span(), True) for place in places]
        reading.named = sorted(found, key=lambda named: named.start)
        return reading


class Reading:
    """A text as canonical words, and what it names."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words: Sequence[Word] = list(words(text))
        self.named: Sequence[Named] = ()
        self._line = "".join(f" {word.text}" for word in self.words) + " "
        self._starts: list[int] = []
        at = 0
        for word in self.words:
            self._starts.append(at)
            at += len(word.text) + 1

    def places(self, title: str) -> Iterator[tuple[int, int]]:
        """The words, first and one after the last, that are the title's."""
        at = self._line.find(f" {title} ")
        while at >= 0:
            yield bisect_left(self._starts, at), bisect_left(self._starts, at + len(title) + 1)
            at = self._line.find(f" {title} ", at + 1)

    def names(self, written: str) -> bool:
        """Whether it names a title, letter for letter or with the few wrong ones that its length allows.

        A title of few letters counts as it is written alone: “What's up?” does not name “Up”.
        """
        title = canonical(written)
        short = len(title.text) < SHORTEST_EDITED
        if any(one.title == title.text and (one.sure or not short) for one in self.named):
            return True
        if short:
            return re.search(rf"(?<!\w){re.escape(written.strip())}(?!\w)", self.text) is not None
        return self._misspells(title)

    def masked(self) -> str:
        """The text with NUL for each letter of the titles that it surely names; places stay what they are."""
        letters = list(self.text)
        for one in self.named:
            if one.sure:
                letters[one.start : one.end] = "\0" * (one.end - one.start)
        return "".join(letters)

    def _misspells(self, title: Title) -> bool:
        most, length = edits_allowed(title.text), title.text.count(" ") + 1
        if not most or not any(part in self._line for part in _parts(title.stem, most + 1)):
            return False
        return any(
            self._is_misspelt(self.words[first : first + size], title, most) and not _goes_on(self, first + size)
            for size in range(max(1, length - 1), length + 2)
            for first in range(len(self.words) - size + 1)
        )

    def _is_misspelt(self, window: Sequence[Word], title: Title, most: int) -> bool:
        letters = sum(len(word.text) for word in window) + len(window) - 1
        if abs(letters - len(title.text)) > most + len("the "):
            return False
        start, end = window[0].start, window[-1].end
        if any(one.start < end and start < one.end for one in self.named):
            return False
        return distance(title_of_words([word.text for word in window]), title) is not None


def _names(title: str) -> Iterator[str]:
    """The canonical texts by which a title goes."""
    yield canonical(title).text
    if bare := IN_BRACKETS.sub(" ", title).strip():
        yield canonical(bare).text
        head = canonical(head_of(bare)).text
        if len(head) >= SHORTEST_EDITED:
            yield head


def _parts(text: str, count: int) -> list[str]:
    """A text cut into so many parts: whoever gets fewer letters wrong gets one of the parts right."""
    size = -(-len(text) // count)
    return [text[start : start + size] for start in range(0, len(text), size)]


def _goes_on(reading: Reading, after: int) -> bool:
    """Whether the number of another part follows: “Toy Story 2” does not name “Toy Story”."""
    if after >= len(reading.words):
        return False
    before, word, *more = reading.words[after - 1 : after + 2]
    written = reading.text[word.start : word.end]
    roman = len(written) > 1 and written.isupper()
    if reading.text[before.end : word.start] != " " or not number_of(word.text) or not (roman or written.isdecimal()):
        return False
    return not more or more[0].text not in COUNTED


def _is_sure(reading: Reading, first: int, last: int) -> bool:
    """Whether words name a title for sure: in quotes, with capitals inside a sentence, or too long for a chance.

    One letter or a number does so in quotes alone: whoever says “I” or “300” seldom means a film.
    """
    start, end = reading.words[first].start, reading.words[last - 1].end
    text = reading.text
    if end - start >= NO_CHANCE or (text[start - 1 : start] in QUOTES and text[end : end + 1] in QUOTES and start):
        return True
    begins = _begins_sentence(text, start)
    inner = reading.words[first + 1 if begins else first : last]
    return end - start > 1 and any(text[word.start].isupper() for word in inner)


def _begins_sentence(text: str, start: int) -> bool:
    before = start - 1
    while before >= 0 and (text[before] in QUOTES or text[before] in " \t("):
        before -= 1
    return before < 0 or text[before] in SENTENCE_ENDS
