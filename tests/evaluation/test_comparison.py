"""Means and differences: written out, and by what must hold of all figures."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evaluation import comparison
from evaluation.comparison import difference, holm, mean
from evaluation.crossed import Cells
from evaluation.estimates import FEW_ANNOTATORS, TWO_ANNOTATORS
from tests.evaluation import oracles
from tests.evaluation.layouts import cells_of

Ratings = npt.NDArray[np.float64]


def ratings(seed: int, *, dialogues: int = 10, utterances: int = 5, people: int = 7, shift: float = 0.0) -> Ratings:
    """(dialogues, utterances, people) on 0–2, clustered both ways; the annotators are those of any other seed."""
    rng = np.random.default_rng(seed)
    leniency = np.random.default_rng(99).normal(0, 0.6, people)
    level = shift + rng.normal(0, 0.6, (dialogues, 1, 1)) + rng.normal(0, 0.8, (dialogues, utterances, 1)) + leniency
    return np.digitize(level + rng.logistic(size=(dialogues, utterances, people)), [-1.2, 0.4]).astype(np.float64)


def collected(table: Ratings, *, first_unit: int = 0) -> Cells:
    dialogues, _utterances, people = np.indices(table.shape).reshape(3, -1)
    return Cells.collect(dialogues + first_unit, people, table.ravel())


def two_systems(seed: int, **sizes: int) -> tuple[Cells, Cells]:
    return collected(ratings(seed, **sizes)), collected(ratings(seed + 1000, shift=0.5, **sizes), first_unit=500)


def test_a_mean_is_the_wilson_interval_of_the_rescaled_cell_means() -> None:
    table = ratings(1)
    low, high = oracles.crossed_wilson((table.mean(axis=1) / 2).tolist(), table.size)
    found = mean(collected(table), low=0, high=2).any_panel
    assert found.value == pytest.approx(table.mean(axis=1).mean())
    assert (found.low, found.high) == pytest.approx((2 * low, 2 * high), abs=1e-9)


def test_a_mean_of_this_panel_is_student_t_on_the_dialogue_means() -> None:
    table = ratings(2)
    means = table.mean(axis=(1, 2))
    half = stats.t.ppf(0.975, 9) * means.std(ddof=1) / math.sqrt(10)
    found = mean(collected(table), low=0, high=2).this_panel
    assert (found.low, found.high) == pytest.approx((means.mean() - half, min(means.mean() + half, 2)), abs=1e-9)


def test_a_difference_is_mover_on_the_two_wilson_intervals() -> None:
    first, second = two_systems(3)
    one, two = first.table / 2, second.table / 2
    (l1, u1), (l2, u2) = (oracles.crossed_wilson(t.tolist(), 350) for t in (one, two))
    m1, m2 = one.mean(), two.mean()
    covariance = sum((one[:, j].mean() - m1) * (two[:, j].mean() - m2) for j in range(7)) / (6 * 7)
    variances = [_crossed_variance(table) for table in (one, two)]
    rho = min(max(covariance / math.sqrt(variances[0] * variances[1]), 0), 0.95)
    below = math.sqrt((m1 - l1) ** 2 + (u2 - m2) ** 2 - 2 * rho * (m1 - l1) * (u2 - m2))
    above = math.sqrt((u1 - m1) ** 2 + (m2 - l2) ** 2 - 2 * rho * (u1 - m1) * (m2 - l2))
    found = difference(first, second, low=0, high=2).estimates.any_panel
    assert (found.low, found.high) == pytest.approx((2 * (m1 - m2 - below), 2 * (m1 - m2 + above)), abs=1e-9)


def test_a_difference_of_this_panel_is_welch_on_dialogue_means() -> None:
    first, second = two_systems(4)
    theirs = stats.ttest_ind(first.unit_means, second.unit_means, equal_var=False).confidence_interval(0.95)
    found = difference(first, second, low=0, high=2).estimates.this_panel
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_the_p_value_is_the_two_way_t() -> None:
    first, second = two_systems(5)
    one, two = first.table / 2, second.table / 2
    v_d = [table.mean(axis=1).var(ddof=1) / 10 for table in (one, two)]
    v_a = (one.mean(axis=0) - two.mean(axis=0)).var(ddof=1) / 7
    v_da = [_noise(table) for table in (one, two)]
    variance = sum(v_d) + max(v_a - sum(v_da), 0)
    below = sum(part**2 / 9 for part in v_d)
    if v_a > sum(v_da):
        below += v_a**2 / 6 + sum(part**2 / 54 for part in v_da)
    df = min(max(variance**2 / below, 6), 18)
    expected = 2 * stats.t.sf(abs(one.mean() - two.mean()) / math.sqrt(variance), df)
    assert difference(first, second, low=0, high=2).test.p == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_exchanging_the_systems_turns_the_sign(seed: int) -> None:
    first, second = two_systems(seed)
    there, back = difference(first, second, low=0, high=2), difference(second, first, low=0, high=2)
    for one, other in (
        (there.estimates.any_panel, back.estimates.any_panel),
        (there.estimates.this_panel, back.estimates.this_panel),
    ):
        assert (one.value, one.low, one.high) == pytest.approx((-other.value, -other.high, -other.low), abs=1e-9)  # type: ignore[operator]
    assert there.test.p == pytest.approx(back.test.p)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), people=st.integers(3, 8), dialogues=st.integers(5, 12))
def test_scale_order_and_bounds(seed: int, people: int, dialogues: int) -> None:
    table = ratings(seed, people=people, dialogues=dialogues, shift=float(seed % 5))
    shuffled = np.random.default_rng(seed).permutation(table)[:, ::-1, ::-1]
    plain, moved = mean(collected(table), low=0, high=2), mean(collected(10 + 3 * shuffled), low=10, high=16)
    for one, other in ((plain.any_panel, moved.any_panel), (plain.this_panel, moved.this_panel)):
        assert other.value == pytest.approx(10 + 3 * one.value, abs=1e-9)  # type: ignore[operator]
        if one.low is not None and one.high is not None:
            assert (other.low, other.high) == pytest.approx((10 + 3 * one.low, 10 + 3 * one.high), abs=1e-9)
            assert 0 <= one.low <= one.value + 1e-12 <= one.high + 2e-12 <= 2 + 4e-12  # type: ignore[operator]


def test_a_rating_missing_inside_a_cell_leaves_the_table_complete() -> None:
    table = ratings(6)
    dialogues, _utterances, people = np.indices(table.shape).reshape(3, -1)
    cells = Cells.collect(dialogues[1:], people[1:], table.ravel()[1:])
    assert cells.complete
    assert mean(cells, low=0, high=2).any_panel.n["judgments"] == 349


def test_a_missing_cell_takes_the_overlap_form_and_hardly_moves_the_figures() -> None:
    first, second = two_systems(7)
    part = Cells.collect(first.units[1:], first.annotators[1:], first.values[1:])
    whole, missing = (difference(one, second, low=0, high=2) for one in (first, part))
    found, before = missing.estimates.any_panel, whole.estimates.any_panel
    assert (found.low, found.high) == pytest.approx((before.low, before.high), abs=0.06)
    assert mean(part, low=0, high=2).any_panel.method == comparison.OVERLAP


def test_different_annotators_share_nothing_that_could_cancel() -> None:
    first, second = two_systems(8)
    others = Cells.collect(second.units, second.annotators + 100, second.values)
    shared, apart = (difference(first, one, low=0, high=2).estimates.any_panel for one in (second, others))
    assert (apart.high or 0) - (apart.low or 0) > (shared.high or 0) - (shared.low or 0)
    assert apart.n["annotators"] == 14


def test_few_dialogues_or_annotators_say_so() -> None:
    four = mean(collected(ratings(1, dialogues=4)), low=0, high=2)
    assert (four.any_panel.low, four.any_panel.reason) == (None, comparison.FEW_DIALOGUES)
    assert FEW_ANNOTATORS in mean(collected(ratings(1, people=3)), low=0, high=2).any_panel.notes
    pair = difference(*two_systems(1, people=2), low=0, high=2)
    assert (pair.estimates.any_panel.low, pair.estimates.any_panel.reason) == (None, TWO_ANNOTATORS)
    assert pair.estimates.headline is pair.estimates.this_panel


def test_everybody_always_says_the_same() -> None:
    same = cells_of(np.full((10, 7), 2.0))
    found = mean(same, low=0, high=2)
    assert found.any_panel.value == 2
    assert found.any_panel.low is not None
    assert found.any_panel.low < 1.8
    assert found.this_panel.low is None
    gap = difference(same, same, low=0, high=2)
    assert gap.test.p is None
    assert gap.estimates.any_panel.low is not None


def test_holm_adjusts_step_by_step() -> None:
    assert holm([0.01, 0.02, 0.03, 0.04]) == pytest.approx([0.04, 0.06, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([None, 0.03]) == [None, 0.03]


def _crossed_variance(table: Ratings) -> float:
    units, people = table.shape
    grand = table.mean()
    ms_p = people * ((table.mean(axis=1) - grand) ** 2).sum() / (units - 1)
    ms_a = units * ((table.mean(axis=0) - grand) ** 2).sum() / (people - 1)
    ms_e = _noise(table) * table.size
    return float((ms_e + max(ms_p - ms_e, 0) + max(ms_a - ms_e, 0)) / table.size)


def _noise(table: Ratings) -> float:
    units, people = table.shape
    rest = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()
    return float((rest**2).sum() / ((units - 1) * (people - 1)) / table.size)
