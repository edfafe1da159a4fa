"""Which of two systems is preferred, from votes on pairs. Pure.

Votes are `Cells` on [0, 1]: 1 for the first system, 0 for the second, ½ for a tie. Formulas: `docs/statistics.md`.
"""

from typing import Final

import numpy as np
import scipy

from evaluation.crossed import Cells, Moments, crossed_wilson, effective_n
from evaluation.estimates import (
    ANY_PANEL,
    FEW_ANNOTATORS,
    INDEPENDENT,
    LEVEL,
    NEAR_AN_END,
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
    wilson,
)

CROSSED: Final = gettext_noop("Wilson interval at the effective number of judgments, clustered by pair and annotator")
OVERLAP: Final = gettext_noop(
    "Wilson interval at the effective number of judgments, two-way sandwich by pair and annotator"
)
PAIRS_ONLY: Final = gettext_noop("Wilson interval at the effective number of judgments, clustered by pair")
MAJORITY: Final = gettext_noop("Wilson interval on the pairs that a majority decided")
AS_PUBLISHED: Final = gettext_noop("Wilson interval, every judgment taken as independent")
LEFT: Final = gettext_noop("Student's t on the annotators' shares of left choices")
WIN_TEST: Final = gettext_noop("t test of a half, two-way analysis of variance by pair and annotator")
BINOMIAL: Final = gettext_noop("exact binomial test, every judgment taken as independent")


def win_rate(votes: Cells, *, level: float = LEVEL) -> Estimates:
    """The share of votes for the first system, ties half.

    Any panel: crossed analysis of variance where everybody judged every pair, otherwise the truncated two-way
    sandwich, and Wilson's limits at n* with Satterthwaite's t. This panel: Wilson at p(1 − p)/V of the pair means
    with t(P − 1). In [0, 1].

    >>> votes = Cells.collect([0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 1, 2] * 3, [1, 1, 1, 1, 0, 1, 0, 1, 1])
    >>> rate = win_rate(votes).any_panel
    >>> [round(number, 2) for number in (rate.value, rate.low, rate.high)]
    [0.78, 0.26, 0.97]
    """
    if not votes.values.size:
        return undefined(NO_JUDGMENTS, method=CROSSED, n=votes.n)
    moments = votes.moments
    size = float(effective_n(moments, units=votes.unit_count, judgments=votes.judgments))
    low, high = crossed_wilson(moments, units=votes.unit_count, judgments=votes.judgments, level=level)
    rate = float(moments.mean)
    n = {**votes.n, "effective": round(size, 1)}
    any_panel = Estimate(
        rate, float(low), float(high), level, ANY_PANEL, n, CROSSED if votes.complete else OVERLAP
    ).noting(*cautions(votes))
    if votes.annotator_count <= 2:
        any_panel = any_panel.without_interval(TWO_ANNOTATORS)
    return Estimates(any_panel, _this_panel(votes, level))


def win_test(votes: Cells) -> Test:
    """t test of a win rate of one half for any panel, with the variance of `win_rate`."""
    if not votes.values.size:
        return Test(None, method=WIN_TEST, reason=NO_JUDGMENTS)
    if votes.annotator_count <= 2:
        return Test(None, method=WIN_TEST, reason=TWO_ANNOTATORS)
    moments = votes.moments
    return t_test(float(moments.mean) - 0.5, float(moments.variance), float(moments.df), method=WIN_TEST)


def majority_share(votes: Cells, *, level: float = LEVEL) -> Estimate:
    """Of the pairs that a majority decided, the share it gave to the first system: another quantity than the win rate.

    Even splits are left out; `n` counts them. Wilson's interval on pairs; it speaks of this panel.

    >>> majority_share(Cells.collect([0, 0, 0, 1, 1, 1], [0, 1, 2] * 2, [1, 1, 0, 0, 0, 1])).value
    0.5
    """
    if not votes.values.size:
        return Estimate(None, target=THIS_PANEL, method=MAJORITY, reason=NO_JUDGMENTS)
    means = votes.unit_means
    decided = means[~np.isclose(means, 0.5)]
    n = {"units": votes.unit_count, "decided": int(decided.size), "undecided": int(means.size - decided.size)}
    if not decided.size:
        return Estimate(
            None, target=THIS_PANEL, n=n, method=MAJORITY, reason=gettext_noop("No pair was decided by a majority.")
        )
    share = float((decided > 0.5).mean())
    low, high = wilson(share, decided.size, scipy.special.ndtri((1 + level) / 2))
    return Estimate(share, float(low), float(high), level, THIS_PANEL, n, MAJORITY)


