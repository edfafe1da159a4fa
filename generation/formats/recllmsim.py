"""RecLLMSim: a simulated user with a profile talks to an assistant about a task.

One conversation a line, or one JSON file a conversation in folders named after their task, also in a .zip. Ratings,
intents and hallucinations are labels that came with the file; nobody's judgments are made of them. Seven conversations
of the release begin with the assistant and stay so. The release does not say who assists; conversations that have a
partner are written with one more key, `partner`, which is read again.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
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
)
from generation.formats.places import MESSAGE, THE_ENTRY, What, in_words
from generation.formats.sources import Source
from generation.formats.values import FormatError, Value, an_object, get, get_or
from generation.records import DialogueRecord, Json, PersonRecord, Speaker, UtteranceRecord
from generation.wording import gettext_noop, worded

LAYOUT: Final = "recllmsim"
SIGNATURE: Final = ("history", "task_context", "preference", "content")
SPEAKERS: Final[Mapping[str, Speaker]] = {"user": "user", "assistant": "system"}
ROLES: Final = {speaker: role for role, speaker in SPEAKERS.items()}
OTHER_LANGUAGE: Final = re.compile(r"_([a-z]{2,3}(?:-[A-Za-z]{2,8})?)")
IDENTIFIERS: Final = ("preference_id", "task_context_id")
PARTNER: Final = "partner"
LONGEST_PARTNER: Final = 200
LABELS: Final = ("rating", "conflict", "preference_summary")


def read(source: Source, options: Options) -> Iterator[DialogueRecord]:
    return each(source, options, _dialogue)


def write(records: Iterable[DialogueRecord]) -> Iterator[bytes]:
    return (line(_filed(record)) for record in records)


def _dialogue(value: Value, options: Options) -> DialogueRecord:
    data = an_object(value.data, THE_ENTRY)
    history = get(data, "history", list)
    if not history:
        raise nothing_in("history")
    task = get_or(data, "task", str, PurePosixPath(value.name).parent.name)
    context = get_or(data, "task_context_id", (int, str), "")
    head = DialogueRecord(
        external_id=_external_id(data, value, task),
        utterances=tuple(_utterance(message, (MESSAGE, number)) for number, message in enumerate(history, start=1)),
        person=_person(data),
        partner=_partner(data),
        task=task,
        scenario=f"{task}/{context}" if context != "" else "",
        situation=get_or(data, "task_context", str, ""),
        situation_translations=_translations(data, "task_context"),
        labels={key: data[key] for key in LABELS if key in data},
        place=value.place,
    )
    rest = {key: inner for key, inner in data.items() if key != "history"}
    return replace(head, metadata=left_over(rest, _filed_head(head), LAYOUT))


def _external_id(data: Mapping[str, Json], value: Value, task: str) -> str:
    """Where the conversation stood in the release; else the file it is alone in; else what it was simulated from."""
    if isinstance(data.get("source_file"), str):
        return str(data["source_file"])
    ids = [str(data[key]) for key in ("task_context_id", "preference_id") if key in data]
    partner = _partner(data)
    return value.name or (
        "/".join([task, *ids, *([partner] if partner else [])]) if len(ids) == 2 else str(value.place)
    )


def _partner(data: Mapping[str, Json]) -> str:
    """Who assisted, where the file says it in words; anything else under this key is kept as it is."""
    said = data.get(PARTNER)
    return said if isinstance(said, str) and len(said) <= LONGEST_PARTNER else ""


def _person(data: Mapping[str, Json]) -> PersonRecord | None:
    profile = get_or(data, "preference", str, "")
    external_id = str(get_or(data, "preference_id", (int, str), ""))
    if not external_id and not profile:
        return None
    return PersonRecord(
        external_id=external_id or f"profile-{hashlib.sha256(profile.encode()).hexdigest()[:12]}",
        kind="simulated",
        profile=profile,
        profile_translations=_translations(data, "preference"),
    )


def _translations(data: Mapping[str, Json], key: str) -> dict[str, str]:
    """The text under `content_zh` and the like, by language."""
    codes = [found[1] for name in data if (found := OTHER_LANGUAGE.fullmatch(name.removeprefix(key)))]
    named = [code for code in codes if f"{key}_{code}" not in IDENTIFIERS]
    texts = {code: get_or(data, f"{key}_{code}", str, "") for code in named}
    return {code: text for code, text in texts.items() if text}


def _utterance(message: Json, what: What) -> UtteranceRecord:
    said = an_object(message, what)
    role = get(said, "role", str, what)
    if role not in SPEAKERS:
        problem = worded(
            "the role of %(what)s is %(role)s, neither `user` nor `assistant`", what=in_words(what), role=repr(role)
        )
        raise FormatError(problem=problem, remedy=worded("Write one of them, or remove the message."))
    utterance = UtteranceRecord(
        speaker=SPEAKERS[role],
        text=get(said, "content", str, what),
        translations=_translations(said, "content"),
        labels=_labels(said),
    )
    return replace(utterance, metadata=left_over(said, _filed_message(utterance), LAYOUT))


def _labels(said: Mapping[str, Json]) -> dict[str, Json]:
    labels = {"intent": said["intent"]} if "intent" in said else {}
    verdict = said.get("hallucination")
    if isinstance(verdict, dict):
        names = {"hallucination": "hallucination", "memo": "hallucination_memo"}
        return labels | {ours: verdict[theirs] for theirs, ours in names.items() if theirs in verdict}
    return labels | ({"hallucination": verdict} if isinstance(verdict, bool) else {})


def _filed(record: DialogueRecord) -> dict[str, Json]:
    history = [put_back(_filed_message(said), said.metadata, LAYOUT) for said in record.utterances]
    return put_back(_filed_head(record), record.metadata, LAYOUT) | {"history": history}


def _filed_head(record: DialogueRecord) -> dict[str, Json]:
    person = record.person or PersonRecord(external_id="")
    return {
        "task": record.task,
        **({PARTNER: record.partner} if record.partner else {}),
        "preference_id": number_or_text(person.external_id),
        "task_context_id": number_or_text(record.scenario.removeprefix(f"{record.task}/")),
        "preference": person.profile,
        **_other_languages("preference", person.profile_translations),
        "task_context": record.situation,
        **_other_languages("task_context", record.situation_translations),
        **{key: record.labels[key] for key in LABELS if key in record.labels},
    }


def _filed_message(utterance: UtteranceRecord) -> dict[str, Json]:
    filed: dict[str, Json] = {"role": ROLES[utterance.speaker], "content": utterance.text}
    filed |= _other_languages("content", utterance.translations)
    labels = utterance.labels
    if "intent" in labels:
        filed["intent"] = labels["intent"]
    if "hallucination" in labels:
        filed["hallucination"] = {"hallucination": labels["hallucination"]}
        if "hallucination_memo" in labels:
            filed["hallucination"]["memo"] = labels["hallucination_memo"]
    return filed


def _other_languages(key: str, translations: Mapping[str, str]) -> dict[str, str]:
    filed = {f"{key}_{code}": text for code, text in translations.items() if OTHER_LANGUAGE.fullmatch(f"_{code}")}
    return {name: text for name, text in filed.items() if name not in IDENTIFIERS}


FORMAT: Final = Format(
    name=LAYOUT,
    title="RecLLMSim",
    description=gettext_noop(
        "Simulated users with profiles and tasks: one conversation a line, or one JSON file a conversation."
    ),
    extensions=(".jsonl", ".jsonl.gz", ".json", ".zip"),
    sniff=knows_keys(*SIGNATURE),
    read=read,
    write=write,
    same_task={"new travel planning": "travel planning"},
)
