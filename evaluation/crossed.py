"""The mean of values that cluster twice, by unit and by annotator: its variance and degrees of freedom. Pure.

Everything here takes leading axes, so that the product and the simulation that vouches for it run the same code.
Formulas: `docs/statistics.md`. Sources: Satterthwaite (1946); Cameron, Gelbach & Miller (2011); Wilson (1927).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

from evaluation.estimates import LEVEL, FloatArray, IntArray, t_quantile, wilson

NOTHING: Final = 1e-15
MORE: Final = 1 + 1e-9  # rounding alone must not decide whether a part is kept: the degrees of freedom jump


@dataclass(frozen=True)
class Moments:
    """A mean, the variance of that mean and the degrees of freedom of that variance (arrays of one shape)."""

    mean: FloatArray
    variance: FloatArray
    df: FloatArray


@dataclass(frozen=True, eq=False)
class Cells:
    """One value for each unit that an annotator judged: the mean of their answers about it.

    `units` and `annotators` are codes into `unit_ids` and `annotator_ids`; `judgments` is the number of answers
    behind all cells.
    """

    unit_ids: npt.NDArray[np.int64]
    annotator_ids: npt.NDArray[np.int64]
    units: IntArray
    annotators: IntArray
    values: FloatArray
    judgments: int

    @classmethod
    def collect(cls, units: npt.ArrayLike, annotators: npt.ArrayLike, values: npt.ArrayLike) -> "Cells":
        """Average the answers of each annotator about each unit.

        >>> Cells.collect([1, 1, 2], [7, 7, 7], [0, 2, 1]).values.tolist()
        [1.0, 1.0]
        """
        unit_ids, unit_codes = np.unique(np.asarray(units, dtype=np.int64), return_inverse=True)
        annotator_ids, annotator_codes = np.unique(np.asarray(annotators, dtype=np.int64), return_inverse=True)
        numbers = np.asarray(values, dtype=np.float64)
        width = max(annotator_ids.size, 1)
        keys, where = np.unique(unit_codes * width + annotator_codes, return_inverse=True)
        sums = np.bincount(where, weights=numbers, minlength=keys.size)
        counts = np.bincount(where, minlength=keys.size)
        return cls(unit_ids, annotator_ids, keys // width, keys % width, sums / np.maximum(counts, 1), numbers.size)

    @property
    def unit_count(self) -> int:
        return int(self.unit_ids.size)

    @property
    def annotator_count(self) -> int:
        return int(self.annotator_ids.size)

    @property
    def complete(self) -> bool:
        """Everybody judged everything."""
        return self.values.size == self.unit_count * self.annotator_count

    @property
    def n(self) -> dict[str, float]:
        return {"units": self.unit_count, "annotators": self.annotator_count, "judgments": self.judgments}

    @cached_property
    def unit_means(self) -> FloatArray:
        sums = np.bincount(self.units, weights=self.values, minlength=self.unit_count)
        return sums / np.bincount(self.units, minlength=self.unit_count)

    @cached_property
    def annotator_means(self) -> FloatArray:
        sums = np.bincount(self.annotators, weights=self.values, minlength=self.annotator_count)
        return sums / np.bincount(self.annotators, minlength=self.annotator_count)

    @cached_property
    def moments(self) -> Moments:
        """The crossed analysis of variance where the table is complete, the sandwich where it is not."""
        if self.complete and min(self.unit_count, self.annotator_count) > 1:
            return crossed_moments(self.table)
        return overlap_moments(self.units, self.annotators, self.values)

    @property
    def table(self) -> FloatArray:
        """Units × annotators; only of complete cells."""
        return self.values.reshape(self.unit_count, self.annotator_count)

    def rescaled(self, low: float, high: float) -> "Cells":
        """The same on [0, 1]."""
        values = (self.values - low) / (high - low)
        return Cells(self.unit_ids, self.annotator_ids, self.units, self.annotators, values, self.judgments)


def mean_squares(table: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """MS between units, between annotators and of what remains, of tables (..., units, annotators)."""
    units, annotators = table.shape[-2:]
    grand = table.mean(axis=(-2, -1))
    unit_means, annotator_means = table.mean(axis=-1), table.mean(axis=-2)
    by_unit = annotators * ((unit_means - grand[..., None]) ** 2).sum(-1)
    by_annotator = units * ((annotator_means - grand[..., None]) ** 2).sum(-1)
    residual = table - unit_means[..., :, None] - annotator_means[..., None, :] + grand[..., None, None]
    error = (residual**2).sum(axis=(-2, -1))
    return (
        by_unit / (units - 1),
        by_annotator / (annotators - 1),
        error / ((units - 1) * (annotators - 1)),
    )


def crossed_moments(table: FloatArray) -> Moments:
    """Mean of a complete table (..., P units, A annotators), both drawn at random.

    V = M/(PA), M = MS_E + (MS_P − MS_E)₊ + (MS_A − MS_E)₊; Satterthwaite's degrees of freedom over the parts kept,
    within [min(P, A) − 1, (P − 1)(A − 1)].

    >>> moments = crossed_moments(np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 0.0]]))
    >>> float(moments.mean.round(3)), float(moments.variance.round(4))
    (0.667, 0.1111)
    """
    units, annotators = table.shape[-2:]
    ms_unit, ms_annotator, ms_error = mean_squares(table)
    unit_counts, annotator_counts = ms_unit > ms_error * MORE, ms_annotator > ms_error * MORE
    total = (
        ms_error + np.where(unit_counts, ms_unit - ms_error, 0) + np.where(annotator_counts, ms_annotator - ms_error, 0)
    )
    error_df = (units - 1) * (annotators - 1)
    parts = (
        np.where(unit_counts, ms_unit, 0) ** 2 / (units - 1)
        + np.where(annotator_counts, ms_annotator, 0) ** 2 / (annotators - 1)
        + np.where(unit_counts ^ annotator_counts, 0, ms_error) ** 2 / error_df
    )
    df = _ratio(total**2, parts, otherwise=error_df)
    return Moments(
        np.asarray(table.mean(axis=(-2, -1))),
        np.asarray(total / (units * annotators)),
        np.clip(df, min(units, annotators) - 1, error_df),
    )


def overlap_moments(units: IntArray, annotators: IntArray, values: FloatArray) -> Moments:
    """Mean of values (..., N), each of one unit and one annotator, when not everybody judged everything.

    The two-way sandwich of Cameron, Gelbach & Miller with its parts truncated at 0:
    V = V₀ + (V_P − V₀)₊ + (V_A − V₀)₊, with Satterthwaite's degrees of freedom, at least min(P, A) − 1.
    """
    size = values.shape[-1]
    mean = values.mean(axis=-1)
    if size < 2:
        return Moments(np.asarray(mean), np.zeros_like(mean), np.ones_like(mean))
    errors = values - mean[..., None]
    v_unit, unit_count = clustered_variance(units, errors)
    v_annotator, annotator_count = clustered_variance(annotators, errors)
    v_zero = (errors**2).sum(-1) / (size * (size - 1))
    variance, df = sandwich((v_unit, unit_count), (v_annotator, annotator_count), (v_zero, size))
    return Moments(np.asarray(mean), variance, df)


def sandwich(
    by_unit: tuple[FloatArray, int], by_annotator: tuple[FloatArray, int], by_cell: tuple[FloatArray, int]
) -> tuple[FloatArray, FloatArray]:
    """V₀ + (V_P − V₀)₊ + (V_A − V₀)₊ and its degrees of freedom, from each variance and its number of clusters."""
    (v_unit, units), (v_annotator, annotators), (v_zero, cells) = by_unit, by_annotator, by_cell
    unit_counts, annotator_counts = v_unit > v_zero * MORE, v_annotator > v_zero * MORE
    variance = v_zero + np.where(unit_counts, v_unit - v_zero, 0) + np.where(annotator_counts, v_annotator - v_zero, 0)
    parts = (
        np.where(unit_counts, v_unit, 0) ** 2 / max(units - 1, 1)
        + np.where(annotator_counts, v_annotator, 0) ** 2 / max(annotators - 1, 1)
        + np.where(unit_counts ^ annotator_counts, 0, v_zero) ** 2 / max(cells - 1, 1)
    )
    df = _ratio(variance**2, parts, otherwise=max(cells - 1, 1))
    return np.asarray(variance), np.maximum(df, max(min(units, annotators) - 1, 1))


def two_systems_variance(
    dialogues: Sequence[tuple[float, float]],
    annotators: tuple[float, int],
    noise: Sequence[tuple[float, float]],
) -> tuple[float, float]:
    """The variance of what compares two systems' own dialogues, judged by the same annotators, and its df.

    V = V_D + (V_A − V_DA)₊: `dialogues` has each system's part of V_D and its df, `annotators` V_A and how many they
    are, `noise` each system's part of V_DA and its df. Satterthwaite's degrees of freedom, within [J − 1, ΣD − 2].
    """
    v_annotator, count = annotators
    v_noise = sum(part for part, _ in noise)
    variance = sum(part for part, _ in dialogues) + max(v_annotator - v_noise, 0.0)
    below = sum(part**2 / df for part, df in dialogues)
    if v_annotator > v_noise * MORE:
        below += v_annotator**2 / (count - 1) + sum(part**2 / df for part, df in noise)
    most = sum(df for _, df in dialogues)
    return variance, float(np.clip(variance**2 / below if below else most, min(count - 1, most), most))


def clustered_variance(codes: IntArray, errors: FloatArray) -> tuple[FloatArray, int]:
    """G/(G−1) Σ_g (Σ e)²/N² over the G clusters that `codes` names, and G."""
    sums = cluster_sums(codes, errors)
    count = int(np.unique(codes).size)
    if count < 2:
        return np.zeros(errors.shape[:-1]), count
    return np.asarray(count / (count - 1) * (sums**2).sum(-1) / errors.shape[-1] ** 2), count


def cluster_sums(codes: IntArray, values: FloatArray) -> FloatArray:
    """Sums of values (..., N) within each cluster: (..., clusters)."""
    members = scipy.sparse.csr_array((np.ones(codes.size), (codes, np.arange(codes.size))))
    flat = values.reshape(-1, codes.size)
    return np.asarray((members @ flat.T).T).reshape(*values.shape[:-1], members.shape[0])


def effective_n(moments: Moments, *, units: int, judgments: int) -> FloatArray:
    """n* = p(1 − p)/V, at least 1 and at most the number of judgments; the number of units where nothing varies."""
    share = moments.mean
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.maximum(share * (1 - share), 0) / moments.variance
    return np.asarray(np.where(moments.variance <= NOTHING, float(units), np.clip(ratio, 1.0, float(judgments))))


def crossed_wilson(
    moments: Moments, *, units: int, judgments: int, level: float = LEVEL
) -> tuple[FloatArray, FloatArray]:
    """Wilson's limits at n* with Student's quantile, for a mean on [0, 1]."""
    size = effective_n(moments, units=units, judgments=judgments)
    return wilson(moments.mean, size, t_quantile(moments.df, level))


def _ratio(above: FloatArray, below: FloatArray, *, otherwise: float) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(below > 0, above / below, otherwise))