def side_bias(left: Cells, *, level: float = LEVEL) -> tuple[Estimate, Test]:
    """The share of left choices (1 left, 0 right, ties left out): mean of the annotators' shares, and t against ½.

    Personal habits are what varies, so annotators are the sample; fewer than four say nothing about others.
    """
    n = left.n
    if not left.values.size:
        reason = NO_JUDGMENTS
        return Estimate(None, n=n, method=LEFT, reason=reason), Test(None, method=LEFT, reason=reason)
    shares = left.annotator_means
    value = Estimate(float(shares.mean()), level=level, target=ANY_PANEL, n=n, method=LEFT)
    if shares.size < 4:
        reason = gettext_noop("Fewer than four annotators do not show whether others have side habits.")
        return value.without_interval(reason), Test(None, method=LEFT, reason=reason)
    variance = float(shares.var(ddof=1)) / shares.size
    df = shares.size - 1
    test = t_test(float(shares.mean()) - 0.5, variance, df, method=LEFT)
    if test.p is None:
        reason = gettext_noop("Every annotator chose left equally often, so there is no variation to judge by.")
        return value.without_interval(reason), test
    half = float(t_quantile(df, level)) * variance**0.5
    low, high = max(float(shares.mean()) - half, 0.0), min(float(shares.mean()) + half, 1.0)
    return Estimate(value.value, low, high, level, ANY_PANEL, n, LEFT), test


def as_published(votes: Cells, *, level: float = LEVEL) -> tuple[Estimate, Test]:
    """What papers print: Wilson and the exact binomial on all votes, as if each were independent of every other.

    They are not: this interval covers 47–96 % where it says 95. The test leaves ties out.
    """
    if not votes.values.size:
        return Estimate(None, target=INDEPENDENT, method=AS_PUBLISHED, reason=NO_JUDGMENTS), Test(
            None, reason=NO_JUDGMENTS
        )
    rate = float(votes.values.mean())
    low, high = wilson(rate, votes.values.size, scipy.special.ndtri((1 + level) / 2))
    wins, losses = int((votes.values > 0.5).sum()), int((votes.values < 0.5).sum())
    p = sign_test(wins, losses) if wins + losses else None
    reason = "" if p is not None else gettext_noop("Every judgment is a tie.")
    n = {"judgments": int(votes.values.size)}
    estimate = Estimate(rate, float(low), float(high), level, INDEPENDENT, n, AS_PUBLISHED)
    return estimate, Test(p, method=BINOMIAL, reason=reason)


def sign_test(wins: int, losses: int) -> float:
    """The exact two-sided binomial test of "as often as not".

    Both tails weigh the same here, so it needs no `scipy.stats`, which takes a second to import.

    >>> round(sign_test(8, 2), 4), sign_test(3, 3)
    (0.1094, 1.0)
    """
    return min(1.0, 2 * float(scipy.special.bdtr(min(wins, losses), wins + losses, 0.5)))


def cautions(cells: Cells) -> tuple[str, ...]:
    """What the simulation says about an any-panel interval of cells on [0, 1] with these sizes."""
    few = FEW_ANNOTATORS if cells.annotator_count in (3, 4) else ""
    share = float(cells.moments.mean)
    return few, NEAR_AN_END if not 0.05 <= share <= 0.95 else ""


def _this_panel(votes: Cells, level: float) -> Estimate:
    means: FloatArray = votes.unit_means
    rate = float(votes.moments.mean)
    if votes.unit_count < 2:
        reason = gettext_noop("One pair does not show how pairs differ.")
        return Estimate(rate, level=level, target=THIS_PANEL, n=votes.n, method=PAIRS_ONLY, reason=reason)
    moments = unit_moments(votes)
    size = effective_n(moments, units=votes.unit_count, judgments=votes.judgments)
    low, high = wilson(rate, size, t_quantile(means.size - 1, level))
    n = {**votes.n, "effective": round(float(size), 1)}
    return Estimate(rate, float(low), float(high), level, THIS_PANEL, n, PAIRS_ONLY)


def unit_moments(cells: Cells) -> Moments:
    """The mean with the variance that units alone give it: s²/P of the unit means, P − 1 degrees of freedom.

    Where units have unequal numbers of votes, the ratio form Σ (m_i (ȳ_i − ȳ))² P/(P − 1) / N².
    """
    counts = np.bincount(cells.units, minlength=cells.unit_count)
    mean = float(cells.values.mean())
    spread = counts * (cells.unit_means - mean)
    units = cells.unit_count
    variance = units / (units - 1) * float((spread**2).sum()) / cells.values.size**2
    return Moments(np.asarray(mean), np.asarray(variance), np.asarray(units - 1.0))
