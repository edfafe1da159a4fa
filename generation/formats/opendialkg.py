"""OpenDialKG (Moon et al. 2019): dialogues with walks on a knowledge graph.

Two layouts: the released table (`Messages`, `User Rating`, `Assistant Rating`), and the JSON lines that iEvaLM (Wang et
al. 2023) made of it, where each line is a list of utterances. Walks are no utterances: they go with the next one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from generation.formats.base import Evidence, Format, Options, keys_in, placed, split_of
from generation.formats.places import ENTRY, MESSAGE, THE_ROW, UTTERANCE, What, in_words, place
from generation.formats.sources import Glance, Source
from generation.formats.text import mention, place_of
from generation.formats.values import FormatError, Value, an_object, get, get_or, parse
from generation.records import DialogueRecord, ItemRecord, Json, MentionRecord, Role, Speaker, UtteranceRecord
from generation.wording import gettext_noop, worded

HEADINGS: Final = ("Messages", "User Rating", "Assistant Rating")
RATINGS: Final = {"User Rating": "user_rating", "Assistant Rating": "assistant_rating"}
LISTED: Final = ("role", "text", "entity", "item", "text_template")
SPEAKERS: Final[Mapping[str, Speaker]] = {"user": "user", "assistant": "system"}
ROLES: Final[Mapping[Speaker, Role]] = {"user": "mentioned", "system": "recommended"}


def sniff(glance: Glance) -> Evidence:
    headings = [head.partition("\n")[0].strip().split(",") for _name, head in glance.heads]
    found = max(([name for name in HEADINGS if name in heading] for heading in headings), key=len, default=[])
    table = Evidence(len(found) / len(HEADINGS), tuple(found))
    lists = any(head.lstrip().startswith("[") for _name, head in glance.heads)
    return max(table, keys_in(glance, LISTED) if lists else table, key=lambda evidence: evidence.share)


def read(source: Source, options: Options) -> Iterator[DialogueRecord]:
    is_table = sniff(source.glance()).found[:1] == HEADINGS[:1]
    split = split_of(source.name)
    values = source.rows(options.report, options.note) if is_table else _lists(source, options)
    for value in values:
        try:
            if value.data:
                head = DialogueRecord(external_id=placed(source, value), utterances=(), split=split, place=value.place)
                yield _of_row(value, head, options) if is_table else _of_list(value, head)
        except FormatError as error:
            options.report(FormatError(place=value.place, problem=error.problem, remedy=error.remedy))


def _lists(source: Source, options: Options) -> Iterator[Value]:
    """Each list of utterances; a list of such lists is taken apart."""
    for value in source.values(options.report, options.note, lists_whole=True):
        if isinstance(value.data, list) and value.data and all(isinstance(one, list) for one in value.data):
            for number, one in enumerate(value.data, start=1):
                yield Value(place(ENTRY, number, value.place), one)
        else:
            yield value


def _of_list(value: Value, head: DialogueRecord) -> DialogueRecord:
    if not isinstance(value.data, list):
        problem = worded("the entry is no list of utterances")
        raise FormatError(problem=problem, remedy=worded("Write one list a line, or choose another format."))
    items: dict[str, ItemRecord] = {}
    utterances = []
    for number, one in enumerate(value.data, start=1):
        what = UTTERANCE, number
        said = an_object(one, what)
        speaker = _speaker(get(said, "role", str, what), what)
        text = get(said, "text", str, what)
        titles = list(dict.fromkeys(_titles(said, what)))
        items |= {title: ItemRecord(external_id=title, title=title) for title in titles}
        utterances.append(
            UtteranceRecord(
                speaker=speaker,
                text=text,
                metadata={key: inner for key, inner in said.items() if key not in ("role", "text", "item")},
                mentions=tuple(mention(text, title, title, ROLES[speaker]) for title in titles),
            )
        )
    return replace(head, utterances=tuple(utterances), items=tuple(items.values()))


def _titles(said: Mapping[str, Json], what: What) -> Iterator[str]:
    for number, title in enumerate(get_or(said, "item", list, [], what), start=1):
        if not isinstance(title, str) or not title:
            problem = worded("item %(number)d of %(what)s is no title", number=number, what=in_words(what))
            raise FormatError(problem=problem, remedy=worded("Write its title."))
        yield title


def _of_row(value: Value, head: DialogueRecord, options: Options) -> DialogueRecord:
    messages = parse(get(value.data, "Messages", str, THE_ROW), "")
    if not isinstance(messages, list):
        raise FormatError(problem=worded("`Messages` is no list"), remedy=worded("Write a JSON list of messages."))
    items: dict[str, ItemRecord] = {}
    utterances: list[UtteranceRecord] = []
    walks: list[Json] = []
    for number, message in enumerate(messages, start=1):
        what = MESSAGE, number
        said = an_object(message, what)
        if said.get("type") != "chat":
            walks.append({key: inner for key, inner in said.items() if key != "type"})
            continue
        utterance, named = _chat(said, walks, what)
        utterances.append(utterance)
        items |= named
        walks = []
    if not utterances:
        remedy = worded("Remove the row: nobody says anything in it.")
        raise FormatError(problem=worded("`Messages` holds no chat"), remedy=remedy)
    return replace(
        head,
        utterances=tuple(utterances),
        items=tuple(items.values()),
        labels=_ratings(value.data, options),
        metadata={"walks": walks} if walks else {},
    )


def _chat(said: Mapping[str, Json], walks: list[Json], what: What) -> tuple[UtteranceRecord, dict[str, ItemRecord]]:
    speaker = _speaker(get(said, "sender", str, what), what)
    text = get(said, "message", str, what)
    entities = dict.fromkeys(entity for walk in walks for entity in _entities(walk))
    named = [entity for entity in entities if place_of(text, entity)]
    rest = {key: inner for key, inner in said.items() if key not in ("type", "sender", "message")}
    mentions: tuple[MentionRecord, ...] = tuple(mention(text, name, name, "mentioned") for name in named)
    utterance = UtteranceRecord(
        speaker=speaker, text=text, metadata=rest | ({"walks": walks} if walks else {}), mentions=mentions
    )
    return utterance, {name: ItemRecord(external_id=name, title=name) for name in named}


def _entities(walk: Mapping[str, Json]) -> Iterator[str]:
    """Both ends of each step of a walk, `[score, [[subject, relation, object], …], …]`."""
    metadata = walk.get("metadata")
    path = metadata.get("path") if isinstance(metadata, dict) else None
    steps = path[1] if isinstance(path, list) and len(path) > 1 and isinstance(path[1], list) else []
    for step in steps:
        if isinstance(step, list) and len(step) == 3:
            yield from (end for end in (step[0], step[2]) if isinstance(end, str) and end)


def _ratings(row: Mapping[str, str], options: Options) -> dict[str, Json]:
    """The ratings that were given; NaN is none."""
    labels: dict[str, Json] = {}
    for name, ours in RATINGS.items():
        cell = row.get(name, "").strip()
        if cell.lower() in ("", "nan"):
            continue
        number = cell.removesuffix(".0")
        if number.isascii() and number.isdigit() and len(number) < 10:
            labels[ours] = int(number)
        else:
            options.note(worded("a `%(name)s` that is no whole number was left as text", name=name))
            labels[ours] = cell
    return labels


def _speaker(role: str, what: What) -> Speaker:
    if role not in SPEAKERS:
        problem = worded(
            "%(what)s is by %(role)s, neither `user` nor `assistant`", what=in_words(what), role=repr(role)
        )
        raise FormatError(problem=problem, remedy=worded("Write one of them, or remove the message."))
    return SPEAKERS[role]


FORMAT: Final = Format(
    name="opendialkg",
    title="OpenDialKG",
    description=gettext_noop(
        "Dialogues with walks on a knowledge graph: the released table, or iEvaLM's lists of utterances."
    ),
    extensions=(".csv", ".jsonl", ".jsonl.gz", ".zip"),
    sniff=sniff,
    read=read,
)
