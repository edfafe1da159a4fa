"""Answers of annotators about units, as codes, with what can be counted of them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from evaluation.estimates import FloatArray, IntArray
from evaluation.meetings import Meetings


@dataclass(frozen=True, eq=False)
class Ratings:
    """Answers to one question. `units`, `annotators` and `categories` hold a code for each answer.

    Unit codes ascend with their dialogue's, which `dialogue_of` (one for each unit) holds. `scores` are the values of
    the categories, ascending, those of the instrument that nobody chose among them; `unit_ids` and `annotator_ids` are
    what the codes stand for.
    """

    units: IntArray
    annotators: IntArray
    categories: IntArray
    dialogue_of: IntArray
    scores: FloatArray
    unit_ids: npt.NDArray[np.generic]
    annotator_ids: npt.NDArray[np.generic]

    @classmethod
    def collect(
        cls,
        units: npt.ArrayLike,
        annotators: npt.ArrayLike,
        values: npt.ArrayLike,
        dialogues: npt.ArrayLike,
        options: Iterable[float] = (),
    ) -> "Ratings":
        """From four columns of one length, a row an answer; at most one answer for each unit and annotator.

        `options` are the values that the instrument offers, whether chosen or not.

        >>> ratings = Ratings.collect([1, 1, 2], [7, 8, 7], [0, 2, 1], [5, 5, 5], options=(0, 1, 2, 3))
        >>> ratings.n, ratings.paired.n["units"], ratings.scores.tolist()
        ({'dialogues': 1, 'units': 2, 'annotators': 2, 'judgments': 3}, 1, [0.0, 1.0, 2.0, 3.0])
        """
        unit_ids, unit_codes = codes_of(units)
        annotator_ids, people = codes_of(annotators)
        _dialogue_ids, clusters = codes_of(dialogues)
        dialogue_of = np.empty(unit_ids.size, dtype=np.int64)
        dialogue_of[unit_codes] = clusters
        if (np.diff(dialogue_of) < 0).any():
            order = np.argsort(dialogue_of, kind="stable")
            unit_codes = np.argsort(order)[unit_codes]
            unit_ids, dialogue_of = unit_ids[order], dialogue_of[order]
        chosen, places = codes_of(np.asarray(values, dtype=np.float64))
        scores = np.unique(np.r_[chosen.astype(np.float64), np.fromiter(options, dtype=np.float64)])
        categories = np.searchsorted(scores, chosen)[places]
        return cls(unit_codes, people, categories, dialogue_of, scores, unit_ids, annotator_ids)

    @property
    def annotator_count(self) -> int:
        return int(self.annotator_ids.size)

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

    @cached_property
    def counts(self) -> FloatArray:
        """Answers of each category about each unit: (units, K)."""
        flat = self.units * self.scores.size + self.categories
        shape = (self.dialogue_of.size, self.scores.size)
        return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)

    @cached_property
    def sizes(self) -> FloatArray:
        """Answers about each unit."""
        return np.asarray(self.counts.sum(axis=1))

    @cached_property
    def margins(self) -> FloatArray:
        """Answers of each category: (K,)."""
        return np.asarray(self.counts.sum(axis=0))

    @property
    def largest_share(self) -> float:
        """The share of the commonest category."""
        return float(self.margins.max() / self.categories.size) if self.categories.size else 0.0

    @property
    def varies(self) -> bool:
        """More than one category was chosen."""
        return int((self.margins > 0).sum()) > 1

    @property
    def complete(self) -> bool:
        """Everybody judged everything."""
        return self.categories.size == self.dialogue_of.size * self.annotator_count

    @property
    def table(self) -> FloatArray:
        """The values as units × annotators; only of complete ratings."""
        table = np.empty((self.dialogue_of.size, self.annotator_count))
        table[self.units, self.annotators] = self.scores[self.categories]
        return table

    @cached_property
    def patterns(self) -> tuple[FloatArray, IntArray]:
        """The different rows of `counts`, and which of them each unit has."""
        base = int(self.sizes.max(initial=0)) + 1
        if self.scores.size * np.log2(base) < 62:
            keys = self.counts.astype(np.int64) @ base ** np.arange(self.scores.size, dtype=np.int64)
            _unique, first, which = np.unique(keys, return_index=True, return_inverse=True)
            return self.counts[first], which
        rows, which = np.unique(self.counts, axis=0, return_inverse=True)
        return rows, which.reshape(-1)

    @cached_property
    def meetings(self) -> Meetings:
        """Where two annotators met."""
        return Meetings(
            self.units,
            self.annotators,
            self.categories,
            dialogue_of=self.dialogue_of,
            people=self.annotator_count,
            width=self.scores.size,
        )

    @cached_property
    def paired(self) -> "Ratings":
        """Without units that have a single answer: nothing pairs with it."""
        enough = self.sizes > 1
        return self if enough.all() else self.only(units=enough)

    def only(self, *, units: npt.NDArray[np.bool_]) -> "Ratings":
        """The answers about these units alone; whoever judged none of them is left out."""
        kept = units[self.units]
        codes = np.cumsum(units) - 1
        people, annotators = np.unique(self.annotators[kept], return_inverse=True)
        _dialogues, dialogue_of = np.unique(self.dialogue_of[units], return_inverse=True)
        return replace(
            self,
            units=codes[self.units[kept]],
            annotators=annotators,
            categories=self.categories[kept],
            dialogue_of=dialogue_of,
            unit_ids=self.unit_ids[units],
            annotator_ids=self.annotator_ids[people],
        )

    def by_dialogue(self) -> "Ratings":
        """The same, with the answers in the order of their dialogues."""
        order = np.argsort(self.units, kind="stable")
        return replace(
            self, units=self.units[order], annotators=self.annotators[order], categories=self.categories[order]
        )


def codes_of(column: npt.ArrayLike) -> tuple[npt.NDArray[np.generic], IntArray]:
    """The different values of a column, ascending, and for each row which of them it has.

    >>> [part.tolist() for part in codes_of([30, 10, 30])]
    [[10, 30], [1, 0, 1]]
    """
    values = np.asarray(column)
    if values.dtype.kind == "f" and (values == np.floor(values)).all() and (np.abs(values) < 2**53).all():
        values = values.astype(np.int64)
    if values.dtype.kind in "iu" and values.size:
        low, high = int(values.min()), int(values.max())
        if high - low <= 4 * values.size:  # counting beats sorting
            present = np.bincount(values - low) > 0
            return np.flatnonzero(present) + low, (np.cumsum(present) - 1)[values - low]
    unique, codes = np.unique(values, return_inverse=True)
    return unique, codes
