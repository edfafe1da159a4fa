"""How strong each of several systems is, from votes between two of them at a time. Pure.

A vote names two systems and is 1 where the first won, 0 where the second did, ½ for a tie. Formulas:
`docs/statistics.md`.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

from evaluation.estimates import FloatArray, IntArray

MOST_STEPS: Final = 200
CLOSE: Final = 1e-13


@dataclass(frozen=True, eq=False)
class Votes:
    """A row a vote: its two systems (codes below `systems`), its outcome, and the unit and annotator it clusters by.

    A unit is the pair of dialogues that was shown, or the prompt that several pairs share: whatever other studies would
    draw anew.
    """

    systems: int
    first: IntArray
    second: IntArray
    outcome: FloatArray
    units: IntArray
    annotators: IntArray

    @classmethod
    def collect(
        cls,
        systems: int,
        first: npt.ArrayLike,
        second: npt.ArrayLike,
        outcome: npt.ArrayLike,
        units: npt.ArrayLike,
        annotators: npt.ArrayLike,
    ) -> "Votes":
        """Votes with their units and annotators numbered from 0. A system never meets itself."""
        one, other = np.asarray(first, dtype=np.int64), np.asarray(second, dtype=np.int64)
        if (one == other).any():
            raise ValueError("A vote names two different systems.")
        codes = [np.unique(np.asarray(ids), return_inverse=True)[1].astype(np.int64) for ids in (units, annotators)]
        return cls(systems, one, other, np.asarray(outcome, dtype=np.float64), codes[0], codes[1])

    @cached_property
    def wins(self) -> FloatArray:
        """(systems, systems): how often the row beat the column."""
        return self._count(self.outcome > 0.5, self.first, self.second) + self._count(
            self.outcome < 0.5, self.second, self.first
        )

    @cached_property
    def ties(self) -> FloatArray:
        """(systems, systems), symmetric: how often the two tied."""
        tied = self._count(self.outcome == 0.5, self.first, self.second)
        return tied + tied.T

    def _count(self, rows: npt.NDArray[np.bool_], winners: IntArray, losers: IntArray) -> FloatArray:
        cells = winners[rows] * self.systems + losers[rows]
        counts = np.bincount(cells, minlength=self.systems**2).reshape(self.systems, self.systems)
        return counts.astype(np.float64)


@dataclass(frozen=True, eq=False)
class Fit:
    """Log strengths (systems,) that sum to 0, what a tie is worth, and the inverse information of all parameters.

    `log_tie` is log ν of Davidson's model; it is missing where ties count half or there are none.
    """

    log_strengths: FloatArray
    log_tie: float | None
    inverse: FloatArray

    @property
    def strengths(self) -> FloatArray:
        """The strengths, scaled to sum 1."""
        return np.asarray(scipy.special.softmax(self.log_strengths))


def counting(wins: FloatArray, ties: FloatArray) -> FloatArray:
    """How many votes each system won, a tie half: (systems,).

    >>> counting(np.array([[0, 2], [1, 0]]), np.array([[0, 1], [1, 0]])).tolist()
    [2.5, 1.5]
    """
    return np.asarray((wins + ties / 2).sum(axis=1))


def average_win_rate(wins: FloatArray, ties: FloatArray) -> FloatArray:
    """The mean of each system's win rates, ties half, against the opponents that it met: (systems,).

    >>> average_win_rate(np.array([[0, 2], [1, 0]]), np.array([[0, 1], [1, 0]])).tolist()
    [0.625, 0.375]
    """
    votes = wins + wins.T + ties
    met = votes > 0
    rates = np.divide(wins + ties / 2, votes, out=np.zeros_like(votes, dtype=np.float64), where=met)
    return np.asarray(rates.sum(axis=1) / np.maximum(met.sum(axis=1), 1))


def components(wins: FloatArray, ties: FloatArray) -> list[list[int]]:
    """The sets of systems within which everyone beat everyone, directly or through others, the strongest set first.

    With more than one set there are no finite strengths: nothing says how much the sets differ (Ford 1957).

    >>> components(np.array([[0, 3, 1], [0, 0, 2], [0, 1, 0]]), np.zeros((3, 3)))
    [[0], [1, 2]]
    """
    count, labels = scipy.sparse.csgraph.connected_components(
        scipy.sparse.csr_array(wins + ties), directed=True, connection="strong"
    )
    share = average_win_rate(wins, ties)
    sets = [np.flatnonzero(labels == label) for label in range(count)]
    return [one.tolist() for one in sorted(sets, key=lambda one: (-share[one].mean(), one[0]))]


def bradley_terry(wins: FloatArray, ties: FloatArray) -> Fit:
    """Bradley & Terry (1952), a tie half a win for each: P(i beats j) = π_i/(π_i + π_j).

    The maximum of Σ (wins_ij + ties_ij/2) log P(i beats j), which exists where `components` finds one set.

    >>> fit = bradley_terry(np.array([[0, 3], [1, 0]]), np.zeros((2, 2)))
    >>> fit.strengths.round(6).tolist()
    [0.75, 0.25]
    """
    return _fit(wins, ties, davidson=False)


def davidson(wins: FloatArray, ties: FloatArray) -> Fit:
    """Davidson (1970): P(i beats j) : P(tie) : P(j beats i) = π_i : ν√(π_i π_j) : π_j. Without ties, Bradley–Terry.

    Newman (2023) fits the same model with ν = 2v.

    >>> fit = davidson(np.array([[0, 4], [1, 0]]), np.array([[0, 2], [2, 0]]))
    >>> fit.strengths.round(6).tolist(), round(float(np.exp(fit.log_tie)), 6)
    ([0.8, 0.2], 1.0)
    """
    return _fit(wins, ties, davidson=bool(ties.any()))


def scores(votes: Votes, fit: Fit) -> "scipy.sparse.csr_array":
    """What each vote adds to the likelihood's slope: (votes, parameters), a row (y − E y)(e_i − e_j), and with
    Davidson's tie parameter also (tie − P(tie))."""
    gap = fit.log_strengths[votes.first] - fit.log_strengths[votes.second]
    share, tie, _information = _moments(gap, fit.log_tie)
    rows = np.arange(votes.outcome.size)
    slope = votes.outcome - share
    columns = [(votes.first, slope), (votes.second, -slope)]
    if fit.log_tie is not None:
        columns.append((np.full_like(rows, votes.systems), (votes.outcome == 0.5) - tie))
    values = np.concatenate([value for _, value in columns])
    places = (np.tile(rows, len(columns)), np.concatenate([column for column, _ in columns]))
    return scipy.sparse.csr_array((values, places), shape=(rows.size, fit.inverse.shape[0]))


