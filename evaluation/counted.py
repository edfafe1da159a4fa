"""Coefficients that depend on how many annotators chose each category of each unit, with parts left out. Pure.

Such a coefficient is a function of sums over units: `features` turns the counts of a unit into what is summed, and
`disagreement` turns the sums into 1 − coefficient. That is all it takes to compute it, and to leave dialogues and
annotators out of it exactly.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from evaluation.estimates import FloatArray
from evaluation.jackknife import LeftOut, log_of
from evaluation.ratings import Ratings

CHUNK_NUMBERS: Final = 4_000_000
Features = Callable[[FloatArray, FloatArray], FloatArray]
Disagreement = Callable[[FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True)
class Counted:
    """`features`: counts (units, K) and scores (K,) to (units, F). `disagreement`: sums (..., F) and scores to 1 −
    coefficient (...), NaN where it is undefined."""

    features: Features
    disagreement: Disagreement

    def point(self, ratings: Ratings) -> float:
        """1 − coefficient, NaN where it is undefined."""
        patterns, which = ratings.patterns
        times = np.bincount(which, minlength=patterns.shape[0]).astype(np.float64)
        sums = times @ self.features(patterns, ratings.scores)
        return float(self.disagreement(sums, ratings.scores))

    def left_out(self, ratings: Ratings) -> LeftOut:
        """Of ratings with a dialogue at least; exact, what becomes of a unit that loses an annotator included."""
        sums = Sums(ratings, self.features)
        whole, scores = sums.whole, ratings.scores
        chunks = list(sums.changes()) if sums.fits else None
        by_annotator = sums.by_annotator(chunks)
        both = np.empty((ratings.dialogue_count, ratings.annotator_count))
        for where, change in chunks or sums.changes():
            both[where] = log_of(self.without_both(whole, sums.by_dialogue[where], by_annotator, change, scores))
        return LeftOut(
            log_of(self.disagreement(whole, scores)),
            log_of(self.disagreement(whole - sums.by_dialogue, scores)),
            log_of(self.disagreement(whole + by_annotator, scores)),
            both,
        )

    def without_each(self, ratings: Ratings) -> FloatArray:
        """1 − coefficient without each annotator: (J,)."""
        sums = Sums(ratings, self.features)
        return self.disagreement(sums.whole + sums.by_annotator(), ratings.scores)

    def without_both(
        self,
        whole: FloatArray,
        by_dialogue: FloatArray,
        by_annotator: FloatArray,
        change: FloatArray,
        scores: FloatArray,
    ) -> FloatArray:
        """1 − coefficient without each dialogue and annotator: (..., D, J) from sums (..., F), (..., D, F),
        (..., J, F) and (..., D, J, F)."""
        left = (whole[..., None, :] - by_dialogue)[..., :, None, :] + by_annotator[..., None, :, :] - change
        return self.disagreement(left, scores)


class Sums:
    """What is summed, by dialogue, and how it changes as an annotator leaves a dialogue.

    Units in which each category was chosen equally often are alike, so that features are made once for each pattern.
    """

    def __init__(self, ratings: Ratings, features: Features) -> None:
        self.ratings = ratings
        self._features = features
        patterns, which = ratings.patterns
        self._of_pattern = features(patterns, ratings.scores)
        starts = np.searchsorted(ratings.dialogue_of, np.arange(ratings.dialogue_count))
        self.by_dialogue: FloatArray = np.add.reduceat(self._of_pattern[which], starts, axis=0)
        self.whole: FloatArray = self.by_dialogue.sum(axis=0)
        self._step: int = max(1, CHUNK_NUMBERS // (ratings.annotator_count * self._of_pattern.shape[1]))

    @property
    def fits(self) -> bool:
        """Everything in one piece."""
        return bool(self._step >= self.ratings.dialogue_count)

    def by_annotator(self, chunks: Iterable[tuple[slice, FloatArray]] | None = None) -> FloatArray:
        """What leaving out each annotator everywhere adds: (annotators, F)."""
        total = np.zeros((self.ratings.annotator_count, self.whole.size))
        for _, change in chunks or self.changes():
            total += change.sum(axis=0)
        return total

    def changes(self) -> Iterator[tuple[slice, FloatArray]]:
        """Slices of dialogues with what leaving out each annotator there adds: (dialogues, annotators, F)."""
        if self.fits:
            count = self.ratings.dialogue_count
            yield slice(0, count), self._changes(self.ratings, 0, count)
            return
        ordered = self.ratings.by_dialogue()
        dialogues = ordered.dialogue_of[ordered.units]
        for start in range(0, ordered.dialogue_count, self._step):
            stop = min(start + self._step, ordered.dialogue_count)
            yield (
                slice(start, stop),
                self._changes(ordered, start, stop, slice(*np.searchsorted(dialogues, [start, stop]))),
            )

    def _changes(self, ratings: Ratings, start: int, stop: int, answers: slice = slice(None)) -> FloatArray:
        patterns, which = ratings.patterns
        units, categories = ratings.units[answers], ratings.categories[answers]
        width, people = ratings.scores.size, ratings.annotator_count
        codes = which[units] * width + categories
        used = np.flatnonzero(np.bincount(codes, minlength=patterns.shape[0] * width))
        place = np.empty(patterns.shape[0] * width, dtype=np.int64)
        place[used] = np.arange(used.size)
        left = patterns[used // width]
        left[np.arange(used.size), used % width] -= 1
        removed = (self._features(left, ratings.scores) - self._of_pattern[used // width]).T
        at, size = place[codes], (stop - start) * people
        cells = (ratings.dialogue_of[units] - start) * people + ratings.annotators[answers]
        change = np.empty((removed.shape[0], size))
        for number, one in enumerate(removed):
            change[number] = np.bincount(cells, weights=one[at], minlength=size)
        return change.T.reshape(stop - start, people, removed.shape[0])
