"""Designs are balanced by construction, whatever the seed, and the same again for the same seed."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.allocation import (
    FIRST_LEFT,
    SECOND_LEFT,
    match_up,
    matched_pairs,
    more_overlap_sides,
    more_seat_sides,
    order_units,
    overlap_sides,
    pair_up,
    sample,
    seat_orders,
    seat_sides,
    subseed,
)

seeds = st.integers(0, 2**63 - 1)
quick = settings(max_examples=80, deadline=None)


@given(seeds, st.integers(0, 60), st.data())
@quick
def test_a_sample_takes_nobody_twice_and_is_drawn_again_from_its_seed(
    seed: int, size: int, data: st.DataObject
) -> None:
    drawn = data.draw(st.integers(0, size))
    first = sample(range(size), drawn, seed=seed)
    assert len(set(first)) == drawn
    assert first == sample(range(size), drawn, seed=seed)


def test_a_sample_is_without_replacement_or_not_at_all() -> None:
    with pytest.raises(ValueError, match="3 cannot be drawn from 2"):
        sample([1, 2], 3, seed=1)


def test_everybody_is_drawn_equally_often() -> None:
    drawn = Counter(member for seed in range(3_000) for member in sample(range(10), 3, seed=subseed(seed, "s")))
    assert all(abs(drawn[member] - 900) < 120 for member in range(10))


@given(seeds, st.integers(1, 40), st.integers(1, 40), st.data())
@quick
def test_pairs_use_nobody_twice(seed: int, ones: int, others: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(0, min(ones, others)))
    made = pair_up(range(ones), range(others), size=size, seed=seed)
    assert len({one for one, _ in made}) == len({other for _, other in made}) == size


@given(seeds, st.lists(st.sampled_from("abc") | st.none(), max_size=30), st.lists(st.sampled_from("bcd"), max_size=30))
@quick
def test_matched_pairs_have_one_key_and_use_nobody_twice(seed: int, ones: list[str | None], others: list[str]) -> None:
    most = matched_pairs(ones, others)
    made = match_up(ones, others, size=most, seed=seed)
    assert all(ones[pair.first] == others[pair.second] is not None for pair in made)
    assert len({pair.first for pair in made}) == len({pair.second for pair in made}) == most
    with pytest.raises(ValueError, match="the keys allow"):
        match_up(ones, others, size=most + 1, seed=seed)


@given(seeds, st.integers(1, 60), st.integers(1, 60))
@quick
def test_every_stretch_holds_the_datasets_in_their_proportion(seed: int, ones: int, others: int) -> None:
    groups = ["a"] * ones + ["b"] * others
    order = order_units(groups, seed=seed)
    assert sorted(order) == list(range(ones + others))
    seen = 0
    for reached, index in enumerate(order, start=1):
        seen += groups[index] == "a"
        assert abs(seen - reached * ones / (ones + others)) <= 1


@given(seeds, st.integers(1, 12), st.integers(1, 12), st.integers(1, 30))
@settings(max_examples=50, deadline=None)
def test_each_seat_sees_every_unit_once_at_positions_nobody_else_has(seed: int, ones: int, others: int, m: int) -> None:
    groups = ["a"] * ones + ["b"] * others
    design = seat_orders(groups, m, seed=seed)
    assert len(design.orders) == m
    assert all(sorted(order) == list(range(len(groups))) for order in design.orders)
    if m <= len(groups):
        for position in range(len(groups)):
            assert len({order[position] for order in design.orders}) == m
    assert design == seat_orders(groups, m, seed=seed)


def test_all_rows_of_a_williams_design_follow_each_other_equally_often() -> None:
    for count, seats in ((6, 6), (5, 10)):
        orders = seat_orders(["a"] * count, seats, seed=3).orders
        follows = Counter(couple for order in orders for couple in pairwise(order))
        assert len(follows) == count * (count - 1)
        assert set(follows.values()) == {seats // count}


@pytest.mark.parametrize("seed", range(20))
def test_the_papers_panel_has_both_datasets_equally_early(seed: int) -> None:
    """Ten and ten dialogues, seven seats (SPEC 5.1): the mean positions of the datasets are the same."""
    design = seat_orders(["a"] * 10 + ["b"] * 10, 7, seed=seed)
    assert design.difference < 0.05
    for order in design.orders:
        first_half = sum(index < 10 for index in order[:10])
        assert 4 <= first_half <= 6


def test_orders_of_no_units_are_empty() -> None:
    assert seat_orders([], 3, seed=1).orders == [[], [], []]
    assert seat_orders([], 3, seed=1).difference == 0


@given(seeds, st.integers(1, 60), st.integers(1, 12))
@quick
def test_sides_differ_by_at_most_one_for_every_pair_and_every_seat(seed: int, pairs: int, seats: int) -> None:
    sides = seat_sides(pairs, seats, seed=seed)
    for row in sides:
        assert abs(row.count(FIRST_LEFT) - row.count(SECOND_LEFT)) <= 1
    for column in zip(*sides, strict=True):
        assert abs(column.count(FIRST_LEFT) - column.count(SECOND_LEFT)) <= 1
    assert sides == seat_sides(pairs, seats, seed=seed)


def test_the_papers_pairs_are_seen_from_each_side_25_times() -> None:
    sides = seat_sides(50, 7, seed=20261121)
    assert [row.count(FIRST_LEFT) for row in sides] == [25] * 7
    assert {column.count(FIRST_LEFT) for column in zip(*sides, strict=True)} == {3, 4}


def test_no_two_seats_see_the_same_sides() -> None:
    sides = seat_sides(50, 7, seed=4)
    agreements = [sum(a == b for a, b in zip(one, other, strict=True)) for one, other in pairwise(sides)]
    assert all(10 < agreement < 40 for agreement in agreements)


@given(seeds, st.integers(1, 60), st.integers(1, 9))
@quick
def test_sides_of_an_overlap_differ_by_at_most_one_for_every_unit_and_over_all(seed: int, units: int, k: int) -> None:
    sides = overlap_sides(units, k, seed=seed)
    for row in sides:
        assert len(row) == k
        assert abs(row.count(FIRST_LEFT) - row.count(SECOND_LEFT)) <= 1
    everything = [side for row in sides for side in row]
    assert abs(everything.count(FIRST_LEFT) - everything.count(SECOND_LEFT)) <= 1


def test_the_order_of_the_calls_does_not_matter() -> None:
    before = seat_sides(10, 3, seed=subseed(1, "sides"))
    order_units(["a"] * 10, seed=subseed(1, "order"))
    assert seat_sides(10, 3, seed=subseed(1, "sides")) == before


def differ(sides: list[int]) -> int:
    return abs(sides.count(FIRST_LEFT) - sides.count(SECOND_LEFT))


@given(seeds, st.integers(1, 30), st.lists(st.integers(1, 9), min_size=1, max_size=4))
@quick
def test_places_added_to_an_overlap_keep_its_sides_within_one(seed: int, units: int, steps: list[int]) -> None:
    """However often it grows: each unit, and all units together."""
    sides = overlap_sides(units, steps[0], seed=seed)
    for more in steps[1:]:
        wanted = len(sides[0]) + more
        added = more_overlap_sides(sides, wanted, seed=subseed(seed, wanted))
        assert added == more_overlap_sides(sides, wanted, seed=subseed(seed, wanted))
        sides = [old + new for old, new in zip(sides, added, strict=True)]
        assert all(len(unit) == wanted and differ(unit) <= 1 for unit in sides)
        assert differ([side for unit in sides for side in unit]) <= 1


@given(seeds, st.integers(1, 12), st.lists(st.integers(1, 7), min_size=1, max_size=4))
@quick
def test_seats_added_to_a_panel_keep_its_sides_within_one(seed: int, count: int, steps: list[int]) -> None:
    """However often it grows: each pair, each seat, and all of them together."""
    sides = seat_sides(count, steps[0], seed=seed)
    for more in steps[1:]:
        added = more_seat_sides(sides, more, seed=subseed(seed, len(sides)))
        assert len(added) == more
        sides = [*sides, *added]
        assert all(differ(row) <= 1 for row in sides)
        assert all(differ([row[pair] for row in sides]) <= 1 for pair in range(count))
        assert differ([side for row in sides for side in row]) <= 1


@given(seeds, st.integers(1, 14), st.integers(1, 6), st.integers(1, 6))
@quick
def test_seats_added_to_a_panel_take_other_rows_of_the_same_square(seed: int, half: int, first: int, more: int) -> None:
    groups = ["a", "b"] * half
    drawn = seat_orders(groups, first, seed=seed)
    added = seat_orders(groups, more, seed=seed, beside=drawn.orders)
    together = [*drawn.orders, *added.orders]
    assert len(added.orders) == more
    assert all(sorted(order) == list(range(len(groups))) for order in added.orders)
    if len(together) <= len(groups):
        for position in range(len(groups)):
            assert len({order[position] for order in together}) == len(together)
    assert added.difference <= max(1.0, drawn.difference) + len(groups) / (2 * len(together))


def test_seats_added_make_up_for_what_the_first_ones_left() -> None:
    groups = ["a"] * 6 + ["b"] * 6
    differences = []
    for seed in range(40):
        drawn = seat_orders(groups, 3, seed=seed)
        differences.append((drawn.difference, seat_orders(groups, 3, seed=seed, beside=drawn.orders).difference))
    assert sum(after for _, after in differences) <= sum(before for before, _ in differences)
