"""Where the variance of judgments comes from: units, annotators, the rest; guessed, or taken from a pilot. Pure.

Formulas: `docs/planning.md`. Sources: Searle, Casella & McCulloch (1992); upper limits by Ting, Burdick, Graybill,
Jeyaratnam & Lu (1990).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from evaluation.crossed import Cells, cluster_sums, mean_squares
from evaluation.estimates import FloatArray

UPPER: Final = 0.80
LEAST_PILOT: Final = (3, 2)
NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(40)
WEIGHTS: Final = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True)
class Components:
    """Variances of one value: between units, between annotators, and of what remains in one cell of both.

    Of a difference between two systems they are those of one dialogue of each: `unit` and `rest` add up over the two,
    `annotator` is the variance of the annotators' own differences.
    """

    unit: float
    annotator: float
    rest: float

    def scaled(self, factor: float) -> "Components":
        """On a scale stretched by `factor`."""
        return Components(self.unit * factor**2, self.annotator * factor**2, self.rest * factor**2)


@dataclass(frozen=True)
class Spread:
    """How unlike pairs (or dialogues) and annotators are: standard deviations. `votes` in logits of the chance of
    winning, `ratings` as shares of the scale's range, of a difference between two systems."""

    votes: tuple[float, float]
    ratings: tuple[float, float]


GUESSES: Final = {
    "alike": Spread(votes=(0.5, 0.3), ratings=(0.04, 0.02)),
    "usual": Spread(votes=(1.0, 0.6), ratings=(0.07, 0.07)),
    "unlike": Spread(votes=(2.0, 1.0), ratings=(0.13, 0.13)),
}
"""What to expect before anybody has judged. USR-PersonaChat's four annotators lie between "alike" and "unlike"."""


@dataclass(frozen=True)
class Pilot:
    """What a pilot says: the variances found, and upper limits of each, which are what to plan with."""

    found: Components
    upper: Components
    units: int
    annotators: int


def vote_components(rate: float, unit_sd: float, annotator_sd: float) -> Components:
    """Of votes with logit P = b + unit + annotator, normal effects, b such that the win rate is `rate`.

    unit = Var E(P | unit), annotator = Var E(P | annotator), rest = rate(1 − rate) less both. Gauss–Hermite.

    >>> found = vote_components(0.5, 1.0, 0.6)
    >>> [round(variance, 4) for variance in (found.unit, found.annotator, found.rest)]
    [0.039, 0.0139, 0.1971]
    """
    low, high = -40.0, 40.0
    for _ in range(80):
        middle = (low + high) / 2
        share = float(WEIGHTS @ _chances(middle, unit_sd, annotator_sd) @ WEIGHTS)
        low, high = (middle, high) if share < rate else (low, middle)
    chances = _chances((low + high) / 2, unit_sd, annotator_sd)
    unit = float(WEIGHTS @ (chances @ WEIGHTS - rate) ** 2)
    annotator = float(WEIGHTS @ (WEIGHTS @ chances - rate) ** 2)
    return Components(unit, annotator, max(rate * (1 - rate) - unit - annotator, 0.0))


def rating_components(ratings: float, unit_sd: float, annotator_sd: float, *, systems: int = 2) -> Components:
    """Of the difference of two systems' means (or of one mean) on a scale of range 1, `ratings` a dialogue on average.

    The sds of dialogues and of annotators' differences are given; an utterance adds .12 within its dialogue, a single
    rating .30 and an annotator's view of one dialogue .05, as in ratings on 0–2 simulated about their middle. One mean
    alone also has the annotators' leniency, .10, which cancels in a difference.
    """
    many = max(ratings, 1.0)
    unit, rest = unit_sd**2 + 0.12**2 / many, 0.05**2 + 0.30**2 / many
    leniency = 0.10 if systems == 1 else 0.0
    return Components(systems * unit, annotator_sd**2 + leniency**2, systems * rest)


def guess(kind: str, *, target: str, rate: float = 0.5, ratings: float = 1.0, systems: int = 2) -> Components:
    """The variances that one of `GUESSES` expects, of votes on pairs or of ratings on a scale of range 1."""
    spread = GUESSES[kind]
    if target == "pair":
        return vote_components(rate, *spread.votes)
    return rating_components(ratings, *spread.ratings, systems=systems)


