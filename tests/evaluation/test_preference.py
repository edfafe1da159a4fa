"""Win rates and sides: the published numbers, the plain version, and what must hold of all figures."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evaluation import preference
from evaluation.crossed import Cells, crossed_moments, overlap_moments
from evaluation.estimates import NO_JUDGMENTS, TWO_ANNOTATORS, Estimate, wilson
from tests.evaluation import oracles
from tests.evaluation.layouts import cells_of, layout


def drawn(seed: int, units: int, people: int, rate: float) -> npt.NDArray[np.float64]:
    return (np.random.default_rng(seed).random((units, people)) < rate).astype(np.float64)


tables = st.builds(
    drawn,
    st.integers(0, 2**20),
    st.integers(2, 12),
    st.integers(3, 6),
    st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]),
)


def limits(estimate: Estimate) -> list[float]:
    assert estimate.low is not None
    assert estimate.high is not None
    return [round(100 * estimate.low, 1), round(100 * estimate.high, 1)]


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_sign_test_is_the_exact_binomial(wins: int, losses: int) -> None:
    if wins + losses:
        expected = stats.binomtest(wins, wins + losses).pvalue
        assert preference.sign_test(wins, losses) == pytest.approx(expected, rel=1e-9)


def test_308_of_350_as_plain_arithmetic() -> None:
    low, high = wilson(308 / 350, 350, 1.959963984540054)
    assert [round(float(low) * 100, 2), round(float(high) * 100, 2)] == [84.18, 91.0]
    published, test = preference.as_published(cells_of(layout("spread")))
    assert limits(published) == [84.2, 91.0]
    assert test.p == pytest.approx(3.9e-51, rel=0.02)


@pytest.mark.parametrize(
    ("name", "any_panel", "this_panel", "effective", "decided_for"),
    [
        ("spread", [83.8, 91.2], [84.1, 91.1], 302, 1.0),
        ("clustered", [80.4, 92.9], [80.4, 92.9], 110, 44 / 50),
        ("one severe annotator", [75.7, 94.5], [82.6, 91.9], 62, 1.0),
    ],
)
def test_308_of_350_depends_on_where_the_losses_lie(
    name: str, any_panel: list[float], this_panel: list[float], effective: int, decided_for: float
) -> None:
    votes = cells_of(layout(name))
    rate = preference.win_rate(votes)
    assert rate.any_panel.value == pytest.approx(308 / 350)
    assert limits(rate.any_panel) == any_panel
    assert limits(rate.this_panel) == this_panel
    assert int(rate.any_panel.n["effective"]) in (effective - 1, effective)
    assert preference.majority_share(votes).value == pytest.approx(decided_for)


def test_one_severe_annotator_leaves_few_degrees_of_freedom() -> None:
    assert float(crossed_moments(layout("one severe annotator")).df) == pytest.approx(8.7, abs=0.05)


@settings(max_examples=150, deadline=None)
@given(table=tables)
def test_the_fast_interval_is_the_plain_one(table: npt.NDArray[np.float64]) -> None:
    found = preference.win_rate(cells_of(table)).any_panel
    assert (found.low, found.high) == pytest.approx(oracles.crossed_wilson(table.tolist(), table.size), abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(table=tables)
def test_turning_the_systems_round_mirrors_every_figure(table: npt.NDArray[np.float64]) -> None:
    one, other = preference.win_rate(cells_of(table)), preference.win_rate(cells_of(1 - table))
    for mine, theirs in ((one.any_panel, other.any_panel), (one.this_panel, other.this_panel)):
        assert mine.value == pytest.approx(1 - theirs.value, abs=1e-9)  # type: ignore[operator]
        assert mine.low == pytest.approx(1 - theirs.high, abs=1e-9)  # type: ignore[operator]
    assert preference.win_test(cells_of(table)).p == pytest.approx(preference.win_test(cells_of(1 - table)).p)


@settings(max_examples=60, deadline=None)
@given(table=tables, seed=st.integers(0, 99))
def test_order_of_pairs_and_annotators_does_not_matter(table: npt.NDArray[np.float64], seed: int) -> None:
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(rng.permutation(table), axis=1)
    one, other = preference.win_rate(cells_of(table)), preference.win_rate(cells_of(shuffled))
    assert (one.any_panel.low, one.this_panel.high) == pytest.approx((other.any_panel.low, other.this_panel.high))


@settings(max_examples=60, deadline=None)
@given(table=tables)
def test_limits_enclose_the_rate_and_stay_within_0_and_1(table: npt.NDArray[np.float64]) -> None:
    rate = preference.win_rate(cells_of(table))
    for one in (rate.any_panel, rate.this_panel):
        assert 0 <= one.low <= one.value + 1e-12 <= one.high + 2e-12 <= 1 + 2e-12  # type: ignore[operator]


def test_all_votes_for_one_still_leave_doubt() -> None:
    votes = cells_of(np.ones((50, 7)))
    rate = preference.win_rate(votes).any_panel
    assert rate.value == 1
    assert rate.low is not None
    assert rate.low < 0.95
    assert preference.win_test(votes).p is None


def test_a_missing_vote_takes_the_overlap_form_and_hardly_moves_the_interval() -> None:
    table = layout("one severe annotator")
    units, people = np.indices(table.shape).reshape(2, -1)
    whole = preference.win_rate(cells_of(table)).any_panel
    part = preference.win_rate(Cells.collect(units[1:], people[1:], table.ravel()[1:])).any_panel
    assert part.method == preference.OVERLAP
    assert (part.low, part.high) == pytest.approx((whole.low, whole.high), abs=0.02)


def test_the_overlap_form_written_out() -> None:
    units, people = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 1, 2, 2, 0])
    values = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 1.0])
    errors = values - values.mean()
    v_zero = (errors**2).sum() / 30
    v_unit = 1.5 * sum(errors[units == unit].sum() ** 2 for unit in range(3)) / 36
    v_person = 1.5 * sum(errors[people == person].sum() ** 2 for person in range(3)) / 36
    found = overlap_moments(units, people, values)
    assert float(found.variance) == pytest.approx(v_zero + max(v_unit - v_zero, 0) + max(v_person - v_zero, 0))
    assert float(found.df) >= 2


def test_two_annotators_describe_only_themselves_and_nobody_describes_nothing() -> None:
    rate = preference.win_rate(cells_of(np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])))
    assert (rate.any_panel.low, rate.any_panel.reason) == (None, TWO_ANNOTATORS)
    assert rate.headline is rate.this_panel
    assert preference.win_rate(Cells.collect([], [], [])).any_panel.reason == NO_JUDGMENTS


def test_even_votes_have_no_majority() -> None:
    share = preference.majority_share(cells_of(np.array([[1.0, 0.0], [0.0, 1.0]])))
    assert share.value is None
    assert share.n["undecided"] == 2


def test_personal_side_habits_widen_the_interval_and_not_the_share() -> None:
    balanced = np.tile([[1.0, 0.0], [0.0, 1.0]], (10, 3))
    habits = np.c_[np.ones((20, 3)), np.zeros((20, 3))]
    even, even_test = preference.side_bias(cells_of(balanced))
    odd, odd_test = preference.side_bias(cells_of(habits))
    assert (even.value, odd.value) == (0.5, 0.5)
    assert even.low is None
    assert even_test.p is None
    assert odd.low == 0
    assert odd_test.p == pytest.approx(1.0)
