"""ReDial (Li et al. 2018): two crowd workers talk about films, one JSON object a line.

The initiator seeks (user), the respondent recommends (system). Messages stay as they are, also several in a row by one
worker. `movieMentions` and the two lists of answers may be `[]` where they are empty, or lists of objects with a
`movieId` as in the copy on the Hugging Face hub. The answers to "was it suggested, seen, liked?" are labels as filed:
2 means that the worker did not say.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from generation.formats.base import (
    Format,
    Options,
    each,
    knows_keys,
    left_over,
    line,
    nothing_in,
    number_or_text,
    put_back,
    year_of,
)
from generation.formats.places import A_KEY, ENTRY_OF, MESSAGE, THE_ENTRY, What, in_words
from generation.formats.sources import Source
from generation.formats.values import FormatError, Value, an_object, get, kind_of
from generation.records import (
    DialogueRecord,
    ItemRecord,
    Json,
    MentionRecord,
    PersonRecord,
    Role,
    Speaker,
    UtteranceRecord,
)
from generation.wording import gettext_noop, worded

LAYOUT: Final = "redial"
SIGNATURE: Final = ("movieMentions", "senderWorkerId", "initiatorWorkerId", "respondentWorkerId")
QUESTIONS: Final = {"initiatorQuestions": "initiator_questions", "respondentQuestions": "respondent_questions"}
UNLISTED: Final = worded("an @number that `movieMentions` does not list was left as text")
MENTION: Final = re.compile(r"@(\d+)")


@dataclass(frozen=True, slots=True)
class _Talk:
    """What the messages of one entry are read against."""

    speakers: Mapping[str, Speaker]
    known: Collection[str]
    recommended: Collection[str]
    options: Options


def read(source: Source, options: Options) -> Iterator[DialogueRecord]:
    return each(source, options, _dialogue)


def write(records: Iterable[DialogueRecord]) -> Iterator[bytes]:
    return (line(_filed(record)) for record in records)


def _dialogue(value: Value, options: Options) -> DialogueRecord:
    data = an_object(value.data, THE_ENTRY)
    initiator = str(get(data, "initiatorWorkerId", (int, str)))
    respondent = str(get(data, "respondentWorkerId", (int, str)))
    if initiator == respondent:
        problem = worded("initiator and respondent are the same worker, %(worker)s", worker=initiator)
        remedy = worded("Correct one of them: nobody could tell user and system apart.")
        raise FormatError(problem=problem, remedy=remedy)
    labels = {ours: _by_movie(data, theirs) for theirs, ours in QUESTIONS.items()}
    head = DialogueRecord(
        external_id=str(get(data, "conversationId", (str, int))),
        utterances=(),
        person=PersonRecord(external_id=initiator, kind="worker"),
        partner=respondent,
        items=tuple(_item(external_id, title) for external_id, title in _by_movie(data, "movieMentions").items()),
        labels=labels,
        place=value.place,
    )
    metadata = left_over({key: inner for key, inner in data.items() if key != "messages"}, _filed_head(head), LAYOUT)
    head = replace(head, metadata=metadata)
    speakers: dict[str, Speaker] = {initiator: "user", respondent: "system"}
    talk = _Talk(speakers, {item.external_id for item in head.items}, _suggested(labels), options)
    return replace(head, utterances=_utterances(data, talk, _senders(head)))


def _utterances(data: Mapping[str, Json], talk: _Talk, senders: Mapping[Speaker, Json]) -> tuple[UtteranceRecord, ...]:
    messages = get(data, "messages", list)
    if not messages:
        raise nothing_in("messages")
    utterances = []
    for number, message in enumerate(messages, start=1):
        what = MESSAGE, number
        said = an_object(message, what)
        text = get(said, "text", str, what)
        speaker = _speaker(said, what, talk)
        metadata = left_over(said, _filed_message(text, senders[speaker]), LAYOUT)
        mentions = _mentions(text, speaker, talk)
        utterances.append(UtteranceRecord(speaker=speaker, text=text, mentions=mentions, metadata=metadata))
    return tuple(utterances)


def _speaker(said: Mapping[str, Json], what: What, talk: _Talk) -> Speaker:
    sender = str(get(said, "senderWorkerId", (int, str), what))
    if sender not in talk.speakers:
        initiator, respondent = talk.speakers
        problem = worded(
            "%(what)s is from worker %(worker)s, neither the initiator (%(initiator)s) nor the respondent "
            "(%(respondent)s)",
            what=in_words(what),
            worker=sender,
            initiator=initiator,
            respondent=respondent,
        )
        remedy = worded("Correct its `senderWorkerId`, or remove the message.")
        raise FormatError(problem=problem, remedy=remedy)
    return talk.speakers[sender]


def _mentions(text: str, speaker: Speaker, talk: _Talk) -> tuple[MentionRecord, ...]:
    mentions = []
    for found in MENTION.finditer(text):
        item_id = found[1]
        if item_id not in talk.known:
            talk.options.note(UNLISTED)
            continue
        suggested = speaker == "system" and item_id in talk.recommended
        role: Role = "recommended" if suggested else "mentioned"
        mentions.append(MentionRecord(item_id=item_id, start=found.start(), end=found.end(), role=role))
    return tuple(mentions)


def _suggested(labels: Mapping[str, Mapping[str, Json]]) -> set[str]:
    """The films that the recommender suggested, as the seeker says, or else as the recommender says."""
    answers = {**labels["respondent_questions"], **labels["initiator_questions"]}
    return {movie for movie, answer in answers.items() if isinstance(answer, dict) and answer.get("suggested") == 1}


def _by_movie(data: Mapping[str, Json], key: str) -> dict[str, Json]:
    """The object `data[key]`, also where it is written as a list of objects with a `movieId`."""
    filed = data.get(key)
    if isinstance(filed, dict):
        return filed
    if not isinstance(filed, list | None):
        problem = worded("%(what)s is %(kind)s, not an object", what=in_words((A_KEY, key)), kind=kind_of(filed))
        raise FormatError(problem=problem, remedy=worded("Write {} where it is empty."))
    found = {}
    for number, entry in enumerate(filed or [], start=1):
        what = ENTRY_OF, number, key
        answer = dict(an_object(entry, what))
        movie = str(get(answer, "movieId", (str, int), what))
        del answer["movieId"]
        found[movie] = answer.get("movieName") if key == "movieMentions" else answer
    return found


def _item(external_id: str, title: Json) -> ItemRecord:
    """A film; one without a title in the file is called by its number."""
    if not isinstance(title, str):
        return ItemRecord(external_id=external_id, title=f"@{external_id}", attributes={"title": title})
    return ItemRecord(external_id=external_id, title=title, year=year_of(title))


def _filed(record: DialogueRecord) -> dict[str, Json]:
    senders = _senders(record)
    messages = [
        put_back(_filed_message(said.text, senders[said.speaker]), said.metadata, LAYOUT) for said in record.utterances
    ]
    return put_back(_filed_head(record), record.metadata, LAYOUT) | {"messages": messages}


def _filed_head(record: DialogueRecord) -> dict[str, Json]:
    """Dialogues from elsewhere may not say who speaks; here the two must have names that differ."""
    initiator = record.person.external_id if record.person else "user"
    return {
        "movieMentions": {item.external_id: item.attributes.get("title", item.title) for item in record.items},
        **{theirs: record.labels.get(ours, {}) for theirs, ours in QUESTIONS.items()},
        "conversationId": record.external_id,
        "initiatorWorkerId": number_or_text(initiator),
        "respondentWorkerId": number_or_text(_respondent(record, initiator)),
    }


def _respondent(record: DialogueRecord, initiator: str) -> str:
    return next(name for name in (record.partner, "system", "agent") if name and name != initiator)


def _filed_message(text: str, sender: Json) -> dict[str, Json]:
    return {"text": text, "senderWorkerId": sender}


def _senders(record: DialogueRecord) -> dict[Speaker, Json]:
    filed = put_back(_filed_head(record), record.metadata, LAYOUT)
    return {"user": filed.get("initiatorWorkerId"), "system": filed.get("respondentWorkerId")}


FORMAT: Final = Format(
    name=LAYOUT,
    title=gettext_noop("ReDial JSON lines"),
    description=gettext_noop(
        "Conversations of two crowd workers about films, one a line, as released by Li et al. (2018)."
    ),
    extensions=(".jsonl", ".jsonl.gz", ".zip"),
    sniff=knows_keys(*SIGNATURE),
    read=read,
    write=write,
)
