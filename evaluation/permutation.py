"""Tests that draw again what could have been otherwise: which dialogue is of which system, which of a pair is which.

Pure. They speak of these annotators alone. p = (1 + hits)/(1 + draws) over random draws, hits/arrangements over all of
them where those are few (Phipson & Smyth 2010). Formulas: `docs/statistics.md`.
"""

from itertools import combinations
from math import comb
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

from evaluation.comparison import FEW_DIALOGUES
from evaluation.crossed import Cells
from evaluation.estimates import FloatArray, IntArray, Test, gettext_noop, t_test
from evaluation.preference import unit_moments

DRAWS: Final = 9_999
FEWEST_DRAWS: Final = 999
MOST_AT_ONCE: Final = 2_000_000
MOST_IN_ALL: Final = 10_000_000
EXCHANGED: Final = gettext_noop("Dialogues exchanged whole between the systems")
FLIPPED: Final = gettext_noop("Pairs flipped whole")
WELCH_TEST: Final = gettext_noop("Welch's t test on the dialogue means")
MANN_WHITNEY: Final = gettext_noop("Mann–Whitney test on the dialogue means")
PAIRED: Final = gettext_noop("paired t test")
NO_VARIATION: Final = gettext_noop("No variation: there is nothing to test against.")
MOST_EXACT: Final = 60


def welch_test(first: Cells, second: Cells) -> Test:
    """Welch's t test of equal means, dialogues the sample, for this panel."""
    if min(first.unit_count, second.unit_count) < 2:
        return Test(None, method=WELCH_TEST, reason=FEW_DIALOGUES)
    moments = [unit_moments(cells) for cells in (first, second)]
    parts = [float(one.variance) for one in moments]
    below = sum(part**2 / float(one.df) for part, one in zip(parts, moments, strict=True))
    gap = float(moments[0].mean - moments[1].mean)
    return t_test(gap, sum(parts), sum(parts) ** 2 / below if below else 1.0, method=WELCH_TEST)


def mann_whitney(first: npt.ArrayLike, second: npt.ArrayLike) -> Test:
    """Mann & Whitney (1947) on dialogue means, never on ratings: U of the first, two-sided.

    Exact given the ties up to 60 dialogues, otherwise normal with the variance of tied ranks and ½ for continuity.

    >>> found = mann_whitney([1.83, 0.50, 1.62, 2.48, 1.68], [0.878, 0.647, 0.598, 2.05, 1.06])
    >>> found.statistic, round(found.p, 4)
    (17.0, 0.4206)
    """
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if min(one.size, other.size) < 2:
        return Test(None, method=MANN_WHITNEY, reason=FEW_DIALOGUES)
    values, places, counts = np.unique(
        np.round(np.concatenate([one, other]), 12), return_inverse=True, return_counts=True
    )
    if values.size < 2:
        return Test(None, method=MANN_WHITNEY, reason=NO_VARIATION)
    doubled = (2 * np.cumsum(counts) - counts + 1)[places]
    everybody = one.size + other.size
    statistic = float(doubled[: one.size].sum()) / 2 - one.size * (one.size + 1) / 2
    middle = one.size * other.size / 2
    if everybody <= MOST_EXACT:
        return Test(_exact(doubled, one.size), statistic, method=MANN_WHITNEY)
    tied = float((counts**3 - counts).sum()) / (everybody * (everybody - 1))
    spread = (one.size * other.size / 12 * (everybody + 1 - tied)) ** 0.5
    z = max(abs(statistic - middle) - 0.5, 0.0) / spread
    return Test(min(1.0, 2 * float(scipy.special.ndtr(-z))), statistic, method=MANN_WHITNEY)


