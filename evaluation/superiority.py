"""How often one system's dialogue is rated higher than, equal to and lower than another's by the same annotator. Pure.

Ratings are the answers themselves, one row each; every two dialogues count alike however many utterances they have.
Formulas: `docs/statistics.md`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from evaluation.comparison import FEW_DIALOGUES, LEAST_DIALOGUES, UNDER_TEN
from evaluation.crossed import cluster_sums, mean_squares, two_systems_variance
from evaluation.estimates import (
    ANY_PANEL,
    FEW_ANNOTATORS,
    LEVEL,
    NO_JUDGMENTS,
    THIS_PANEL,
    TWO_ANNOTATORS,
    Estimate,
    Estimates,
    FloatArray,
    IntArray,
    Target,
    Test,
    gettext_noop,
    t_quantile,
    t_test,
    undefined,
    wilson,
)

PLACEMENTS: Final = gettext_noop(
    "Wilson interval at the effective number of judgments, from placements by dialogue and annotator"
)
PLACEMENTS_ONLY: Final = gettext_noop(
    "Wilson interval at the effective number of judgments, from placements by dialogue"
)
HALF: Final = gettext_noop("t test of a half, placements by dialogue and annotator")
NOBODY_BOTH: Final = gettext_noop("No annotator rated dialogues of both systems.")
NO_RATING_SD: Final = gettext_noop("All ratings of a system are the same, so there is no spread to measure by.")
SPREAD_KNOWN: Final = gettext_noop("The difference of means divided by the spread of ratings, which is taken as it is.")


@dataclass(frozen=True, eq=False)
class Answers:
    """Ratings of one system: a row an answer; a dialogue may have several."""

    units: IntArray
    annotators: IntArray
    values: FloatArray

    @classmethod
    def collect(cls, units: npt.ArrayLike, annotators: npt.ArrayLike, values: npt.ArrayLike) -> "Answers":
        return cls(
            np.asarray(units, dtype=np.int64),
            np.asarray(annotators, dtype=np.int64),
            np.asarray(values, dtype=np.float64),
        )


@dataclass(frozen=True)
class Superiority:
    """P(first > second), P(equal), P(first < second), and P(first > second) + ½P(equal) with its test of a half."""

    higher: Estimates
    equal: Estimates
    lower: Estimates
    probability: Estimates
    test: Test


def superiority(first: Answers, second: Answers, *, level: float = LEVEL) -> Superiority:
    """Of two ratings by one annotator, one of each system: how often the first is higher, equal, lower. In [0, 1].

    ψ = Σ_j Σ_d1 Σ_d2 k/N over annotators who rated both, k the share of the rating pairs of dialogues d1 and d2 that
    are higher (equal, lower). Its variance comes from what each dialogue, annotator and cell adds to ψ (placements:
    Brunner & Munzel 2000, two-way): V = V_D + (V_A − V_DA)₊ for any panel, V_D alone for this one; Wilson's limits at
    ψ(1 − ψ)/V with Satterthwaite's t.

    >>> one = Answers.collect([1, 1, 2, 2, 3, 3, 4, 4, 5, 5], [7, 8] * 5, [2, 1, 2, 2, 1, 2, 2, 2, 1, 2])
    >>> two = Answers.collect([6, 6, 7, 7, 8, 8, 9, 9, 10, 10], [7, 8] * 5, [1, 1, 2, 1, 0, 1, 2, 1, 1, 2])
    >>> found = superiority(one, two)
    >>> [round(share.this_panel.value, 2) for share in (found.higher, found.equal, found.lower)]
    [0.54, 0.36, 0.1]
    """
    if not (first.values.size and second.values.size):
        nothing = undefined(NO_JUDGMENTS, method=PLACEMENTS)
        return Superiority(nothing, nothing, nothing, nothing, Test(None, method=HALF, reason=NO_JUDGMENTS))
    placed = _Placed(first, second)
    if not placed.comparisons:
        nothing = undefined(NOBODY_BOTH, method=PLACEMENTS, n=placed.n)
        return Superiority(nothing, nothing, nothing, nothing, Test(None, method=HALF, reason=NOBODY_BOTH))
    higher, equal, lower, half = (placed.estimates(kernel, level) for kernel in (_HIGHER, _EQUAL, _LOWER, _HALF))
    return Superiority(higher, equal, lower, half, placed.test())


def standardised(gap: Estimates, first: Answers, second: Answers) -> Estimates:
    """A difference of means divided by the pooled sd of the ratings within systems, which is taken as known.

    s² = Σ_s Σ (y − ȳ_s)²/(n₁ + n₂ − 2) over all ratings taken alike.

    >>> gap = Estimates(Estimate(0.5, 0.1, 0.9), Estimate(0.5, 0.2, 0.8))
    >>> ratings = [Answers.collect([1, 2, 3], [1, 1, 1], values) for values in ([0, 1, 2], [0, 0, 2])]
    >>> round(standardised(gap, *ratings).any_panel.value, 3)
    0.463
    """
    sizes = [one.values.size for one in (first, second)]
    if min(sizes) < 1 or sum(sizes) < 3:
        return undefined(NO_JUDGMENTS)
    squares = sum(float(((one.values - one.values.mean()) ** 2).sum()) for one in (first, second))
    sd = (squares / (sum(sizes) - 2)) ** 0.5
    if sd <= 1e-12:
        return undefined(NO_RATING_SD)
    scaled = gap.scaled(lambda number: number / sd)
    return Estimates(scaled.any_panel.noting(SPREAD_KNOWN), scaled.this_panel.noting(SPREAD_KNOWN))


# What a pair of ratings counts by how the first compares with the second: higher, equal, lower.
_HIGHER: Final = np.array([1.0, 0.0, 0.0])
_EQUAL: Final = np.array([0.0, 1.0, 0.0])
_LOWER: Final = np.array([0.0, 0.0, 1.0])
_HALF: Final = np.array([1.0, 0.5, 0.0])


class _Placed:
    """Every cell (dialogue of one system, annotator) with how it compares with all dialogues of the other system that
    the annotator rated: sums over those dialogues of the shares higher, equal and lower."""

    def __init__(self, first: Answers, second: Answers) -> None:
        ratings = np.unique(np.concatenate([first.values, second.values]))
        both = np.intersect1d(first.annotators, second.annotators)
        systems = [_System(one, both, ratings) for one in (first, second)]
        self.annotator_count = int(both.size)
        placements = [_placements(systems[0], systems[1]), _placements(systems[1], systems[0])[:, ::-1]]
        self.systems = list(zip(systems, placements, strict=True))
        self.comparisons = float(placements[0].sum())
        self.unit_counts = [one.unit_count for one in systems]
        self.n: dict[str, float] = {
            "first_units": self.unit_counts[0],
            "second_units": self.unit_counts[1],
            "annotators": self.annotator_count,
            "judgments": sum(one.judgments for one in systems),
        }

    def estimates(self, kernel: FloatArray, level: float) -> Estimates:
        share, two_way, alone = self._moments(kernel)
        any_panel = self._estimate(share, two_way, level, ANY_PANEL, PLACEMENTS)
        this_panel = self._estimate(share, alone, level, THIS_PANEL, PLACEMENTS_ONLY)
        if self.annotator_count <= 2:
            any_panel = any_panel.without_interval(TWO_ANNOTATORS)
        if min(self.unit_counts) < LEAST_DIALOGUES:
            any_panel, this_panel = (one.without_interval(FEW_DIALOGUES) for one in (any_panel, this_panel))
        return Estimates(any_panel, this_panel)

    def test(self) -> Test:
        reason = FEW_DIALOGUES if min(self.unit_counts) < LEAST_DIALOGUES else ""
        if reason or self.annotator_count <= 2:
            return Test(None, method=HALF, reason=reason or TWO_ANNOTATORS)
        share, (variance, df), _alone = self._moments(_HALF)
        return t_test(share - 0.5, variance, df, method=HALF)

    def _estimate(
        self, share: float, moments: tuple[float, float], level: float, target: Target, method: str
    ) -> Estimate:
        variance, df = moments
        most = self.n["judgments"]
        size = min(self.unit_counts) if variance <= 1e-15 else np.clip(share * (1 - share) / variance, 1, most)
        low, high = wilson(share, size, t_quantile(df, level))
        few = FEW_ANNOTATORS if target == ANY_PANEL and self.annotator_count in (3, 4) else ""
        under = UNDER_TEN if min(self.unit_counts) < 10 else ""
        n = {**self.n, "effective": round(float(size), 1)}
        return Estimate(share, float(low), float(high), level, target, n, method).noting(few, under)

    def _moments(self, kernel: FloatArray) -> tuple[float, tuple[float, float], tuple[float, float]]:
        """ψ, and the variance and degrees of freedom for any panel and for this one."""
        share = float((self.systems[0][1] @ kernel).sum()) / self.comparisons
        dialogues, noise = [], []
        v_annotator = 0.0
        for system, placements in self.systems:
            pull = (placements @ kernel - share * placements.sum(axis=1)) / self.comparisons
            units = system.unit_count
            by_unit = cluster_sums(system.units, pull)
            dialogues.append((units / max(units - 1, 1) * float((by_unit**2).sum()), float(max(units - 1, 1))))
            noise.append(system.noise(pull))
            # Either system's cells of an annotator add up to what the annotator adds.
            by_annotator = cluster_sums(system.annotators, pull)
            count = self.annotator_count
            v_annotator = count / max(count - 1, 1) * float((by_annotator**2).sum())
        two_way = two_systems_variance(dialogues, (v_annotator, max(self.annotator_count, 2)), noise)
        variance = sum(part for part, _ in dialogues)
        below = sum(part**2 / df for part, df in dialogues)
        return share, two_way, (variance, variance**2 / below if below else min(df for _, df in dialogues))


class _System:
    """The ratings of one system by annotators who rated both, as cells; a rating weighs 1/(ratings in its cell)."""

    def __init__(self, answers: Answers, both: IntArray, ratings: FloatArray) -> None:
        rows = np.isin(answers.annotators, both)
        unit_ids, units = np.unique(answers.units[rows], return_inverse=True)
        annotators = np.searchsorted(both, answers.annotators[rows])
        cells, self.cell = np.unique(units * max(both.size, 1) + annotators, return_inverse=True)
        self.units, self.annotators = cells // max(both.size, 1), cells % max(both.size, 1)
        self.unit_count = int(unit_ids.size)
        self.judgments = int(rows.sum())
        self.sizes = np.bincount(self.cell, minlength=cells.size)
        self.span = ratings.size + 1
        self.starts = annotators * self.span
        self.keys = self.starts + np.searchsorted(ratings, answers.values[rows])
        self.annotator_count = int(both.size)

    def noise(self, pull: FloatArray) -> tuple[float, float]:
        """The variance that cells alone give ψ, and its degrees of freedom."""
        shape = self.unit_count, self.annotator_count
        if pull.size == shape[0] * shape[1] and min(shape) > 1:
            return float(mean_squares(pull.reshape(shape))[2]) * pull.size, (shape[0] - 1) * (shape[1] - 1)
        size = max(pull.size, 2)
        return float((pull**2).sum()) * size / (size - 1), size - 1


def _placements(one: _System, other: _System) -> FloatArray:
    """(cells of one, 3): over the other's dialogues that the same annotator rated, the shares of rating pairs in which
    this one's is higher, equal, lower."""
    order = np.argsort(other.keys, kind="stable")
    keys, weights = other.keys[order], np.concatenate([[0.0], np.cumsum(1 / other.sizes[other.cell][order])])

    def below(limits: IntArray) -> FloatArray:
        return np.asarray(weights[np.searchsorted(keys, limits)])

    least = below(one.starts)
    lower, upto = below(one.keys) - least, below(one.keys + 1) - least
    everything = below(one.starts + one.span) - least
    counts = np.stack([lower, upto - lower, everything - upto], axis=-1)
    sums = np.stack([np.bincount(one.cell, weights=column, minlength=one.sizes.size) for column in counts.T], axis=-1)
    return np.asarray(sums / one.sizes[:, None])
