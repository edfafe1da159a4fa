"""crsapp's own JSON lines: one dialogue a line, and nothing is lost. `docs/formats.md` has the keys.

Unknown keys are refused, because a mistyped one would be lost without a word; `metadata` takes whatever has no place.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

from generation.formats.base import RESERVED, Format, Options, each, knows_keys, line
from generation.formats.places import A_KEY, ITEM, KEY, MENTION, THE_ENTRY, UTTERANCE, What, in_words
from generation.formats.sources import Source
from generation.formats.values import FormatError, Value, an_object, get, get_or
from generation.records import (
    PERSON_KINDS,
    ROLES,
    SPEAKERS,
    DialogueRecord,
    ItemRecord,
    Json,
    MentionRecord,
    PersonRecord,
    UtteranceRecord,
)
from generation.wording import either, gettext_noop, worded

T = TypeVar("T", bound=str)

PERSON: Final = A_KEY, "person"
SCHEMA: Final = "crsapp-dialogue/1"
SIGNATURE: Final = ("utterances", "speaker", "text")
TEXTS: Final = ("partner", "task", "scenario", "situation", "split")
DIALOGUE_KEYS: Final = frozenset(
    {"schema", "id", "person", "situation_translations", "items", "labels", "metadata", "utterances", *TEXTS}
)
PERSON_KEYS: Final = frozenset({"id", "kind", "profile", "profile_translations"})
ITEM_KEYS: Final = frozenset({"id", "title", "year", "attributes"})
UTTERANCE_KEYS: Final = frozenset({"speaker", "text", "translations", "labels", "metadata", "mentions"})
MENTION_KEYS: Final = frozenset({"item", "start", "end", "role"})


def read(source: Source, options: Options) -> Iterator[DialogueRecord]:
    return each(source, options, _dialogue)


def write(records: Iterable[DialogueRecord]) -> Iterator[bytes]:
    return (line(_filed(record)) for record in records)


def _dialogue(value: Value, options: Options) -> DialogueRecord:
    data = _object(value.data, THE_ENTRY, DIALOGUE_KEYS)
    schema = get_or(data, "schema", str, SCHEMA)
    if schema != SCHEMA:
        problem = worded("the schema is %(schema)s", schema=repr(schema))
        raise FormatError(problem=problem, remedy=worded("This version reads %(schema)s.", schema=repr(SCHEMA)))
    items = tuple(_item(item, (ITEM, number)) for number, item in _numbered(data, "items"))
    known = {item.external_id for item in items}
    if len(known) < len(items):
        raise FormatError(problem=worded("an item stands twice in `items`"), remedy=worded("Keep one of them."))
    utterances = tuple(
        _said(said) or _utterance(said, (UTTERANCE, number), known) for number, said in _numbered(data, "utterances")
    )
    if not utterances:
        remedy = worded("Remove the entry, or add what was said.")
        raise FormatError(problem=worded("there are no `utterances`"), remedy=remedy)
    return DialogueRecord(
        external_id=_name(data, "id"),
        utterances=utterances,
        person=_person(data["person"]) if data.get("person") is not None else None,
        situation_translations=_translations(data, "situation_translations"),
        items=items,
        labels=get_or(data, "labels", dict, {}),
        metadata=_metadata(data, THE_ENTRY),
        place=value.place,
        **{key: get_or(data, key, str, "") for key in TEXTS},
    )


def _person(filed: Json) -> PersonRecord:
    data = _object(filed, PERSON, PERSON_KEYS)
    return PersonRecord(
        external_id=_name(data, "id", PERSON),
        kind=_one_of(get_or(data, "kind", str, "worker", PERSON), "kind", PERSON_KINDS, PERSON),
        profile=get_or(data, "profile", str, "", PERSON),
        profile_translations=_translations(data, "profile_translations", PERSON),
    )


def _item(filed: Json, what: What) -> ItemRecord:
    data = _object(filed, what, ITEM_KEYS)
    return ItemRecord(
        external_id=_name(data, "id", what),
        title=get(data, "title", str, what),
        year=get_or(data, "year", int, None, what),
        attributes=get_or(data, "attributes", dict, {}, what),
    )


def _said(filed: Json) -> UtteranceRecord | None:
    """An utterance that is speaker and text and nothing else, as most are; not for what needs a closer look."""
    if type(filed) is not dict or len(filed) != 2:
        return None
    speaker, text = filed.get("speaker"), filed.get("text")
    if type(text) is not str or not (speaker == "user" or speaker == "system"):
        return None
    return UtteranceRecord(speaker=speaker, text=text)


def _utterance(filed: Json, what: What, known: Collection[str]) -> UtteranceRecord:
    data = _object(filed, what, UTTERANCE_KEYS)
    text = get(data, "text", str, what)
    speaker = _one_of(get(data, "speaker", str, what), "speaker", SPEAKERS, what)
    return UtteranceRecord(
        speaker=speaker,
        text=text,
        translations=_translations(data, "translations", what),
        labels=get_or(data, "labels", dict, {}, what),
        metadata=_metadata(data, what),
        mentions=tuple(
            _mention(mention, (MENTION, number, what), text, known)
            for number, mention in _numbered(data, "mentions", what)
        ),
    )


def _mention(filed: Json, what: What, text: str, known: Collection[str]) -> MentionRecord:
    data = _object(filed, what, MENTION_KEYS)
    item_id = _name(data, "item", what)
    if item_id not in known:
        problem = worded(
            "%(what)s names item %(item)s, which is not in `items`", what=in_words(what), item=repr(item_id)
        )
        raise FormatError(problem=problem, remedy=worded('Add it there: {"id": …, "title": …}.'))
    start, end = (get_or(data, key, int, None, what) for key in ("start", "end"))
    if (start is None) != (end is None) or (
        start is not None and end is not None and not 0 <= start <= end <= len(text)
    ):
        problem = worded(
            "%(what)s spans %(start)s to %(end)s of a text of %(length)d characters",
            what=in_words(what),
            start=start,
            end=end,
            length=len(text),
        )
        remedy = worded("Count characters from 0, `end` after the last one, or leave both out.")
        raise FormatError(problem=problem, remedy=remedy)
    role = _one_of(get_or(data, "role", str, "mentioned", what), "role", ROLES, what)
    return MentionRecord(item_id=item_id, start=start, end=end, role=role)


def _object(filed: Json, what: What, keys: frozenset[str]) -> Mapping[str, Json]:
    data = an_object(filed, what)
    if not data.keys() <= keys:
        unknown = next(key for key in data if key not in keys)
        problem = worded("%(what)s has an unknown key `%(key)s`", what=in_words(what), key=unknown)
        remedy = worded("Known are %(known)s; put others in `metadata`.", known=", ".join(sorted(keys)))
        raise FormatError(problem=problem, remedy=remedy)
    return data


def _numbered(data: Mapping[str, Json], key: str, what: What = THE_ENTRY) -> Iterable[tuple[int, Json]]:
    return enumerate(get_or(data, key, list, [], what), start=1)


def _name(data: Mapping[str, Json], key: str, what: What = THE_ENTRY) -> str:
    """An identifier; whole numbers are taken as their digits."""
    name = str(get(data, key, (str, int), what))
    if not name:
        problem = worded("`%(key)s` of %(what)s is empty", key=key, what=in_words(what))
        raise FormatError(problem=problem, remedy=worded("Give it a name of its own."))
    return name


def _one_of(value: str, key: str, allowed: tuple[T, ...], what: What) -> T:
    for known in allowed:
        if value == known:
            return known
    problem = worded("`%(key)s` of %(what)s is %(value)s", key=key, what=in_words(what), value=repr(value))
    raise FormatError(problem=problem, remedy=worded("Write %(expected)s.", expected=either([*allowed])))


def _translations(data: Mapping[str, Json], key: str, what: What = THE_ENTRY) -> dict[str, str]:
    translations: dict[str, Any] = get_or(data, key, dict, {}, what)
    for language in translations:
        get(translations, language, str, (KEY, key, what))
    return translations


def _metadata(data: Mapping[str, Json], what: What) -> dict[str, Json]:
    metadata: dict[str, Json] = get_or(data, "metadata", dict, {}, what)
    if RESERVED not in metadata:
        return metadata
    ours = metadata[RESERVED]
    if not _is_ours(ours):
        problem = worded("the key `%(key)s` in the metadata of %(what)s is reserved", key=RESERVED, what=in_words(what))
        raise FormatError(problem=problem, remedy=worded("Give it another name."))
    return metadata


def _is_ours(kept: Json) -> bool:
    """Whether this is what `base.left_over` keeps."""
    if not isinstance(kept, dict) or not kept.keys() <= {"layout", "absent", "otherwise"}:
        return False
    absent = kept.get("absent", [])
    texts = isinstance(absent, list) and all(isinstance(key, str) for key in absent)
    return texts and isinstance(kept.get("layout"), str) and isinstance(kept.get("otherwise", {}), dict)


def _filed(record: DialogueRecord) -> dict[str, Json]:
    """Everything of the record; what is empty is left out, and reads as empty."""
    person = record.person
    return {"schema": SCHEMA, "id": record.external_id} | _filled(
        person=person and _filed_person(person),
        **{key: getattr(record, key) for key in TEXTS},
        situation_translations=record.situation_translations,
        labels=record.labels,
        metadata=record.metadata,
        items=[
            {"id": item.external_id, "title": item.title} | _filled(year=item.year, attributes=item.attributes)
            for item in record.items
        ],
        utterances=[_filed_utterance(utterance) for utterance in record.utterances],
    )


def _filed_person(person: PersonRecord) -> dict[str, Json]:
    rest = _filled(profile=person.profile, profile_translations=person.profile_translations)
    return {"id": person.external_id, "kind": person.kind} | rest


def _filed_utterance(utterance: UtteranceRecord) -> dict[str, Json]:
    return {"speaker": utterance.speaker, "text": utterance.text} | _filled(
        translations=utterance.translations,
        labels=utterance.labels,
        metadata=utterance.metadata,
        mentions=[
            {"item": mention.item_id, "role": mention.role} | _filled(start=mention.start, end=mention.end)
            for mention in utterance.mentions
        ],
    )


def _filled(**values: Json) -> dict[str, Json]:
    return {key: value for key, value in values.items() if value not in (None, "", {}, [])}


FORMAT: Final = Format(
    name="jsonl",
    title=gettext_noop("crsapp JSON lines"),
    description=gettext_noop(
        "One dialogue a line with all that crsapp knows of it; what exports write and imports read back."
    ),
    extensions=(".jsonl", ".jsonl.gz", ".zip"),
    sniff=knows_keys(*SIGNATURE),
    read=read,
    write=write,
)
