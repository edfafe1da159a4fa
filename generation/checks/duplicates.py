"""A6: dialogues that are almost the same, found among many by MinHash signatures. Pure.

A signature holds, for each of `PERMUTATIONS` hash functions, the smallest hash of the dialogue's runs of five words
(Broder 1997). The share of equal places estimates the Jaccard similarity of two sets of runs, with a standard error of
at most 0.044 (0.027 at 0.9). Signatures are cut into bands; only dialogues that share a whole band are compared, which
misses one in 8,000 pairs at a similarity of 0.9. Signatures depend on nothing but the text and may be stored.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from generation.checks.findings import Twin
from generation.titles import WORD, compared

PERMUTATIONS: Final = 128
BANDS: Final = 16
ROWS: Final = PERMUTATIONS // BANDS
RUN: Final = 5
SIGNATURE_BYTES: Final = PERMUTATIONS * 4

Signature = NDArray[np.uint32]
Hashes = NDArray[np.uint64]

_DRAWN = np.random.Generator(np.random.PCG64(20240))
_FACTORS: Final[Hashes] = _DRAWN.integers(0, 2**63, PERMUTATIONS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_SHIFTS: Final[Hashes] = _DRAWN.integers(0, 2**64, PERMUTATIONS, dtype=np.uint64, endpoint=False)
_BAND_FACTORS: Final[Hashes] = _DRAWN.integers(0, 2**63, (BANDS, ROWS), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_CHUNK: Final = 4_096
"""Runs hashed at once, so that a text of any length takes bounded memory."""


def runs(texts: Iterable[str]) -> Hashes:
    """A number for each different run of words of a dialogue, sorted. A dialogue of fewer words is one run."""
    hashed = np.array([_word_hash(word) for text in texts for word in WORD.findall(text)], dtype=np.uint64)
    if not hashed.size:
        return hashed
    length = min(RUN, hashed.size)
    mixed = np.zeros(hashed.size - length + 1, dtype=np.uint64)
    for place in range(length):
        mixed = _mixed(mixed ^ hashed[place : hashed.size - length + 1 + place])
    return np.unique(mixed)


def signature(texts: Iterable[str]) -> Signature:
    """The signature of what is said in a dialogue."""
    hashed = runs(texts)
    smallest = np.full(PERMUTATIONS, np.iinfo(np.uint32).max, dtype=np.uint32)
    for start in range(0, hashed.size, _CHUNK):
        spread = hashed[start : start + _CHUNK, None] * _FACTORS + _SHIFTS
        smallest = np.minimum(smallest, (spread >> np.uint64(32)).astype(np.uint32).min(axis=0))
    return smallest


def stored(made: Signature) -> bytes:
    """A signature as bytes, the same on every machine."""
    return made.astype("<u4").tobytes()


def read_signature(data: bytes) -> Signature:
    """A signature from its bytes. Raises `ValueError` if these are none."""
    if len(data) != SIGNATURE_BYTES:
        raise ValueError(f"A signature has {SIGNATURE_BYTES} bytes, not {len(data)}.")
    return np.frombuffer(data, dtype="<u4").astype(np.uint32)


class DuplicateIndex:
    """The signatures of dialogues that were kept, each under a number that its owner knows it by.

    About 3 kB a dialogue; what was said in them is not kept.
    """

    def __init__(self, threshold: float = 0.9) -> None:
        self.threshold = threshold
        self._signatures = np.empty((64, PERMUTATIONS), dtype=np.uint32)
        self._earlier = np.empty((64, BANDS), dtype=np.int32)
        self._names: list[int] = []
        self._latest: dict[int, int] = {}

    @classmethod
    def rebuilt(cls, kept: Iterable[tuple[int, bytes]], threshold: float = 0.9) -> Self:
        """The index of stored signatures; the same as after adding them in their order."""
        index = cls(threshold)
        for name, data in kept:
            index.add(name, read_signature(data))
        return index

    def __len__(self) -> int:
        return len(self._names)

    def add(self, name: int, made: Signature) -> None:
        row = len(self._names)
        if row == len(self._signatures):
            self._signatures = np.concatenate([self._signatures, np.empty_like(self._signatures)])
            self._earlier = np.concatenate([self._earlier, np.empty_like(self._earlier)])
        self._signatures[row] = made
        for band, key in enumerate(_band_keys(made)):
            self._earlier[row, band] = self._latest.get(key, -1)
            self._latest[key] = row
        self._names.append(name)

    def find(self, made: Signature) -> Twin | None:
        """The most similar dialogue at or above the threshold; among equals, the one added first."""
        rows = self._candidates(made)
        if not rows.size or made.min() == np.iinfo(np.uint32).max:
            return None
        similar = (self._signatures[rows] == made).mean(axis=1)
        best = int(similar.argmax())
        if similar[best] < self.threshold:
            return None
        return Twin(self._names[rows[best]], float(similar[best]))

    def twin_of(self, texts: Sequence[str]) -> Twin | None:
        """`find`, for what is said in a dialogue."""
        return self.find(signature(texts))

    def _candidates(self, made: Signature) -> NDArray[np.int64]:
        rows = set()
        for band, key in enumerate(_band_keys(made)):
            row = self._latest.get(key, -1)
            while row >= 0:
                rows.add(row)
                row = int(self._earlier[row, band])
        return np.array(sorted(rows), dtype=np.int64)


def _band_keys(made: Signature) -> list[int]:
    """A number for each band of a signature."""
    spread = made.reshape(BANDS, ROWS).astype(np.uint64) * _BAND_FACTORS
    keys: list[int] = _mixed(spread.sum(axis=1, dtype=np.uint64)).tolist()
    return keys


def _mixed(hashed: Hashes) -> Hashes:
    """The finaliser of SplitMix64 (Steele et al. 2014): each bit of the input changes half of those of the output."""
    hashed = (hashed + np.uint64(0x9E3779B97F4A7C15)).astype(np.uint64)
    hashed = (hashed ^ (hashed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashed = (hashed ^ (hashed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashed ^ (hashed >> np.uint64(31))


@lru_cache(maxsize=65_536)
def _word_hash(word: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(compared(word).encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little"
    )
