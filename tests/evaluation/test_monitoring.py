"""Looking early: the sequence against its plain version, and how often it errs however often one looks."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.estimates import wilson
from evaluation.monitoring import (
    BETTING,
    GRID,
    NO_STEP,
    betting_limits,
    early_estimate,
    log_capital,
    steps_of,
)
from tests.coverage.drawing import rated, votes


def plain(steps: list[float], mean: float, alpha: float = 0.05) -> list[float]:
    """K_t(m), step by step."""
    up = down = 1.0
    variance, total, squares = 0.25, 0.5, 0.25
    capital = []
    for i, x in enumerate(steps, start=1):
        bet = math.sqrt(2 * math.log(2 / alpha) / (variance * i * math.log(1 + i)))
        up *= 1 + min(bet, 0.5 / mean) * (x - mean)
        down *= 1 - min(bet, 0.5 / (1 - mean)) * (x - mean)
        capital.append(up / 2 + down / 2)
        total += x
        squares += (x - total / (i + 1)) ** 2
        variance = squares / (i + 1)
    return capital


sequences = st.lists(st.sampled_from([0.0, 1 / 7, 3 / 7, 0.5, 5 / 7, 1.0]), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None)
@given(steps=sequences, place=st.integers(1, GRID.size - 2))
def test_the_capital_is_that_of_the_plain_version(steps: list[float], place: int) -> None:
    found = np.exp(log_capital(np.array(steps), GRID[[place]]))
    assert found.tolist() == pytest.approx(plain(steps, float(GRID[place])), rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(steps=sequences)
def test_limits_hold_what_was_never_ruled_out_close_in_and_mirror(steps: list[float]) -> None:
    low, high = betting_limits(np.array(steps))
    standing = [m for m in GRID[1:-1:50] if max(plain(steps, float(m))) < 20]
    assert all(low[-1] <= m <= high[-1] for m in standing)
    assert (np.diff(low) >= 0).all()
    assert (np.diff(high) <= 0).all()
    other = betting_limits(1 - np.array(steps))
    assert (1 - other[1]).tolist() == pytest.approx(low.tolist())


def test_long_sequences_are_the_same_in_pieces() -> None:
    steps = np.random.default_rng(1).random(700)
    low, high = betting_limits(steps)
    whole = [m for m in GRID[1:-1] if log_capital(steps, np.array([m])).max() < math.log(20)]
    assert low[-1] == pytest.approx(min(whole), abs=6e-4)
    assert high[-1] == pytest.approx(max(whole), abs=6e-4)
    assert betting_limits(steps[:300])[0].tolist() == low[:300].tolist()


@pytest.mark.parametrize("pairs", [50, 200])
@pytest.mark.parametrize(("pair_sd", "person_sd", "rate"), [(0, 0, 0.5), (1, 0.6, 0.5), (2, 0.6, 0.88)])
def test_a_pair_a_step_errs_at_most_five_times_in_a_hundred(
    pairs: int, pair_sd: float, person_sd: float, rate: float
) -> None:
    """STATISTICS (d): 0.5–2.8 % for this panel where Wilson at each vote errs 39–60 %."""
    table, panel = votes(
        np.random.default_rng(41), 2000, pairs, 7, rate=rate, unit_sd=pair_sd, person_sd=person_sd
    )  # fmt: skip
    ever = log_capital(table.mean(axis=2), panel[:, None]).max(axis=1) >= math.log(20)
    assert ever.mean() <= 0.035
    if pair_sd:
        low, high = wilson(
            np.cumsum(table.reshape(2000, -1), axis=1)[:, 20:] / np.arange(21, pairs * 7 + 1),
            np.arange(21, pairs * 7 + 1), 1.96,
        )  # fmt: skip
        assert ((low > panel[:, None]) | (high < panel[:, None])).any(axis=1).mean() > 0.25


def test_a_dialogue_of_each_system_a_step_hardly_ever_errs() -> None:
    """STATISTICS (d): 0 % on blocks. 10 dialogues a draw, ten draws one after another, the panel staying."""
    rng = np.random.default_rng(42)
    leniency = rng.normal(0, 0.6, (500, 7))
    one, other = (
        np.concatenate(
            [rated(rng, mean=1.28, leniency=leniency, dialogues=10, dialogue_sd=0.4, own_sd=0.0)[0] for _ in range(8)],
            axis=1,
        ).mean(axis=2)
        for _ in range(2)
    )
    steps = 0.5 + (one - other) / 2
    assert (log_capital(steps, np.array([0.5])).max(axis=1) >= math.log(20)).mean() <= 0.01


def test_an_early_estimate_says_its_steps_and_nothing_before_the_first() -> None:
    found = early_estimate(np.array([0.2, -0.4, 1.0] * 20), low=-2, high=2, n={"units": 90}, method=BETTING)
    assert found.value == pytest.approx(0.8 / 3)
    assert found.low is not None
    assert found.high is not None
    assert -2 <= found.low < found.value < found.high <= 2  # type: ignore[operator]
    assert (found.n, found.target) == ({"units": 90, "steps": 60}, "this panel")
    assert early_estimate(np.array([]), low=0, high=1, n={}, method=BETTING).reason == NO_STEP
    assert steps_of(np.array([3, 1, 3]), np.array([1.0, 0, 0]), [1, 2, 3]).tolist() == [0.0, 0.5]
