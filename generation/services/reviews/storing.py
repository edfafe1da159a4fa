"""Records of reviews into rows, and what their items are called."""

from collections.abc import Mapping, Sequence

from generation.models import Import, Interaction, Item, Person
from generation.records import ItemRecord, PersonRecord
from generation.reviews.layouts.base import ReviewRecord
from generation.services.inserting import insert, reserve_ids, update
from generation.services.rows import ITEM_FIELDS, PERSON_FIELDS, stored


class Known:
    """Primary keys of the people and items of a dataset, as far as they were asked for. One for each import."""

    def __init__(self, imported: Import) -> None:
        self.dataset = imported.dataset
        self._people: dict[str, int] = {}
        self._items: dict[str, int] = {}

    def people(self, names: Sequence[str]) -> Mapping[str, int]:
        """Of these, too; those who are missing are made."""
        new = [
            PersonRecord(external_id=name, kind="reviewer") for name in dict.fromkeys(names) if name not in self._people
        ]
        rows = stored(Person, self.dataset, new, PERSON_FIELDS)
        self._people |= {name: row.pk for name, row in rows.items()}
        return self._people

    def items(self, names: Sequence[str]) -> Mapping[str, int]:
        """Of these, too; those that are missing are made, and called as in the file until their title is known."""
        new = [ItemRecord(external_id=name, title=name) for name in dict.fromkeys(names) if name not in self._items]
        rows = stored(Item, self.dataset, new, ITEM_FIELDS)
        self._items |= {name: row.pk for name, row in rows.items()}
        return self._items


def write_reviews(*, imported: Import, records: Sequence[ReviewRecord], known: Known) -> None:
    """Store these reviews under the import. The caller holds the transaction."""
    people = known.people([record.person for record in records])
    items = known.items([record.item for record in records])
    ids = reserve_ids(Interaction, len(records))
    written = {
        "id": ids,
        "source": [imported.pk] * len(ids),
        "person": [people[record.person] for record in records],
        "item": [items[record.item] for record in records],
        "rating": [record.rating for record in records],
        "at": [record.at for record in records],
        "title": [record.title for record in records],
        "text": [record.text for record in records],
    }
    insert(Interaction, written)


def write_titles(*, imported: Import, records: Sequence[ItemRecord]) -> None:
    """Say what these items are called, as far as the import itself brought them. The caller holds the transaction."""
    of = {record.external_id: record for record in records}
    before: int = imported.options["before"]["Item"]
    there = Item.objects.filter(dataset=imported.dataset, pk__gt=before, external_id__in=list(of))
    found = [(pk, of[name]) for pk, name in there.values_list("pk", "external_id")]
    said = {field: [getattr(record, field) for _pk, record in found] for field in ITEM_FIELDS}
    update(Item, [pk for pk, _record in found], said)
