"""Tests by permutation and on dialogue means: published examples, SciPy's answers, and what must hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evaluation.comparison import FEW_DIALOGUES, holm
from evaluation.crossed import Cells
from evaluation.permutation import (
    NO_VARIATION,
    exchange_test,
    flip_test,
    mann_whitney,
    paired_t_test,
    welch_test,
)
from tests.evaluation.layouts import cells_of

DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]


def two(seed: int, first: int, second: int, people: int = 3) -> tuple[Cells, Cells]:
    rng = np.random.default_rng(seed)
    one, other = (rng.integers(0, 3, (size, people)).astype(float) for size in (first, second))
    return cells_of(one + 0.5), cells_of(other)


def test_fishers_exact_permutation_of_darwins_maize() -> None:
    """Fisher (1935, §21): 1,726 of 32,768 arrangements are at least as far from 0."""
    assert flip_test(DARWIN, draws=2**15).p == pytest.approx(1726 / 32768)
    assert flip_test(DARWIN, draws=4_999, seed=3).p == pytest.approx(1726 / 32768, abs=0.012)


@given(seed=st.integers(0, 1000), size=st.integers(2, 30))
@settings(max_examples=40, deadline=None)
def test_comparing_two_runs_of_a_recommender(seed: int, size: int) -> None:
    """Hits of two runs on the same instances: SciPy's paired t, and a randomisation p that goes with it."""
    rng = np.random.default_rng(seed)
    first, second = rng.random(size), rng.random(size) * 0.8
    found = paired_t_test(first, second)
    assert (found.statistic, found.p) == pytest.approx(tuple(stats.ttest_rel(first, second)))
    drawn = flip_test(first - second)
    assert drawn.p is not None
    assert 0 < drawn.p <= 1
    assert drawn.p == flip_test(second - first).p
    if size <= 13:
        everything = stats.permutation_test((first - second,), np.mean, permutation_type="samples", n_resamples=np.inf)
        assert drawn.p == pytest.approx(everything.pvalue)
    assert holm([found.p, drawn.p])[0] is not None


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1000), sizes=st.tuples(st.integers(2, 5), st.integers(2, 5)))
def test_exchanging_dialogues_counts_every_arrangement(seed: int, sizes: tuple[int, int]) -> None:
    first, second = two(seed, *sizes)
    found, back = exchange_test(first, second), exchange_test(second, first)
    means = [cells.unit_means for cells in (first, second)]
    if np.ptp(np.concatenate(means)) < 1e-12:
        assert found.reason == NO_VARIATION
        return
    every = stats.permutation_test(means, lambda x, y, axis: x.mean(axis) - y.mean(axis), n_resamples=np.inf)
    far = np.abs(every.null_distribution) >= abs(every.statistic) - 1e-12
    assert found.p == pytest.approx(far.mean())
    assert found.p == pytest.approx(back.p)


def test_many_dialogues_are_exchanged_at_random_from_the_seed() -> None:
    first, second = two(1, 12, 12)
    found = exchange_test(first, second, seed=5)
    assert found == exchange_test(first, second, seed=5)
    assert found.p == pytest.approx(welch_test(first, second).p, abs=0.02)
    assert exchange_test(first, Cells.collect([1, 1], [1, 2], [0, 1])).reason == FEW_DIALOGUES


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1000), sizes=st.tuples(st.integers(2, 8), st.integers(2, 8)), step=st.sampled_from([0, 1]))
def test_mann_whitney_is_scipys(seed: int, sizes: tuple[int, int], step: int) -> None:
    rng = np.random.default_rng(seed)
    first, second = (np.round(rng.normal(1, 2, size), 8 if step else 0) for size in sizes)
    found = mann_whitney(first, second)
    if np.ptp(np.concatenate([first, second])) == 0:
        assert found.reason == NO_VARIATION
        return
    assert found.statistic == stats.mannwhitneyu(first, second).statistic
    if step:
        expected = stats.mannwhitneyu(first, second, method="exact").pvalue
    else:
        ranks = stats.rankdata(np.concatenate([first, second]))
        middle = ranks.sum() * sizes[0] / ranks.size
        expected = stats.permutation_test(
            (ranks[: sizes[0]], ranks[sizes[0] :]),
            lambda x, y, axis: np.round(np.abs(x.sum(axis) - middle), 9),
            n_resamples=np.inf, alternative="greater",
        ).pvalue  # fmt: skip
    assert found.p == pytest.approx(expected)


def test_mann_whitney_of_many_dialogues_is_normal_with_ties() -> None:
    rng = np.random.default_rng(2)
    first, second = rng.integers(0, 9, 60) / 4 + 0.2, rng.integers(0, 9, 50) / 4
    expected = stats.mannwhitneyu(first, second, method="asymptotic").pvalue
    assert mann_whitney(first, second).p == pytest.approx(expected)


def test_welch_is_scipys_on_dialogue_means() -> None:
    first, second = two(3, 7, 5)
    expected = stats.ttest_ind(first.unit_means, second.unit_means, equal_var=False)
    found = welch_test(first, second)
    assert (found.statistic, found.p, found.df) == pytest.approx((expected.statistic, expected.pvalue, expected.df))


def test_no_variation_is_no_test() -> None:
    same = cells_of(np.ones((6, 3)))
    assert exchange_test(same, same).reason == NO_VARIATION
    assert flip_test([0.0, 0.0]).reason == NO_VARIATION
    assert mann_whitney(same.unit_means, same.unit_means).reason == NO_VARIATION
    assert paired_t_test([1, 2], [1, 2]).p is None
    assert paired_t_test([1], [2]).reason
