"""The majority, and Dawid and Skene's model against its paper and against a plain version."""

import math

import numpy as np
import pytest
from hypothesis import given, settings

from evaluation.aggregation import NOT_SETTLED, THREE_NEEDED, dawid_skene, majority, settled
from evaluation.ratings import Ratings
from tests.evaluation.answers_drawn import columns_of, complete, simulated, some
from tests.evaluation.oracles import Answer

# Dawid & Skene (1979), table 1: 45 patients; observer 1 three times, then observers 2 to 5.
PATIENTS = """
1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223
2322223 4444444 2223343 1111111 2223212 1211111 1112111 1111111 1111111
2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111 2322222
1111111 1111111 1121121 1111111 3333233 1111111 2222222 2223232 4334343
2212232 2323233 3333432 1111111 1111111 1212111 2322222 1211111 2222222
"""


def patients() -> Ratings:
    observers = (0, 0, 0, 1, 2, 3, 4)
    rows = [
        (unit, who, int(grade))
        for unit, said in enumerate(PATIENTS.split())
        for who, grade in zip(observers, said, strict=True)
    ]
    unit, who, grade = zip(*rows, strict=True)
    return Ratings.collect(unit, who, grade, unit)


def plain_em(answers: list[Answer], rounds: int) -> list[list[float]]:
    """The model in loops, so many rounds of it."""
    units, people = sorted({a[0] for a in answers}), sorted({a[1] for a in answers})
    kinds = sorted({a[2] for a in answers})
    about = {unit: [(p, v) for u, p, v, _d in answers if u == unit] for unit in units}
    true = {u: [sum(v == k for _p, v in about[u]) / len(about[u]) for k in kinds] for u in units}
    for _ in range(rounds):
        share = [sum(true[u][k] for u in units) / len(units) for k in range(len(kinds))]
        error: dict[tuple[int, int, float], float] = {}
        for person in people:
            for k in range(len(kinds)):
                given_ = {one: sum(true[u][k] for u in units for p, v in about[u] if (p, v) == (person, one))
                          for one in kinds}  # fmt: skip
                total = sum(given_.values())
                for one in kinds:
                    error[person, k, one] = given_[one] / total if total > 0 else 1 / len(kinds)
        for u in units:
            joint = [
                max(share[k], 1e-12) * math.prod(max(error[p, k, v], 1e-12) for p, v in about[u])
                for k in range(len(kinds))
            ]
            true[u] = [one / sum(joint) for one in joint]
    return [true[u] for u in units]


def test_the_anaesthetists_of_the_paper() -> None:
    """Table 2 and 4 of the paper: prevalence .40, .42, .11, .07; observer 1 sees class 1 as 1 in .89 of cases."""
    found = dawid_skene(patients())
    assert found.prevalence == pytest.approx([0.40, 0.42, 0.11, 0.07], abs=0.005)
    assert found.errors[0, 0] == pytest.approx([0.89, 0.11, 0, 0], abs=0.005)
    assert found.labels.values[:5].tolist() == [1, 4, 2, 2, 2]
    assert found.notes == ()


@settings(max_examples=40, deadline=None)
@given(answers=some())
def test_the_fast_rounds_are_the_plain_ones(answers: list[Answer]) -> None:
    if not answers:
        assert dawid_skene(columns_of(answers)).posterior.size == 0
        return
    found = dawid_skene(columns_of(answers), tolerance=1e-3)
    assert found.posterior == pytest.approx(np.array(plain_em(answers, found.rounds)), abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(answers=complete())
def test_the_majority_is_the_commonest_answer(answers: list[Answer]) -> None:
    found = majority(columns_of(answers))
    for place, unit in enumerate(sorted({answer[0] for answer in answers})):
        said = [answer[2] for answer in answers if answer[0] == unit]
        most = max(said.count(value) for value in said)
        lead = {value for value in said if said.count(value) == most}
        assert found.sure[place] == most / len(said)
        assert (found.values[place] in lead) if len(lead) == 1 else np.isnan(found.values[place])


def test_good_annotators_count_for_more_than_a_careless_majority() -> None:
    """Two who see the truth, three who guess: the model finds who is who, the majority does not."""
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 2, 400)
    answers = []
    for unit, real in enumerate(truth.tolist()):
        for person in range(5):
            right = rng.random() < (0.95 if person < 2 else 0.55)
            answers.append((unit, person, float(real if right else 1 - real), unit))
    ratings = columns_of(answers)
    model, votes = dawid_skene(ratings), majority(ratings)
    assert (model.labels.values == truth).mean() > (votes.values == truth).mean() + 0.05
    assert model.accuracy == pytest.approx([0.95, 0.95, 0.55, 0.55, 0.55], abs=0.07)
    sure = settled(model.labels, least=0.95)
    assert (model.labels.values == truth)[sure].mean() > 0.97


def test_the_likelihood_never_falls() -> None:
    ratings = columns_of(simulated(3, dialogues=30))
    before = -math.inf
    for tolerance in (0.3, 0.1, 0.03, 0.01, 1e-4, 1e-7):
        found = dawid_skene(ratings, tolerance=tolerance)
        assert found.log_likelihood >= before - 1e-9
        before = found.log_likelihood


def test_two_annotators_cannot_tell_errors_from_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    two = columns_of(simulated(3, dialogues=30, people=2, missing=0))
    assert dawid_skene(two).notes[0] == THREE_NEEDED
    monkeypatch.setattr("evaluation.aggregation.MOST_ROUNDS", 2)
    assert NOT_SETTLED in dawid_skene(columns_of(simulated(3, dialogues=30))).notes
