"""What every figure is: a value that says its interval, its n, its method, for whom it speaks, or why it is missing.

Pure. The sentences here are marked with `words` and translated where they are shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import scipy

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Target = Literal["any panel", "this panel", "independent votes"]
LEVEL: Final = 0.95
ANY_PANEL: Final = "any panel"
THIS_PANEL: Final = "this panel"
INDEPENDENT: Final = "independent votes"


def words(text: str) -> str:
    """Mark a sentence for translation, unchanged."""
    return text


gettext_noop = words

FEW_ANNOTATORS: Final = gettext_noop(
    "Indicative: with three or four annotators the simulated coverage of such intervals was 91–99 %."
)
TWO_ANNOTATORS: Final = gettext_noop("Two annotators say nothing about other annotators: only this panel is described.")
NEAR_AN_END: Final = gettext_noop("Indicative: within 5 % of an end of the scale the simulated coverage was 91–98 %.")
NO_JUDGMENTS: Final = gettext_noop("There are no judgments yet.")


@dataclass(frozen=True)
class Estimate:
    """A figure. `low` and `high` are missing where no honest interval exists, `value` where it is undefined;
    `reason` then says why. `target` names for whom the interval speaks: other annotators like these ("any panel")
    or these annotators alone ("this panel"), in both cases other dialogues or pairs; "independent votes" speaks for
    nobody and is there to compare with papers. `coverage`, where an interval may hold less than it says: how often such
    intervals held the truth in simulated studies of about this size, at the least and at the most."""

    value: float | None
    low: float | None = None
    high: float | None = None
    level: float = LEVEL
    target: Target = ANY_PANEL
    n: Mapping[str, float] = field(default_factory=dict)
    method: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()
    coverage: tuple[float, float] | None = None

    def without_interval(self, reason: str) -> "Estimate":
        return replace(self, low=None, high=None, reason=reason)

    def noting(self, *notes: str) -> "Estimate":
        """The same with these notes added, those that are not empty."""
        return replace(self, notes=self.notes + tuple(note for note in notes if note))

    def scaled(self, change: Callable[[float], float]) -> "Estimate":
        """Every number moved by a monotone `change`; the limits stay in order."""
        value, low, high = (None if number is None else change(number) for number in (self.value, self.low, self.high))
        if low is not None and high is not None and low > high:
            low, high = high, low
        return replace(self, value=value, low=low, high=high)


@dataclass(frozen=True)
class Estimates:
    """One figure with both of its intervals."""

    any_panel: Estimate
    this_panel: Estimate

    @property
    def headline(self) -> Estimate:
        """Other annotators like these, unless two annotators allow to speak of themselves alone."""
        if self.any_panel.low is None and self.this_panel.low is not None:
            return self.this_panel
        return self.any_panel

    def scaled(self, change: Callable[[float], float]) -> "Estimates":
        return Estimates(self.any_panel.scaled(change), self.this_panel.scaled(change))


@dataclass(frozen=True)
class Test:
    """A two-sided test: its p-value, statistic and degrees of freedom, or the reason why there is none."""

    __test__ = False

    p: float | None
    statistic: float | None = None
    df: float | None = None
    method: str = ""
    reason: str = ""


def undefined(reason: str, *, method: str = "", n: Mapping[str, float] | None = None) -> Estimates:
    """A figure that does not exist, for both targets."""
    missing = Estimate(None, method=method, n=n or {}, reason=reason)
    return Estimates(missing, replace(missing, target=THIS_PANEL))


def t_quantile(df: npt.ArrayLike, level: float = LEVEL) -> FloatArray:
    """The two-sided quantile of Student's t.

    >>> round(float(t_quantile(49)), 3)
    2.01
    """
    return np.asarray(scipy.special.stdtrit(np.asarray(df, dtype=np.float64), (1 + level) / 2))


def t_test(difference: float, variance: float, df: float, *, method: str) -> Test:
    """`difference` against 0 with this variance; without variance there is no test."""
    if variance <= 1e-15:
        return Test(None, method=method, reason=gettext_noop("No variation: there is nothing to test against."))
    statistic = difference / float(np.sqrt(variance))
    return Test(float(2 * scipy.special.stdtr(df, -abs(statistic))), statistic, df, method)


def wilson(p: npt.ArrayLike, n: npt.ArrayLike, quantile: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Wilson's score limits for a share `p` of `n`, which need not be whole (Wilson 1927; Franco et al. 2019).

    >>> [round(float(limit), 4) for limit in wilson(308 / 350, 350, 1.959964)]
    [0.8418, 0.91]
    """
    share, size, q = (np.asarray(number, dtype=np.float64) for number in (p, n, quantile))
    square = q * q / size
    centre = (share + square / 2) / (1 + square)
    half = q * np.sqrt(np.maximum(share * (1 - share), 0) / size + square / (4 * size)) / (1 + square)
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)
