"""Turns by a clock of paper: no minute has more than was allowed, whoever asks and when."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from generation.llm.pacing import pause_before_retry, take_turn


@given(st.lists(st.floats(0, 20), min_size=1, max_size=60), st.integers(1, 200))
def test_no_minute_has_more_than_its_share(gaps: list[float], per_minute: int) -> None:
    now, until, starts = 0.0, 0.0, []
    for gap in gaps:
        now += gap
        wait, until = take_turn(until=until, now=now, cost=1, per_minute=per_minute)
        starts.append(now + wait)
    assert starts == sorted(starts)
    for start in starts:
        assert sum(start <= other < start + 59.999 for other in starts) <= per_minute + 1


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=40))
def test_tokens_are_spread_over_as_many_minutes_as_they_need(costs: list[int]) -> None:
    until = 0.0
    for cost in costs:
        _wait, until = take_turn(until=until, now=0, cost=cost, per_minute=10_000)
    assert abs(until - sum(costs) * 60 / 10_000) < 1e-6


def test_what_was_not_used_is_not_stored() -> None:
    assert take_turn(until=5, now=1000, cost=1, per_minute=60) == (0, 1001)


def test_an_endpoint_that_wants_quiet_is_left_alone_without_any_limit() -> None:
    assert take_turn(until=130, now=100, cost=1, per_minute=None) == (30, 130)


@given(st.integers(1, 1000), st.none() | st.floats(0, 10_000), st.integers())
def test_pauses_grow_and_end(attempt: int, retry_after: float | None, seed: int) -> None:
    pause = pause_before_retry(attempt=attempt, retry_after=retry_after, random=Random(seed))
    assert 0 < pause <= 600 + 60
    if retry_after is not None:
        assert pause >= min(retry_after, 600)


def test_two_that_failed_together_do_not_come_back_together() -> None:
    pauses = {pause_before_retry(attempt=3, retry_after=None, random=Random(seed)) for seed in range(50)}
    assert len(pauses) == 50
    assert all(2 <= pause <= 6 for pause in pauses)
