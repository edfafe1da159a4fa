"""The formulas of the coefficients that are functions of counts: what is summed over units, and 1 − coefficient of it.

Counts (units, K) say how many annotators chose each category of each unit; r_k stands for one, m for their sum. Pure.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np

from evaluation.estimates import FloatArray

Weights = Literal["nominal", "linear", "quadratic"]


def distances(scores: FloatArray, weights: Weights) -> FloatArray:
    """How far apart categories are, (K, K) in [0, 1]: 0 and 1, or the distance of their values, or its square.

    >>> distances(np.array([0.0, 1.0, 2.0]), "quadratic").tolist()
    [[0.0, 0.25, 1.0], [0.25, 0.0, 0.25], [1.0, 0.25, 0.0]]
    """
    if weights == "nominal":
        return 1.0 - np.eye(scores.size)
    scaled = _within_reach(scores)
    gaps = np.abs(scaled[:, None] - scaled[None, :]) / max(float(np.ptp(scaled)), 1e-300)
    return np.asarray(gaps if weights == "linear" else gaps**2)


def pairs_within(counts: FloatArray, scores: FloatArray) -> FloatArray:
    """[Σ r_k(m − r_k)/(m − 1), r_1 … r_K] of units with m > 1, else 0: (units, K + 1)."""
    size = counts.sum(axis=1)
    paired = size > 1
    apart = (size**2 - (counts**2).sum(axis=1)) / np.where(paired, size - 1, 1)
    return np.where(paired[:, None], np.column_stack([apart, counts]), 0.0)


def alpha_nominal(sums: FloatArray, scores: FloatArray) -> FloatArray:
    """D_o/D_e = (n − 1) Σ_u Σ_k r_k(m − r_k)/(m − 1) / (n² − Σ n_k²), of the sums of `pairs_within`."""
    margins = sums[..., 1:]
    total = margins.sum(axis=-1)
    return _ratio((total - 1) * sums[..., 0], total**2 - (margins**2).sum(axis=-1), total**2)


def exact(sums: FloatArray, scores: FloatArray) -> FloatArray:
    """Σ_u Σ_k r_k(m − r_k)/(m − 1) / n: the share of pairs of answers that differ, every answer counting alike."""
    total = sums[..., 1:].sum(axis=-1)
    return _ratio(sums[..., 0], total, total)


def spread_within(counts: FloatArray, scores: FloatArray) -> FloatArray:
    """[Σ (x − y)²/(m − 1) over ordered pairs, m, Σx, Σx²] of units with m > 1, x on [0, 1]: (units, 4)."""
    size = counts.sum(axis=1)
    at = _within_reach(scores)
    at = (at - at.min()) / max(float(np.ptp(at)), 1e-300) if at.size else at
    first, second = counts @ at, counts @ at**2
    paired = size > 1
    apart = 2 * (size * second - first**2) / np.where(paired, size - 1, 1)
    return np.where(paired[:, None], np.column_stack([apart, size, first, second]), 0.0)


def alpha_interval(sums: FloatArray, scores: FloatArray) -> FloatArray:
    """D_o/D_e = (n − 1) Σ(x − y)²/(m − 1) within units / Σ(x − y)² over all, of the sums of `spread_within`."""
    apart, total, first, second = np.moveaxis(sums, -1, 0)
    return _ratio((total - 1) * apart, 2 * (total * second - first**2), total**2)


def coincidences(counts: FloatArray, scores: FloatArray) -> FloatArray:
    """Krippendorff's coincidences r_c(r_k − [c = k])/(m − 1), the upper triangle: (units, K(K + 1)/2)."""
    rows, columns = np.triu_indices(scores.size)
    size = counts.sum(axis=1)
    met = counts[:, rows] * counts[:, columns]
    met[:, rows == columns] -= counts
    return np.asarray(np.where(size > 1, 1 / np.maximum(size - 1, 1), 0.0)[:, None] * met)


def alpha_ordinal(sums: FloatArray, scores: FloatArray) -> FloatArray:
    """D_o/D_e with the distance of mid-ranks in these margins, Krippendorff's Σ_{g=c..k} n_g − (n_c + n_k)/2."""
    rows, columns = np.triu_indices(scores.size)
    margins = _margins(sums, scores.size)
    total = margins.sum(axis=-1)
    ranks = np.cumsum(margins, axis=-1) - margins / 2
    observed = np.zeros_like(total)
    for place, (row, column) in enumerate(zip(rows, columns, strict=True)):
        if row != column:
            observed += sums[..., place] * (ranks[..., row] - ranks[..., column]) ** 2
    expected = total * (margins * ranks**2).sum(axis=-1) - (margins * ranks).sum(axis=-1) ** 2
    return _ratio((total - 1) * observed, expected, total**4)


