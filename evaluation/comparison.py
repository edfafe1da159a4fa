"""Means of a criterion and their difference between two systems. Pure.

Ratings are `Cells`: one value for each dialogue and annotator, the mean over the utterances rated there, so that
every dialogue counts alike. Formulas: `docs/statistics.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from evaluation.crossed import (
    Cells,
    Moments,
    cluster_sums,
    crossed_wilson,
    effective_n,
    mean_squares,
    two_systems_variance,
)
from evaluation.estimates import (
    ANY_PANEL,
    LEVEL,
    NO_JUDGMENTS,
    THIS_PANEL,
    TWO_ANNOTATORS,
    Estimate,
    Estimates,
    FloatArray,
    Test,
    gettext_noop,
    t_quantile,
    t_test,
    undefined,
)
from evaluation.preference import cautions, unit_moments

CROSSED: Final = gettext_noop(
    "Wilson interval of the rescaled mean at the effective number of judgments, clustered by dialogue and annotator"
)
OVERLAP: Final = gettext_noop(
    "Wilson interval of the rescaled mean at the effective number of judgments, "
    "two-way sandwich by dialogue and annotator"
)
DIALOGUES_ONLY: Final = gettext_noop("Student's t on the dialogue means")
MOVER: Final = gettext_noop("MOVER on the two Wilson intervals, clustered by dialogue and annotator")
WELCH: Final = gettext_noop("Welch's t on the dialogue means")
TWO_WAY: Final = gettext_noop("t test, two-way analysis of variance by dialogue and annotator")
FEW_DIALOGUES: Final = gettext_noop("Fewer than five dialogues do not show how dialogues differ.")
UNDER_TEN: Final = gettext_noop(
    "Indicative: with five to nine dialogues the simulated coverage of this interval was 95–99 %."
)
LEAST_DIALOGUES: Final = 5


@dataclass(frozen=True)
class Difference:
    """First minus second, with its p-value for any panel."""

    estimates: Estimates
    test: Test


def mean(ratings: Cells, *, low: float, high: float, level: float = LEVEL) -> Estimates:
    """The mean rating on a scale from `low` to `high`, every dialogue counting alike.

    Any panel: Wilson at n* of the mean on [0, 1], n* at most the number of judgments. This panel: t on the dialogue
    means. Fewer than five dialogues: no interval.

    >>> ratings = Cells.collect(np.repeat(range(5), 3), [0, 1, 2] * 5, [2, 1, 2, 2, 2, 2, 1, 0, 1, 2, 1, 1, 2, 2, 1])
    >>> figure = mean(ratings, low=0, high=2).any_panel
    >>> [round(number, 2) for number in (figure.value, figure.low, figure.high)]
    [1.47, 0.69, 1.87]
    """
    if not ratings.values.size:
        return undefined(NO_JUDGMENTS, method=CROSSED, n=ratings.n)
    share = ratings.rescaled(low, high)
    moments = share.moments
    limits = crossed_wilson(moments, units=share.unit_count, judgments=share.judgments, level=level)
    size = float(effective_n(moments, units=share.unit_count, judgments=share.judgments))
    method = CROSSED if share.complete else OVERLAP
    any_panel = Estimate(
        float(moments.mean),
        float(limits[0]),
        float(limits[1]),
        level,
        ANY_PANEL,
        {**ratings.n, "effective": round(size, 1)},
        method,
    ).noting(*cautions(share), _few(share))
    if share.annotator_count <= 2:
        any_panel = any_panel.without_interval(TWO_ANNOTATORS)
    both = Estimates(any_panel, _dialogues_only(share, level))
    if share.unit_count < LEAST_DIALOGUES:
        both = Estimates(*(figure.without_interval(FEW_DIALOGUES) for figure in (both.any_panel, both.this_panel)))
    return both.scaled(lambda number: low + number * (high - low))


def difference(first: Cells, second: Cells, *, low: float, high: float, level: float = LEVEL) -> Difference:
    """Mean of `first` minus mean of `second`, two systems judged by (some of) the same annotators.

    Any panel: MOVER (Zou & Donner 2008) on the Wilson limits of the two means with the correlation that shared
    annotators give them; p by the two-way t. This panel: Welch's t on dialogue means.
    """
    if not (first.values.size and second.values.size):
        return Difference(undefined(NO_JUDGMENTS, method=MOVER), Test(None, method=TWO_WAY, reason=NO_JUDGMENTS))
    one, two = first.rescaled(low, high), second.rescaled(low, high)
    annotators = int(np.union1d(first.annotator_ids, second.annotator_ids).size)
    n: dict[str, float] = {
        "first_units": one.unit_count,
        "second_units": two.unit_count,
        "annotators": annotators,
        "judgments": one.judgments + two.judgments,
    }
    gap = float(one.moments.mean - two.moments.mean)
    limits = _mover_of(one, two, level)
    notes = dict.fromkeys((*cautions(one), *cautions(two), _few(one), _few(two)))
    any_panel = Estimate(gap, limits[0], limits[1], level, ANY_PANEL, n, MOVER).noting(*notes)
    test = two_way_test(one, two)
    if annotators <= 2:
        any_panel = any_panel.without_interval(TWO_ANNOTATORS)
        test = Test(None, method=TWO_WAY, reason=TWO_ANNOTATORS)
    both = Estimates(any_panel, _welch(one, two, n, level))
    if min(one.unit_count, two.unit_count) < LEAST_DIALOGUES:
        both = Estimates(*(figure.without_interval(FEW_DIALOGUES) for figure in (both.any_panel, both.this_panel)))
        test = Test(None, method=TWO_WAY, reason=FEW_DIALOGUES)
    return Difference(both.scaled(lambda number: number * (high - low)), test)


def mover(
    means: tuple[FloatArray, FloatArray],
    limits: tuple[tuple[FloatArray, FloatArray], tuple[FloatArray, FloatArray]],
    correlation: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Limits of m₁ − m₂ from those of m₁ and m₂ (arrays of one shape).

    L = d − √((m₁ − l₁)² + (u₂ − m₂)² − 2ρ(m₁ − l₁)(u₂ − m₂)), U alike (Zou & Donner 2008).
    """
    gap = means[0] - means[1]
    below = _side(means[0] - limits[0][0], limits[1][1] - means[1], correlation)
    above = _side(limits[0][1] - means[0], means[1] - limits[1][0], correlation)
    return gap - below, gap + above


