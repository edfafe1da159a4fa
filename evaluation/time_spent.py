"""How long judging took: medians and quarters of the active time on a unit. Pure.

A median of a few annotators' times has no honest interval under ten annotators, so none is given.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evaluation.columns import Work, in_order
from evaluation.estimates import FloatArray


@dataclass(frozen=True)
class Spent:
    """The active seconds on `units` finished units: median, lower and upper quarter, and their sum."""

    units: int
    median: float | None
    low: float | None
    high: float | None
    total: float

    @classmethod
    def of(cls, seconds: npt.ArrayLike) -> "Spent":
        """
        >>> Spent.of([10, 20, 30, 40, 100])
        Spent(units=5, median=30.0, low=20.0, high=40.0, total=200.0)
        """
        known: FloatArray = np.asarray(seconds, dtype=np.float64)
        if not known.size:
            return cls(0, None, None, None, 0.0)
        low, median, high = (float(one) for one in np.quantile(known, [0.25, 0.5, 0.75]))
        return cls(int(known.size), median, low, high, float(known.sum()))


@dataclass(frozen=True)
class TimeSpent:
    """Time on the finished units of a block: all together, by annotator, and by the place of a system.

    `unknown` units have no time on record. Of pairs nothing is said by system.
    """

    whole: Spent
    annotators: tuple[tuple[str, Spent], ...]
    systems: tuple[tuple[int, Spent], ...]
    unknown: int


def time_spent(work: Work, names: Mapping[int, str], systems: int) -> TimeSpent:
    """The time that `work` took; `names` are those of its annotators, `systems` how many are told apart (0: none)."""
    known = work.submitted & (work.seconds > 0)
    seconds, annotator, system = work.seconds[known], work.annotator[known], work.system[known]
    return TimeSpent(
        Spent.of(seconds),
        tuple(
            (names.get(one, str(one)), Spent.of(seconds[annotator == one]))
            for one in sorted(np.unique(annotator).tolist(), key=lambda one: in_order(names.get(one, "")))
        ),
        tuple((one, Spent.of(seconds[system == one])) for one in range(systems)),
        int((work.submitted & (work.seconds <= 0)).sum()),
    )