def _fit(wins: FloatArray, ties: FloatArray, *, davidson: bool) -> Fit:
    """Newton's method on the log strengths (and log ν), halving a step that does not climb."""
    systems = wins.shape[0]
    votes, won = wins + wins.T + ties, (wins + ties / 2).sum(axis=1)
    tied = ties.sum() / 2
    at = np.zeros(systems + davidson)

    def height(point: FloatArray) -> float:
        strength = point[:systems]
        half = (strength[:, None] - strength) / 2
        weights = np.stack([half, -half, *([np.full_like(half, point[-1])] if davidson else [])])
        spent = scipy.special.logsumexp(weights, axis=0) + strength[:, None]
        return float(won @ strength + (tied * point[-1] if davidson else 0.0) - (votes * spent).sum() / 2)

    for _ in range(MOST_STEPS):
        slope, information = _slope(at, votes, won, tied, davidson=davidson)
        step = np.linalg.pinv(information, hermitian=True) @ slope
        size, before = 1.0, height(at)
        while size > 1e-6 and height(at + size * step) < before - 1e-9 * abs(before):
            size /= 2
        at = at + size * step
        at[:systems] -= at[:systems].mean()
        if np.abs(step).max() < CLOSE:
            break
    information = _slope(at, votes, won, tied, davidson=davidson)[1]
    log_tie = float(at[-1]) if davidson else None
    return Fit(at[:systems], log_tie, np.asarray(np.linalg.pinv(information, hermitian=True)))


def _slope(
    at: FloatArray, votes: FloatArray, won: FloatArray, tied: float, *, davidson: bool
) -> tuple[FloatArray, FloatArray]:
    """The slope of the likelihood and its information at these parameters."""
    systems = votes.shape[0]
    gap = at[:systems, None] - at[None, :systems]
    share, tie, (spread, mixed, rest) = _moments(gap, float(at[-1]) if davidson else None)
    information = np.zeros((at.size, at.size))
    laplacian = -votes * spread
    np.fill_diagonal(laplacian, 0)
    np.fill_diagonal(laplacian, -laplacian.sum(axis=1))
    information[:systems, :systems] = laplacian
    slope = np.empty(at.size)
    slope[:systems] = won - (votes * share).sum(axis=1)
    if davidson:
        slope[-1] = tied - (votes * tie).sum() / 2
        information[-1, :systems] = information[:systems, -1] = (votes * mixed).sum(axis=1)
        information[-1, -1] = (votes * rest).sum() / 2
    return slope, information


def _moments(
    gap: FloatArray, log_tie: float | None
) -> tuple[FloatArray, FloatArray, tuple[FloatArray, FloatArray, FloatArray]]:
    """Of a vote between systems whose log strengths differ by `gap`: E y, P(tie), and the variance of y, its
    covariance with the tie and the tie's variance."""
    if log_tie is None:
        share = np.asarray(scipy.special.expit(gap))
        nothing = np.zeros_like(share)
        return share, nothing, (share * (1 - share), nothing, nothing)
    weights = scipy.special.softmax(np.stack([gap / 2, -gap / 2, np.full_like(gap, log_tie)]), axis=0)
    won, tie = weights[0], weights[2]
    share = won + tie / 2
    return share, tie, (won + tie / 4 - share**2, tie / 2 - share * tie, tie * (1 - tie))
