"""More than two systems: the published scores of LLMFAO, the plain version, and what must hold of every ranking."""

import csv
import gzip
import math
from collections import defaultdict
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import optimize

from evaluation.estimates import NO_JUDGMENTS, TWO_ANNOTATORS
from evaluation.ranking import FEW_UNITS, NOT_CONNECTED, Ranking, ranking
from evaluation.strengths import Votes, average_win_rate, bradley_terry, components, counting, davidson

LLMFAO = "pairwise-llmfao"
OUTCOMES = {"left": 1.0, "right": 0.0, "tie": 0.5}


def drawn(seed: int, *, systems: int = 4, units: int = 15, people: int = 4, ties: float = 0.2) -> Votes:
    """Every annotator chooses between every two systems on every unit; the first systems are the better ones."""
    rng = np.random.default_rng(seed)
    pairs = np.array(list(combinations(range(systems), 2)))
    unit, person, pair = np.indices((units, people, len(pairs))).reshape(3, -1)
    first, second = pairs[pair].T
    outcome = (rng.random(unit.size) < 1 / (1 + np.exp(0.4 * (first - second)))).astype(float)
    outcome[rng.random(unit.size) < ties] = 0.5
    return Votes.collect(systems, first, second, outcome, unit, person)


@pytest.fixture
def llmfao(shared_data: Path) -> tuple[Votes, list[str], dict[str, np.ndarray]]:
    with (shared_data / LLMFAO / "llmfao-golden.csv").open(encoding="utf-8") as lines:
        scores: dict[str, dict[str, float]] = defaultdict(dict)
        for row in csv.DictReader(lines):
            scores[row["algorithm"]][row["item"]] = float(row["score"])
    names = sorted(scores["counting"])
    code = {name: place for place, name in enumerate(names)}
    with gzip.open(shared_data / LLMFAO / "llmfao.csv.gz", "rt", encoding="utf-8") as lines:
        rows = [
            (code[row["left"]], code[row["right"]], OUTCOMES[row["winner"]], int(row["prompt"]), int(row["worker"]))
            for row in csv.DictReader(lines)
        ]
    golden = {key: np.array([found[name] for name in names]) for key, found in scores.items()}
    return Votes.collect(len(names), *zip(*rows, strict=True)), names, golden


def test_the_published_scores_of_llmfao_to_ten_digits(llmfao: tuple[Votes, list[str], dict[str, np.ndarray]]) -> None:
    votes, _names, golden = llmfao
    wins, ties = votes.wins, votes.ties
    assert counting(wins, ties).tolist() == golden["counting"].tolist()
    assert average_win_rate(wins, ties) == pytest.approx(golden["average_win_rate"], rel=1e-10)
    assert bradley_terry(wins, ties).strengths == pytest.approx(golden["bradley_terry"], rel=1e-10)
    newman = davidson(wins, ties)
    assert newman.strengths == pytest.approx(golden["newman"] / golden["newman"].sum(), rel=1e-10)
    assert math.exp(newman.log_tie or 0) / 2 == pytest.approx(0.739854, abs=5e-7)


def test_thirteen_prompts_leave_most_of_llmfao_in_doubt(
    llmfao: tuple[Votes, list[str], dict[str, np.ndarray]],
) -> None:
    votes, names, _golden = llmfao
    found = ranking(votes)
    assert next(names[one.system] for one in found.ranked) == "GPT 4"
    apart = {(one.first, one.second) for one in found.pairings if (one.holm or 0) < 0.05}
    assert 40 <= len(apart) <= 70
    order = [one.system for one in found.ranked]
    assert not [(a, b) for a, b in pairwise(order) if (min(a, b), max(a, b)) in apart]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), systems=st.integers(2, 5))
def test_the_strengths_are_the_maximum_of_the_likelihood(seed: int, systems: int) -> None:
    rng = np.random.default_rng(seed)
    wins = rng.integers(1, 9, (systems, systems)).astype(float)
    np.fill_diagonal(wins, 0)
    ties = np.triu(rng.integers(0, 5, (systems, systems)), 1).astype(float)
    ties[0, 1] += 1
    ties = ties + ties.T

    def davidson_loss(at: np.ndarray) -> float:
        total = 0.0
        for i, j in combinations(range(systems), 2):
            log_z = np.logaddexp.reduce([at[i], at[j], at[-1] + (at[i] + at[j]) / 2])
            total += wins[i, j] * (at[i] - log_z) + wins[j, i] * (at[j] - log_z)
            total += ties[i, j] * (at[-1] + (at[i] + at[j]) / 2 - log_z)
        return -total

    fit = davidson(wins, ties)
    best = optimize.minimize(davidson_loss, np.zeros(systems + 1), tol=1e-12)
    assert davidson_loss(np.append(fit.log_strengths, fit.log_tie)) <= best.fun + 1e-6
    half = bradley_terry(wins, ties)
    gap = half.log_strengths[:, None] - half.log_strengths
    won = (wins + ties / 2).sum(axis=1)
    assert ((wins + wins.T + ties) / (1 + np.exp(-gap))).sum(axis=1) == pytest.approx(won, rel=1e-8)
    assert bradley_terry(wins, 0 * ties).strengths == pytest.approx(davidson(wins, 0 * ties).strengths)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), model=st.sampled_from(["bradley-terry", "davidson"]))
