"""DialogueKit (Afzali et al. 2023): a JSON list of conversations between an agent and a user, with their intents."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from generation.formats.base import Format, Options, each, knows_keys, left_over, nothing_in, put_back
from generation.formats.places import A_KEY, THE_ENTRY, UTTERANCE, What, in_words
from generation.formats.sources import Source
from generation.formats.values import FormatError, Value, an_object, get, get_or
from generation.records import DialogueRecord, Json, PersonRecord, Speaker, UtteranceRecord
from generation.wording import gettext_noop, worded

LAYOUT: Final = "dialoguekit"
SPEAKERS: Final[Mapping[str, Speaker]] = {"USER": "user", "AGENT": "system"}
PARTICIPANTS: Final = {speaker: participant for participant, speaker in SPEAKERS.items()}
LABELS: Final = ("intent", "dialogue_acts", "satisfaction")


def read(source: Source, options: Options) -> Iterator[DialogueRecord]:
    return each(source, options, _dialogue)


def write(records: Iterable[DialogueRecord]) -> Iterator[bytes]:
    begin = b"[\n"
    for record in records:
        yield begin + json.dumps(_filed(record), ensure_ascii=False).encode()
        begin = b",\n"
    yield b"[\n]\n" if begin == b"[\n" else b"\n]\n"


def _dialogue(value: Value, options: Options) -> DialogueRecord:
    data = an_object(value.data, THE_ENTRY)
    said = get(data, "conversation", list)
    if not said:
        raise nothing_in("conversation")
    user = get_or(data, "user", dict, {})
    agent = get_or(data, "agent", dict, {})
    name = str(get_or(user, "id", (str, int), "", (A_KEY, "user")))
    head = DialogueRecord(
        external_id=str(get_or(data, "conversation ID", (str, int), value.place)),
        utterances=tuple(_utterance(one, (UTTERANCE, number)) for number, one in enumerate(said, start=1)),
        person=PersonRecord(external_id=name, kind="worker") if name else None,
        partner=str(get_or(agent, "id", (str, int), "", (A_KEY, "agent"))),
        place=value.place,
    )
    rest = {key: inner for key, inner in data.items() if key != "conversation"}
    return replace(head, metadata=left_over(rest, _filed_head(head), LAYOUT))


def _utterance(filed: Json, what: What) -> UtteranceRecord:
    data = an_object(filed, what)
    participant = get(data, "participant", str, what)
    if participant not in SPEAKERS:
        problem = worded(
            "the participant of %(what)s is %(participant)s, neither `USER` nor `AGENT`",
            what=in_words(what),
            participant=repr(participant),
        )
        raise FormatError(problem=problem, remedy=worded("Write one of them, or remove the utterance."))
    utterance = UtteranceRecord(
        speaker=SPEAKERS[participant],
        text=get(data, "utterance", str, what),
        labels={key: data[key] for key in LABELS if key in data},
    )
    return replace(utterance, metadata=left_over(data, _filed_utterance(utterance), LAYOUT))


def _filed(record: DialogueRecord) -> dict[str, Json]:
    said = [put_back(_filed_utterance(one), one.metadata, LAYOUT) for one in record.utterances]
    return put_back(_filed_head(record), record.metadata, LAYOUT) | {"conversation": said}


def _filed_head(record: DialogueRecord) -> dict[str, Json]:
    return {
        "conversation ID": record.external_id,
        "agent": {"id": record.partner, "type": "AGENT"},
        "user": {"id": record.person.external_id if record.person else "", "type": "USER"},
        "metadata": {},
    }


def _filed_utterance(utterance: UtteranceRecord) -> dict[str, Json]:
    labels = {key: utterance.labels[key] for key in LABELS if key in utterance.labels}
    return {"participant": PARTICIPANTS[utterance.speaker], "utterance": utterance.text, **labels}


FORMAT: Final = Format(
    name=LAYOUT,
    title="DialogueKit JSON",
    description=gettext_noop(
        "A list of conversations of an agent and a user, with intents and dialogue acts where they are known."
    ),
    extensions=(".json", ".json.gz", ".zip"),
    sniff=knows_keys("conversation", "participant", "utterance", "conversation ID"),
    read=read,
    write=write,
    written_as=".json",
)
