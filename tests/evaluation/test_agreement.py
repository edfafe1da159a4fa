"""Coefficients against the textbook, against slow plain versions, and by what must hold of all of them."""

import math

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation import agreement as module
from evaluation.agreement import BY_SCALE, COEFFICIENTS, agreement, jackknife
from evaluation.coincidences import Ratings
from tests.evaluation import oracles

ALPHAS = [key for key, coefficient in COEFFICIENTS.items() if coefficient.beyond_chance]
EVERY = sorted(COEFFICIENTS)
# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section C: 4 observers, 12 units.
TEXTBOOK = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


def columns_of(answers: list[oracles.Answer]) -> Ratings:
    unit, annotator, value, dialogue = zip(*answers, strict=True) if answers else ((), (), (), ())
    return Ratings.collect(
        np.array(unit, int), np.array(annotator, int), np.array(value, float), np.array(dialogue, int)
    )


def textbook() -> list[oracles.Answer]:
    return [
        (unit, coder, float(value), unit)
        for coder, row in enumerate(TEXTBOOK)
        for unit, value in enumerate(row)
        if value is not None
    ]


def simulated(
    seed: int, *, dialogues: int, utterances: int = 3, people: int = 4, missing: float = 0.2
) -> list[oracles.Answer]:
    rng = np.random.default_rng(seed)
    answers = []
    for dialogue in range(dialogues):
        for utterance in range(utterances):
            base = rng.normal()
            for person in range(people):
                if rng.random() >= missing:
                    value = int(np.digitize(base + rng.normal() * 0.8, [-0.6, 0.6]))
                    answers.append((dialogue * 10 + utterance, person, float(value), dialogue))
    return answers


