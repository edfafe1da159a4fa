"""Studies drawn from known truths, to see how often the product's intervals hold what they promise.

Seeds are fixed. Data are logistic with normal effects of units and annotators. The cells that are run and documented
stand in `coverage_cells.py`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from evaluation.agreement import COEFFICIENTS, agreement
from evaluation.comparison import correlation, difference, mover
from evaluation.counted import Counted
from evaluation.crossed import Cells, crossed_moments, crossed_wilson, overlap_moments
from evaluation.estimates import t_quantile, wilson
from evaluation.ratings import Ratings

Array = npt.NDArray[np.float64]
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(60)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
UTTERANCES = np.array([7, 8, 9, 10, 11, 11, 12, 13, 14, 15])
UTTERANCE_SD = 0.8
CUTS = np.array([-1.2, 0.6])
LEVELS = {"mid": (1.28, 1.18), "ceiling": (1.90, 1.76), "extreme": (1.98, 1.83)}


@dataclass(frozen=True)
class Covered:
    """How often an interval held the truth: the share, its Monte Carlo error, the mean width."""

    share: float
    error: float
    width: float

    @classmethod
    def of(cls, low: Array, high: Array, truth: npt.ArrayLike) -> "Covered":
        hit = (low <= truth) & (np.asarray(truth) <= high)
        share = float(hit.mean())
        error = max(share * (1 - share), 0.01) ** 0.5 / hit.size**0.5
        return cls(share, error, float((high - low).mean()))


def expected(shift: float, sd: float) -> float:
    """E logistic(shift + sd·z)."""
    return float(WEIGHTS @ special.expit(shift + sd * NODES))


def shift_for(rate: float, sd: float) -> float:
    return float(optimize.brentq(lambda shift: expected(shift, sd) - rate, -15, 15))


def votes(
    rng: np.random.Generator, runs: int, units: int, people: int, *, rate: float, unit_sd: float, person_sd: float
) -> tuple[Array, Array]:
    """Votes (runs, units, people), and the rate of each run's own panel over all pairs."""
    shift = shift_for(rate, (unit_sd**2 + person_sd**2) ** 0.5)
    person = rng.normal(0, person_sd, (runs, 1, people))
    chance = special.expit(shift + rng.normal(0, unit_sd, (runs, units, 1)) + person)
    panel = special.expit(shift + person[:, 0, :, None] + unit_sd * NODES) @ WEIGHTS
    return (rng.random(chance.shape) < chance).astype(np.float64), panel.mean(axis=1)


def win_rate(unit_sd: float, person_sd: float, rate: float, *, target: str = "any", runs: int = 3000) -> Covered:
    """50 pairs × 7 annotators."""
    table, panel = votes(np.random.default_rng(11), runs, 50, 7, rate=rate, unit_sd=unit_sd, person_sd=person_sd)
    if target == "any":
        return Covered.of(*crossed_wilson(crossed_moments(table), units=50, judgments=350), rate)
    share = table.mean(axis=(1, 2))
    if target == "pooled":
        return Covered.of(*wilson(share, 350, 1.96), rate)
    variance = table.mean(axis=2).var(axis=1, ddof=1) / 50
    with np.errstate(divide="ignore"):
        size = np.clip(share * (1 - share) / variance, 1, 350)
    return Covered.of(*wilson(share, size, t_quantile(49)), panel)


def overlap_win_rate(unit_sd: float, person_sd: float, rate: float, *, runs: int = 2000) -> Covered:
    """100 pairs, 12 annotators, each pair judged by 3."""
    rng = np.random.default_rng(12)
    table, _panel = votes(rng, runs, 100, 12, rate=rate, unit_sd=unit_sd, person_sd=person_sd)
    chosen = [np.random.default_rng(unit).permutation(12)[:3] for unit in range(100)]
    units = np.repeat(np.arange(100), 3)
    people = np.concatenate(chosen)
    moments = overlap_moments(units, people, table[:, units, people])
    return Covered.of(*crossed_wilson(moments, units=100, judgments=300), rate)


def mean_rating(shift: float, sd: float) -> float:
    return sum(expected(shift - cut, sd) for cut in CUTS)


def cell_means(
    rng: np.random.Generator, runs: int, mean: float, *, dialogue_sd: float, leniency: Array, own_sd: float
) -> tuple[Array, float]:
    """(runs, 10 dialogues, annotators) of mean ratings on [0, 1], and the true mean. `leniency` has sd .6."""
    people = leniency.shape[-1]
    sd = (0.6**2 + dialogue_sd**2 + own_sd**2 + UTTERANCE_SD**2) ** 0.5
    shift = float(optimize.brentq(lambda at: mean_rating(at, sd) - mean, -15, 15))
    own = leniency + rng.normal(0, own_sd, (runs, people))
    cells = np.empty((runs, UTTERANCES.size, people))
    for dialogue, count in enumerate(UTTERANCES):
        level = shift + rng.normal(0, dialogue_sd, (runs, 1, 1)) + rng.normal(0, UTTERANCE_SD, (runs, count, 1))
        latent = level + own[:, None, :] + rng.logistic(size=(runs, count, people))
        cells[:, dialogue] = (latent[..., None] > CUTS).sum(-1).mean(axis=1) / 2
    return cells, mean / 2


