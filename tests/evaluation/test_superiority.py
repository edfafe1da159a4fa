"""The three shares of superiority and the standardised difference, against their plain versions."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.comparison import FEW_DIALOGUES
from evaluation.estimates import NO_JUDGMENTS, TWO_ANNOTATORS, Estimate, Estimates
from evaluation.superiority import NO_RATING_SD, NOBODY_BOTH, Answers, Superiority, standardised, superiority


def drawn(
    seed: int, *, dialogues: int = 6, people: int = 4, shift: float = 0.0, missing: float = 0.0, name: int = 0
) -> Answers:
    """Dialogues of one to four utterances, rated 0–2 by everybody (but for those that are missing)."""
    rng = np.random.default_rng(seed)
    rows = [
        (100 * name + dialogue, person, float(np.clip(np.round(rng.normal(1 + shift, 0.8)), 0, 2)))
        for dialogue in range(dialogues)
        for person in range(people)
        for _ in range(1 + (seed + dialogue) % 4)
        if rng.random() >= missing
    ]
    return Answers.collect(*zip(*rows, strict=True))


def plain(first: Answers, second: Answers) -> list[float]:
    """Every two dialogues of an annotator alike, every two of their ratings alike."""

    def cells(one: Answers) -> dict[tuple[int, int], list[float]]:
        found: dict[tuple[int, int], list[float]] = {}
        for unit, annotator, value in zip(one.units, one.annotators, one.values, strict=True):
            found.setdefault((int(annotator), int(unit)), []).append(float(value))
        return found

    sums, count = np.zeros(3), 0
    for (mine, _), one in cells(first).items():
        for (theirs, _), other in cells(second).items():
            if mine == theirs:
                pairs = list(product(one, other))
                sums += [sum(f(a, b) for a, b in pairs) / len(pairs) for f in (_above, _same, _under)]
                count += 1
    return (sums / count).tolist()


def _above(one: float, other: float) -> bool:
    return one > other


def _same(one: float, other: float) -> bool:
    return one == other


def _under(one: float, other: float) -> bool:
    return one < other


def values(found: Superiority) -> list[float | None]:
    return [one.any_panel.value for one in (found.higher, found.equal, found.lower)]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), missing=st.sampled_from([0.0, 0.3]), people=st.integers(3, 6))
def test_the_shares_are_those_counted_pair_by_pair(seed: int, missing: float, people: int) -> None:
    first = drawn(seed, people=people, shift=0.3, missing=missing)
    second = drawn(seed + 1, people=people, missing=missing, name=1)
    found = superiority(first, second)
    assert values(found) == pytest.approx(plain(first, second))
    assert found.probability.any_panel.value == pytest.approx(
        found.higher.any_panel.value + found.equal.any_panel.value / 2  # type: ignore[operator]
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), missing=st.sampled_from([0.0, 0.3]))
def test_turned_round_higher_is_lower_and_any_rising_scale_is_the_same(seed: int, missing: float) -> None:
    first, second = drawn(seed, shift=0.4, missing=missing), drawn(seed + 1, missing=missing, name=1)
    there, back = superiority(first, second), superiority(second, first)
    for one, other in ((there.higher, back.lower), (there.equal, back.equal), (there.lower, back.higher)):
        for mine, theirs in ((one.any_panel, other.any_panel), (one.this_panel, other.this_panel)):
            assert (mine.value, mine.low, mine.high) == pytest.approx((theirs.value, theirs.low, theirs.high))
            assert 0 <= mine.low <= mine.value + 1e-12 <= mine.high + 2e-12 <= 1 + 2e-12  # type: ignore[operator]
    assert there.test.p == pytest.approx(back.test.p)
    bent = [Answers(one.units, one.annotators, np.exp(3 * one.values) - 5) for one in (first, second)]
    assert superiority(*bent) == there


def test_the_variance_written_out_for_one_rating_a_dialogue() -> None:
    rng = np.random.default_rng(4)
    tables = [rng.integers(0, 3, (6, 4)).astype(float), rng.integers(0, 3, (7, 4)).astype(float)]
    answers = []
    for place, table in enumerate(tables):
        unit, person = np.indices(table.shape).reshape(2, -1)
        answers.append(Answers.collect(unit + 50 * place, person, table.ravel()))
    kernel = (tables[0][:, None] > tables[1][None]) + (tables[0][:, None] == tables[1][None]) / 2
    share = kernel.mean()
    placed = kernel.mean(axis=1), kernel.mean(axis=0)
    v_d = sum(one.mean(axis=1).var(ddof=1) / one.shape[0] for one in placed)
    v_a = kernel.mean(axis=(0, 1)).var(ddof=1) / 4
    v_da = sum(_interaction(one) / one.size for one in placed)
    variance = v_d + max(v_a - v_da, 0)
    found = superiority(*answers)
    assert found.test.statistic == pytest.approx((share - 0.5) / variance**0.5)
    assert found.probability.any_panel.n["effective"] == pytest.approx(
        min(52, share * (1 - share) / variance), abs=0.06
    )
    assert found.probability.this_panel.n["effective"] == pytest.approx(min(52, share * (1 - share) / v_d), abs=0.06)


def _interaction(table: np.ndarray) -> float:
    rest = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()
    return float((rest**2).sum() / ((table.shape[0] - 1) * (table.shape[1] - 1)))


def test_only_who_rated_both_is_compared_and_nobody_is_said() -> None:
    first, second = drawn(1), drawn(2, name=1)
    alone = Answers.collect([900] * 5, [77] * 5, [2.0] * 5)
    more = Answers(*(np.concatenate(both) for both in zip(_columns(first), _columns(alone), strict=True)))  # type: ignore[arg-type]
    assert values(superiority(more, second)) == values(superiority(first, second))
    assert superiority(alone, second).higher.any_panel.reason == NOBODY_BOTH
    assert superiority(Answers.collect([], [], []), second).test.reason == NO_JUDGMENTS


def _columns(answers: Answers) -> tuple[np.ndarray, ...]:
    return answers.units, answers.annotators, answers.values


def test_few_dialogues_or_annotators_say_so() -> None:
    few = superiority(drawn(1, dialogues=4), drawn(2, name=1))
    assert (few.equal.any_panel.low, few.equal.this_panel.reason, few.test.reason) == (None, *[FEW_DIALOGUES] * 2)
    two = superiority(drawn(1, people=2), drawn(2, people=2, name=1))
    assert (two.equal.any_panel.reason, two.test.reason) == (TWO_ANNOTATORS, TWO_ANNOTATORS)
    assert two.equal.headline is two.equal.this_panel


def test_all_equal_is_one_and_still_in_doubt() -> None:
    same = [Answers.collect(np.repeat(range(8), 5) + 10 * name, list(range(5)) * 8, [2] * 40) for name in (0, 1)]
    found = superiority(*same)
    assert values(found) == [0, 1, 0]
    assert found.equal.any_panel.low is not None
    assert found.equal.any_panel.low < 0.8
    assert found.test.p is None
    assert standardised(Estimates(Estimate(0.0), Estimate(0.0)), *same).any_panel.reason == NO_RATING_SD
