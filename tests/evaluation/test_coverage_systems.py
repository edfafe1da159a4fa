"""Shares of superiority and strengths of systems, in simulated studies with a known truth.

STATISTICS (b), (f): 2 systems × 10 dialogues of 7–15 utterances × 7 annotators; 5 systems, 50 prompts, 7 annotators.
The bands are three Monte Carlo errors about 92–99 %.
"""

from itertools import combinations

import numpy as np
import pytest
from scipy import special

from evaluation.estimates import Estimate
from evaluation.ranking import ranking
from evaluation.strengths import Votes, bradley_terry
from evaluation.superiority import Answers, superiority
from tests.coverage.drawing import CUTS, LENGTHS, NODES, UTTERANCE_SD, WEIGHTS, expected, shift_for_mean
from tests.coverage.means import LEVELS

RUNS = 400
ERROR = 3 * (0.95 * 0.05 / RUNS) ** 0.5
LENIENCY = 0.6


def shares_by_annotator(shifts: list[float], own_sd: float, rest_sd: float) -> np.ndarray:
    """P(higher, equal, lower) of two ratings by one annotator, over annotators who share a leniency."""
    found = np.zeros(3)
    sd = (own_sd**2 + rest_sd**2) ** 0.5
    for leniency, weight in zip(LENIENCY * NODES, WEIGHTS, strict=True):
        above = [[expected(shift + leniency - cut, sd) for cut in CUTS] for shift in shifts]
        one, other = (np.array([1 - a, a - b, b]) for a, b in above)
        together = np.outer(one, other)
        found += weight * np.array([np.tril(together, -1).sum(), np.trace(together), np.triu(together, 1).sum()])
    return found


@pytest.mark.parametrize(("level", "dialogue_sd", "own_sd"), [("mid", 0.4, 0.3), ("extreme", 0.8, 0.6)])
def test_shares_of_superiority_hold_the_truth(level: str, dialogue_sd: float, own_sd: float) -> None:
    rng = np.random.default_rng(51)
    rest = (dialogue_sd**2 + UTTERANCE_SD**2) ** 0.5
    sd = (LENIENCY**2 + own_sd**2 + rest**2) ** 0.5
    shifts = [shift_for_mean(mean, sd) for mean in LEVELS[level]]
    truth = shares_by_annotator(shifts, own_sd, rest)
    dialogue = np.repeat(np.arange(LENGTHS.size), LENGTHS)
    held = np.zeros(4)
    for _ in range(RUNS):
        leniency, answers = rng.normal(0, LENIENCY, 7), []
        for system, shift in enumerate(shifts):
            own = leniency + rng.normal(0, own_sd, 7)
            at = shift + rng.normal(0, dialogue_sd, LENGTHS.size)[dialogue] + rng.normal(0, UTTERANCE_SD, dialogue.size)
            latent = at[:, None] + own + rng.logistic(size=(dialogue.size, 7))
            ratings = (latent[..., None] > CUTS).sum(-1)
            unit, person = np.repeat(dialogue + 100 * system, 7), np.tile(np.arange(7), dialogue.size)
            answers.append(Answers.collect(unit, person, ratings.ravel()))
        found = superiority(*answers)
        shares = (found.higher, found.equal, found.lower, found.probability)
        truths = (*truth, truth[0] + truth[1] / 2)
        held += [_holds(one.any_panel, of) for one, of in zip(shares, truths, strict=True)]
    assert (held / RUNS >= 0.92 - ERROR).all(), held / RUNS
    assert (held / RUNS <= 0.99 + ERROR).all(), held / RUNS


@pytest.mark.parametrize(("prompts", "prompt_sd", "person_sd"), [(13, 0.5, 0.3), (50, 0.5, 0.3)])
def test_strengths_hold_the_truth_where_fishers_do_not(prompts: int, prompt_sd: float, person_sd: float) -> None:
    """STATISTICS (f): Fisher 83 / 72, two-way sandwich with Satterthwaite 94 / 96."""
    rng = np.random.default_rng(52)
    systems, people = 5, 7
    strengths = np.linspace(0.6, -0.6, systems)
    pairs = np.array(list(combinations(range(systems), 2)))
    spread = (2 * prompt_sd**2 + 2 * person_sd**2) ** 0.5
    rates = np.array([[expected(a - b, spread) for b in strengths] for a in strengths])
    np.fill_diagonal(rates, 0)
    true = bradley_terry(rates, np.zeros_like(rates)).log_strengths
    unit, person, pair = np.indices((prompts, people, len(pairs))).reshape(3, -1)
    first, second = pairs[pair].T
    held, fishers = 0, 0
    for _ in range(RUNS):
        effects = rng.normal(0, prompt_sd, (prompts, systems)), rng.normal(0, person_sd, (people, systems))
        own = strengths + effects[0][unit] + effects[1][person]
        rows = np.arange(unit.size)
        chance = special.expit(own[rows, first] - own[rows, second])
        votes = Votes.collect(systems, first, second, (rng.random(unit.size) < chance).astype(float), unit, person)
        found = next(one for one in ranking(votes).pairings if (one.first, one.second) == (0, systems - 1))
        gap = true[0] - true[-1]
        held += _holds(found.rate.any_panel, float(special.expit(gap)))
        fit = bradley_terry(votes.wins, votes.ties)
        error = (fit.inverse[0, 0] + fit.inverse[-1, -1] - 2 * fit.inverse[0, -1]) ** 0.5
        fishers += abs(fit.log_strengths[0] - fit.log_strengths[-1] - gap) <= 1.96 * error
    assert 0.92 - ERROR <= held / RUNS <= 0.99 + ERROR, held / RUNS
    assert fishers / RUNS < 0.9


def _holds(one: Estimate, truth: float) -> bool:
    return one.low is not None and one.high is not None and bool(one.low <= truth <= one.high)