def two_systems(
    seed: int, runs: int, level: str, dialogue_sd: float, own_sd: float, *, null: bool = False
) -> tuple[tuple[Array, float], tuple[Array, float]]:
    rng = np.random.default_rng(seed)
    leniency = rng.normal(0, 0.6, (runs, 7))
    means = LEVELS[level] if not null else (LEVELS[level][0], LEVELS[level][0])
    first, second = (
        cell_means(rng, runs, mean, dialogue_sd=dialogue_sd, leniency=leniency, own_sd=own_sd) for mean in means
    )
    return first, second


def rated_mean(level: str, dialogue_sd: float, own_sd: float, *, runs: int = 2000) -> Covered:
    """One system: 10 dialogues of 7–15 utterances × 7 annotators."""
    (table, truth), _second = two_systems(21, runs, level, dialogue_sd, own_sd)
    judgments = int(UTTERANCES.sum()) * 7
    covered = Covered.of(*crossed_wilson(crossed_moments(table), units=10, judgments=judgments), truth)
    return Covered(covered.share, covered.error, 2 * covered.width)


def mover_limits(one: Array, two: Array) -> tuple[Array, Array]:
    """The product's MOVER, for a whole axis of studies."""
    judgments, people = int(UTTERANCES.sum()) * 7, one.shape[-1]
    moments = [crossed_moments(table) for table in (one, two)]
    limits = [crossed_wilson(each, units=10, judgments=judgments) for each in moments]
    moved = [table.mean(axis=1) - table.mean(axis=(1, 2))[:, None] for table in (one, two)]
    covariance = (moved[0] * moved[1]).sum(-1) / ((people - 1) * people)
    rho = correlation(covariance, moments[0].variance, moments[1].variance)
    return mover((moments[0].mean, moments[1].mean), (limits[0], limits[1]), rho)


def rated_difference(level: str, dialogue_sd: float, own_sd: float, *, runs: int = 2000) -> Covered:
    """Two systems of 10 dialogues each × the same 7 annotators."""
    (one, m1), (two, m2) = two_systems(22, runs, level, dialogue_sd, own_sd)
    covered = Covered.of(*mover_limits(one, two), m1 - m2)
    return Covered(covered.share, covered.error, 2 * covered.width)


def as_cells(table: Array) -> Cells:
    """One run's cells as the product gets them."""
    units, people = np.indices(table.shape).reshape(2, -1)
    cells = Cells.collect(units, people, table.ravel())
    return Cells(
        cells.unit_ids, cells.annotator_ids, cells.units, cells.annotators, cells.values, int(UTTERANCES.sum()) * 7
    )


def no_difference(level: str, dialogue_sd: float, own_sd: float, *, runs: int = 2000) -> Covered:
    """How often the two-way t does not reject at 5 % where there is no difference."""
    (one, _m), (two, _n) = two_systems(23, runs, level, dialogue_sd, own_sd, null=True)
    p = [difference(as_cells(a), as_cells(b), low=0, high=1).test.p for a, b in zip(one, two, strict=True)]
    kept = np.array([value is None or value >= 0.05 for value in p], dtype=np.float64)
    return Covered.of(np.zeros(runs), kept, np.full(runs, 0.5))


def coefficient(
    key: str, mean: float, dialogues: int, sds: tuple[float, float, float], *, runs: int = 2000, utterances: int = 5
) -> Covered:
    """A coefficient of agreement; `sds` of dialogue, utterance and annotator."""
    rng = np.random.default_rng(31)
    sd = sum(one**2 for one in sds) ** 0.5
    shift = float(optimize.brentq(lambda at: mean_rating(at, sd) - mean, -15, 15))
    truth = 1 - _population(key, shift, (sds[0] ** 2 + sds[1] ** 2) ** 0.5, sds[2])
    units = dialogues * utterances
    unit_of, person_of = np.indices((units, 7)).reshape(2, -1)
    limits = np.empty((2, runs))
    for run in range(runs):
        level = shift + np.repeat(rng.normal(0, sds[0], dialogues), utterances) + rng.normal(0, sds[1], units)
        latent = level[:, None] + rng.normal(0, sds[2], 7) + rng.logistic(size=(units, 7))
        answers = (latent[..., None] > CUTS).sum(-1).ravel()
        ratings = Ratings.collect(unit_of, person_of, answers, unit_of // utterances)
        found = agreement(ratings, key).any_panel
        limits[:, run] = (found.low, found.high) if found.low is not None else (np.nan, np.nan)
    shown = ~np.isnan(limits[0])
    return Covered.of(limits[0, shown], limits[1, shown], truth)


def _population(key: str, shift: float, unit_sd: float, person_sd: float) -> float:
    """1 − coefficient of infinitely many units and annotators."""
    at = shift + unit_sd * NODES[:, None, None] + person_sd * NODES[None, :, None] - CUTS
    above = np.tensordot(special.expit(at), WEIGHTS, axes=(1, 0))
    shares = np.stack([1 - above[:, 0], above[:, 0] - above[:, 1], above[:, 1]], axis=1)
    table = np.einsum("u,uc,uk->ck", WEIGHTS, shares, shares)
    measure = COEFFICIENTS[key].measure
    assert isinstance(measure, Counted)
    scores = np.arange(3.0)
    two = np.eye(3)[:, None, :] + np.eye(3)[None, :, :]
    sums = 1e9 * table.ravel() @ measure.features(two.reshape(9, 3), scores)
    return float(measure.disagreement(sums, scores))
