"""Rows into dialogue records, as their file said them; the way back of `generation/services/rows.py`."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from django.db.models import QuerySet

from generation.columns import DIALOGUE_FIELDS, MENTION_FIELDS, UTTERANCE_FIELDS
from generation.formats import FORMATS, writers
from generation.formats.base import RESERVED
from generation.formats.values import FormatError
from generation.models import Dataset, Dialogue, Item, ItemMention, Person, Utterance
from generation.records import DialogueRecord, ItemRecord, Json, MentionRecord, PersonRecord, UtteranceRecord
from generation.services.rows import ITEM_FIELDS, PERSON_FIELDS, fields_of, named_items
from generation.wording import worded

READ_AT_ONCE: Final = 200


def export_dialogues(*, dataset: Dataset, format: str) -> Iterator[bytes]:
    """The visible dialogues of a dataset as pieces of a file, read a few hundred at a time."""
    write = FORMATS.get(format).write
    if write is None:
        problem = worded("the format %(name)s is read and not written", name=repr(format))
        raise FormatError(
            problem=problem, remedy=worded("Choose one of %(names)s.", names=", ".join(writers())), fatal=True
        )
    dialogues = Dialogue.objects.visible().in_dataset(dataset).order_by("number")
    return write(records_of(dialogues))


def records_of(dialogues: QuerySet[Dialogue]) -> Iterator[DialogueRecord]:
    """Dialogues of one dataset, with all that their file said."""
    rows = dialogues.select_related("person").prefetch_related("utterances__mentions__item")
    dialogues_read = rows.iterator(chunk_size=READ_AT_ONCE)
    while piece := list(islice(dialogues_read, READ_AT_ONCE)):
        listed = _listed_items(piece)
        for dialogue in piece:
            yield _record(dialogue, listed)


def _listed_items(piece: Sequence[Dialogue]) -> dict[str, Item]:
    """The items that dialogues list without naming them all, by external id."""
    names = {name for dialogue in piece for name in dialogue.metadata.get(RESERVED, {}).get("items", [])}
    rows = Item.objects.filter(dataset_id=piece[0].dataset_id, external_id__in=names)
    return {item.external_id: item for item in rows} if names else {}


def _record(dialogue: Dialogue, listed: Mapping[str, Item]) -> DialogueRecord:
    kept = dialogue.metadata.get(RESERVED, {})
    metadata = {key: value for key, value in dialogue.metadata.items() if key != RESERVED}
    of_layout = {key: kept[key] for key in ("layout", "absent", "otherwise") if key in kept}
    if of_layout:
        metadata[RESERVED] = of_layout
    rows = list(dialogue.utterances.all())
    utterances = tuple(_utterance(row) for row in rows)
    items = {mention.item.external_id: mention.item for row in rows for mention in row.mentions.all()}
    items = {**listed, **items}
    return DialogueRecord(
        utterances=utterances,
        person=_person(dialogue.person, kept.get("person", {})),
        items=tuple(
            _item(items[name], kept.get("item_details", {}).get(name, {}))
            for name in kept.get("items", named_items(utterances))
        ),
        metadata=metadata,
        **fields_of(dialogue, DIALOGUE_FIELDS),
    )


def _utterance(row: Utterance) -> UtteranceRecord:
    mentions = sorted(row.mentions.all(), key=lambda mention: mention.pk)
    return UtteranceRecord(mentions=tuple(map(_mention, mentions)), **fields_of(row, UTTERANCE_FIELDS))


def _mention(row: ItemMention) -> MentionRecord:
    return MentionRecord(item_id=row.item.external_id, **fields_of(row, MENTION_FIELDS))


def _item(row: Item, kept: Mapping[str, Json]) -> ItemRecord:
    return ItemRecord(external_id=row.external_id, **(fields_of(row, ITEM_FIELDS) | dict(kept)))


def _person(row: Person | None, kept: Mapping[str, Json]) -> PersonRecord | None:
    if row is None:
        return None
    return PersonRecord(external_id=row.external_id, **(fields_of(row, PERSON_FIELDS) | dict(kept)))
