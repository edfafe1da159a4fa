"""Ratings of units by annotators, and how often which categories met, with parts left out. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from evaluation.estimates import FloatArray, IntArray

CHUNK_NUMBERS: Final = 4_000_000


@dataclass(frozen=True, eq=False)
class Ratings:
    """Answers to one question, sorted by dialogue; units with a single answer are left out: nothing pairs with it.

    `units`, `annotators`, `categories` and `dialogue_of` (of each unit) are codes; `scores` are the categories' values.
    """

    units: IntArray
    annotators: IntArray
    categories: IntArray
    dialogue_of: IntArray
    scores: FloatArray
    annotator_count: int

    @classmethod
    def collect(
        cls, units: npt.ArrayLike, annotators: npt.ArrayLike, values: npt.ArrayLike, dialogues: npt.ArrayLike
    ) -> "Ratings":
        """From four columns of one length, a row an answer; at most one answer for each unit and annotator.

        >>> Ratings.collect([1, 1, 2], [7, 8, 7], [0, 2, 1], [5, 5, 5]).n
        {'dialogues': 1, 'units': 1, 'annotators': 2, 'judgments': 2}
        """
        unit_codes, unit_column = np.unique(np.asarray(units), return_inverse=True)[1], np.asarray(dialogues)
        paired = np.bincount(unit_codes, minlength=1)[unit_codes] > 1
        order = np.lexsort((unit_codes[paired], unit_column[paired]))
        clusters = np.unique(unit_column[paired][order], return_inverse=True)[1]
        by_dialogue = unit_codes[paired][order]
        first = np.r_[True, by_dialogue[1:] != by_dialogue[:-1]] if by_dialogue.size else np.empty(0, bool)
        annotator_ids, people = np.unique(np.asarray(annotators)[paired][order], return_inverse=True)
        scores, categories = np.unique(np.asarray(values, dtype=np.float64)[paired][order], return_inverse=True)
        return cls(np.cumsum(first) - 1, people, categories, clusters[first], scores, annotator_ids.size)

    @property
    def dialogue_count(self) -> int:
        return int(self.dialogue_of[-1]) + 1 if self.dialogue_of.size else 0

    @property
    def n(self) -> dict[str, float]:
        return {
            "dialogues": self.dialogue_count,
            "units": int(self.dialogue_of.size),
            "annotators": self.annotator_count,
            "judgments": int(self.categories.size),
        }

    @property
    def largest_share(self) -> float:
        """The share of the commonest category."""
        return float(np.bincount(self.categories).max() / self.categories.size) if self.categories.size else 0.0

    @cached_property
    def counts(self) -> FloatArray:
        """Answers of each category about each unit: (units, K)."""
        flat = self.units * self.scores.size + self.categories
        shape = (self.dialogue_of.size, self.scores.size)
        return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)


class Coincidences:
    """Krippendorff's coincidences with whole dialogues or annotators left out, exactly.

    A table is kept as its upper triangle: K(K + 1)/2 numbers. Leaving an annotator out also changes the weight
    1/(m − 1) of every unit they judged, so each dialogue and annotator gets the table of that change.
    """

    def __init__(self, ratings: Ratings) -> None:
        self.ratings = ratings
        self.rows, self.columns = np.triu_indices(ratings.scores.size)
        counts = ratings.counts
        sizes = counts.sum(axis=1)
        pairs = counts[:, self.rows] * counts[:, self.columns]
        pairs[:, self.rows == self.columns] -= counts
        self._pairs = pairs
        self._weight = 1 / (sizes - 1)
        with np.errstate(divide="ignore"):
            self._weight_without = np.where(sizes > 2, 1 / (sizes - 2), 0.0)
        starts = np.searchsorted(ratings.dialogue_of, np.arange(ratings.dialogue_count))
        self.by_dialogue = np.add.reduceat(pairs * self._weight[:, None], starts, axis=0)
        self.whole: FloatArray = self.by_dialogue.sum(axis=0)
        self._unit_starts = np.r_[starts, ratings.dialogue_of.size]

    def changes(self) -> Iterator[tuple[slice, FloatArray]]:
        """Slices of dialogues with what leaving out each annotator there adds: (dialogues, annotators, triangle)."""
        ratings = self.ratings
        step = max(1, CHUNK_NUMBERS // (ratings.annotator_count * self.rows.size))
        for start in range(0, ratings.dialogue_count, step):
            stop = min(start + step, ratings.dialogue_count)
            yield slice(start, stop), self._changes(start, stop)

    def _changes(self, start: int, stop: int) -> FloatArray:
        ratings = self.ratings
        answers = slice(*np.searchsorted(ratings.units, [self._unit_starts[start], self._unit_starts[stop]]))
        units, categories = ratings.units[answers], ratings.categories[answers]
        cells = (ratings.dialogue_of[units] - start) * ratings.annotator_count + ratings.annotators[answers]
        size, width = (stop - start) * ratings.annotator_count, ratings.scores.size
        reweighted = self._weight_without - self._weight
        removed = -self._weight_without[units]
        table = np.empty((self.rows.size, size))
        own = cells * width + categories
        partners = np.empty((width, size, width))
        for category in range(width):
            met = ratings.counts[units, category] - (categories == category)
            partners[category] = np.bincount(own, weights=met * removed, minlength=size * width).reshape(size, width)
        for place, (row, column) in enumerate(zip(self.rows, self.columns, strict=True)):
            gained = np.bincount(cells, weights=(self._pairs[:, place] * reweighted)[units], minlength=size)
            table[place] = gained + partners[column, :, row] + partners[row, :, column]
        return table.T.reshape(stop - start, ratings.annotator_count, self.rows.size)
