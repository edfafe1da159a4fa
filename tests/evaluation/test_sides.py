"""Left choices beside sides drawn again: by the study's own functions, by every table, and in simulated studies."""

import re

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.allocation import overlap_sides, seat_sides
from annotation.models import Assignment, Study
from crsapp.accounts.models import User
from evaluation.criteria import TIE
from evaluation.estimates import BoolArray, IntArray
from evaluation.figures import blinded
from evaluation.reports import study_figures
from evaluation.sentences import p_value
from evaluation.sides import NO_SIDES, OTHER_RULE, REDRAWN, Table, all_sides, pair_draws, redrawn_sides, seat_draws

STUDIES = 200


def panel(pairs: int, seats: int, seed: int) -> BoolArray:
    """Whether the first dialogue stood left, pairs × seats, as a study draws it."""
    return np.array(seat_sides(pairs, seats, seed=seed)).T == 1


def shared(pairs: int, slots: int, seed: int) -> BoolArray:
    return np.array(overlap_sides(pairs, slots, seed=seed)) == 1


def votes(left: BoolArray, seed: int, *, bias: float = 0.0) -> IntArray:
    """1 for the first dialogue, −1 for the second: pairs and annotators differ, and `bias` draws to the left."""
    rng = np.random.default_rng(seed)
    pairs, places = left.shape
    logit = 0.5 + rng.normal(0, 1, (pairs, 1)) + rng.normal(0, 0.5, places) + np.where(left, bias, -bias)
    return np.where(rng.random(left.shape) < 1 / (1 + np.exp(-logit)), 1, -1)


def table(choice: IntArray, left: BoolArray, *, people: int = 0, seed: int = 0) -> Table:
    """Everybody judged everything, or `people` shared the pairs."""
    pairs, places = left.shape
    rng = np.random.default_rng(seed)
    who = np.stack([rng.permutation(people)[:places] if people else np.arange(places) for _ in range(pairs)])
    return Table.collect(np.repeat(np.arange(pairs), places), who.ravel(), choice.ravel(), left.ravel())


def rejected(draw: object, *, bias: float, people: int, shape: tuple[int, int]) -> float:
    assert callable(draw)
    found = 0
    for seed in range(STUDIES):
        left = draw(*shape, seed)
        p = redrawn_sides(table(votes(left, seed, bias=bias), left, people=people, seed=seed), draws=499).p
        found += p is not None and p <= 0.05
    return found / STUDIES


def test_every_table_is_one_that_the_study_could_draw_and_the_other_way_round() -> None:
    for pairs, seats in ((3, 3), (4, 3), (3, 2)):
        allowed = {one.tobytes() for one in all_sides(pairs, seats, seats=True)}
        drawn = {np.where(panel(pairs, seats, seed), 1, -1).astype(np.int8).tobytes() for seed in range(1500)}
        assert drawn == allowed
    for pairs, slots in ((4, 3), (4, 2), (6, 1)):
        allowed = {one.tobytes() for one in all_sides(pairs, slots, seats=False)}
        order = np.random.default_rng(0)
        drawn = {
            np.where(shared(pairs, slots, seed)[order.permutation(pairs)], 1, -1).astype(np.int8).tobytes()
            for seed in range(6000)
        }
        assert drawn == allowed


@pytest.mark.parametrize("shape", [(20, 4), (21, 5)])
def test_the_draws_are_those_of_the_studys_own_functions(shape: tuple[int, int]) -> None:
    choice = votes(panel(*shape, 1), 5).astype(np.float32)
    rng = np.random.default_rng(0)
    draws = seat_draws(choice, rng)
    mine = np.concatenate([next(draws) for _ in range(400)])
    theirs = np.array([(np.where(panel(*shape, seed), 1, -1) * choice).sum() for seed in range(400)])
    assert mine.std() == pytest.approx(theirs.std(), rel=0.12)
    assert set(np.unique(np.abs(theirs))) <= set(np.unique(np.abs(mine)))
    mine = next(pair_draws(choice, rng))
    theirs = np.array([(np.where(shared(*shape, seed), 1, -1) * choice).sum() for seed in range(3000)])
    assert mine.std() == pytest.approx(theirs.std(), rel=0.06)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), seats=st.booleans(), shape=st.sampled_from([(4, 3), (3, 4), (6, 2), (5, 2)]))