def alpha_ratio(sums: FloatArray, scores: FloatArray) -> FloatArray:
    """D_o/D_e with the distance ((c − k)/(c + k))², of `coincidences` of values of which none is below 0."""
    rows, columns = np.triu_indices(scores.size)
    scores = _within_reach(scores)
    together = scores[rows] + scores[columns]
    apart = ((scores[rows] - scores[columns]) / np.where(together > 0, together, 1.0)) ** 2
    margins = _margins(sums, scores.size)
    total = margins.sum(axis=-1)
    expected = 2 * (margins[..., rows] * margins[..., columns]) @ apart
    return _ratio(2 * (total - 1) * (sums @ apart), expected, total**2)


def shares_within(counts: FloatArray, scores: FloatArray) -> FloatArray:
    """[Σ r_k(r_k − 1)/(m(m − 1)), 1, r_1/m … r_K/m] of units with m > 1, else 0: (units, K + 2)."""
    size = counts.sum(axis=1)
    paired = size > 1
    met = (counts * (counts - 1)).sum(axis=1) / np.where(paired, size * (size - 1), 1)
    made = np.column_stack([met, np.ones_like(size), counts / np.maximum(size, 1)[:, None]])
    return np.where(paired[:, None], made, 0.0)


def fleiss(sums: FloatArray, scores: FloatArray) -> FloatArray:
    """(1 − P̄)/(1 − Σ p_k²), of the sums of `shares_within`."""
    units = sums[..., 1]
    return _ratio((units - sums[..., 0]) * units, units**2 - (sums[..., 2:] ** 2).sum(axis=-1), units**2)


def gwet_features(weights: Weights) -> Callable[[FloatArray, FloatArray], FloatArray]:
    """[disagreement of the unit's pairs, m > 1, m > 0, r_1/m … r_K/m]: (units, K + 3). A unit with one answer tells
    nothing of agreement, but of how common its category is."""

    def features(counts: FloatArray, scores: FloatArray) -> FloatArray:
        size = counts.sum(axis=1)
        paired = size > 1
        apart = ((counts @ distances(scores, weights)) * counts).sum(axis=1)
        apart = np.where(paired, apart / np.where(paired, size * (size - 1), 1), 0.0)
        return np.column_stack([apart, paired, size > 0, counts / np.maximum(size, 1)[:, None]])

    return features


def gwet(weights: Weights) -> Callable[[FloatArray, FloatArray], FloatArray]:
    """(1 − p_a)/(1 − p_e), p_e = Σ_kl w_kl/(K(K − 1)) · Σ π_k(1 − π_k), w = 1 − distance, of `gwet_features`."""

    def disagreement(sums: FloatArray, scores: FloatArray) -> FloatArray:
        apart, paired, units = sums[..., 0], sums[..., 1], sums[..., 2]
        size = scores.size
        together = float((1 - distances(scores, weights)).sum()) / max(size * (size - 1), 1)
        shares = sums[..., 3:] / np.maximum(units, 1e-300)[..., None]
        by_chance = together * (shares * (1 - shares)).sum(axis=-1)
        return _ratio(apart, paired * (1 - by_chance), paired)

    return disagreement


def positives(counts: FloatArray, scores: FloatArray) -> FloatArray:
    """[r(m − r), r(m − 1)] with r the answers of the highest category, of units with m > 1: (units, 2)."""
    size, positive = counts.sum(axis=1), counts[:, -1]
    return np.column_stack([positive * (size - positive), positive * np.maximum(size - 1, 0)])


def positive(sums: FloatArray, scores: FloatArray) -> FloatArray:
    """Σ r(m − r)/Σ r(m − 1): of the pairs with a positive answer, seen from it, the share where the other is not."""
    return _ratio(sums[..., 0], sums[..., 1], sums[..., 1])


def _within_reach(scores: FloatArray) -> FloatArray:
    """The scores by a power of two, which loses no digit, so that no difference of two of them overflows.

    >>> _within_reach(np.array([-3.0, 1.0])).tolist()
    [-0.75, 0.25]
    """
    return np.asarray(np.ldexp(scores, -np.frexp(np.abs(scores).max(initial=0.0))[1]))


def _margins(sums: FloatArray, width: int) -> FloatArray:
    """How often each category was met, of coincidences as upper triangles."""
    margins = np.zeros((*sums.shape[:-1], width))
    for place, (row, column) in enumerate(zip(*np.triu_indices(width), strict=True)):
        margins[..., row] += sums[..., place]
        if row != column:
            margins[..., column] += sums[..., place]
    return margins


def _ratio(above: FloatArray, below: FloatArray, size: FloatArray) -> FloatArray:
    """NaN where `below` is nothing but the rounding of numbers of this size."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where((size > 1e-9) & (below > 1e-13 * size), above / below, np.nan))