answers_drawn = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 3), st.sampled_from([0.0, 1.0, 2.0, 5.0])),
    max_size=32,
    unique_by=lambda answer: answer[:2],
).map(lambda rows: [(unit, person, value, unit // 2) for unit, person, value in rows])


@pytest.mark.parametrize(
    ("key", "published"), [("alpha-nominal", 0.743421), ("alpha-ordinal", 0.815388), ("alpha-interval", 0.849107)]
)
def test_the_textbook_example_comes_out(key: str, published: float) -> None:
    assert agreement(columns_of(textbook()), key).any_panel.value == pytest.approx(published, abs=5e-7)


@pytest.mark.parametrize("key", EVERY)
@settings(max_examples=150, deadline=None)
@given(answers=answers_drawn)
def test_the_fast_value_is_the_plain_one(key: str, answers: list[oracles.Answer]) -> None:
    plain = oracles.exact(answers) if key == "exact" else oracles.alpha(answers, key.removeprefix("alpha-"))
    value = agreement(columns_of(answers), key).any_panel.value
    assert (value is None) == (plain is None)
    assert value is None or value == pytest.approx(plain, abs=1e-9)


@pytest.mark.parametrize("key", ALPHAS)
def test_the_value_is_that_of_the_krippendorff_package(key: str) -> None:
    answers = simulated(3, dialogues=12)
    table = np.full((4, 200), np.nan)
    for unit, person, value, _dialogue in answers:
        table[person, unit] = value
    theirs = krippendorff.alpha(reliability_data=table, level_of_measurement=key.removeprefix("alpha-"))
    assert agreement(columns_of(answers), key).any_panel.value == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize("key", EVERY)
def test_the_jackknife_is_that_of_leaving_rows_out(key: str, missing: float, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = simulated(5, dialogues=20, utterances=2, missing=missing)
    ratings = columns_of(answers)
    value = agreement(ratings, key).any_panel.value
    assert value is not None
    found = jackknife(ratings, COEFFICIENTS[key], point=value).any_panel
    assert (found.low, found.high) == pytest.approx(oracles.jackknife_limits(answers, key), abs=1e-9)
    monkeypatch.setattr("evaluation.coincidences.CHUNK_NUMBERS", 100)
    monkeypatch.setattr(module, "CHUNK_NUMBERS", 100)
    in_pieces = jackknife(ratings, COEFFICIENTS[key], point=value).any_panel
    assert (in_pieces.low, in_pieces.high) == pytest.approx((found.low, found.high), abs=1e-12)


@pytest.mark.parametrize("key", EVERY)
@pytest.mark.parametrize("seed", range(3))
def test_order_and_names_of_units_and_annotators_do_not_matter(key: str, seed: int) -> None:
    answers = simulated(seed, dialogues=30)
    rng = np.random.default_rng(seed)
    renamed = [(1000 - unit, 7 * person + 3, value, 500 - dialogue) for unit, person, value, dialogue in answers]
    shuffled = [renamed[place] for place in rng.permutation(len(renamed))]
    one, other = agreement(columns_of(answers), key), agreement(columns_of(shuffled), key)
    for target in ("any_panel", "this_panel"):
        before, after = getattr(one, target), getattr(other, target)
        assert (after.value, after.low, after.high) == pytest.approx((before.value, before.low, before.high), abs=1e-9)


@pytest.mark.parametrize("key", EVERY)
def test_relabelling_categories_as_the_distance_allows_changes_nothing(key: str) -> None:
    relabel = {
        "nominal": {0.0: 9.0, 1.0: -4.0, 2.0: 5.0},
        "ordinal": {0.0: -3.0, 1.0: 10.0, 2.0: 11.0},
        "interval": {0.0: 5.0, 1.0: 8.0, 2.0: 11.0},
    }[COEFFICIENTS[key].distance]
    answers = simulated(1, dialogues=30)
    renamed = [(unit, person, relabel[value], dialogue) for unit, person, value, dialogue in answers]
    one, other = agreement(columns_of(answers), key).any_panel, agreement(columns_of(renamed), key).any_panel
    assert (other.value, other.low, other.high) == pytest.approx((one.value, one.low, one.high), abs=1e-9)


@pytest.mark.parametrize("key", EVERY)
@settings(max_examples=100, deadline=None)
@given(answers=answers_drawn)
def test_values_and_limits_stay_within_their_bounds(key: str, answers: list[oracles.Answer]) -> None:
    found = agreement(columns_of(answers), key)
    least = -1.0 if COEFFICIENTS[key].beyond_chance else 0.0
    for one in (found.any_panel, found.this_panel):
        assert one.value is None or (math.isfinite(one.value) and one.value <= 1 + 1e-12)
        assert (one.value is None or one.low is None) <= bool(one.reason)
        if one.low is not None and one.high is not None:
            assert least <= one.low <= one.high <= 1


def test_no_variation_is_undefined_and_never_one() -> None:
    answers = [(unit, person, 2.0, unit) for unit in range(60) for person in range(3)]
    found = agreement(columns_of(answers), "alpha-ordinal").any_panel
    assert found.value is None
    assert found.reason == module.NO_VARIATION
    assert agreement(columns_of(answers), "exact").any_panel.value == 1
    assert agreement(columns_of(answers), "exact").any_panel.low is None


def test_nothing_judged_twice_is_undefined() -> None:
    found = agreement(columns_of([(unit, unit, 1.0, unit) for unit in range(9)]), "alpha-nominal").any_panel
    assert (found.value, found.reason) == (None, module.NO_PAIRS)


def test_few_dialogues_and_one_crowded_category_show_the_point_and_the_reason() -> None:
    few = agreement(columns_of(simulated(2, dialogues=19)), "alpha-ordinal").any_panel
    assert few.value is not None
    assert (few.low, few.reason) == (None, module.FEW_DIALOGUES)
    rare = [(unit, person, float(unit == person), unit) for unit in range(60) for person in range(3)]
    crowded = agreement(columns_of(rare), "alpha-nominal").any_panel
    assert crowded.value is not None
    assert (crowded.low, crowded.reason) == (None, module.ONE_CATEGORY)


def test_under_fifty_dialogues_an_interval_is_called_indicative() -> None:
    assert module.UNDER_50 in agreement(columns_of(simulated(2, dialogues=49)), "alpha-ordinal").any_panel.notes
    assert module.UNDER_50 not in agreement(columns_of(simulated(2, dialogues=50)), "alpha-ordinal").any_panel.notes


def test_two_annotators_describe_only_themselves() -> None:
    found = agreement(columns_of(simulated(4, dialogues=60, people=2, missing=0)), "alpha-ordinal")
    assert found.any_panel.low is None
    assert found.this_panel.low is not None
    assert found.headline is found.this_panel


def test_every_scale_has_its_coefficients() -> None:
    assert set(BY_SCALE) == {"ordinal", "interval", "binary", "nominal", "preference", "span", "text"}
    assert {key for keys in BY_SCALE.values() for key in keys} <= set(COEFFICIENTS)
