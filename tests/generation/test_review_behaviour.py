"""P2 to P6: which reviews stay, and as what. Beside the fast steps stands a slow, plain version as their judge."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.reviews.behaviour import (
    DISLIKE,
    LIKE,
    MIGHT_LIKE,
    NEUTRAL,
    OUT,
    Columns,
    active,
    holdout_sizes,
    latest_of_pair,
    polarity,
    prepare,
)
from generation.reviews.diagnosis import diagnose
from generation.reviews.pools import quotable
from generation.reviews.settings import Settings, SettingsError

Review = tuple[int, int, float, int, int]
"""Person, item, rating, time, words."""

OPEN = Settings(k=1, min_words=0)
reviews_of = st.lists(
    st.tuples(
        st.integers(0, 5), st.integers(0, 5), st.integers(1, 5).map(float), st.integers(0, 9), st.integers(0, 40)
    ),
    max_size=60,
)


def columns_of(reviews: Sequence[Review]) -> Columns:
    people, items, ratings, times, words = zip(*reviews, strict=True) if reviews else ((), (), (), (), ())
    return Columns(
        people=np.array(people, dtype=np.int64),
        items=np.array(items, dtype=np.int64),
        ratings=np.array(ratings, dtype=np.float64),
        times=np.array(times, dtype=np.int64),
        words=np.array(words, dtype=np.int64),
        rows=np.arange(len(reviews)),
    )


def one_person(count: int, rating: float = 5, words: int = 30) -> Columns:
    return columns_of([(0, item, rating, item, words) for item in range(count)])


@pytest.mark.parametrize(("words", "stays"), [(19, False), (20, True), (400, True), (401, False)])
def test_both_bounds_of_words_are_included(words: int, stays: bool) -> None:
    assert (prepare(one_person(1, words=words), Settings(k=1)).people == 1) is stays


@pytest.mark.parametrize(("count", "stays"), [(9, False), (10, True)])
def test_ten_reviews_are_enough_and_nine_are_not(count: int, stays: bool) -> None:
    everybody_everything = columns_of([(who, what, 5, what, 30) for who in range(count) for what in range(count)])
    assert bool(prepare(everybody_everything, Settings()).people) is stays


@pytest.mark.parametrize(
    ("rating", "bucket"),
    [(1, DISLIKE), (2, DISLIKE), (2.5, NEUTRAL), (3, NEUTRAL), (3.9, NEUTRAL), (4, LIKE), (5, LIKE)],
)
def test_a_rating_is_liked_disliked_or_neither(rating: float, bucket: int) -> None:
    assert polarity(one_person(1, rating), np.arange(1), OPEN).tolist() == [bucket]


@pytest.mark.parametrize(("likes", "held"), [(1, 1), (9, 1), (10, 1), (19, 1), (20, 2), (30, 3)])
def test_the_last_tenth_is_held_out_but_one_at_least(likes: int, held: int) -> None:
    outcome = prepare(one_person(likes), OPEN)
    assert (outcome.might_likes, outcome.likes) == (held, likes - held)
    assert np.flatnonzero(outcome.buckets == MIGHT_LIKE).tolist() == list(range(likes - held, likes))


def test_rounding_and_the_least_are_settings() -> None:
    likes = np.array([5, 9, 10, 11, 15, 19, 20])
    assert holdout_sizes(likes, replace(OPEN, rounding="ceil")).tolist() == [1, 1, 1, 2, 2, 2, 2]
    assert holdout_sizes(likes, replace(OPEN, rounding="nearest")).tolist() == [1, 1, 1, 1, 2, 2, 2]
    assert holdout_sizes(likes, replace(OPEN, at_least=0)).tolist() == [0, 0, 1, 1, 1, 1, 2]
    assert holdout_sizes(likes, replace(OPEN, at_least=7)).tolist() == [5, 7, 7, 7, 7, 7, 7]


def test_a_share_is_not_a_little_less_than_it_is() -> None:
    hundred = np.array([100])
    assert holdout_sizes(hundred, replace(OPEN, holdout=0.29)).tolist() == [29]
    assert holdout_sizes(hundred, replace(OPEN, holdout=0.07, rounding="ceil")).tolist() == [7]


def test_of_the_same_time_the_last_in_the_file_is_held_out() -> None:
    same_time = columns_of([(0, 3, 5, 7, 30), (0, 1, 5, 7, 30), (0, 2, 5, 7, 30)])
    assert prepare(same_time, OPEN).buckets.tolist() == [LIKE, LIKE, MIGHT_LIKE]


def test_of_a_pair_the_latest_review_counts_and_of_the_same_time_the_last() -> None:
    twice = columns_of([(0, 0, 5, 9, 30), (0, 0, 1, 3, 30), (0, 1, 5, 4, 30), (0, 1, 1, 4, 30)])
    assert latest_of_pair(twice, np.arange(4)).tolist() == [0, 3]


def test_whether_duplicates_count_for_the_activity_is_a_setting() -> None:
    one_item_thrice = columns_of([(0, 0, 5, time, 30) for time in range(3)])
    before, after = (replace(OPEN, k=3, duplicates=when) for when in ("before", "after"))
    assert prepare(one_item_thrice, before).people == 0
    assert prepare(one_item_thrice, after).people == 1
    assert [step.name for step in prepare(one_item_thrice, after).steps][2:4] == ["activity", "duplicates"]


def test_a_single_pass_looks_once() -> None:
    chain = columns_of([(0, 0, 5, 0, 30), (0, 1, 5, 0, 30), (1, 1, 5, 0, 30), (1, 2, 5, 0, 30), (2, 2, 5, 0, 30)])
    assert active(chain, np.arange(5), replace(OPEN, k=2, iterative=False))[0].tolist() == [1, 2, 3]
    assert active(chain, np.arange(5), replace(OPEN, k=2))[0].tolist() == []


def test_who_has_only_a_might_like_gets_no_dialogue() -> None:
    columns = columns_of([(0, 0, 5, 0, 30), (1, 0, 5, 0, 30), (1, 1, 1, 0, 30), (2, 0, 5, 0, 30), (2, 1, 5, 1, 30)])
    outcome = prepare(columns, OPEN)
    assert (outcome.people, outcome.with_dialogue, outcome.speechless, outcome.dialogues) == (3, 1, 2, 1)
    outcome = prepare(columns, replace(OPEN, greet_with="any"))
    assert (outcome.people, outcome.with_dialogue, outcome.speechless, outcome.dialogues) == (3, 2, 1, 2)


def slow_core(reviews: list[tuple[int, int]], k: int) -> list[int]:
    left = list(range(len(reviews)))
    while True:
        people = Counter(reviews[at][0] for at in left)
        items = Counter(reviews[at][1] for at in left)
        wrong = next((at for at in left if people[reviews[at][0]] < k or items[reviews[at][1]] < k), None)
        if wrong is None:
            return left
        left.remove(wrong)


@given(reviews_of, st.integers(1, 4))
def test_the_core_is_the_largest_there_is(reviews: list[Review], k: int) -> None:
    fast, _rounds = active(columns_of(reviews), np.arange(len(reviews)), replace(OPEN, k=k))
    assert fast.tolist() == slow_core([review[:2] for review in reviews], k)


@given(reviews_of, st.randoms(use_true_random=False), st.sampled_from(["before", "after"]))
def test_the_order_of_the_rows_says_nothing(reviews: list[Review], chance: object, duplicates: str) -> None:
    settings = replace(OPEN, k=2, min_words=5, duplicates=duplicates)
    columns = columns_of(reviews)
    order = list(range(len(reviews)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    shuffled = Columns(
        **{name: getattr(columns, name)[order] for name in ("people", "items", "ratings", "times", "words", "rows")}
    )
    plain, mixed = prepare(columns, settings), prepare(shuffled, settings)
    assert plain.buckets[order].tolist() == mixed.buckets.tolist()
    assert plain.steps == mixed.steps


@given(reviews_of)
def test_a_slow_and_plain_version_agrees(reviews: list[Review]) -> None:
    buckets = prepare(columns_of(reviews), replace(OPEN, holdout=0.3)).buckets.tolist()
    latest: dict[tuple[int, int], int] = {}
    for row in sorted(range(len(reviews)), key=lambda row: (reviews[row][3], row)):
        latest[reviews[row][:2]] = row
    for row, (person, _item, rating, _time, _words) in enumerate(reviews):
        kept = row in latest.values()
        likes = sorted(
            (one for one in latest.values() if reviews[one][0] == person and reviews[one][2] >= 4),
            key=lambda one: (reviews[one][3], one),
        )
        held = likes[len(likes) - max(1, len(likes) * 3 // 10) :] if likes else []
        plain = MIGHT_LIKE if row in held else LIKE if rating >= 4 else DISLIKE if rating <= 2 else NEUTRAL
        assert buckets[row] == (plain if kept else OUT)


def test_where_nothing_is_left_the_step_and_what_helps_are_said() -> None:
    columns = columns_of([(who, what, 5, what, 25) for who in range(4) for what in range(4)])
    settings = Settings()
    found = diagnose(columns, settings, prepare(columns, settings))
    assert found is not None
    assert found.step == "activity"
    assert [(one.setting, one.value, one.people) for one in found.advice] == [("k", 4, 4)]


@pytest.mark.parametrize(
    ("reviews", "settings", "step", "setting"),
    [
        ([(0, 0, 5, 0, 7), (0, 1, 5, 1, 7)], OPEN, None, None),
        ([(0, 0, 5, 0, 7), (0, 1, 5, 1, 7)], Settings(k=1), "words", ("min_words", 5)),
        ([(0, 0, 5, 0, 777), (0, 1, 5, 1, 777)], Settings(k=1), "words", ("max_words", 1000)),
        ([(0, 0, 3, 0, 7), (0, 1, 3, 1, 7)], OPEN, "polarity", ("positive", 3.0)),
        ([(0, 0, 5, 0, 7), (0, 1, 5, 1, 7)], replace(OPEN, at_least=0), "holdout", ("at_least", 1)),
        ([], OPEN, "imported", None),
    ],
)
def test_each_step_can_be_the_one(
    reviews: list[Review], settings: Settings, step: str | None, setting: tuple[str, object] | None
) -> None:
    columns = columns_of(reviews)
    found = diagnose(columns, settings, prepare(columns, settings))
    assert (found.step if found else None) == step
    if found:
        assert [(one.setting, one.value) for one in found.advice] == ([setting] if setting else [])


@given(reviews_of, st.integers(2, 4))
def test_all_that_is_advised_leaves_something(reviews: list[Review], k: int) -> None:
    columns, settings = columns_of(reviews), Settings(k=k)
    found = diagnose(columns, settings, prepare(columns, settings))
    for one in found.advice if found else ():
        outcome = prepare(columns, replace(settings, **{one.setting: one.value}))
        assert (outcome.with_dialogue, outcome.dialogues) == (one.people, one.dialogues) != (0, 0)


def test_a_might_like_can_be_praised_if_somebody_else_liked_it() -> None:
    columns = columns_of([(0, 0, 5, 0, 30), (1, 0, 5, 0, 30), (2, 1, 5, 0, 30), (3, 1, 1, 0, 30)])
    assert quotable(columns, prepare(columns, OPEN).buckets) == 2


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"k": 0}, "k"),
        ({"min_words": 30, "max_words": 20}, "max_words"),
        ({"positive": 2, "negative": 2}, "negative"),
        ({"holdout": 1.5}, "holdout"),
        ({"rounding": "up"}, "rounding"),
        ({"word_rule": "syllables"}, "word_rule"),
        ({"positive": float("nan")}, "positive"),
    ],
)
def test_settings_that_make_no_sense_are_refused_in_words(said: dict[str, object], field: str) -> None:
    with pytest.raises(SettingsError) as refused:
        replace(Settings(), **said)
    assert field in refused.value.problems
