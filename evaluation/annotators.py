"""Each annotator beside the others: agreement, leniency, spread. Pure. How they go about it is in `habits.py`.

Everything is of these annotators; intervals speak of other dialogues. Differences between annotators are no verdict:
somebody who disagrees may be the one who reads closely.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from evaluation.counted import Counted
from evaluation.crossed import clustered_variance
from evaluation.estimates import (
    LEVEL,
    THIS_PANEL,
    BoolArray,
    Estimate,
    FloatArray,
    IntArray,
    gettext_noop,
    t_quantile,
    wilson,
)
from evaluation.ratings import Ratings, codes_of

FEWEST_DIALOGUES: Final = 5
SHARE: Final = gettext_noop("Wilson's interval at the effective number of judgments, clustered by dialogue")
SHIFT: Final = gettext_noop("Mean difference from the others on the same units, Student's t over dialogues")
FEW_DIALOGUES: Final = gettext_noop("Fewer than five dialogues in common with others.")
NOBODY_ELSE: Final = gettext_noop("Nobody else judged the same.")


@dataclass(frozen=True)
class AnnotatorRow:
    """One annotator's answers to one question, beside those of the others about the same units.

    `same`: the share of the others who gave the same answer. `with_majority`: the share of units where the answer is
    the one that most of the others gave, of those where one leads. `without`: the coefficient of the rest without this
    annotator. `leniency`: own answer minus the others' mean. `spread`: own standard deviation, and `relative_spread`
    its ratio to the others' pooled one. `commonest`: the share of the answer given most often.
    """

    annotator: int
    judgments: int
    shared: int
    same: Estimate
    with_majority: Estimate
    without: float | None
    leniency: Estimate
    spread: float | None
    relative_spread: float | None
    commonest: float


def annotator_rows(ratings: Ratings, measure: Counted | None = None, *, level: float = LEVEL) -> list[AnnotatorRow]:
    """Every annotator of some ratings, in the order of their codes; `measure` is the coefficient of `without`.

    >>> answers = [(u, j, (u + (j == 3)) % 2) for u in range(6) for j in range(4)]
    >>> rows = annotator_rows(Ratings.collect(*zip(*answers), [u for u, *_ in answers]))
    >>> [(round(row.same.value, 2), row.with_majority.value) for row in rows[-2:]]
    [(0.67, 1.0), (0.0, 0.0)]
    """
    beside = _Beside.of(ratings)
    without = measure.without_each(ratings.paired) if measure and ratings.paired.units.size else np.empty(0)
    paired = {int(one): place for place, one in enumerate(ratings.paired.annotator_ids)}
    rows = []
    for code, annotator in enumerate(ratings.annotator_ids.tolist()):
        own = ratings.annotators == code
        left = without[paired[annotator]] if without.size and annotator in paired else np.nan
        rows.append(_row(ratings, beside, own, int(annotator), 1 - float(left), level))
    return rows


@dataclass(frozen=True, eq=False)
class _Beside:
    """Of each answer, what the others said about the same unit."""

    shared: BoolArray
    same: FloatArray
    decided: BoolArray
    with_majority: FloatArray
    gap: FloatArray
    value: FloatArray

    @classmethod
    def of(cls, ratings: Ratings) -> "_Beside":
        others = ratings.counts[ratings.units]
        rows = np.arange(ratings.units.size)
        others[rows, ratings.categories] -= 1
        rest = others.sum(axis=1)
        most = others.max(axis=1, initial=0)
        leads = (others == most[:, None]).sum(axis=1) == 1
        value = ratings.scores[ratings.categories]
        own = others[rows, ratings.categories]
        divisor = np.maximum(rest, 1)
        return cls(
            rest > 0,
            own / divisor,
            (rest > 0) & leads,
            (own == most).astype(np.float64),
            value - others @ ratings.scores / divisor,
            value,
        )


def _row(
    ratings: Ratings, beside: _Beside, own: BoolArray, annotator: int, without: float, level: float
) -> AnnotatorRow:
    dialogues = ratings.dialogue_of[ratings.units]
    shared, decided = own & beside.shared, own & beside.decided
    spread = float(beside.value[own].std(ddof=1)) if own.sum() > 1 else None
    return AnnotatorRow(
        annotator,
        int(own.sum()),
        int(shared.sum()),
        _share(beside.same[shared], dialogues[shared], level),
        _share(beside.with_majority[decided], dialogues[decided], level),
        None if np.isnan(without) else without,
        _shift(beside.gap[shared], dialogues[shared], level),
        spread,
        _relative(spread, ratings, beside, own),
        float(np.bincount(ratings.categories[own]).max(initial=0) / max(own.sum(), 1)),
    )


def _share(values: FloatArray, dialogues: IntArray, level: float) -> Estimate:
    share, variance, n, count = _clustered(values, dialogues)
    made = Estimate(share, None, None, level, THIS_PANEL, n, SHARE, NOBODY_ELSE if share is None else FEW_DIALOGUES)
    if share is None or count < FEWEST_DIALOGUES:
        return made
    size = np.clip(share * (1 - share) / variance, 1, values.size) if variance > 0 else float(count)
    low, high = wilson(share, size, t_quantile(count - 1, level))
    return Estimate(share, float(low), float(high), level, THIS_PANEL, n, SHARE)


def _shift(values: FloatArray, dialogues: IntArray, level: float) -> Estimate:
    mean, variance, n, count = _clustered(values, dialogues)
    made = Estimate(mean, None, None, level, THIS_PANEL, n, SHIFT, NOBODY_ELSE if mean is None else FEW_DIALOGUES)
    if mean is None or count < FEWEST_DIALOGUES:
        return made
    half = float(t_quantile(count - 1, level)) * variance**0.5
    return Estimate(mean, mean - half, mean + half, level, THIS_PANEL, n, SHIFT)


def _clustered(values: FloatArray, dialogues: IntArray) -> tuple[float | None, float, dict[str, float], int]:
    """The mean, its variance over dialogues, the sizes, and the number of dialogues."""
    if not values.size:
        return None, 0.0, {"dialogues": 0, "judgments": 0}, 0
    mean = float(values.mean())
    codes = codes_of(dialogues)[1]
    variance, count = clustered_variance(codes, values - mean)
    return mean, float(variance), {"dialogues": count, "judgments": int(values.size)}, count


def _relative(spread: float | None, ratings: Ratings, beside: _Beside, own: BoolArray) -> float | None:
    """To the pooled standard deviation within the other annotators."""
    rest = ~own
    if spread is None or not rest.any():
        return None
    people, values = ratings.annotators[rest], beside.value[rest]
    n = np.bincount(people, minlength=ratings.annotator_count)
    sums = np.bincount(people, weights=values, minlength=ratings.annotator_count)
    within = float(((values - (sums / np.maximum(n, 1))[people]) ** 2).sum())
    df = int(np.maximum(n - 1, 0).sum())
    return spread / (within / df) ** 0.5 if df > 0 and within > 1e-12 else None