def exchange_test(first: Cells, second: Cells, *, seed: int = 1, draws: int | None = None) -> Test:
    """No difference of means, were it all one whether a dialogue is of this system or that: whole dialogues change
    places, with all their judgments. `statistic` is the difference of the two means.

    Corpora are sampled and not randomised, so this rests on their dialogues being exchangeable.
    """
    sums = np.concatenate(
        [np.bincount(one.units, weights=one.values, minlength=one.unit_count) for one in (first, second)]
    )
    counts = np.concatenate([np.bincount(one.units, minlength=one.unit_count) for one in (first, second)])
    size, everybody = first.unit_count, sums.size
    draws = draws or draws_of(everybody)
    if min(size, everybody - size) < 2:
        return Test(None, method=EXCHANGED, reason=FEW_DIALOGUES)

    def gaps(chosen: npt.NDArray[np.bool_]) -> FloatArray:
        mine, weight = chosen @ sums, chosen @ counts
        return np.asarray(mine / weight - (sums.sum() - mine) / (counts.sum() - weight))

    as_it_was = np.arange(everybody) < size
    found = float(gaps(as_it_was[None])[0])
    if np.ptp(sums / counts) <= 1e-12:
        return Test(None, method=EXCHANGED, reason=NO_VARIATION)
    if comb(everybody, size) <= draws:
        every = np.zeros((comb(everybody, size), everybody), dtype=bool)
        for row, places in enumerate(combinations(range(everybody), size)):
            every[row, places] = True
        return Test(float(_hits(gaps(every), found).mean()), found, method=EXCHANGED)
    rng = np.random.default_rng(seed)
    hits, left = 0, draws
    while left:
        now = min(left, max(MOST_AT_ONCE // everybody, 1))
        order = rng.random((now, everybody))
        chosen = order <= np.partition(order, size - 1, axis=1)[:, size - 1 : size]
        hits += int(_hits(gaps(chosen), found).sum())
        left -= now
    return Test((1 + hits) / (1 + draws), found, method=EXCHANGED)


def flip_test(differences: npt.ArrayLike, *, method: str = FLIPPED, seed: int = 1, draws: int | None = None) -> Test:
    """A mean difference of 0, were either of each two as likely to be the better: whole pairs change sign.

    `differences` has a value for each pair, all annotators together (for votes their mean less ½), or for each
    instance on which two runs were scored. `statistic` is their mean.

    >>> flip_test([0.3, 0.1, 0.2, 0.4, 0.1]).p
    0.0625
    """
    values = np.asarray(differences, dtype=np.float64)
    values = values[np.abs(values) > 1e-12]
    if not values.size:
        return Test(None, method=method, reason=NO_VARIATION)
    draws = draws or draws_of(values.size)
    total = float(np.asarray(differences, dtype=np.float64).size)
    found = float(values.sum()) / total
    if 2**values.size <= draws:
        bits = np.arange(2**values.size)[:, None] >> np.arange(values.size) & 1
        return Test(float(_hits((2 * bits - 1) @ values / total, found).mean()), found, method=method)
    rng = np.random.default_rng(seed)
    hits, left = 0, draws
    while left:
        now = min(left, max(MOST_AT_ONCE // values.size, 1))
        signs = rng.integers(0, 2, (now, values.size), dtype=np.int8) * np.int8(2) - np.int8(1)
        hits += int(_hits(signs @ values / total, found).sum())
        left -= now
    return Test((1 + hits) / (1 + draws), found, method=method)


def paired_t_test(first: npt.ArrayLike, second: npt.ArrayLike) -> Test:
    """Student's (1908) test of equal means of two runs scored on the same instances.

    >>> drug = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    >>> other = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    >>> found = paired_t_test(drug, other)
    >>> round(found.statistic, 4), round(found.p, 6)
    (-4.0621, 0.002833)
    """
    gaps = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    if gaps.size < 2:
        return Test(None, method=PAIRED, reason=gettext_noop("Fewer than two instances."))
    return t_test(float(gaps.mean()), float(gaps.var(ddof=1)) / gaps.size, gaps.size - 1, method=PAIRED)


def draws_of(size: int) -> int:
    """How many random draws to make over so many things: 9,999 where that takes no time, never fewer than 999.

    >>> draws_of(20), draws_of(5_000), draws_of(100_000)
    (9999, 2000, 999)
    """
    return min(DRAWS, max(MOST_IN_ALL // size, FEWEST_DRAWS))


def _hits(drawn: FloatArray, found: float) -> npt.NDArray[np.bool_]:
    """Which draws are at least as far from 0; rounding does not decide."""
    return np.asarray(np.abs(drawn) >= abs(found) - 1e-12)


def _exact(doubled: IntArray, size: int) -> float:
    """Of all choices of `size` of these doubled ranks, the share whose sum is at least as far from its mean."""
    total = int(doubled.sum())
    ways = np.zeros((size + 1, total + 1))
    ways[0, 0] = 1.0
    for taken, rank in enumerate(doubled.tolist()):
        for chosen in range(min(size, taken + 1), 0, -1):
            ways[chosen, rank:] += ways[chosen - 1, : total + 1 - rank]
    sums, mean = np.arange(total + 1), total * size / doubled.size
    far = np.abs(sums - mean) >= abs(float(doubled[:size].sum()) - mean) - 1e-9
    return float(ways[size, far].sum() / ways[size].sum())
