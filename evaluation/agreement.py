"""How far annotators agree, beyond chance or plainly, with intervals that respect both clusters. Pure.

`COEFFICIENTS` is the table of all of them: each says which scales it suits, and properties, pages and exports follow
from its line. Formulas: `docs/statistics.md`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from evaluation import agreement_words as said
from evaluation import coefficients as formulas
from evaluation.counted import Counted
from evaluation.coverage import simulated_coverage
from evaluation.estimates import (
    ANY_PANEL,
    LEVEL,
    THIS_PANEL,
    TWO_ANNOTATORS,
    Estimate,
    Estimates,
    gettext_noop,
    undefined,
)
from evaluation.intraclass import (
    Intraclass,
    one_way,
    one_way_limits,
    two_way,
    two_way_limits,
    two_way_mean,
    two_way_mean_limits,
)
from evaluation.jackknife import limits, spread
from evaluation.pairwise import Pair, Pairwise, cohen, pearson, spearman
from evaluation.ratings import Ratings

Distance = Literal["nominal", "ordinal", "interval", "ratio"]
FEW_POSITIVES: Final = 30
ANY_CLASS: Final = ("binary", "nominal", "preference")


def nothing_more(ratings: Ratings) -> str:
    return ""


def equal_numbers(ratings: Ratings) -> str:
    return "" if np.unique(ratings.sizes).size == 1 else said.UNEQUAL_NUMBERS


def nothing_below_zero(ratings: Ratings) -> str:
    return said.BELOW_ZERO if ratings.scores.size and ratings.scores[0] < 0 else ""


def complete_table(ratings: Ratings) -> str:
    if ratings.dialogue_of.size < 2:
        return said.ONE_UNIT
    return "" if ratings.complete else said.INCOMPLETE


def enough_positives(ratings: Ratings) -> str:
    if ratings.scores.size != 2:
        return said.NOT_TWO_CATEGORIES
    return "" if positive_counts(ratings)["positives"] >= FEW_POSITIVES else said.TOO_FEW_POSITIVES


@dataclass(frozen=True)
class Coefficient:
    """One way to measure agreement.

    `scales` are those of the instruments that it suits. `distance` says which new names of the categories leave it as
    it is: any, any in the same order, another unit and zero, or another unit alone. `needs` gives the reason why it
    cannot be had of some ratings. `alone`: answers about units that nobody else judged count as well. `steady`: its
    intervals hold from ten dialogues on, and where one category is common.
    """

    key: str
    title: str
    scales: tuple[str, ...]
    distance: Distance
    measure: Counted | Pairwise | Intraclass
    beyond_chance: bool = True
    needs: Callable[[Ratings], str] = nothing_more
    alone: bool = False
    steady: bool = False

    @property
    def least(self) -> float:
        """Its intervals end here."""
        if isinstance(self.measure, Intraclass):
            return -math.inf
        return -1.0 if self.beyond_chance else 0.0


COEFFICIENTS: Final[Mapping[str, Coefficient]] = {
    coefficient.key: coefficient
    for coefficient in (
        Coefficient("alpha-ordinal", gettext_noop("Krippendorff's α (ordinal)"), ("ordinal",), "ordinal",
                    Counted(formulas.coincidences, formulas.alpha_ordinal)),
        Coefficient("alpha-interval", gettext_noop("Krippendorff's α (interval)"), ("interval",), "interval",
                    Counted(formulas.spread_within, formulas.alpha_interval)),
        Coefficient("alpha-ratio", gettext_noop("Krippendorff's α (ratio)"), (), "ratio",
                    Counted(formulas.coincidences, formulas.alpha_ratio), needs=nothing_below_zero),
        Coefficient("alpha-nominal", gettext_noop("Krippendorff's α (nominal)"), ANY_CLASS, "nominal",
                    Counted(formulas.pairs_within, formulas.alpha_nominal)),
        Coefficient("exact", gettext_noop("Exact agreement"), ("ordinal", "interval", *ANY_CLASS), "nominal",
                    Counted(formulas.pairs_within, formulas.exact), beyond_chance=False, steady=True),
        Coefficient("positive", gettext_noop("Positive agreement"), ("binary",), "ordinal",
                    Counted(formulas.positives, formulas.positive), beyond_chance=False, steady=True,
                    needs=enough_positives),
        Coefficient("ac1", gettext_noop("Gwet's AC1"), ("ordinal", *ANY_CLASS), "nominal",
                    Counted(formulas.gwet_features("nominal"), formulas.gwet("nominal")), alone=True, steady=True),
        Coefficient("ac2-linear", gettext_noop("Gwet's AC2 (linear)"), ("ordinal",), "interval",
                    Counted(formulas.gwet_features("linear"), formulas.gwet("linear")), alone=True, steady=True),
        Coefficient("ac2-quadratic", gettext_noop("Gwet's AC2 (quadratic)"), ("ordinal",), "interval",
                    Counted(formulas.gwet_features("quadratic"), formulas.gwet("quadratic")), alone=True, steady=True),
        Coefficient("kappa", gettext_noop("Cohen's κ, mean of pairs"), ("ordinal", *ANY_CLASS), "nominal",
                    Pairwise(cohen("nominal"))),
        Coefficient("kappa-linear", gettext_noop("Cohen's κ (linear), mean of pairs"), ("ordinal",), "interval",
                    Pairwise(cohen("linear"))),
        Coefficient("kappa-quadratic", gettext_noop("Cohen's κ (quadratic), mean of pairs"), ("ordinal",), "interval",
                    Pairwise(cohen("quadratic"))),
        Coefficient("fleiss", gettext_noop("Fleiss' κ"), ("ordinal", *ANY_CLASS), "nominal",
                    Counted(formulas.shares_within, formulas.fleiss), needs=equal_numbers, alone=True),
        Coefficient("spearman", gettext_noop("Spearman's ρ, mean of pairs"), ("ordinal", "interval"), "ordinal",
                    Pairwise(spearman)),
        Coefficient("pearson", gettext_noop("Pearson's r, mean of pairs"), ("interval",), "interval",
                    Pairwise(pearson)),
        Coefficient("icc-1", gettext_noop("ICC(1)"), ("ordinal", "interval"), "interval",
                    Intraclass(one_way, one_way_limits), needs=complete_table, alone=True),
        Coefficient("icc-2-1", gettext_noop("ICC(2,1)"), ("ordinal", "interval"), "interval",
                    Intraclass(two_way, two_way_limits), needs=complete_table, alone=True),
        Coefficient("icc-2-k", gettext_noop("ICC(2,k)"), ("ordinal", "interval"), "interval",
                    Intraclass(two_way_mean, two_way_mean_limits), needs=complete_table, alone=True),
    )
}  # fmt: skip
SCALES: Final = ("ordinal", "interval", "binary", "nominal", "preference", "span", "text")
FITTING: Final[Mapping[str, tuple[str, ...]]] = {
    scale: tuple(key for key, one in COEFFICIENTS.items() if scale in one.scales) for scale in SCALES
}
"""Every coefficient that suits a scale, the first of them its headline."""
BY_SCALE: Final[Mapping[str, tuple[str, ...]]] = {
    scale: tuple(key for key in keys if key.startswith("alpha") or key == "exact") for scale, keys in FITTING.items()
}
"""The two that stand beside every criterion."""


def agreement(ratings: Ratings, coefficient: str, *, level: float = LEVEL) -> Estimates:
    """A coefficient of `COEFFICIENTS` with its intervals, for any panel and for this panel.

    Intervals by the two-way jackknife on log(1 − coefficient) (`jackknife.spread`), of the intraclass correlations
    by McGraw & Wong's formulas. No variation at all is undefined, never 1.

    >>> ratings = Ratings.collect([1, 1, 2, 2], [1, 2, 1, 2], [0, 0, 1, 0], [1, 1, 2, 2])
    >>> round(agreement(ratings, "alpha-nominal").any_panel.value, 3), agreement(ratings, "exact").any_panel.value
    (0.0, 0.5)
    """
    kind = COEFFICIENTS[coefficient]
    used = ratings if kind.alone else ratings.paired
    n = sizes_of(used, kind)
    reason = _undefined_because(used, kind)
    apart = float("nan") if reason else kind.measure.point(used)
    if np.isnan(apart):
        return undefined(reason or said.NO_VALUE, method=said.method(kind.measure, ANY_PANEL), n=n)
    point = 1 - apart
    found = (
        _intraclass(used, kind.measure, point, n, level)
        if isinstance(kind.measure, Intraclass)
        else _jackknifed(used, kind, kind.measure, point, n, level)
    )
    left_out = n.get("pairs_left_out", 0)
    notes = said.notes(used, beyond_chance=not kind.steady, measure=kind.measure, left_out=left_out)
    return Estimates(*(_covered(one.noting(*notes), used, kind) for one in (found.any_panel, found.this_panel)))


def pairs_of_annotators(ratings: Ratings, coefficient: str) -> list[Pair]:
    """A mean over pairs, pair by pair.

    >>> ratings = Ratings.collect([1, 1, 2, 2], [7, 8, 7, 8], [0, 0, 1, 1], [1, 1, 2, 2])
    >>> pairs_of_annotators(ratings, "kappa")
    [Pair(first=0, second=1, units=2, value=1.0)]
    """
    measure = COEFFICIENTS[coefficient].measure
    if not isinstance(measure, Pairwise):
        raise ValueError(f"{coefficient} is no mean over pairs of annotators")
    return measure.pairs(ratings.paired)


def positive_counts(ratings: Ratings) -> dict[str, float]:
    """Units that anybody, and that everybody, gave the highest category, of those that two or more judged.

    >>> positive_counts(Ratings.collect([1, 1, 2, 2], [1, 2, 1, 2], [1, 1, 1, 0], [1, 1, 2, 2]))
    {'positives': 2, 'positives_all': 1}
    """
    paired = ratings.sizes > 1
    highest = ratings.counts[paired, -1] if ratings.scores.size else np.empty(0)
    return {
        "positives": int((highest > 0).sum()),
        "positives_all": int(((highest > 0) & (highest == ratings.sizes[paired])).sum()),
    }


def sizes_of(ratings: Ratings, kind: Coefficient) -> dict[str, float]:
    """What the coefficient rests on; of means over pairs also how many have none since an annotator never varied."""
    n = ratings.n
    if kind.key == "positive":
        return n | positive_counts(ratings)
    if isinstance(kind.measure, Pairwise) and ratings.varies:
        pairs = kind.measure.pairs(ratings)
        left_out = sum(pair.value is None for pair in pairs)
        return n | {"pairs_of_annotators": len(pairs) - left_out, "pairs_left_out": left_out}
    return n


def _covered(estimate: Estimate, ratings: Ratings, kind: Coefficient) -> Estimate:
    """With the coverage that was simulated at this size, where α keeps no promise."""
    if not kind.key.startswith("alpha") or estimate.low is None:
        return estimate
    if ratings.dialogue_count >= 50 and ratings.largest_share <= 0.9:
        return estimate
    held = simulated_coverage(ratings.dialogue_count, ratings.largest_share, estimate.target)
    return replace(estimate, coverage=held)


def _undefined_because(ratings: Ratings, kind: Coefficient) -> str:
    if not (ratings.sizes > 1).any():
        return said.NO_PAIRS
    reason = kind.needs(ratings)
    if reason:
        return reason
    return said.NO_VARIATION if kind.beyond_chance and not ratings.varies else ""


def _jackknifed(
    ratings: Ratings, kind: Coefficient, measure: Counted | Pairwise, point: float, n: Mapping[str, float], level: float
) -> Estimates:
    any_panel = Estimate(point, level=level, n=n, method=said.JACKKNIFE)
    this_panel = Estimate(point, None, None, level, THIS_PANEL, n, said.DIALOGUE_JACKKNIFE)
    withheld = _withheld(ratings, kind, point)
    if withheld:
        return Estimates(any_panel.without_interval(withheld), this_panel.without_interval(withheld))
    found = spread(measure.left_out(ratings))
    ends = {"least": kind.least, "level": level}
    low, high = limits(found.centre, found.dialogue_variance, found.dialogue_df, **ends)
    this_panel = _between(this_panel, float(low), float(high))
    if ratings.annotator_count <= 2:
        return Estimates(any_panel.without_interval(TWO_ANNOTATORS), this_panel)
    low, high = limits(found.centre, found.variance, found.df, **ends)
    return Estimates(_between(any_panel, float(low), float(high)), this_panel)


def _intraclass(ratings: Ratings, measure: Intraclass, point: float, n: Mapping[str, float], level: float) -> Estimates:
    any_panel = Estimate(point, level=level, n=n, method=said.MCGRAW_WONG)
    this_panel = Estimate(point, None, None, level, THIS_PANEL, n, said.MCGRAW_WONG, said.OTHERS_ONLY)
    if point >= 1 - 1e-12:
        return Estimates(any_panel.without_interval(said.PERFECT), this_panel)
    low, high = sorted(measure.limits(ratings.table, level))
    return Estimates(_between(any_panel, low, high), this_panel)


def _between(estimate: Estimate, low: float, high: float) -> Estimate:
    if not (np.isfinite(low) and np.isfinite(high)):
        return estimate.without_interval(said.TOO_THIN)
    return replace(estimate, low=low, high=high)


def _withheld(ratings: Ratings, kind: Coefficient, point: float) -> str:
    if not kind.steady and ratings.dialogue_count < 20:
        return said.FEW_DIALOGUES
    if ratings.dialogue_count < 10:
        return said.VERY_FEW_DIALOGUES
    if not kind.steady and ratings.largest_share > 0.95:
        return said.ONE_CATEGORY
    return said.PERFECT if point >= 1 - 1e-12 else ""