def correlation(covariance: FloatArray, first: FloatArray, second: FloatArray) -> FloatArray:
    """ρ of two means from their covariance and variances, kept in [0, .95]."""
    scale = np.sqrt(first * second)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(scale > 0, np.clip(covariance / scale, 0, 0.95), 0.0))


def two_way_test(first: Cells, second: Cells) -> Test:
    """t test of equal means for any panel.

    V = V_D + (V_A − V_DA)₊: dialogues within systems, annotators' own differences, and the noise of both. Complete
    tables by mean squares, others by the sandwich; Satterthwaite's degrees of freedom in [J − 1, ΣD − 2].
    """
    gap = float(first.moments.mean - second.moments.mean)
    annotator_parts, _ = _annotator_parts(first, second)
    annotators = annotator_parts.shape[-1]
    if min(annotators, first.unit_count, second.unit_count) < 2:
        return Test(None, method=TWO_WAY, reason=gettext_noop("Too few dialogues or annotators."))
    dialogue_parts = [(float(unit_moments(cells).variance), cells.unit_count - 1) for cells in (first, second)]
    v_annotator = annotators / (annotators - 1) * float(((annotator_parts[0] - annotator_parts[1]) ** 2).sum())
    noise = [_noise(cells) for cells in (first, second)]
    variance, df = two_systems_variance(dialogue_parts, (v_annotator, annotators), noise)
    return t_test(gap, variance, df, method=TWO_WAY)


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's (1979) adjusted p-values, in the order given; missing ones stay missing and are not counted.

    >>> holm([0.01, 0.04, None, 0.03])
    [0.03, 0.06, None, 0.06]
    """
    known = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    most = 0.0
    for rank, (p, place) in enumerate(known):
        most = max(most, min(1.0, (len(known) - rank) * p))
        adjusted[place] = most
    return adjusted


def _side(one: FloatArray, two: FloatArray, rho: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(np.maximum(one**2 + two**2 - 2 * rho * one * two, 0)))


def _mover_of(first: Cells, second: Cells, level: float) -> tuple[float, float]:
    one, two = first.moments, second.moments
    parts, shared = _annotator_parts(first, second)
    annotators = parts.shape[-1]
    covariance = annotators / max(annotators - 1, 1) * float((parts[0] * parts[1]).sum()) if shared else 0.0
    rho = correlation(np.asarray(covariance), one.variance, two.variance)
    limits = tuple(
        crossed_wilson(cells.moments, units=cells.unit_count, judgments=cells.judgments, level=level)
        for cells in (first, second)
    )
    low, high = mover((one.mean, two.mean), (limits[0], limits[1]), rho)
    return float(low), float(high)


def _annotator_parts(first: Cells, second: Cells) -> tuple[FloatArray, bool]:
    """What each annotator of either system moves the two means by: (2, J), Σ over their cells of (y − ȳ)/N."""
    everybody = np.union1d(first.annotator_ids, second.annotator_ids)
    parts = np.zeros((2, everybody.size))
    for row, cells in enumerate((first, second)):
        errors = (cells.values - cells.values.mean()) / cells.values.size
        parts[row, np.searchsorted(everybody, cells.annotator_ids)] = cluster_sums(cells.annotators, errors)
    shared = np.intersect1d(first.annotator_ids, second.annotator_ids).size > 1
    return parts, bool(shared)


def _noise(cells: Cells) -> tuple[float, float]:
    """The variance that annotators' cells alone give the mean, and its degrees of freedom."""
    if cells.complete and min(cells.unit_count, cells.annotator_count) > 1:
        error = float(mean_squares(cells.table)[2])
        return error / cells.values.size, (cells.unit_count - 1) * (cells.annotator_count - 1)
    size = cells.values.size
    errors = cells.values - cells.values.mean()
    return float((errors**2).sum()) / (size * max(size - 1, 1)), max(size - 1, 1)


