"""Intraclass correlations of a complete table, with the intervals of McGraw & Wong (1996). Pure.

Tables hold values of n units by k annotators; MS_R, MS_C and MS_E are their mean squares between units, between
annotators and of what remains.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from evaluation.crossed import mean_squares
from evaluation.estimates import FloatArray
from evaluation.ratings import Ratings

Limits = tuple[float, float]
EXAMPLE: Final = np.array([[9.0, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
"""Six units by four annotators: table 2 of Shrout & Fleiss (1979)."""


@dataclass(frozen=True)
class Intraclass:
    """`value`: of a table, NaN where it is undefined. `limits`: of a table and a level, where the value is below 1."""

    value: Callable[[FloatArray], float]
    limits: Callable[[FloatArray, float], Limits]

    def point(self, ratings: Ratings) -> float:
        """1 − coefficient."""
        return 1 - self.value(ratings.table)


def one_way(table: FloatArray) -> float:
    """ICC(1), another set of annotators for each unit: (MS_B − MS_W)/(MS_B + (k − 1)MS_W). Shrout & Fleiss (1979).

    >>> round(one_way(EXAMPLE), 4)
    0.1657
    """
    between, within = _one_way_squares(table)
    return _ratio(between - within, between + (table.shape[1] - 1) * within)


def one_way_limits(table: FloatArray, level: float) -> Limits:
    """With F = MS_B/MS_W on n − 1 and n(k − 1): (F/q − 1)/(F/q + k − 1). McGraw & Wong (1996), table 7.

    >>> [round(one, 4) for one in one_way_limits(EXAMPLE, 0.95)]
    [-0.1329, 0.7226]
    """
    units, people = table.shape
    between, within = _one_way_squares(table)
    df = units * (people - 1)
    low = between / within / _quantile(units - 1, df, level)
    high = between / within * _quantile(df, units - 1, level)
    return (low - 1) / (low + people - 1), (high - 1) / (high + people - 1)


def two_way(table: FloatArray) -> float:
    """ICC(2,1), absolute agreement of single annotators, drawn at random and judging everything:
    (MS_R − MS_E)/(MS_R + (k − 1)MS_E + k(MS_C − MS_E)/n). Shrout & Fleiss (1979).

    >>> round(two_way(EXAMPLE), 4)
    0.2898
    """
    units, people = table.shape
    rows, columns, rest = (float(one) for one in mean_squares(table))
    return _ratio(rows - rest, rows + (people - 1) * rest + people * (columns - rest) / units)


def two_way_limits(table: FloatArray, level: float) -> Limits:
    """By Satterthwaite's degrees of freedom of a·MS_C + b·MS_E, a = kρ/(n(1 − ρ)), b = 1 + kρ(n − 1)/(n(1 − ρ)).
    McGraw & Wong (1996), table 7, ICC(A,1).

    >>> [round(one, 4) for one in two_way_limits(EXAMPLE, 0.95)]
    [0.0188, 0.7611]
    """
    units, people = table.shape
    rows, columns, rest = (float(one) for one in mean_squares(table))
    value = two_way(table)
    odds = value / (1 - value) * people / units
    a, b = odds * columns, (1 + odds * (units - 1)) * rest
    error_df = float((units - 1) * (people - 1))
    below = a**2 / (people - 1) + b**2 / error_df
    df = (a + b) ** 2 / below if below > 0 else error_df
    other = people * columns + (people * units - people - units) * rest
    lower, upper = _quantile(units - 1, df, level), _quantile(df, units - 1, level)
    return (
        _ratio(units * (rows - lower * rest), lower * other + units * rows),
        _ratio(units * (upper * rows - rest), other + units * upper * rows),
    )


def two_way_mean(table: FloatArray) -> float:
    """ICC(2,k), of the mean of the k annotators: kρ/(1 + (k − 1)ρ) with ρ = ICC(2,1). Shrout & Fleiss (1979).

    >>> round(two_way_mean(EXAMPLE), 4)
    0.6201
    """
    return _of_mean(two_way(table), table.shape[1])


def two_way_mean_limits(table: FloatArray, level: float) -> Limits:
    """The limits of ICC(2,1), taken to the mean of k annotators. McGraw & Wong (1996), ICC(A,k).

    >>> [round(one, 4) for one in two_way_mean_limits(EXAMPLE, 0.95)]
    [0.0711, 0.9272]
    """
    low, high = two_way_limits(table, level)
    return _of_mean(low, table.shape[1]), _of_mean(high, table.shape[1])


def _one_way_squares(table: FloatArray) -> tuple[float, float]:
    units = table.shape[0]
    between, annotators, rest = (float(one) for one in mean_squares(table))
    return between, (annotators + (units - 1) * rest) / units


def _of_mean(single: float, people: int) -> float:
    """NaN where annotators agree so much less than by chance that their mean has no reliability."""
    return _ratio(people * single, 1 + (people - 1) * single)


def _ratio(above: float, below: float) -> float:
    return above / below if below > 1e-12 else float("nan")


def _quantile(above: float, below: float, level: float) -> float:
    return float(scipy.special.fdtri(above, below, (1 + level) / 2))
