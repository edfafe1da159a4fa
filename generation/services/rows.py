"""Dialogue records into rows, losing nothing; `generation/services/filing.py` is the way back.

An item or person is one row of its dataset, also where the file says something else about it the second time (the
release of RecLLMSim translates one profile a dozen ways). What differs from the row, and items in an order or number
that the mentions do not tell, is kept in the dialogue's metadata under our reserved key.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, NamedTuple

from django.db.models import Max, QuerySet

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
from generation.overview import Overview, overview
from generation.records import DialogueRecord, ItemRecord, Json, PersonRecord, UtteranceRecord
from generation.services.inserting import insert, reserve_ids

LOOKED_UP_AT_ONCE: Final = 10_000
ITEM_FIELDS: Final = ("title", "year", "attributes")
PERSON_FIELDS: Final = ("kind", "profile", "profile_translations")
DIALOGUE_FIELDS: Final = (
    "external_id",
    "partner",
    "task",
    "scenario",
    "situation",
    "situation_translations",
    "split",
    "labels",
)
UTTERANCE_FIELDS: Final = ("speaker", "text", "translations", "labels", "metadata")
MENTION_FIELDS: Final = ("start", "end", "role")
OVERVIEW_FIELDS: Final = ("utterance_count", "turn_count", "word_count", "first_words")
FOUND_BY: Final = ("words", "marks")


class _Row(NamedTuple):
    """An item or person as it is stored, with the values of its fields."""

    pk: int
    said: list[Any]


Stored = Mapping[str, _Row]
"""By external id."""


def write_piece(*, imported: Import, records: Sequence[DialogueRecord], overviews: Sequence[Overview]) -> None:
    """Store these dialogues under the import. The caller holds the transaction."""
    write_dialogues(dataset=imported.dataset, records=records, overviews=overviews, source=imported)


def write_dialogues(
    *,
    dataset: Dataset,
    records: Sequence[DialogueRecord],
    overviews: Sequence[Overview] | None = None,
    source: Import | None = None,
) -> Sequence[int]:
    """Store these dialogues, numbered on, and return their keys. The caller holds the transaction."""
    overviews = overviews or [overview(record) for record in records]
    items = stored(Item, dataset, (item for record in records for item in record.items), ITEM_FIELDS)
    people = stored(Person, dataset, (record.person for record in records if record.person), PERSON_FIELDS)
    last = Dialogue.objects.in_dataset(dataset).aggregate(last=Max("number"))["last"] or 0
    dialogues = reserve_ids(Dialogue, len(records))
    written = {
        "id": dialogues,
        "dataset": [dataset.pk] * len(records),
        "source": [source.pk if source else None] * len(records),
        "number": range(last + 1, last + 1 + len(records)),
        "person": [people[record.person.external_id].pk if record.person else None for record in records],
        "metadata": [_metadata(record, items, people) for record in records],
    }
    insert(Dialogue, written | _columns(overviews, OVERVIEW_FIELDS) | _columns(records, DIALOGUE_FIELDS))
    insert(Findable, {"dialogue": dialogues, **_columns(overviews, FOUND_BY)})
    utterances = _write_utterances(records, dialogues)
    _write_mentions(records, utterances, items)
    return dialogues


def _write_utterances(records: Sequence[DialogueRecord], dialogues: Sequence[int]) -> Sequence[int]:
    utterances = [utterance for record in records for utterance in record.utterances]
    ids = reserve_ids(Utterance, len(utterances))
    written = {
        "id": ids,
        "dialogue": [pk for pk, record in zip(dialogues, records, strict=True) for _said in record.utterances],
        "index": [index for record in records for index in range(len(record.utterances))],
    }
    insert(Utterance, written | _columns(utterances, UTTERANCE_FIELDS))
    return ids


def _write_mentions(records: Sequence[DialogueRecord], utterances: Sequence[int], items: Stored) -> None:
    said = (utterance for record in records for utterance in record.utterances)
    mentions = [(pk, mention) for pk, utterance in zip(utterances, said, strict=True) for mention in utterance.mentions]
    written = {
        "utterance": [pk for pk, _mention in mentions],
        "item": [items[mention.item_id].pk for _pk, mention in mentions],
    }
    insert(ItemMention, written | _columns([mention for _pk, mention in mentions], MENTION_FIELDS))


def _columns(records: Sequence[object], names: Iterable[str]) -> dict[str, Sequence[Any]]:
    return {name: list(map(attrgetter(name), records)) for name in names}


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
    insert(model, {"id": ids, "dataset": [dataset.pk] * len(ids), **_columns(missing, ("external_id", *fields))})
    made = zip(ids, missing, strict=True)
    return rows | {record.external_id: _Row(pk, _said(record, fields)) for pk, record in made}


def _said(record: object, names: Iterable[str]) -> list[Any]:
    return [getattr(record, name) for name in names]


def fields_of(whole: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(whole, name) for name in names}


def _metadata(record: DialogueRecord, items: Stored, people: Stored) -> Mapping[str, Json]:
    """The record's metadata, and under our key what the rows of its items and person do not say as it does."""
    kept: dict[str, Json] = dict(record.metadata.get(RESERVED, {}))
    if [item.external_id for item in record.items] != named_items(record.utterances):
        kept["items"] = [item.external_id for item in record.items]
    differing = [item for item in record.items if _said(item, ITEM_FIELDS) != items[item.external_id].said]
    if differing:
        kept["item_details"] = {item.external_id: fields_of(item, ITEM_FIELDS) for item in differing}
    person = record.person
    if person is not None and _said(person, PERSON_FIELDS) != people[person.external_id].said:
        kept["person"] = fields_of(person, PERSON_FIELDS)
    return {**record.metadata, RESERVED: kept} if kept else record.metadata


def named_items(utterances: Iterable[UtteranceRecord]) -> list[str]:
    return list(dict.fromkeys(mention.item_id for utterance in utterances for mention in utterance.mentions))
