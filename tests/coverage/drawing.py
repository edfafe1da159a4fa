"""Studies drawn from known truths: logistic answers with normal effects of units, annotators and systems."""

from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from tests.coverage.covered import Array

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(60)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
CUTS = np.array([-1.2, 0.6])
LENGTHS = np.array([7, 8, 9, 10, 11, 11, 12, 13, 14, 15])
"""Utterances of ten dialogues; more dialogues repeat them."""
UTTERANCE_SD = 0.8
LENIENCY_SD = 0.6


def random_of(*told: float) -> np.random.Generator:
    """A stream of its own for each design and truth, so that no two cells err together."""
    return np.random.default_rng([round(1000 * abs(one)) for one in told])


def expected(shift: float, sd: float) -> float:
    """E logistic(shift + sd·z)."""
    return float(WEIGHTS @ special.expit(shift + sd * NODES))


@cache
def shift_for_rate(rate: float, sd: float) -> float:
    return float(optimize.brentq(lambda shift: expected(shift, sd) - rate, -15, 15))


def mean_rating(shift: float, sd: float) -> float:
    return sum(expected(shift - cut, sd) for cut in CUTS)


@cache
def shift_for_mean(mean: float, sd: float) -> float:
    return float(optimize.brentq(lambda shift: mean_rating(shift, sd) - mean, -15, 15))


def logistic(rng: np.random.Generator, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Standard logistic noise in single precision: twice as fast, and the answers are whole numbers anyway."""
    drawn = rng.random(shape, dtype=np.float32)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(drawn) - np.log1p(-drawn), dtype=np.float32)


def normal(rng: np.random.Generator, sd: float, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    return np.asarray(rng.standard_normal(shape, dtype=np.float32) * np.float32(sd))


def votes(
    rng: np.random.Generator, runs: int, units: int, people: int, *, rate: float, unit_sd: float, person_sd: float
) -> tuple[Array, Array]:
    """Votes (runs, units, people), and the rate of each run's own panel over all pairs (runs,)."""
    shift = shift_for_rate(rate, (unit_sd**2 + person_sd**2) ** 0.5)
    person = normal(rng, person_sd, (runs, 1, people))
    latent = np.float32(shift) + normal(rng, unit_sd, (runs, units, 1)) + person
    table = (logistic(rng, (runs, units, people)) < latent).astype(np.float64)
    panel = special.expit(shift + person[:, 0, :, None] + unit_sd * NODES) @ WEIGHTS
    return table, panel.mean(axis=1)


def rated(
    rng: np.random.Generator, *, mean: float, leniency: Array, dialogues: int, dialogue_sd: float, own_sd: float
) -> tuple[Array, Array, int]:
    """Mean ratings of one system on [0, 1] (runs, dialogues, people), what each run's panel would give on average over
    all dialogues (runs,), and the number of ratings in a run. `leniency` (runs, people) is shared by systems."""
    runs, people = leniency.shape
    below_sd = (dialogue_sd**2 + UTTERANCE_SD**2) ** 0.5
    shift = shift_for_mean(mean, (LENIENCY_SD**2 + own_sd**2 + below_sd**2) ** 0.5)
    own = leniency + normal(rng, own_sd, (runs, people))
    cells = np.empty((runs, dialogues, people))
    lengths = np.resize(LENGTHS, dialogues)
    for dialogue, count in enumerate(lengths.tolist()):
        level = normal(rng, dialogue_sd, (runs, 1, 1)) + normal(rng, UTTERANCE_SD, (runs, count, 1))
        latent = np.float32(shift) + level + own[:, None, :].astype(np.float32) + logistic(rng, (runs, count, people))
        cells[:, dialogue] = sum((latent > np.float32(cut)).sum(axis=1) for cut in CUTS) / (2 * count)
    at = shift + own[..., None] + below_sd * NODES
    panel = sum((special.expit(at - cut) @ WEIGHTS).mean(axis=1) for cut in CUTS) / 2
    return cells, np.asarray(panel), int(lengths.sum()) * people


def ordinal(
    rng: np.random.Generator,
    runs: int,
    *,
    mean: float,
    dialogues: int,
    utterances: int,
    people: int,
    sds: tuple[float, float, float],
) -> tuple[npt.NDArray[np.int64], Array]:
    """Ratings 0–2 (runs, dialogues, utterances, people), and each run's annotators' effects (runs, people); `sds` of
    dialogues, utterances and annotators."""
    shift = shift_for_mean(mean, sum(one**2 for one in sds) ** 0.5)
    person = normal(rng, sds[2], (runs, 1, 1, people))
    level = normal(rng, sds[0], (runs, dialogues, 1, 1)) + normal(rng, sds[1], (runs, dialogues, utterances, 1))
    latent = np.float32(shift) + level + person + logistic(rng, (runs, dialogues, utterances, people))
    answers = np.zeros(latent.shape, dtype=np.int64)
    for cut in CUTS:
        answers += latent > np.float32(cut)
    return answers, person[:, 0, 0, :].astype(np.float64)