def test_draws_and_every_table_agree(seed: int, seats: bool, shape: tuple[int, int]) -> None:
    """Where all tables can be looked at, so many random ones say the same."""
    choice = np.random.default_rng(seed).choice([-1, 0, 1], shape).astype(np.float32)
    every = np.abs((all_sides(*shape, seats=seats) * choice).sum(axis=(1, 2)))
    draws = (seat_draws if seats else pair_draws)(choice, np.random.default_rng(seed))
    drawn = np.abs(np.concatenate([next(draws) for _ in range(500 if seats else 4)]))
    for least in np.unique(every):
        assert (drawn >= least - 0.5).mean() == pytest.approx((every >= least - 0.5).mean(), abs=0.05)


def test_without_a_bias_it_seldom_errs_and_finds_one_that_is_there() -> None:
    most = 0.05 + 3 * (0.05 * 0.95 / STUDIES) ** 0.5
    assert rejected(panel, bias=0, people=0, shape=(30, 5)) <= most
    assert rejected(panel, bias=0.6, people=0, shape=(30, 5)) > 0.6
    assert 0.01 <= rejected(shared, bias=0, people=30, shape=(200, 3)) <= most
    assert rejected(shared, bias=0.4, people=30, shape=(200, 3)) > 0.9
    assert rejected(shared, bias=0, people=9, shape=(120, 1)) <= most


def test_the_order_of_pairs_and_who_shared_them_change_nothing() -> None:
    left = panel(30, 5, 3)
    choice = votes(left, 3, bias=0.2)
    order = np.random.default_rng(1).permutation(30)
    assert redrawn_sides(table(choice, left)) == redrawn_sides(table(choice[order], left[order]))
    left = shared(30, 3, 3)
    choice = votes(left, 3, bias=0.2)
    first, again = (redrawn_sides(table(choice, left, people=12, seed=seed)) for seed in (1, 2))
    assert first == again
    assert first.statistic == float((choice * np.where(left, 1, -1)).sum())


def test_a_left_choice_on_every_vote_is_as_far_as_it_gets() -> None:
    left = panel(50, 7, 1)
    found = redrawn_sides(table(np.where(left, 1, -1), left))
    assert (found.p, found.statistic) == (1 / 10_000, 350.0)


def test_what_cannot_be_drawn_again_is_said() -> None:
    left = panel(10, 4, 1)
    assert redrawn_sides(table(np.zeros((10, 4), dtype=np.int64), left)).reason == NO_SIDES
    assert redrawn_sides(table(votes(left, 1), np.ones((10, 4), dtype=bool))).reason == OTHER_RULE
    empty = np.empty(0, dtype=np.int64)
    assert redrawn_sides(Table.collect(empty, empty, empty, empty > 0)).reason == NO_SIDES


@pytest.mark.django_db
def test_the_page_says_why_sides_cannot_be_drawn_again(client: Client, amira: User, study: Study) -> None:
    Assignment.objects.filter(block__number=2).update(side=Assignment.Side.FIRST_LEFT)
    client.force_login(amira)
    text = client.get(reverse("evaluation:results", args=[study.slug])).content.decode()
    assert REDRAWN in text
    assert OTHER_RULE in text


@pytest.mark.django_db
def test_it_stands_beside_the_left_choices_and_not_while_the_study_is_open(
    client: Client, amira: User, study: Study
) -> None:
    figures = study_figures(study, unblinded=True)
    one = figures.blocks[1].preferences[0]
    test = one.left_redrawn
    assert test is not None
    assert test.p is not None
    assert test.statistic is not None
    assert one.left.value == pytest.approx((test.statistic / one.judgments + 1) / 2)
    assert TIE in one.question.labels
    assert blinded(figures).blocks[1].preferences[0].left_redrawn is None
    client.force_login(amira)
    address = reverse("evaluation:results", args=[study.slug])
    text = re.sub(r"[ \n]+", " ", client.get(address).content.decode())
    left = text.index("Left dialogue chosen")
    assert left < text.index(REDRAWN) < text.index("As published")
    assert f">{p_value(test.p)}<" in text[text.index(REDRAWN) :][:900]
    Study.objects.filter(pk=study.pk).update(state=Study.State.OPEN, closed=None)
    assert REDRAWN not in client.get(address).content.decode()
