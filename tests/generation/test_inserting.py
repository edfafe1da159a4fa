"""Rows past the ORM: every one of them, whatever their number, and every constraint as ever."""

import pytest
from django.db import IntegrityError, transaction

from generation.models import Dataset, Dialogue, Import, Interaction, Item, Person, Utterance
from generation.services.inserting import insert, reserve_ids

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def columns(dataset: Dataset, count: int) -> dict[str, list[object]]:
    numbers = range(count)
    return {
        "id": list(reserve_ids(Item, count)),
        "dataset": [dataset.pk] * count,
        "external_id": [str(number) for number in numbers],
        "title": [f"Film {number}, 50 % off ? \\ \t\n" for number in numbers],
        "year": [None if number % 2 else number for number in numbers],
        "attributes": [{"n": number, "big": 2**70} if number % 3 else {} for number in numbers],
    }


@pytest.mark.parametrize("count", [0, 1, 511, 512, 1300, 5000])
def test_all_rows_arrive_as_they_were_given(count: int) -> None:
    dataset = Dataset.objects.create(slug="films", name="Films")
    given = columns(dataset, count)
    with transaction.atomic():
        insert(Item, given)
    stored = Item.objects.order_by("pk").values_list(*given)
    assert [list(row) for row in stored] == [list(row) for row in zip(*given.values(), strict=True)]
    assert Item.objects.create(dataset=dataset, external_id="next", title="Next").pk > max([0, *given["id"]])  # type: ignore[type-var, list-item]


@pytest.mark.parametrize("count", [1, 2, 1300])
def test_rows_that_have_most_or_all_in_common_arrive_too(count: int) -> None:
    dataset = Dataset.objects.create(slug="films", name="Films")
    same = {"dataset": dataset.pk, "year": None, "attributes": {}, "title": "Heat"}
    names = [str(number) for number in range(count)]
    with transaction.atomic():
        insert(Item, {**{name: [value] * count for name, value in same.items()}, "external_id": names})
    assert list(Item.objects.order_by("pk").values_list("external_id", *same)) == [
        (name, *same.values()) for name in names
    ]
    source = Import.objects.create(dataset=dataset, kind="reviews", format="jsonl", filename="a", sha256="a", size=1)
    person = Person.objects.create(dataset=dataset, external_id="ann")
    film = Item.objects.latest("pk")
    review = {"source": source.pk, "person": person.pk, "item": film.pk, "rating": 5.0, "title": "", "text": "Seen"}
    with transaction.atomic():
        insert(Interaction, {name: [value] * count for name, value in review.items()})
    assert list(Interaction.objects.values_list(*review)) == [tuple(review.values())] * count


def test_a_row_that_is_there_already_is_refused() -> None:
    dataset = Dataset.objects.create(slug="films", name="Films")
    given = columns(dataset, 3)
    with transaction.atomic():
        insert(Item, given)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Item, {**given, "id": list(reserve_ids(Item, 3))})
    assert Item.objects.count() == 3


def utterances(dialogue: int, count: int) -> dict[str, list[object]]:
    said = {"translations": {}, "labels": {}, "metadata": {}, "speaker": "user", "text": "Hi", "dialogue": dialogue}
    return {**{name: [value] * count for name, value in said.items()}, "index": list(range(count))}


def test_what_nobody_says_anything_in_is_empty() -> None:
    dataset = Dataset.objects.create(slug="films", name="Films")
    dialogue = Dialogue.objects.create(dataset=dataset, number=1, external_id="a")
    given = utterances(dialogue.pk, 3)
    given["labels"] = [{}, {"intent": "ask"}, {}]
    given["metadata"] = [[], {}, {}]
    with transaction.atomic():
        insert(Utterance, given)
    stored = dialogue.utterances.order_by("index").values_list("translations", "labels", "metadata")
    assert list(stored) == [({}, {}, []), ({}, {"intent": "ask"}, {}), ({}, {}, {})]


@pytest.mark.django_db(transaction=True)
def test_a_row_that_belongs_to_nothing_is_refused() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Utterance, utterances(999_999, 2))
    assert not Utterance.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_else_the_transaction_wrote_is_checked_when_it_ends_as_before() -> None:
    dataset = Dataset.objects.create(slug="films", name="Films")
    with transaction.atomic():
        insert(Item, columns(dataset, 3))
        early = Dialogue.objects.create(dataset_id=dataset.pk + 1, number=1, external_id="a")
        Dataset.objects.create(pk=dataset.pk + 1, slug="more", name="More")
    assert early.dataset.slug == "more"