def _few(cells: Cells) -> str:
    return UNDER_TEN if LEAST_DIALOGUES <= cells.unit_count < 10 else ""


def _dialogues_only(share: Cells, level: float) -> Estimate:
    value = Estimate(float(share.moments.mean), level=level, target=THIS_PANEL, n=share.n, method=DIALOGUES_ONLY)
    if share.unit_count < 2:
        return value.without_interval(FEW_DIALOGUES)
    moments: Moments = unit_moments(share)
    if float(moments.variance) <= 1e-15:
        return value.without_interval(gettext_noop("All dialogues have the same mean, so there is no variation."))
    half = float(t_quantile(moments.df, level) * np.sqrt(moments.variance))
    middle = float(moments.mean)
    return Estimate(middle, max(middle - half, 0), min(middle + half, 1), level, THIS_PANEL, share.n, DIALOGUES_ONLY)


def _welch(first: Cells, second: Cells, n: dict[str, float], level: float) -> Estimate:
    gap = float(first.moments.mean - second.moments.mean)
    value = Estimate(gap, level=level, target=THIS_PANEL, n=n, method=WELCH)
    if min(first.unit_count, second.unit_count) < 2:
        return value.without_interval(FEW_DIALOGUES)
    parts = [(float(unit_moments(cells).variance), cells.unit_count - 1) for cells in (first, second)]
    variance = sum(part for part, _ in parts)
    if variance <= 1e-15:
        return value.without_interval(gettext_noop("All dialogues have the same mean, so there is no variation."))
    df = variance**2 / sum(part**2 / df for part, df in parts)
    half = float(t_quantile(df, level)) * variance**0.5
    return Estimate(gap, max(gap - half, -1), min(gap + half, 1), level, THIS_PANEL, n, WELCH)
