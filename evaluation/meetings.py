"""Where two annotators met: their answers about the same units, pair by pair and dialogue by dialogue. Pure."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from evaluation.estimates import FloatArray, IntArray

CHUNK_PAIRS: Final = 2_000_000


class Meetings:
    """`first` and `second`: the codes of every pair of annotators that met. `tables`: of each, (K, K), how often the
    first chose one category and the second another about the same unit.

    Takes the columns of ratings, a row an answer, with the dialogue of each unit, ascending.
    """

    def __init__(
        self,
        units: IntArray,
        annotators: IntArray,
        categories: IntArray,
        *,
        dialogue_of: IntArray,
        people: int,
        width: int,
    ) -> None:
        order = np.lexsort((annotators, units))
        self._annotators, self._categories = annotators[order], categories[order]
        self._sizes = np.bincount(units, minlength=dialogue_of.size)
        self._starts = np.cumsum(self._sizes) - self._sizes
        self._dialogue_of, self._people, self._width = dialogue_of, people, width
        chunks = self._chunks()
        seen = [np.unique(self._meetings(start, stop)[1]) for start, stop in chunks]
        self._codes = np.unique(np.concatenate(seen)) if seen else np.empty(0, dtype=np.int64)
        self.first, self.second = self._codes // max(people, 1), self._codes % max(people, 1)
        flat = np.zeros(self._codes.size * width**2)
        for start, stop in chunks:
            _unit, pair, cell = self._meetings(start, stop)
            flat += np.bincount(np.searchsorted(self._codes, pair) * width**2 + cell, minlength=flat.size)
        self.tables: FloatArray = flat.reshape(-1, width, width)

    def by_dialogue(self) -> Iterator[tuple[slice, IntArray, IntArray, FloatArray]]:
        """Slices of dialogues; of each pair that met in one of them: the dialogue's place in the slice, the pair, and
        the table of what they met about there."""
        width, pairs = self._width, self._codes.size
        for start, stop in self._chunks():
            low, high = int(self._dialogue_of[start]), int(self._dialogue_of[stop - 1]) + 1
            unit, pair, cell = self._meetings(start, stop)
            dialogue = self._dialogue_of[unit] - low
            met, which = np.unique(dialogue * pairs + np.searchsorted(self._codes, pair), return_inverse=True)
            tables = np.bincount(which * width**2 + cell, minlength=met.size * width**2).astype(np.float64)
            yield slice(low, high), met // pairs, met % pairs, tables.reshape(-1, width, width)

    def _chunks(self) -> list[tuple[int, int]]:
        """Stretches of units, of whole dialogues, with not many more meetings than `CHUNK_PAIRS`."""
        dialogue_of = self._dialogue_of
        if not dialogue_of.size:
            return []
        ends = np.flatnonzero(np.r_[dialogue_of[1:] != dialogue_of[:-1], True]) + 1
        meetings = np.cumsum(self._sizes * (self._sizes - 1) // 2)[ends - 1]
        last = np.flatnonzero(np.r_[np.diff(meetings // CHUNK_PAIRS) > 0, True])
        stops = ends[last]
        return list(zip(np.r_[0, stops[:-1]].tolist(), stops.tolist(), strict=True))

    def _meetings(self, start: int, stop: int) -> tuple[IntArray, IntArray, IntArray]:
        """Of every two answers about one unit: the unit, the code of the pair, and the cell of its table."""
        people, width = self._people, self._width
        units, pairs, cells = [], [], []
        sizes = self._sizes[start:stop]
        for size in np.unique(sizes[sizes > 1]).tolist():
            unit = start + np.flatnonzero(sizes == size)
            rows = self._starts[unit][:, None] + np.arange(size)
            one, other = np.triu_indices(size, 1)
            who, what = self._annotators[rows], self._categories[rows]
            units.append(np.repeat(unit, one.size))
            pairs.append((who[:, one] * people + who[:, other]).ravel())
            cells.append((what[:, one] * width + what[:, other]).ravel())
        empty = [np.empty(0, dtype=np.int64)]
        return np.concatenate(units or empty), np.concatenate(pairs or empty), np.concatenate(cells or empty)