@example(seed=89, model="bradley-terry")  # two systems are equally strong
def test_names_and_order_of_votes_do_not_matter(seed: int, model: str) -> None:
    votes = drawn(seed)
    rng = np.random.default_rng(seed)
    names, rows = rng.permutation(4), rng.permutation(votes.outcome.size)
    turned = rng.random(rows.size) < 0.5
    one, other = names[votes.first][rows], names[votes.second][rows]
    outcome = votes.outcome[rows]
    moved = Votes.collect(
        4,
        np.where(turned, other, one),
        np.where(turned, one, other),
        np.where(turned, 1 - outcome, outcome),
        votes.units[rows] + 7,
        -votes.annotators[rows],
    )
    before, after = ranking(votes, model=model), ranking(moved, model=model)  # type: ignore[arg-type]
    theirs = {one.system: one for one in after.ranked}
    for mine in before.ranked:
        match = theirs[names[mine.system]]
        assert (mine.rank, mine.best, mine.worst) == (match.rank, match.best, match.worst)
        assert mine.strength == pytest.approx(match.strength)
        assert mine.log_strength.any_panel.low == pytest.approx(match.log_strength.any_panel.low)


def test_the_variance_written_out() -> None:
    votes = drawn(3, systems=3)
    found = next(one for one in ranking(votes).pairings if (one.first, one.second) == (0, 2))
    strength = bradley_terry(votes.wins, votes.ties).log_strengths
    information, slopes = np.zeros((3, 3)), []
    for i, j, y in zip(votes.first, votes.second, votes.outcome, strict=True):
        p = 1 / (1 + math.exp(strength[j] - strength[i]))
        contrast = np.zeros(3)
        contrast[i], contrast[j] = 1, -1
        information += p * (1 - p) * np.outer(contrast, contrast)
        slopes.append((y - p) * contrast)
    pull = np.array(slopes) @ np.linalg.pinv(information) @ np.array([1.0, 0, -1])

    def clustered(codes: np.ndarray) -> float:
        groups = len(set(codes.tolist()))
        return groups / (groups - 1) * sum(pull[codes == code].sum() ** 2 for code in set(codes.tolist()))

    by_unit, by_annotator = clustered(votes.units), clustered(votes.annotators)
    by_cell = clustered(votes.units * 100 + votes.annotators)
    variance = by_cell + max(by_unit - by_cell, 0) + max(by_annotator - by_cell, 0)
    assert found.test.statistic == pytest.approx((strength[0] - strength[2]) / variance**0.5)
    low, high = found.rate.this_panel.low, found.rate.this_panel.high
    assert low is not None
    assert high is not None
    assert math.log(high / (1 - high)) - math.log(low / (1 - low)) == pytest.approx(2 * 2.144787 * by_unit**0.5)


def test_ranks_reach_over_everybody_who_is_not_told_apart() -> None:
    found = ranking(drawn(1, systems=6, units=40, people=6))
    apart = {(one.first, one.second) for one in found.pairings if (one.holm or 0) < 0.05}
    assert apart
    order = [one.system for one in found.ranked]
    for one in found.ranked:
        assert one.best <= one.rank <= one.worst
        stronger = [other for other in order[: one.rank - 1] if tuple(sorted((other, one.system))) in apart]
        assert one.best == 1 + len(stronger)
    for group in found.groups:
        assert not [pair for pair in combinations(sorted(group), 2) if pair in apart]
    assert {system for group in found.groups for system in group} == set(order)


def test_who_never_lost_is_said_and_not_given_a_number() -> None:
    votes = Votes.collect(3, [0, 0, 1, 2], [1, 2, 2, 1], [1, 1, 1, 1], [0, 1, 2, 3], [0, 0, 1, 1])
    found = ranking(votes)
    assert (found.reason, found.parts, found.ranked) == (NOT_CONNECTED, ((0,), (1, 2)), ())
    assert components(np.array([[0, 1.0], [0, 0]]), np.array([[0, 1.0], [1, 0]])) == [[0, 1]]


def test_few_units_or_annotators_say_so_and_nothing_is_nothing() -> None:
    few = ranking(drawn(2, units=9))
    assert {one.log_strength.any_panel.reason for one in few.ranked} == {FEW_UNITS}
    assert [(one.best, one.worst) for one in few.ranked] == [(1, 4)] * 4
    two = ranking(drawn(2, people=2))
    assert {one.log_strength.any_panel.reason for one in two.ranked} == {TWO_ANNOTATORS}
    assert two.ranked[0].log_strength.this_panel.low is not None
    assert two.pairings[0].test.method.endswith("sandwich by unit, Student's t")
    assert ranking(Votes.collect(3, [], [], [], [], [])) == Ranking("bradley-terry", reason=NO_JUDGMENTS)
    with pytest.raises(ValueError, match="two different systems"):
        Votes.collect(2, [1], [1], [1], [0], [0])
