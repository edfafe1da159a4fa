"""Dialogue records into rows, losing nothing; `generation/services/filing.py` is the way back.

An item or person is one row of its dataset, also where the file says something else about it the second time (the
release of RecLLMSim translates one profile a dozen ways). What differs from the row, and items in an order or number
that the mentions do not tell, is kept in the dialogue's metadata under our reserved key.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, TypeVar

from django.db.models import Max, QuerySet

from generation.formats.base import RESERVED
from generation.models import Dataset, Dialogue, Import, Item, ItemMention, Person, Utterance
from generation.records import DialogueRecord, ItemRecord, Json, PersonRecord, UtteranceRecord
from generation.rendering import with_titles
from generation.services.inserting import insert, reserve_ids
from generation.services.words import count_words

Row = TypeVar("Row", Item, Person)

FIRST_WORDS: Final = 200
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


def write_piece(*, imported: Import, records: Sequence[DialogueRecord]) -> None:
    """Store these dialogues under the import, numbered on. The caller holds the transaction."""
    dataset = imported.dataset
    items = _stored(Item, dataset, (item for record in records for item in record.items), ITEM_FIELDS)
    people = _stored(Person, dataset, (record.person for record in records if record.person), PERSON_FIELDS)
    last = Dialogue.objects.in_dataset(dataset).aggregate(last=Max("number"))["last"] or 0
    dialogues = Dialogue.objects.bulk_create(
        [_dialogue(record, imported, number, items, people) for number, record in enumerate(records, start=last + 1)]
    )
    said = [
        (dialogue.pk, index, utterance)
        for dialogue, record in zip(dialogues, records, strict=True)
        for index, utterance in enumerate(record.utterances)
    ]
    ids = reserve_ids(Utterance, len(said))
    read_utterance = attrgetter(*UTTERANCE_FIELDS)
    insert(
        Utterance,
        ("id", "dialogue", "index", *UTTERANCE_FIELDS),
        (
            (pk, dialogue, index, *read_utterance(record))
            for pk, (dialogue, index, record) in zip(ids, said, strict=True)
        ),
    )
    read_mention = attrgetter("start", "end", "role")
    insert(
        ItemMention,
        ("utterance", "item", "start", "end", "role"),
        (
            (pk, items[mention.item_id].pk, *read_mention(mention))
            for pk, (_dialogue_pk, _index, record) in zip(ids, said, strict=True)
            for mention in record.mentions
        ),
    )


def remove_rows(*, imported: Import) -> None:
    """Remove every dialogue of the import, and the items and people that only it brought."""
    dialogues = Dialogue.objects.filter(source=imported)
    remove_dialogues(dialogues)
    before: Mapping[str, int] = imported.options.get("before", {})
    for model, unused in ((Item, {"mentions": None}), (Person, {"dialogues": None})):
        if model.__name__ in before:
            rows = model._default_manager.filter(dataset=imported.dataset, pk__gt=before[model.__name__], **unused)
            rows._raw_delete(rows.db)


def remove_dialogues(dialogues: QuerySet[Dialogue]) -> None:
    """Remove dialogues with what belongs to them, without fetching any of it."""
    for rows in (
        ItemMention.objects.filter(utterance__dialogue__in=dialogues),
        Utterance.objects.filter(dialogue__in=dialogues),
        dialogues,
    ):
        rows._raw_delete(rows.db)


def high_water(dataset: Dataset) -> dict[str, int]:
    """The last item and person there are before an import, so that it can be undone."""
    models: tuple[type[Item] | type[Person], ...] = (Item, Person)
    return {
        model.__name__: model._default_manager.filter(dataset=dataset).aggregate(last=Max("pk"))["last"] or 0
        for model in models
    }


def _stored(
    model: type[Row], dataset: Dataset, records: Iterable[ItemRecord | PersonRecord], fields: Sequence[str]
) -> dict[str, Row]:
    """The rows of these items or people by external id; those that are missing are made as they stand first."""
    wanted: dict[str, ItemRecord | PersonRecord] = {}
    for record in records:
        wanted.setdefault(record.external_id, record)
    names = list(wanted)
    rows: dict[str, Row] = {}
    for start in range(0, len(names), LOOKED_UP_AT_ONCE):
        some = names[start : start + LOOKED_UP_AT_ONCE]
        there = model._default_manager.filter(dataset=dataset, external_id__in=some)
        rows |= {row.external_id: row for row in there}
    missing = [
        model(dataset=dataset, external_id=name, **fields_of(record, fields))
        for name, record in wanted.items()
        if name not in rows
    ]
    return rows | {row.external_id: row for row in model._default_manager.bulk_create(missing)}


def fields_of(whole: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(whole, name) for name in names}


def _dialogue(
    record: DialogueRecord, imported: Import, number: int, items: Mapping[str, Item], people: Mapping[str, Person]
) -> Dialogue:
    person = people[record.person.external_id] if record.person else None
    return Dialogue(
        dataset_id=imported.dataset_id,
        source=imported,
        number=number,
        person=person,
        metadata=_metadata(record, items, person),
        utterance_count=len(record.utterances),
        turn_count=record.turn_count,
        word_count=sum(count_words(utterance.text) for utterance in record.utterances),
        first_words=_first_words(record),
        **fields_of(record, DIALOGUE_FIELDS),
    )


def _first_words(record: DialogueRecord) -> str:
    titles = {item.external_id: item.title for item in record.items}
    for utterance in record.utterances:
        if utterance.text.strip():
            spans = [(mention.start, mention.end, titles[mention.item_id]) for mention in utterance.mentions]
            return " ".join(with_titles(utterance.text[: 10 * FIRST_WORDS], spans).split())[:FIRST_WORDS]
    return ""


def _metadata(record: DialogueRecord, items: Mapping[str, Item], person: Person | None) -> dict[str, Json]:
    """The record's metadata, and under our key what the rows of its items and person do not say as it does."""
    kept: dict[str, Json] = dict(record.metadata.get(RESERVED, {}))
    if [item.external_id for item in record.items] != named_items(record.utterances):
        kept["items"] = [item.external_id for item in record.items]
    details = {item.external_id: fields_of(item, ITEM_FIELDS) for item in record.items}
    differing = {name: said for name, said in details.items() if said != fields_of(items[name], ITEM_FIELDS)}
    if differing:
        kept["item_details"] = differing
    if person is not None and fields_of(record.person, PERSON_FIELDS) != fields_of(person, PERSON_FIELDS):
        kept["person"] = fields_of(record.person, PERSON_FIELDS)
    return {**record.metadata, RESERVED: kept} if kept else dict(record.metadata)


def named_items(utterances: Iterable[UtteranceRecord]) -> list[str]:
    return list(dict.fromkeys(mention.item_id for utterance in utterances for mention in utterance.mentions))
