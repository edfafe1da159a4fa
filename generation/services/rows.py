"""Dialogue records into rows, losing nothing; `generation/services/filing.py` is the way back.

An item or person is one row of its dataset, also where the file says something else about it the second time (the
release of RecLLMSim translates one profile a dozen ways). What differs from the row, and items in an order or number
that the mentions do not tell, is kept in the dialogue's metadata under our reserved key.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat
from typing import Any, Final, NamedTuple

from django.db.models import Max, QuerySet

from generation.columns import (
    DIALOGUE_FIELDS,
    FOUND_BY,
    MENTION_FIELDS,
    OVERVIEW_FIELDS,
    Dialogues,
    columns,
    columns_of,
)
from generation.finding import marks_of, words_of
from generation.formats.base import RESERVED
from generation.models import (
    Dataset,
    Dialogue,
    Findable,
    Import,
    Interaction,
    Item,
    ItemMention,
    Person,
    PreparedReview,
    Utterance,
)
from generation.records import DialogueRecord, ItemRecord, Json, PersonRecord, UtteranceRecord
from generation.services.inserting import insert, reserve_ids

LOOKED_UP_AT_ONCE: Final = 10_000
ITEM_FIELDS: Final = ("title", "year", "attributes")
PERSON_FIELDS: Final = ("kind", "profile", "profile_translations")


class _Row(NamedTuple):
    """An item or person as it is stored, with the values of its fields."""

    pk: int
    said: list[Any]


Stored = Mapping[str, _Row]
"""By external id."""


def write_piece(*, imported: Import, said: Dialogues) -> None:
    """Store these dialogues under the import. The caller holds the transaction."""
    write(said, dataset=imported.dataset, source=imported)


def write_dialogues(*, dataset: Dataset, records: Sequence[DialogueRecord]) -> Sequence[int]:
    """Store these dialogues, numbered on, and return their keys. The caller holds the transaction."""
    return write(columns_of(records), dataset=dataset)


def write(said: Dialogues, *, dataset: Dataset, source: Import | None = None) -> Sequence[int]:
    """The same, for dialogues as columns."""
    items = stored(Item, dataset, (item for some in said.items for item in some), ITEM_FIELDS)
    people = stored(Person, dataset, filter(None, said.people), PERSON_FIELDS)
    last = Dialogue.objects.in_dataset(dataset).aggregate(last=Max("number"))["last"] or 0
    dialogues = reserve_ids(Dialogue, said.size)
    rows = {name: said.dialogues[name] for name in (*DIALOGUE_FIELDS, *OVERVIEW_FIELDS)} | {
        "id": dialogues,
        "dataset": [dataset.pk] * said.size,
        "source": [source.pk if source else None] * said.size,
        "number": range(last + 1, last + 1 + said.size),
        "person": [people[person.external_id].pk if person else None for person in said.people],
        "metadata": _metadata(said, items, people),
    }
    insert(Dialogue, rows)
    insert(Findable, {"dialogue": dialogues, **{name: said.dialogues[name] for name in FOUND_BY}})
    counts = said.dialogues["utterance_count"]
    belonging = {
        "dialogue": list(chain.from_iterable(map(repeat, dialogues, counts))),
        "index": list(chain.from_iterable(map(range, counts))),
    }
    utterances = reserve_ids(Utterance, len(said.of)) if said.mentions else []
    named = {"id": utterances} if said.mentions else {}  # where nobody speaks of them, the database names them itself
    insert(Utterance, {**named, **belonging, **said.utterances})
    mentions = {
        "utterance": [utterances[place] for place, _mention in said.mentions],
        "item": [items[mention.item_id].pk for _place, mention in said.mentions],
    }
    insert(ItemMention, mentions | columns([mention for _place, mention in said.mentions], MENTION_FIELDS))
    return dialogues


def make_findable(dialogue: Dialogue) -> None:
    """For a dialogue whose utterances were written some other way, or changed."""
    utterances = list(dialogue.utterances.all())
    words = words_of(said.text for said in utterances)
    marks = marks_of(dialogue.labels, [(said.labels, said.translations) for said in utterances])
    Findable.objects.update_or_create(dialogue=dialogue, defaults={"words": words, "marks": marks})


def remove_rows(*, imported: Import) -> None:
    """Remove every dialogue and review of the import, and the items and people that only it brought."""
    dialogues = Dialogue.objects.filter(source=imported)
    remove_dialogues(dialogues)
    remove_interactions(Interaction.objects.filter(source=imported))
    before: Mapping[str, int] = imported.options.get("before", {})
    for model, unused in ((Item, {"mentions": None}), (Person, {"dialogues": None})):
        if model.__name__ in before:
            rows = model._default_manager.filter(dataset=imported.dataset, pk__gt=before[model.__name__], **unused)
            rows._raw_delete(rows.db)


def remove_dialogues(dialogues: QuerySet[Dialogue]) -> None:
    """Remove dialogues with what belongs to them, without fetching any of it."""
    for rows in (
        Findable.objects.filter(dialogue__in=dialogues),
        ItemMention.objects.filter(utterance__dialogue__in=dialogues),
        Utterance.objects.filter(dialogue__in=dialogues),
        dialogues,
    ):
        rows._raw_delete(rows.db)


def remove_interactions(interactions: QuerySet[Interaction]) -> None:
    """Remove reviews, and what was prepared of them, without fetching any."""
    prepared = PreparedReview.objects.filter(interaction__in=interactions).order_by()
    prepared._raw_delete(prepared.db)
    interactions.order_by()._raw_delete(interactions.db)


def high_water(dataset: Dataset) -> dict[str, int]:
    """The last item and person there are before an import, so that it can be undone."""
    models: tuple[type[Item] | type[Person], ...] = (Item, Person)
    return {
        model.__name__: model._default_manager.filter(dataset=dataset).aggregate(last=Max("pk"))["last"] or 0
        for model in models
    }


def stored(
    model: type[Item] | type[Person],
    dataset: Dataset,
    records: Iterable[ItemRecord | PersonRecord],
    fields: Sequence[str],
) -> Stored:
    """The rows of these items or people by external id; those that are missing are made as they stand first."""
    wanted: dict[str, ItemRecord | PersonRecord] = {}
    for record in records:
        wanted.setdefault(record.external_id, record)
    names = list(wanted)
    rows: dict[str, _Row] = {}
    for start in range(0, len(names), LOOKED_UP_AT_ONCE):
        some = names[start : start + LOOKED_UP_AT_ONCE]
        there = model._default_manager.filter(dataset=dataset, external_id__in=some)
        rows |= {name: _Row(pk, said) for name, pk, *said in there.values_list("external_id", "pk", *fields)}
    missing = [record for name, record in wanted.items() if name not in rows]
    ids = reserve_ids(model, len(missing))
    insert(model, {"id": ids, "dataset": [dataset.pk] * len(ids), **columns(missing, ("external_id", *fields))})
    made = zip(ids, missing, strict=True)
    return rows | {record.external_id: _Row(pk, _said(record, fields)) for pk, record in made}


def _said(record: object, names: Iterable[str]) -> list[Any]:
    return [getattr(record, name) for name in names]


def fields_of(whole: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(whole, name) for name in names}


def _metadata(said: Dialogues, items: Stored, people: Stored) -> Sequence[Mapping[str, Json]]:
    """The dialogues' metadata, and under our key what the rows of their items and person do not say as they do."""
    if not any(said.items) and not any(said.people):
        return said.dialogues["metadata"]
    each = zip(said.dialogues["metadata"], said.items, said.named_items(), said.people, strict=True)
    return [_with_rest(*one, items, people) for one in each]


def _with_rest(
    metadata: Mapping[str, Json],
    own: Sequence[ItemRecord],
    named: Sequence[str],
    person: PersonRecord | None,
    items: Stored,
    people: Stored,
) -> Mapping[str, Json]:
    kept: dict[str, Json] = dict(metadata.get(RESERVED, {}))
    if [item.external_id for item in own] != named:
        kept["items"] = [item.external_id for item in own]
    differing = [item for item in own if _said(item, ITEM_FIELDS) != items[item.external_id].said]
    if differing:
        kept["item_details"] = {item.external_id: fields_of(item, ITEM_FIELDS) for item in differing}
    if person is not None and _said(person, PERSON_FIELDS) != people[person.external_id].said:
        kept["person"] = fields_of(person, PERSON_FIELDS)
    return {**metadata, RESERVED: kept} if kept else metadata


def named_items(utterances: Iterable[UtteranceRecord]) -> list[str]:
    return list(dict.fromkeys(mention.item_id for utterance in utterances for mention in utterance.mentions))
