"""What texts are made of: distinct tokens and 4-grams, of one dataset and of several together. Pure.

Every count is exact. A token is a number, given when it is first met, and utterances are these numbers one after
another with a zero between: ten million tokens take 40 MB, and no 4-gram reaches from one utterance into the next.
All pairs of neighbours that occur are numbered in their turn, and a 4-gram is the numbers of its two pairs: 64 bits for
any vocabulary, and nothing hashed.
"""

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.uint64]
Tokens: TypeAlias = npt.NDArray[np.uint32]

BETWEEN: Final = 0
"""Stands before, between and after utterances; no token has this number."""
REACH: Final = 3
"""A 4-gram ends so many tokens after it begins."""
AT_ONCE: Final = 1 << 20
HALF: Final = np.uint64(32)


@dataclass(frozen=True)
class Tokeniser:
    """A way to cut a text into tokens; `rule` says it as a paper would."""

    name: str
    rule: str
    split: Callable[[str], list[str]]


TOKENISERS: Final[Mapping[str, Tokeniser]] = {
    one.name: one
    for one in (
        Tokeniser("regex", r"\w+|[^\w\s]", re.compile(r"\w+|[^\w\s]").findall),
        Tokeniser("wordpunct", r"\w+|[^\w\s]+", re.compile(r"\w+|[^\w\s]+").findall),
        Tokeniser("whitespace", r"\S+", str.split),
        Tokeniser("characters", r"\S", re.compile(r"\S").findall),
    )
}
"""`regex`: words, and each punctuation mark; `wordpunct`: words, and punctuation marks in a row; `whitespace`: what
stands between white space; `characters`: each character but white space, for Chinese and the like."""
DEFAULT: Final = "regex"


@dataclass(frozen=True)
class TextCounts:
    """`tokens` is a running total, the other two count types."""

    utterances: int
    tokens: int
    distinct_tokens: int
    distinct_grams: int


def tokens_of(text: str, tokeniser: str = DEFAULT, *, keep_case: bool = False) -> list[str]:
    """The tokens of a text, in lower case unless told otherwise.

    >>> tokens_of("Don't stop!!")
    ['don', "'", 't', 'stop', '!', '!']
    >>> tokens_of("Don't stop!!", "wordpunct", keep_case=True)
    ['Don', "'", 't', 'stop', '!!']
    >>> tokens_of("我 想看", "characters")
    ['我', '想', '看']
    """
    return TOKENISERS[tokeniser].split(text if keep_case else text.lower())


class _Vocabulary(dict[str, int]):
    """The number of each token, from 1 in the order of their coming."""

    def __missing__(self, token: str) -> int:
        number = self[token] = len(self) + 1
        return number


class Texts:
    """The utterances of one or more datasets, as numbers that all of them share.

    >>> texts = Texts(["films", "books"])
    >>> texts.add("films", ["I like this film a lot", "I like this film"])
    10
    >>> texts.add("books", ["I like this book"])
    4
    >>> each, together = texts.counted()
    >>> each["films"]
    TextCounts(utterances=2, tokens=10, distinct_tokens=6, distinct_grams=3)
    >>> together
    TextCounts(utterances=3, tokens=14, distinct_tokens=7, distinct_grams=4)
    """

    def __init__(self, names: Iterable[str], tokeniser: str = DEFAULT, *, keep_case: bool = False) -> None:
        self._vocabulary = _Vocabulary()
        self._streams = {name: array("I", [BETWEEN]) for name in names}
        self._utterances = dict.fromkeys(self._streams, 0)
        self._split = TOKENISERS[tokeniser].split
        self._keep_case = keep_case

    def add(self, name: str, utterances: Iterable[str]) -> int:
        """Take further utterances of a dataset in, and return how many tokens they have."""
        stream, number_of, split = self._streams[name], self._vocabulary.__getitem__, self._split
        before, taken = len(stream), 0
        for text in utterances:
            stream.extend(map(number_of, split(text if self._keep_case else text.lower())))
            stream.append(BETWEEN)
            taken += 1
        self._utterances[name] += taken
        return len(stream) - before - taken

    def counted(self) -> tuple[dict[str, TextCounts], TextCounts]:
        """What each dataset is made of, and all together, where what several have counts once."""
        streams = {name: np.frombuffer(stream, dtype=np.uint32) for name, stream in self._streams.items()}
        pairs = distinct(chunk for stream in streams.values() for chunk in _pairs(stream))
        grams = {name: distinct(_grams(stream, pairs)) for name, stream in streams.items()}
        each = {
            name: self._counts([name], _types(stream, len(self._vocabulary)), grams[name].size)
            for name, stream in streams.items()
        }
        return each, self._counts(list(streams), len(self._vocabulary), distinct(grams.values()).size)

    def _counts(self, names: list[str], types: int, grams: int) -> TextCounts:
        utterances = sum(self._utterances[name] for name in names)
        tokens = sum(len(self._streams[name]) - 1 for name in names) - utterances
        return TextCounts(utterances, tokens, types, grams)


def distinct(chunks: Iterable[Numbers]) -> Numbers:
    """The different numbers of all chunks, sorted, in the memory of twice the result and a chunk.

    >>> distinct(np.array(chunk, dtype=np.uint64) for chunk in ([3, 1, 3], [2, 1]))
    array([1, 2, 3], dtype=uint64)
    """
    parts: list[Numbers] = []
    for chunk in chunks:
        found = _once(np.sort(chunk))
        while parts and parts[-1].size <= 2 * found.size:
            found = _merged(parts.pop(), found)
        parts.append(found)
    return reduce(_merged, reversed(parts), np.empty(0, dtype=np.uint64))


def _merged(first: Numbers, second: Numbers) -> Numbers:
    # A stable sort finds the two sorted runs and merges them.
    return _once(np.sort(np.concatenate((first, second)), kind="stable"))


def _once(ordered: Numbers) -> Numbers:
    """Sorted numbers, each once. `np.unique` hashes them, which takes ten times as long as sorting."""
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if ordered.size else ordered


def _types(stream: Tokens, vocabulary: int) -> int:
    there = np.zeros(vocabulary + 1, dtype=np.bool_)
    there[stream] = True
    return int(there[1:].sum())


def _windows(stream: Tokens, reach: int) -> Iterator[Tokens]:
    """Stretches that overlap, so that whatever reaches so far lies whole in exactly one."""
    for start in range(0, stream.size - reach, AT_ONCE):
        yield stream[start : start + AT_ONCE + reach]


def _pairs(stream: Tokens) -> Iterator[Numbers]:
    for window in _windows(stream, 1):
        yield _paired(window)[(window[:-1] != BETWEEN) & (window[1:] != BETWEEN)]


def _grams(stream: Tokens, pairs: Numbers) -> Iterator[Numbers]:
    for window in _windows(stream, REACH):
        inside = window != BETWEEN
        whole = inside[:-3] & inside[1:-2] & inside[2:-1] & inside[3:]
        numbers = _places(pairs, _paired(window))
        yield (numbers[:-2][whole] << HALF) | numbers[2:][whole]


def _places(ordered: Numbers, wanted: Numbers) -> Numbers:
    """Where each number stands. Looked up in their order, which is kind to the processor's cache."""
    order = np.argsort(wanted)
    places = np.empty(wanted.size, dtype=np.uint64)
    places[order] = np.searchsorted(ordered, wanted[order])
    return places


def _paired(window: Tokens) -> Numbers:
    return (window[:-1].astype(np.uint64) << HALF) | window[1:]
