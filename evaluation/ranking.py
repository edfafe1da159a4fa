"""More than two systems in order of preference, and how far that order is known. Pure.

The strengths are those of `strengths.py`; their variances come from a sandwich that respects that votes cluster by
unit (the pair, or the prompt) and by annotator. Formulas: `docs/statistics.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import scipy

from evaluation.comparison import holm
from evaluation.crossed import sandwich
from evaluation.estimates import (
    ANY_PANEL,
    FEW_ANNOTATORS,
    LEVEL,
    NO_JUDGMENTS,
    THIS_PANEL,
    TWO_ANNOTATORS,
    Estimate,
    Estimates,
    FloatArray,
    IntArray,
    Test,
    gettext_noop,
    t_quantile,
    t_test,
)
from evaluation.strengths import Fit, Votes, bradley_terry, components, davidson, scores

Model = Literal["bradley-terry", "davidson"]
EQUAL: Final = 1e-9
"""Log strengths no further apart are one: such systems share a rank."""
FEWEST_UNITS: Final = 10
MOST_ALONE: Final = 2
TWO_WAY: Final = {
    "bradley-terry": gettext_noop("Bradley–Terry with ties half, two-way sandwich by unit and annotator, Student's t"),
    "davidson": gettext_noop("Davidson's model of ties, two-way sandwich by unit and annotator, Student's t"),
}
UNITS_ONLY: Final = {
    "bradley-terry": gettext_noop("Bradley–Terry with ties half, sandwich by unit, Student's t"),
    "davidson": gettext_noop("Davidson's model of ties, sandwich by unit, Student's t"),
}
NOT_CONNECTED: Final = gettext_noop(
    "Some systems never lost to any of the others, or never won: nothing says by how much they differ."
)
FEW_UNITS: Final = gettext_noop("Fewer than ten pairs or prompts do not show how they differ.")


@dataclass(frozen=True)
class Pairing:
    """Two systems against each other under the model: how likely the first is to win (ties half in Bradley–Terry; of
    the votes that are no tie in Davidson's model), and the test of a half, Holm's over all pairs."""

    first: int
    second: int
    rate: Estimates
    test: Test
    holm: float | None


@dataclass(frozen=True)
class Ranked:
    """One system: its strength (all sum to 1), its log strength against the average of all, its rank, and the ranks it
    may have given what is told apart at 1 − level under Holm."""

    system: int
    strength: float
    log_strength: Estimates
    rank: int
    best: int
    worst: int


@dataclass(frozen=True)
class Ranking:
    """Systems from the strongest to the weakest; `groups` are the stretches of that order within which no two are told
    apart. Without strengths `reason` says why and `parts` are the systems that can be compared with one another."""

    model: Model
    ranked: tuple[Ranked, ...] = ()
    pairings: tuple[Pairing, ...] = ()
    groups: tuple[tuple[int, ...], ...] = ()
    tie: float | None = None
    reason: str = ""
    parts: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class _Spread:
    """Variances and degrees of freedom of all differences (systems, systems) and, on the diagonal, of all systems
    against their average."""

    variance: FloatArray
    df: FloatArray


def ranking(votes: Votes, *, model: Model = "bradley-terry", level: float = LEVEL) -> Ranking:
    """Rank the systems that `votes` are about.

    Any panel: for each contrast V = V₀ + (V_P − V₀)₊ + (V_A − V₀)₊ of its influence, summed within units, annotators
    and cells of both, with Satterthwaite's t. This panel: units alone, t(P − 1). A rank range counts the systems that
    are told apart from it under Holm over all pairs (Mogstad et al. 2024). Two annotators, or fewer than ten units:
    no interval for any panel.

    >>> first, second = np.repeat([0, 0, 1], 12), np.repeat([1, 2, 2], 12)
    >>> outcome = np.tile([1, 1, 0, 1, 1, 1, 0, 1, 0.5, 1, 0, 1], 3)
    >>> found = ranking(Votes.collect(3, first, second, outcome, np.repeat(range(12), 3), np.tile([0, 1, 2], 12)))
    >>> [(one.system, round(one.strength, 3), one.best, one.worst) for one in found.ranked]
    [(0, 0.542, 1, 3), (1, 0.296, 1, 3), (2, 0.162, 1, 3)]
    """
    if not votes.outcome.size:
        return Ranking(model, reason=NO_JUDGMENTS)
    parts = components(votes.wins, votes.ties)
    if len(parts) > 1:
        return Ranking(model, reason=NOT_CONNECTED, parts=tuple(map(tuple, parts)))
    fit = (davidson if model == "davidson" else bradley_terry)(votes.wins, votes.ties)
    return _ranked(votes, fit, model, level)


@dataclass(frozen=True)
class _Contrasts:
    """Makes the estimates and tests of log strengths from their variances."""

    model: Model
    level: float
    n: dict[str, float]
    two_way: _Spread
    units_only: _Spread

    @property
    def few(self) -> bool:
        return self.n["units"] < FEWEST_UNITS

    @property
    def alone(self) -> bool:
        return self.n["annotators"] <= MOST_ALONE

    def estimates(self, value: float, place: tuple[int, int]) -> Estimates:
        """Of the difference between two systems; on the diagonal of one against the average of all."""
        wide, narrow = (_limits(value, spread, place, self.level) for spread in (self.two_way, self.units_only))
        notes = (FEW_ANNOTATORS,) if self.n["annotators"] in (3, 4) else ()
        any_panel = Estimate(value, *wide, self.level, ANY_PANEL, self.n, TWO_WAY[self.model]).noting(*notes)
        this_panel = Estimate(value, *narrow, self.level, THIS_PANEL, self.n, UNITS_ONLY[self.model])
        if self.few:
            return Estimates(any_panel.without_interval(FEW_UNITS), this_panel.without_interval(FEW_UNITS))
        return Estimates(any_panel.without_interval(TWO_ANNOTATORS) if self.alone else any_panel, this_panel)

    def test(self, value: float, place: tuple[int, int]) -> Test:
        """For any panel, of two annotators for this one."""
        method = (UNITS_ONLY if self.alone else TWO_WAY)[self.model]
        if self.few:
            return Test(None, method=method, reason=FEW_UNITS)
        spread = self.units_only if self.alone else self.two_way
        return t_test(value, float(spread.variance[place]), float(spread.df[place]), method=method)


def _ranked(votes: Votes, fit: Fit, model: Model, level: float) -> Ranking:
    n: dict[str, float] = {
        "units": _count(votes.units),
        "annotators": _count(votes.annotators),
        "judgments": votes.outcome.size,
    }
    contrasts = _Contrasts(model, level, n, *_spreads(votes, fit))
    strength = fit.log_strengths
    gaps = {(i, j): float(strength[i] - strength[j]) for i, j in combinations(range(votes.systems), 2)}
    tests = [contrasts.test(gap, place) for place, gap in gaps.items()]
    pairings = tuple(
        Pairing(*place, contrasts.estimates(gap, place).scaled(_expit), test, p)
        for (place, gap), test, p in zip(gaps.items(), tests, holm([test.p for test in tests]), strict=True)
    )
    above = _told_apart(pairings, strength, 1 - level)
    order = np.argsort(-strength, kind="stable")
    ranked = tuple(
        Ranked(
            one,
            float(fit.strengths[one]),
            contrasts.estimates(float(strength[one]), (one, one)),
            1 + int((strength > strength[one] + EQUAL).sum()),
            1 + int(above[:, one].sum()),
            votes.systems - int(above[one].sum()),
        )
        for one in order.tolist()
    )
    tie = None if fit.log_tie is None else float(np.exp(fit.log_tie))
    return Ranking(model, ranked, pairings, _groups(order, above | above.T), tie)


def _spreads(votes: Votes, fit: Fit) -> tuple[_Spread, _Spread]:
    """For any panel and for this one."""
    influence = scores(votes, fit) @ fit.inverse[:, : votes.systems]
    cells = np.unique(votes.units * (votes.annotators.max() + 1) + votes.annotators, return_inverse=True)[1]
    by_unit, by_annotator, by_cell = (
        (_variances(influence, codes), _count(codes)) for codes in (votes.units, votes.annotators, cells)
    )
    variance, df = sandwich(by_unit, by_annotator, by_cell)
    alone = np.full_like(df, max(by_unit[1] - 1, 1))
    return _Spread(variance, df), _Spread(by_unit[0], alone)


def _variances(influence: npt.NDArray[np.float64], codes: IntArray) -> FloatArray:
    """G/(G − 1) Σ_g (Σ influence on a contrast)² for all contrasts of two systems; on the diagonal one against all."""
    count = _count(codes)
    members = scipy.sparse.csr_array((np.ones(codes.size), (codes, np.arange(codes.size))))
    sums = np.asarray(members @ influence)
    products = sums.T @ sums * (count / max(count - 1, 1))
    own = np.diag(products)
    differences = np.maximum(own[:, None] + own - 2 * products, 0)
    np.fill_diagonal(differences, own)
    return np.asarray(differences)


def _limits(value: float, spread: _Spread, place: tuple[int, int], level: float) -> tuple[float, float]:
    half = float(t_quantile(spread.df[place], level)) * float(spread.variance[place]) ** 0.5
    return value - half, value + half


def _told_apart(pairings: Sequence[Pairing], strength: FloatArray, error: float) -> npt.NDArray[np.bool_]:
    """[i, j]: i is stronger than j beyond doubt."""
    above = np.zeros((strength.size, strength.size), dtype=bool)
    for one in pairings:
        if one.holm is not None and one.holm < error:
            winner, loser = (
                (one.first, one.second) if strength[one.first] > strength[one.second] else (one.second, one.first)
            )
            above[winner, loser] = True
    return above


def _groups(order: IntArray, apart: npt.NDArray[np.bool_]) -> tuple[tuple[int, ...], ...]:
    """The longest stretches of the order without two that are told apart; a stretch within another is left out."""
    groups: list[tuple[int, ...]] = []
    reached = 0
    for start in range(order.size):
        end = start + 1
        while end < order.size and not apart[order[end], order[start:end]].any():
            end += 1
        if end > reached:
            groups.append(tuple(int(one) for one in order[start:end]))
            reached = end
    return tuple(groups)


def _count(codes: IntArray) -> int:
    return int(np.unique(codes).size)


def _expit(gap: float) -> float:
    return float(scipy.special.expit(gap))
