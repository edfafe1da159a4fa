"""crsapp's own JSON lines: one dialogue a line, and nothing is lost. `docs/formats.md` has the keys.

Unknown keys are refused, because a mistyped one would be lost without a word; `metadata` takes whatever has no place.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

from generation.formats.base import RESERVED, Format, Options, each, knows_keys, line
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
from generation.wording import gettext_noop

T = TypeVar("T", bound=str)

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
    data = _object(value.data, "the entry", DIALOGUE_KEYS)
    schema = get_or(data, "schema", str, SCHEMA)
    if schema != SCHEMA:
        raise FormatError(problem=f"the schema is {schema!r}", remedy=f"This version reads {SCHEMA!r}.")
    items = tuple(_item(item, f"item {number}") for number, item in _numbered(data, "items"))
    known = {item.external_id for item in items}
    if len(known) < len(items):
        raise FormatError(problem="an item stands twice in `items`", remedy="Keep one of them.")
    utterances = tuple(
        _said(said) or _utterance(said, f"utterance {number}", known) for number, said in _numbered(data, "utterances")
    )
    if not utterances:
        raise FormatError(problem="there are no `utterances`", remedy="Remove the entry, or add what was said.")
    return DialogueRecord(
        external_id=_name(data, "id"),
        utterances=utterances,
        person=_person(data["person"]) if data.get("person") is not None else None,
        situation_translations=_translations(data, "situation_translations"),
        items=items,
        labels=get_or(data, "labels", dict, {}),
        metadata=_metadata(data, "the entry"),
        place=value.place,
        **{key: get_or(data, key, str, "") for key in TEXTS},
    )


def _person(filed: Json) -> PersonRecord:
    data = _object(filed, "`person`", PERSON_KEYS)
    return PersonRecord(
        external_id=_name(data, "id", "`person`"),
        kind=_one_of(get_or(data, "kind", str, "worker", "`person`"), "kind", PERSON_KINDS, "`person`"),
        profile=get_or(data, "profile", str, "", "`person`"),
        profile_translations=_translations(data, "profile_translations", "`person`"),
    )


def _item(filed: Json, what: str) -> ItemRecord:
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


def _utterance(filed: Json, what: str, known: Collection[str]) -> UtteranceRecord:
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
            _mention(mention, f"mention {number} of {what}", text, known)
            for number, mention in _numbered(data, "mentions", what)
        ),
    )


def _mention(filed: Json, what: str, text: str, known: Collection[str]) -> MentionRecord:
    data = _object(filed, what, MENTION_KEYS)
    item_id = _name(data, "item", what)
    if item_id not in known:
        problem = f"{what} names item {item_id!r}, which is not in `items`"
        raise FormatError(problem=problem, remedy='Add it there: {"id": …, "title": …}.')
    start, end = (get_or(data, key, int, None, what) for key in ("start", "end"))
    if (start is None) != (end is None) or (
        start is not None and end is not None and not 0 <= start <= end <= len(text)
    ):
        problem = f"{what} spans {start} to {end} of a text of {len(text)} characters"
        raise FormatError(
            problem=problem, remedy="Count characters from 0, `end` after the last one, or leave both out."
        )
    role = _one_of(get_or(data, "role", str, "mentioned", what), "role", ROLES, what)
    return MentionRecord(item_id=item_id, start=start, end=end, role=role)


def _object(filed: Json, what: str, keys: frozenset[str]) -> Mapping[str, Json]:
    data = an_object(filed, what)
    if not data.keys() <= keys:
        unknown = next(key for key in data if key not in keys)
        problem = f"{what} has an unknown key `{unknown}`"
        raise FormatError(problem=problem, remedy=f"Known are {', '.join(sorted(keys))}; put others in `metadata`.")
    return data


def _numbered(data: Mapping[str, Json], key: str, what: str = "the entry") -> Iterable[tuple[int, Json]]:
    return enumerate(get_or(data, key, list, [], what), start=1)


def _name(data: Mapping[str, Json], key: str, what: str = "the entry") -> str:
    """An identifier; whole numbers are taken as their digits."""
    name = str(get(data, key, (str, int), what))
    if not name:
        raise FormatError(problem=f"`{key}` of {what} is empty", remedy="Give it a name of its own.")
    return name


def _one_of(value: str, key: str, allowed: tuple[T, ...], what: str) -> T:
    for known in allowed:
        if value == known:
            return known
    raise FormatError(problem=f"`{key}` of {what} is {value!r}", remedy=f"Write {' or '.join(allowed)}.")


def _translations(data: Mapping[str, Json], key: str, what: str = "the entry") -> dict[str, str]:
    translations: dict[str, Any] = get_or(data, key, dict, {}, what)
    for language in translations:
        get(translations, language, str, f"`{key}` of {what}")
    return translations


def _metadata(data: Mapping[str, Json], what: str) -> dict[str, Json]:
    metadata: dict[str, Json] = get_or(data, "metadata", dict, {}, what)
    if RESERVED not in metadata:
        return metadata
    ours = metadata[RESERVED]
    if not _is_ours(ours):
        problem = f"the key `{RESERVED}` in the metadata of {what} is reserved"
        raise FormatError(problem=problem, remedy="Give it another name.")
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
