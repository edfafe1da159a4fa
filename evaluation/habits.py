"""How annotators go about it: straight lines, pace, side habits. Pure.

A habit is a hint where to look, not a verdict: whoever is fast may be practised.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from evaluation.comparison import holm
from evaluation.estimates import LEVEL, THIS_PANEL, Estimate, FloatArray, IntArray, gettext_noop, t_quantile, wilson
from evaluation.preference import sign_test
from evaluation.ratings import codes_of

FEWEST_IN_LINE: Final = 4
FEWEST_SIDES: Final = 10
HASTY: Final = 1 / 3
BINOMIAL: Final = gettext_noop("Wilson's interval, one vote a pair")
FEW_VOTES: Final = gettext_noop("Fewer than ten votes.")


@dataclass(frozen=True)
class Lines:
    """How often an annotator answered everything on a page alike, of pages with four answers or more, and how often
    the others did on the same pages."""

    annotator: int
    pages: int
    alike: float | None
    others: float | None


@dataclass(frozen=True)
class Pace:
    """Median seconds of an annotator, the median ratio to the units' own medians, and the share of units done in less
    than a third of those."""

    annotator: int
    units: int
    seconds: float | None
    relative: float | None
    hasty: float | None


@dataclass(frozen=True)
class Side:
    """The share of votes for the left dialogue, ties apart; `p` against a half, after Holm over the annotators."""

    annotator: int
    left: Estimate
    p: float | None


def straight_lines(annotators: npt.ArrayLike, pages: npt.ArrayLike, values: npt.ArrayLike) -> list[Lines]:
    """From three columns, a row an answer; a page holds the answers that stood before an annotator at once, about
    all utterances of a dialogue or by all criteria of one scale.

    >>> straight_lines([1] * 4 + [2] * 4, [5] * 8, [2, 2, 2, 2, 2, 2, 2, 1])[0]
    Lines(annotator=1, pages=1, alike=1.0, others=0.0)
    """
    ids, people = codes_of(annotators)
    page_ids, places = codes_of(pages)
    _scores, answers = codes_of(values)
    keys, which = np.unique(people * max(page_ids.size, 1) + places, return_inverse=True)
    size = np.bincount(which, minlength=keys.size)
    lowest, highest = np.full(keys.size, answers.size + 1), np.full(keys.size, -1)
    np.minimum.at(lowest, which, answers)
    np.maximum.at(highest, which, answers)
    long = size >= FEWEST_IN_LINE
    alike = (lowest == highest)[long].astype(np.float64)
    who, page = keys[long] // max(page_ids.size, 1), keys[long] % max(page_ids.size, 1)
    times, lines = (np.bincount(page, weights=one, minlength=page_ids.size) for one in (np.ones_like(alike), alike))
    found = []
    for code, annotator in enumerate(ids.tolist()):
        own = who == code
        rest = times[page[own]] - 1
        others = float((lines[page[own]] - alike[own]).sum() / rest.sum()) if rest.sum() > 0 else None
        found.append(Lines(int(annotator), int(own.sum()), float(alike[own].mean()) if own.any() else None, others))
    return found


def pace(annotators: npt.ArrayLike, units: npt.ArrayLike, seconds: npt.ArrayLike) -> list[Pace]:
    """From three columns, a row a unit that an annotator finished; a unit's median is over all who did it.

    >>> pace([1, 2, 3], [9, 9, 9], [10.0, 40.0, 60.0])[0]
    Pace(annotator=1, units=1, seconds=10.0, relative=0.25, hasty=1.0)
    """
    ids, people = codes_of(annotators)
    _unit_ids, places = codes_of(units)
    taken = np.asarray(seconds, dtype=np.float64)
    middle, size = _medians(places, taken)
    compared = (size > 1) & (middle > 0)
    ratio = taken / np.where(compared, middle, 1)[places]
    found = []
    for code, annotator in enumerate(ids.tolist()):
        own = people == code
        beside = ratio[own & compared[places]]
        found.append(
            Pace(
                int(annotator),
                int(own.sum()),
                float(np.median(taken[own])),
                float(np.median(beside)) if beside.size else None,
                float((beside < HASTY).mean()) if beside.size else None,
            )
        )
    return found


def side_habits(annotators: npt.ArrayLike, left: npt.ArrayLike, *, level: float = LEVEL) -> list[Side]:
    """From two columns, a row a vote that was no tie: by whom, and whether the left dialogue was chosen.

    One annotator's votes are about different pairs, so that Wilson's interval and the exact binomial hold.

    >>> side_habits([1] * 20, [True] * 18 + [False] * 2)[0].left.value
    0.9
    """
    ids, people = codes_of(annotators)
    chosen = np.asarray(left, dtype=bool)
    votes = np.bincount(people, minlength=ids.size)
    wins = np.bincount(people, weights=chosen, minlength=ids.size)
    p = [sign_test(int(won), int(n - won)) if n >= FEWEST_SIDES else None for won, n in zip(wins, votes, strict=True)]
    found = []
    quantile = float(t_quantile(np.inf, level))
    for annotator, n, won, adjusted in zip(ids.tolist(), votes.tolist(), wins.tolist(), holm(p), strict=True):
        share = Estimate(won / n, None, None, level, THIS_PANEL, {"judgments": n}, BINOMIAL, FEW_VOTES)
        if n >= FEWEST_SIDES:
            low, high = wilson(won / n, n, quantile)
            share = Estimate(won / n, float(low), float(high), level, THIS_PANEL, {"judgments": n}, BINOMIAL)
        found.append(Side(int(annotator), share, adjusted))
    return found


def _medians(codes: IntArray, values: FloatArray) -> tuple[FloatArray, IntArray]:
    """The median of each group, and its size."""
    order = np.lexsort((values, codes))
    size = np.bincount(codes)
    starts = np.cumsum(size) - size
    ordered = values[order]
    low, high = ordered[starts + (size - 1) // 2], ordered[starts + size // 2]
    return (low + high) / 2, size
