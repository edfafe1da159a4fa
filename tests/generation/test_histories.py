"""What a user had met before, where a file says so, comes out as titles and never as ids."""

from typing import Any

import pytest

from generation.models import Dataset, Dialogue, Item
from generation.services.histories import histories

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def dialogue(slug: str, metadata: dict[str, Any], labels: dict[str, Any] | None = None) -> Dialogue:
    dataset = Dataset.objects.create(slug=slug, name=slug, origin=Dataset.Origin.IMPORTED)
    for name, title in (("b1", "Heat"), ("b2", "Alien"), ("b3", "b3"), ("7", "Emma")):
        Item.objects.create(dataset=dataset, external_id=name, title=f"{title} of {slug}" if title != name else name)
    return Dialogue.objects.create(
        dataset=dataset, number=1, external_id=f"{slug}-1", metadata=metadata, labels=labels or {}
    )


def test_titles_come_in_the_order_of_the_file_with_what_is_known_of_each() -> None:
    labels = {"user_likes": ["b2"], "user_dislikes": ["b1"], "rec_item": ["b9"]}
    one = dialogue("one", {"history_interaction": ["b2", "b1", "7"], "user_might_like": ["b9"]}, labels)
    two = dialogue("two", {"history": [7, "b2"]})
    assert histories([one.pk, two.pk]) == {
        one.pk: [("Alien of one", "like"), ("Heat of one", "dislike"), ("Emma of one", "")],
        two.pk: [("Emma of two", ""), ("Alien of two", "")],
    }


def test_an_item_known_by_its_id_alone_is_left_out() -> None:
    one = dialogue("one", {"history_interaction": ["b3", "b77", "b1"]})
    assert histories([one.pk]) == {one.pk: [("Heat of one", "")]}


@pytest.mark.parametrize(
    ("metadata", "labels"),
    [({}, {}), ({"history": "b1"}, {}), ({"history": [["b1"], None, {}]}, {"user_likes": "b1"}), ({"history": {}}, {})],
)
def test_files_that_say_nothing_readable_give_no_history(metadata: dict[str, Any], labels: dict[str, Any]) -> None:
    one = dialogue("one", metadata, labels)
    assert histories([one.pk]) == {one.pk: []}