def pilot_of_one(cells: Cells, *, level: float = UPPER) -> Pilot | None:
    """The variances of a win rate or of one mean; nothing from fewer than three units or two annotators.

    Complete tables: unit = (MS_P − MS_E)/A, annotator = (MS_A − MS_E)/P, rest = MS_E. Others: products of deviations
    of different annotators within units, of different units within annotators. Negative ones are 0.
    """
    if cells.unit_count < LEAST_PILOT[0] or cells.annotator_count < LEAST_PILOT[1]:
        return None
    units, annotators = cells.unit_count, cells.annotator_count
    of_units, of_annotators, noise, df = _squares(cells)
    per_unit, per_annotator = cells.values.size / units, cells.values.size / annotators
    found = Components(
        max((of_units - noise) / per_unit, 0.0), max((of_annotators - noise) / per_annotator, 0.0), noise
    )
    upper = Components(
        upper_limit((of_units, units - 1), (noise, df), level) / per_unit,
        upper_limit((of_annotators, annotators - 1), (noise, df), level) / per_annotator,
        noise * df / _chi_square(1 - level, df),
    )
    return Pilot(found, upper, units, annotators)


def pilot_of_two(first: Cells, second: Cells, *, level: float = UPPER) -> Pilot | None:
    """The variances of the difference between two systems' means, judged by the same annotators.

    annotator = s²_j(ȳ_1j − ȳ_2j) less what cells alone give it, Σ_s rest_s/D_s; unit and rest add up over the systems.
    """
    one, two = (pilot_of_one(cells, level=level) for cells in (first, second))
    shared, mine, theirs = np.intersect1d(first.annotator_ids, second.annotator_ids, return_indices=True)
    if one is None or two is None or shared.size < LEAST_PILOT[1]:
        return None
    own = float((first.annotator_means[mine] - second.annotator_means[theirs]).var(ddof=1))
    noise, below = 0.0, 0.0
    for cells in (first, second):
        *_, rest, df = _squares(cells)
        part = rest * cells.annotator_count / cells.values.size
        noise, below = noise + part, below + part**2 / df
    noise_df = noise**2 / below if below else 1.0
    annotator = max(own - noise, 0.0)
    upper = upper_limit((own, shared.size - 1), (noise, noise_df), level)
    return Pilot(
        Components(one.found.unit + two.found.unit, annotator, one.found.rest + two.found.rest),
        Components(one.upper.unit + two.upper.unit, upper, one.upper.rest + two.upper.rest),
        min(one.units, two.units),
        int(shared.size),
    )


def upper_limit(more: tuple[float, float], less: tuple[float, float], level: float = UPPER) -> float:
    """The upper limit of a difference of two independent mean squares, each with its df: at least 0.

    U = d + √(H²S₁² + G²S₂² + K S₁S₂), H = df₁/χ²(1 − level) − 1, G = 1 − df₂/χ²(level), K such that U = 0 exactly
    where F = S₁/S₂ is at its lower quantile (Ting et al. 1990).
    """
    (one, df_one), (two, df_two) = more, less
    if one <= 0:
        return 0.0
    h = df_one / _chi_square(1 - level, df_one) - 1
    if two <= 0:
        return one * (1 + h)
    g = 1 - df_two / _chi_square(level, df_two)
    f = float(scipy.special.fdtri(df_one, df_two, 1 - level))
    k = ((1 - f) ** 2 - (h * f) ** 2 - g**2) / f
    return max(one - two + float(np.sqrt(max((h * one) ** 2 + (g * two) ** 2 + k * one * two, 0.0))), 0.0)


def _squares(cells: Cells) -> tuple[float, float, float, float]:
    """MS of units, of annotators and of the rest, and the df of the last; as they would be, where cells are missing."""
    units, annotators, size = cells.unit_count, cells.annotator_count, cells.values.size
    if cells.complete:
        by_unit, by_annotator, noise = (float(one) for one in mean_squares(cells.table))
        return by_unit, by_annotator, noise, (units - 1) * (annotators - 1)
    errors = cells.values - cells.values.mean()
    unit, annotator = _product(cells.units, errors), _product(cells.annotators, errors)
    rest = float((errors**2).mean()) - unit - annotator
    # Deviations from the mean found lack its own variance, which is made of the same three.
    own = (unit / units + annotator / annotators + rest / size) / (1 - 1 / units - 1 / annotators + 1 / size)
    unit, annotator, noise = (max(part, 0.0) for part in (unit + own, annotator + own, rest - own))
    df = max(size - units - annotators + 1, 1)
    return noise + unit * size / units, noise + annotator * size / annotators, noise, df


def _product(codes: np.ndarray, errors: FloatArray) -> float:
    """The mean product of two different values of one cluster."""
    sums, squares = cluster_sums(codes, errors), cluster_sums(codes, errors**2)
    counts = np.bincount(codes)
    pairs = float((counts * (counts - 1)).sum())
    return float((sums**2 - squares).sum()) / pairs if pairs else 0.0


def _chances(shift: float, unit_sd: float, annotator_sd: float) -> FloatArray:
    return np.asarray(scipy.special.expit(shift + unit_sd * NODES[:, None] + annotator_sd * NODES))


def _chi_square(share: float, df: float) -> float:
    """The quantile below which this share of χ² lies."""
    return float(scipy.special.chdtri(df, 1 - share))
