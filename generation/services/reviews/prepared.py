"""What preprocessing left, as plans of dialogues take it: people with their reviews, and what others wrote."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from generation.models import Dataset, Person, Preparation, PreparedReview
from generation.reviews.cleaning import cleaned
from generation.reviews.pools import pool_of
from generation.reviews.reviewers import OtherReview, Reviewed, Reviewer
from generation.reviews.settings import Settings

PEOPLE_AT_ONCE: Final = 200
Bucket = PreparedReview.Bucket
GREETINGS: Final = {"likes": [Bucket.LIKE], "any": [Bucket.LIKE, Bucket.DISLIKE]}
POLARITY: Final = {Bucket.LIKE: "positive", Bucket.MIGHT_LIKE: "positive", Bucket.DISLIKE: "negative"}


class _Row(NamedTuple):
    """A prepared review with what is said of it elsewhere; the names are those of the query."""

    person: str
    bucket: str
    pk: int
    item: str
    title: str
    rating: float
    at: int | None
    text: str


FIELDS: Final = (
    "person__external_id",
    "bucket",
    "interaction_id",
    "interaction__item__external_id",
    "interaction__item__title",
    "interaction__rating",
    "interaction__at",
    "interaction__text",
)


def in_use(dataset: Dataset) -> Preparation | None:
    """The preparation that dialogues of this dataset's reviews are made from."""
    return dataset.preparations.filter(state=Preparation.State.COMPLETE).select_related("dataset").first()


def people_with_dialogue(preparation: Preparation) -> QuerySet[Person]:
    """Who has a might-like and something to greet with, in the order of their first import."""
    greets = GREETINGS[Settings.of(preparation.settings).greet_with]
    own = PreparedReview.objects.filter(preparation=preparation, person=OuterRef("pk"))
    has_all = Exists(own.filter(bucket=Bucket.MIGHT_LIKE)) & Exists(own.filter(bucket__in=greets))
    return Person.objects.filter(has_all, dataset=preparation.dataset).order_by("pk")


def reviewers(preparation: Preparation, people: Sequence[int] | None = None) -> Iterator[Reviewer]:
    """Each person who gets a dialogue, in order of primary key; only `people` (their keys) if they are given."""
    text_of = _Texts(preparation)
    keys = (
        people_with_dialogue(preparation) if people is None else people_with_dialogue(preparation).filter(pk__in=people)
    )
    who = list(keys.values_list("pk", flat=True))
    for start in range(0, len(who), PEOPLE_AT_ONCE):
        found = PreparedReview.objects.filter(preparation=preparation, person__in=who[start : start + PEOPLE_AT_ONCE])
        rows = map(_Row._make, found.order_by("person", "position").values_list(*FIELDS))
        for name, own in groupby(rows, key=lambda row: row.person):
            yield _reviewer(name, list(own), text_of)


def reviews_of(preparation: Preparation, items: Sequence[str]) -> Mapping[str, list[OtherReview]]:
    """By the id of an item, the latest reviews of each polarity, whoever wrote them (P7).

    One more than the settings allow, so that enough are left without those of the person who is spoken with.
    """
    text_of = _Texts(preparation)
    found = PreparedReview.objects.filter(preparation=preparation, interaction__item__external_id__in=items)
    rows = found.exclude(interaction__text="").order_by("interaction__item", "-interaction__at", "-interaction")
    pools: dict[str, list[OtherReview]] = {}
    for item, group in groupby(map(_Row._make, rows.values_list(*FIELDS)), key=lambda row: row.item):
        of = ((POLARITY.get(Bucket(row.bucket), "between"), row) for row in group)
        pool = pool_of(of, text_of.settings.max_pool)
        pools[item] = [OtherReview(author=row.person, rating=row.rating, text=text_of(row.text)) for row in pool]
    return pools


class _Texts:
    """Texts as the settings have them: cleaned or as they were."""

    def __init__(self, preparation: Preparation) -> None:
        self.settings = Settings.of(preparation.settings)

    def __call__(self, text: str) -> str:
        return cleaned(text, self.settings.max_token_length) if self.settings.cleaning else text


def _reviewer(name: str, rows: list[_Row], text_of: _Texts) -> Reviewer:
    def those(bucket: str) -> tuple[Reviewed, ...]:
        return tuple(
            Reviewed(item_id=row.item, title=row.title, text=text_of(row.text), time=row.at or 0, row=row.pk)
            for row in rows
            if row.bucket == bucket
        )

    return Reviewer(
        user=name,
        likes=those(Bucket.LIKE),
        dislikes=those(Bucket.DISLIKE),
        might_likes=those(Bucket.MIGHT_LIKE),
    )
