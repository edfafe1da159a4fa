"""Each annotator beside the others: Ann is usual, Bob is generous, Cem answers the same throughout."""

import numpy as np
import pytest
from hypothesis import given, settings

from evaluation.agreement import COEFFICIENTS, agreement
from evaluation.annotators import FEW_DIALOGUES, NOBODY_ELSE, annotator_rows
from evaluation.counted import Counted
from evaluation.habits import FEW_VOTES, pace, side_habits, straight_lines
from tests.evaluation.answers_drawn import columns_of, simulated, some
from tests.evaluation.oracles import Answer

ANN, BOB, CEM, DEE = 11, 12, 13, 14


def panel(dialogues: int = 30) -> list[Answer]:
    """Four annotators of dialogues of three utterances, on 0–4; Bob gives one more, Cem always 2."""
    rng = np.random.default_rng(7)
    answers = []
    for unit in range(dialogues * 3):
        level = rng.integers(0, 4)
        for person in (ANN, BOB, DEE):
            noise = int(rng.random() < 0.2)
            answers.append((unit, person, float(min(4, level + noise + (person == BOB))), unit // 3))
        answers.append((unit, CEM, 2.0, unit // 3))
    return answers


def test_a_generous_annotator_shows_as_lenient() -> None:
    ann, bob, _cem, _dee = annotator_rows(columns_of(panel()))
    assert bob.leniency.value > 0.7 > ann.leniency.value  # type: ignore[operator]
    assert bob.leniency.low is not None
    assert bob.leniency.low > 0
    others = [np.mean([v for u, p, v, _d in panel() if u == unit and p != BOB]) for unit in range(90)]
    own = [v for _u, p, v, _d in panel() if p == BOB]
    assert bob.leniency.value == pytest.approx(np.mean(np.array(own) - others))


def test_who_never_varies_has_no_spread_and_agrees_least() -> None:
    rows = {row.annotator: row for row in annotator_rows(columns_of(panel()))}
    cem = rows[CEM]
    assert (cem.spread, cem.commonest, cem.relative_spread) == (0, 1.0, 0)
    assert rows[ANN].relative_spread == pytest.approx(1.2, abs=0.35)
    assert min(rows.values(), key=lambda row: row.same.value or 0) in (cem, rows[BOB])
    assert rows[ANN].with_majority.value > cem.with_majority.value  # type: ignore[operator]


def test_the_rest_agree_more_without_who_disagrees() -> None:
    measure = COEFFICIENTS["alpha-ordinal"].measure
    assert isinstance(measure, Counted)
    ratings = columns_of(panel())
    rows = {row.annotator: row for row in annotator_rows(ratings, measure)}
    for person, row in rows.items():
        rest = columns_of([answer for answer in panel() if answer[1] != person])
        assert row.without == pytest.approx(agreement(rest, "alpha-ordinal").any_panel.value)
    assert max(rows.values(), key=lambda row: row.without or 0).annotator == CEM


@settings(max_examples=60, deadline=None)
@given(answers=some())
def test_agreement_with_the_rest_is_that_of_counting_by_hand(answers: list[Answer]) -> None:
    rows = annotator_rows(columns_of(answers))
    assert [row.annotator for row in rows] == sorted({answer[1] for answer in answers})
    for row in rows:
        same, decided = [], []
        for unit, person, value, _dialogue in answers:
            if person != row.annotator:
                continue
            others = [v for u, p, v, _d in answers if u == unit and p != person]
            if others:
                same.append(others.count(value) / len(others))
                most = max(others.count(one) for one in others)
                lead = {one for one in others if others.count(one) == most}
                if len(lead) == 1:
                    decided.append(value in lead)
        assert row.shared == len(same)
        assert row.same.value == (pytest.approx(np.mean(same)) if same else None)
        assert row.with_majority.value == (pytest.approx(np.mean(decided)) if decided else None)
        assert row.same.value is None or row.same.low is None or row.same.low <= row.same.value <= row.same.high  # type: ignore[operator]


def test_alone_or_on_few_dialogues_there_is_a_reason_and_no_interval() -> None:
    (alone,) = annotator_rows(columns_of([(unit, ANN, 1.0, unit) for unit in range(9)]))
    assert (alone.same.value, alone.same.reason, alone.without) == (None, NOBODY_ELSE, None)
    few = annotator_rows(columns_of(simulated(1, dialogues=4)))[0]
    assert few.same.value is not None
    assert (few.same.low, few.same.reason) == (None, FEW_DIALOGUES)
    assert annotator_rows(columns_of([])) == []


def test_straight_lines_are_those_of_pages_with_four_answers() -> None:
    people = [ANN] * 9 + [BOB] * 8
    pages = [1] * 4 + [2] * 5 + [1] * 4 + [3] * 4
    values = [2, 2, 2, 2, 1, 1, 1, 1, 0, 2, 1, 2, 2, 0, 0, 0, 0]
    ann, bob = straight_lines(people, pages, values)
    assert (ann.pages, ann.alike, ann.others) == (2, 0.5, 0.0)
    assert (bob.pages, bob.alike, bob.others) == (2, 0.5, 1.0)
    short = straight_lines([ANN] * 3, [1] * 3, [1, 1, 1])[0]
    assert (short.pages, short.alike, short.others) == (0, None, None)
    assert straight_lines([], [], []) == []


def test_pace_is_beside_everybody_on_the_same_units() -> None:
    people = [ANN, BOB, DEE] * 4 + [ANN]
    units = [unit for unit in range(4) for _ in range(3)] + [9]
    seconds = [5, 20, 30, 5, 20, 30, 20, 20, 20, 5, 30, 20, 1000]
    ann, bob, dee = pace(people, units, seconds)
    assert (ann.units, ann.seconds, ann.relative, ann.hasty) == (5, 5, 0.25, 0.75)
    assert (bob.relative, dee.relative) == (1.0, 1.25)
    assert pace([ANN], [1], [9.0])[0].relative is None


def test_a_side_habit_is_found_and_many_annotators_do_not_make_one_by_chance() -> None:
    rng = np.random.default_rng(2)
    people = np.repeat(np.arange(40), 50)
    left = rng.random(2000) < 0.5
    left[people == 17] = rng.random(50) < 0.9
    sides = side_habits(people, left)
    assert sides[17].p is not None
    assert sides[17].p < 0.001
    assert sum((side.p or 0) < 0.05 for side in sides) == 1
    assert all(side.left.low <= side.left.value <= side.left.high for side in sides)  # type: ignore[operator]
    (few,) = side_habits([ANN] * 9, [True] * 9)
    assert (few.left.value, few.left.low, few.left.reason, few.p) == (1.0, None, FEW_VOTES, None)
