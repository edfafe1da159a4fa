"""IARD (Cai and Chen 2020): ReDial dialogues with the intents of seekers and the actions of recommenders.

One JSON object, `{conversation: {"accepted_recommendation": […], "dialogue_info": {"S1": {…}, "R2": {…}}}}`. Intents
and actions are labels of the utterance, several at once; the positions of accepted recommendations are one of the
dialogue. A film stands in the text as `@187028 <It  (2017)>`, which becomes a mention.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from generation.formats.base import Format, Options, knows_keys, nothing_in, year_of
from generation.formats.places import CONVERSATION, THE_ENTRY, THE_FILE, UTTERANCE, What, in_words, place
from generation.formats.sources import Source
from generation.formats.values import FormatError, an_object, get
from generation.records import DialogueRecord, ItemRecord, Json, MentionRecord, PersonRecord, Speaker, UtteranceRecord
from generation.wording import gettext_noop, worded

SPEAKERS: Final[Mapping[str, Speaker]] = {"seeker": "user", "recommender": "system"}
LABELS: Final = {"top-level intent/action": "top_level_intent", "sub-intent/action": "sub_intent"}
FILM: Final = re.compile(r"@(\d+) <([^<>]*)>")
PLACED: Final = frozenset({"utterance_pos", "worker_id", "role", "utterance_text", *LABELS})


def read(source: Source, options: Options) -> Iterator[DialogueRecord]:
    for value in source.values(options.report, options.note):
        for name, filed in an_object(value.data, THE_FILE).items():
            where = place(CONVERSATION, name, value.place)
            try:
                yield _dialogue(name, an_object(filed, THE_ENTRY), where)
            except FormatError as error:
                options.report(FormatError(place=where, problem=error.problem, remedy=error.remedy))


def _dialogue(name: str, data: Mapping[str, Json], where: str) -> DialogueRecord:
    info = get(data, "dialogue_info", dict)
    filed = [(key, an_object(said, (UTTERANCE, key))) for key, said in info.items()]
    filed.sort(key=lambda pair: get(pair[1], "utterance_pos", int, (UTTERANCE, pair[0])))
    if not filed:
        raise nothing_in("dialogue_info")
    items: dict[str, ItemRecord] = {}
    workers: dict[Speaker, str] = {}
    utterances = [_utterance(said, (UTTERANCE, key), items, workers) for key, said in filed]
    accepted = data.get("accepted_recommendation")
    return DialogueRecord(
        external_id=name,
        utterances=tuple(utterances),
        person=PersonRecord(external_id=workers["user"]) if workers.get("user") else None,
        partner=workers.get("system", ""),
        items=tuple(items.values()),
        labels={} if accepted is None else {"accepted_recommendation": accepted},
        metadata={key: inner for key, inner in data.items() if key not in ("dialogue_info", "accepted_recommendation")},
        place=where,
    )


def _utterance(
    said: Mapping[str, Json], what: What, items: dict[str, ItemRecord], workers: dict[Speaker, str]
) -> UtteranceRecord:
    role = get(said, "role", str, what)
    if role not in SPEAKERS:
        problem = worded(
            "the role of %(what)s is %(role)s, neither `seeker` nor `recommender`",
            what=in_words(what),
            role=repr(role),
        )
        raise FormatError(problem=problem, remedy=worded("Write one of them, or remove the utterance."))
    speaker = SPEAKERS[role]
    workers.setdefault(speaker, str(said.get("worker_id", "")))
    text = get(said, "utterance_text", str, what)
    mentions = []
    shown, reached = "", 0
    for found in FILM.finditer(text):
        title = " ".join(found[2].split()) or f"@{found[1]}"
        items.setdefault(found[1], ItemRecord(external_id=found[1], title=title, year=year_of(title)))
        shown += text[reached : found.start()] + f"@{found[1]}"
        mentions.append(MentionRecord(item_id=found[1], start=len(shown) - len(found[1]) - 1, end=len(shown)))
        reached = found.end()
    return UtteranceRecord(
        speaker=speaker,
        text=shown + text[reached:],
        labels={ours: said[theirs] for theirs, ours in LABELS.items() if theirs in said},
        metadata={key: inner for key, inner in said.items() if key not in PLACED},
        mentions=tuple(mentions),
    )


FORMAT: Final = Format(
    name="iard",
    title="IARD",
    description=gettext_noop("ReDial dialogues with intents and actions, as released by Cai and Chen (2020)."),
    extensions=(".json", ".json.gz"),
    sniff=knows_keys("accepted_recommendation", "dialogue_info", "utterance_pos", "utterance_text"),
    read=read,
)
