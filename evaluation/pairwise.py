"""Coefficients of two annotators, averaged over all pairs of annotators, with parts left out. Pure.

Such a coefficient is a function of the table of two annotators' answers about what both judged. Sources: Cohen (1960),
(1968); Light (1971) for the mean over pairs; Spearman (1904).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evaluation.coefficients import Weights, distances
from evaluation.estimates import FloatArray
from evaluation.jackknife import LeftOut, log_of
from evaluation.meetings import Meetings
from evaluation.ratings import Ratings

OfTables = Callable[[FloatArray, FloatArray], FloatArray]


@dataclass(frozen=True)
class Pair:
    """Two annotators, by their codes: what both judged, and the coefficient (None where one of them never varied)."""

    first: int
    second: int
    units: int
    value: float | None


def cohen(weights: Weights) -> OfTables:
    """Cohen's κ = 1 − Σ d_kl p_kl / Σ d_kl p_k· p_·l of tables (..., K, K); d as in `distances`.

    >>> table = np.array([[13.0, 0, 0], [0, 20, 7], [0, 4, 56]])
    >>> float(cohen("nominal")(table, np.arange(3.0)).round(4))
    0.7964
    """

    def kappa(tables: FloatArray, scores: FloatArray) -> FloatArray:
        apart = distances(scores, weights)
        total = tables.sum(axis=(-2, -1))
        observed = (tables * apart).sum(axis=(-2, -1)) * total
        rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
        expected = ((rows @ apart) * columns).sum(axis=-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(expected > 1e-9 * total, 1 - observed / expected, np.nan))

    return kappa


def spearman(tables: FloatArray, scores: FloatArray) -> FloatArray:
    """Spearman's ρ of tables (..., K, K): the correlation of mid-ranks; NaN where either annotator never varied.

    >>> float(spearman(np.diag([2.0, 1.0, 3.0]), np.arange(3.0)))
    1.0
    """
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    first, second = (np.cumsum(margin, axis=-1) - margin / 2 for margin in (rows, columns))
    return _correlation(tables, first, second)


def pearson(tables: FloatArray, scores: FloatArray) -> FloatArray:
    """Pearson's r of tables (..., K, K): the correlation of values; NaN where either annotator never varied.

    >>> float(pearson(np.array([[2.0, 0.0], [1.0, 1.0]]), np.array([0.0, 5.0])).round(4))
    0.5774
    """
    values = np.broadcast_to(scores, tables.shape[:-1])
    return _correlation(tables, values, values)


@dataclass(frozen=True)
class Pairwise:
    """The mean of a coefficient over the pairs of annotators that have one, every pair counting alike."""

    of_tables: OfTables

    def point(self, ratings: Ratings) -> float:
        """1 − coefficient, NaN where no pair has one."""
        values = [pair.value for pair in self.pairs(ratings) if pair.value is not None]
        return 1 - sum(values) / len(values) if values else float("nan")

    def pairs(self, ratings: Ratings) -> list[Pair]:
        """Every pair that judged something in common, in the order of their codes."""
        tables = ratings.meetings
        values = self.of_tables(tables.tables, ratings.scores)
        units = tables.tables.sum(axis=(1, 2))
        return [
            Pair(int(first), int(second), round(float(count)), None if np.isnan(value) else float(value))
            for first, second, count, value in zip(tables.first, tables.second, units, values, strict=True)
        ]

    def left_out(self, ratings: Ratings) -> LeftOut:
        """Exact; without a dialogue, only the pairs that met there change."""
        tables = ratings.meetings
        dialogues, people = ratings.dialogue_count, ratings.annotator_count
        known, value = _known(self.of_tables(tables.tables, ratings.scores))
        pair_sums = np.stack([value, known])
        total = pair_sums.sum(axis=1)
        of_person = np.stack([_by_person(tables, one, people) for one in pair_sums])
        changed = np.zeros((2, dialogues))
        both = np.empty((2, dialogues, people))
        for where, dialogue, pair, met in tables.by_dialogue():
            size = where.stop - where.start
            left_known, left = _known(self.of_tables(tables.tables[pair] - met, ratings.scores))
            for number, change in enumerate((left - value[pair], left_known - known[pair])):
                changed[number, where] = np.bincount(dialogue, weights=change, minlength=size)
                own = np.zeros(size * people)
                for side in (tables.first, tables.second):
                    own += np.bincount(dialogue * people + side[pair], weights=change, minlength=size * people)
                left_for_rest = (total[number] + changed[number, where])[:, None] - of_person[number]
                both[number, where] = left_for_rest - own.reshape(size, people)
        return LeftOut(
            _log_of_mean(total),
            _log_of_mean(total[:, None] + changed),
            _log_of_mean(total[:, None] - of_person),
            _log_of_mean(both),
        )


def _correlation(tables: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
    """Of what stands for the categories of the rows and of the columns (..., K) of tables (..., K, K)."""
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    total = np.maximum(rows.sum(axis=-1, keepdims=True), 1)
    first = first - (rows * first).sum(axis=-1, keepdims=True) / total
    second = second - (columns * second).sum(axis=-1, keepdims=True) / total
    together = (first * (tables @ second[..., None])[..., 0]).sum(axis=-1)
    apart = (rows * first**2).sum(axis=-1) * (columns * second**2).sum(axis=-1)
    varies = ((rows > 0).sum(axis=-1) > 1) & ((columns > 0).sum(axis=-1) > 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(varies, np.clip(together / np.sqrt(apart), -1.0, 1.0), np.nan))


def _known(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    there = ~np.isnan(values)
    return there.astype(np.float64), np.where(there, values, 0.0)


def _by_person(tables: Meetings, values: FloatArray, people: int) -> FloatArray:
    first, second = (np.bincount(side, values, minlength=people) for side in (tables.first, tables.second))
    return np.asarray(first + second)


def _log_of_mean(sums: FloatArray) -> FloatArray:
    """Of sums and counts (2, ...)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(sums[1] > 0.5, sums[0] / sums[1], np.nan)
    disagreement = 1 - mean
    return log_of(np.where(np.abs(disagreement) < 1e-12, 0.0, disagreement))
