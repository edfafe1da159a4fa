"""The gold items of a preparation in the order of a seed, and the people behind them, each with one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import NamedTuple

from generation.models import Preparation, PreparedReview
from generation.reviews.reviewers import OtherReview, Reviewer
from generation.services.reviews.prepared import people_with_dialogue, reviewers, reviews_of


class Gold(NamedTuple):
    """A held-out review: whose, of what, and the key of that person."""

    person: str
    item: str
    key: int


class Supply(NamedTuple):
    """For each gold item its reviewer with that item alone held out, and what is written of all items in play."""

    reviewers: Sequence[Reviewer]
    others: Mapping[str, Sequence[OtherReview]]


def golds(preparation: Preparation, seed: int) -> list[Gold]:
    """Every might-like of those who have something to greet with, in the seed's order: the same wherever it runs."""
    held = PreparedReview.objects.filter(preparation=preparation, bucket=PreparedReview.Bucket.MIGHT_LIKE).order_by()
    talking = held.filter(person__in=people_with_dialogue(preparation).values("pk").order_by())
    rows = talking.values_list("person__external_id", "interaction__item__external_id", "person_id")
    ordered = sorted(map(Gold._make, rows))
    Random(f"golds {seed}").shuffle(ordered)  # noqa: S311 - drawn again from its seed; no secret
    return ordered


def supply(preparation: Preparation, wanted: Sequence[Gold]) -> Supply:
    """What is needed to plan these."""
    people = {one.user: one for one in reviewers(preparation, [gold.key for gold in wanted])}
    own = [_with_one(people[gold.person], gold.item) for gold in wanted]
    items = {one.item_id for reviewer in own for one in (*reviewer.likes, *reviewer.dislikes, *reviewer.might_likes)}
    return Supply(own, reviews_of(preparation, sorted(items)))


def _with_one(reviewer: Reviewer, item: str) -> Reviewer:
    return replace(reviewer, might_likes=tuple(one for one in reviewer.might_likes if one.item_id == item))
