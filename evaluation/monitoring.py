"""Intervals that may be looked at as often as one likes while a study is open. Pure.

A step is what came in whole: a pair with all its annotators, or one dialogue of each system with all of theirs. Steps
are taken in the order that the seed decided, whatever finishes first. Vote by vote such a sequence errs up to 48 %, and
for other annotators none is valid: seven never become eight by waiting. Formulas: `docs/statistics.md`.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from evaluation.estimates import LEVEL, THIS_PANEL, BoolArray, Estimate, FloatArray, IntArray, gettext_noop

BETTING: Final = gettext_noop("betting confidence sequence, a complete pair a step; valid however often one looks")
BETTING_BLOCKS: Final = gettext_noop(
    "betting confidence sequence, a complete dialogue of each system a step; valid however often one looks"
)
NO_STEP: Final = gettext_noop(
    "Nothing to say yet: units count in the study's order, and the first are not judged by all their annotators."
)
CONTRADICTED: Final = gettext_noop("What came in later contradicts what came in first: no value fits both.")
GRID: Final = np.linspace(0, 1, 2_001)
AT_ONCE: Final = 256


def log_capital(steps: FloatArray, mean: FloatArray, *, level: float = LEVEL) -> FloatArray:
    """log K_t(m) after each of the steps (..., T) in [0, 1], for one m that broadcasts against them (..., 1).

    K_t(m) = ½Π(1 + λ_i(x_i − m)) + ½Π(1 − λ_i(x_i − m)) with λ_i = √(2 log(2/α)/(σ̂²_(i−1) i log(1 + i))), cut at ½/m
    and ½/(1 − m). Were m the mean, K would pass 1/α at any time with probability α at most (Ville; Waudby-Smith &
    Ramdas 2024).

    >>> log_capital(np.array([1.0, 1.0, 1.0]), np.array([0.5])).round(3).tolist()
    [0.0, 0.223, 0.56]
    """
    bets = _bets(steps, level)
    with np.errstate(divide="ignore"):
        up, down = np.minimum(bets, 0.5 / mean), np.minimum(bets, 0.5 / (1 - mean))
    gains = np.cumsum(np.log1p(up * (steps - mean)), axis=-1), np.cumsum(np.log1p(-down * (steps - mean)), axis=-1)
    return np.asarray(np.logaddexp(*gains) - np.log(2))


def betting_limits(steps: FloatArray, *, level: float = LEVEL) -> tuple[FloatArray, FloatArray]:
    """The limits after each of the steps (T,) in [0, 1]: every m that no step so far has ruled out.

    What is ruled out stays so, so limits only ever close in. Where nothing is left, both are NaN.

    >>> low, high = betting_limits(np.full(40, 0.9))
    >>> float(low[0]), float(high[0]), float(low[-1]), round(float(high[-1]), 2)
    (0.0, 1.0, 0.754, 0.93)
    """
    kept = np.ones(GRID.size, dtype=bool)
    low, high = np.empty(steps.size), np.empty(steps.size)
    bets = _bets(steps, level)
    gains = np.zeros((2, 1, GRID.size))
    with np.errstate(divide="ignore"):
        most = 0.5 / GRID, 0.5 / (1 - GRID)
    for start in range(0, steps.size, AT_ONCE):
        part, bet = steps[start : start + AT_ONCE, None], bets[start : start + AT_ONCE, None]
        up = gains[0] + np.cumsum(np.log1p(np.minimum(bet, most[0]) * (part - GRID)), axis=0)
        down = gains[1] + np.cumsum(np.log1p(-np.minimum(bet, most[1]) * (part - GRID)), axis=0)
        passed = np.logaddexp(up, down) - np.log(2) >= np.log(1 / (1 - level))
        standing = kept & ~np.logical_or.accumulate(passed, axis=0)
        low[start : start + AT_ONCE], high[start : start + AT_ONCE] = _ends(standing)
        kept, gains = standing[-1], np.stack([up[-1:], down[-1:]])
    return low, high


def early_estimate(
    steps: FloatArray, *, low: float, high: float, n: dict[str, float], method: str, level: float = LEVEL
) -> Estimate:
    """The mean of the steps so far, each between `low` and `high`, with limits that hold at every look. This panel.

    >>> early_estimate(np.full(40, 0.9), low=0, high=1, n={}, method=BETTING).n
    {'steps': 40}
    """
    counted = {**n, "steps": steps.size}
    if not steps.size:
        return Estimate(None, level=level, target=THIS_PANEL, n=counted, method=method, reason=NO_STEP)
    shares = np.clip((steps - low) / (high - low), 0, 1)
    below, above = (float(limits[-1]) for limits in betting_limits(shares, level=level))
    estimate = Estimate(float(shares.mean()), below, above, level, THIS_PANEL, counted, method)
    if np.isnan(below):
        estimate = estimate.without_interval(CONTRADICTED)
    return estimate.scaled(lambda share: low + share * (high - low))


def steps_of(units: IntArray, values: FloatArray, order: Sequence[int]) -> FloatArray:
    """The means of the units in `order`, each over its values; units without a value are passed over.

    >>> steps_of(np.array([4, 4, 2]), np.array([1.0, 0.0, 1.0]), [2, 3, 4]).tolist()
    [1.0, 0.5]
    """
    ids, codes = np.unique(units, return_inverse=True)
    means = np.bincount(codes, weights=values, minlength=ids.size) / np.maximum(np.bincount(codes), 1)
    place = {int(unit): at for at, unit in enumerate(ids)}
    return np.array([means[place[unit]] for unit in order if unit in place], dtype=np.float64)


def _bets(steps: FloatArray, level: float) -> FloatArray:
    """λ_i before its cuts: from the steps before i alone."""
    count = np.arange(1, steps.shape[-1] + 1)
    means = (0.5 + np.cumsum(steps, axis=-1)) / (count + 1)
    variances = (0.25 + np.cumsum((steps - means) ** 2, axis=-1)) / (count + 1)
    before = np.concatenate([np.full((*steps.shape[:-1], 1), 0.25), variances[..., :-1]], axis=-1)
    return np.asarray(np.sqrt(2 * np.log(2 / (1 - level)) / (before * count * np.log(1 + count))))


def _ends(standing: BoolArray) -> tuple[FloatArray, FloatArray]:
    """The first and last m of the grid that stands in each row, one step of the grid further out."""
    anything = standing.any(axis=1)
    first = np.maximum(standing.argmax(axis=1) - 1, 0)
    last = np.minimum(GRID.size - standing[:, ::-1].argmax(axis=1), GRID.size - 1)
    return np.where(anything, GRID[first], np.nan), np.where(anything, GRID[last], np.nan)
