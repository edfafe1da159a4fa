"""CRSLab (Zhou et al. 2021): dialogues as it feeds them to models, `{split}_data.json` in a folder, .zip or .tar.

Its ReDial and GoRecDial have a `dialog` of tokens with the entities in it, its TG-ReDial `messages` with goals and
topics. Texts are put together again from their tokens, which stay in the metadata. Its pickles, and those of the
original TG-ReDial, are refused: opening one runs whatever code it holds.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote

from generation.formats.base import (
    Evidence,
    Format,
    Options,
    keys_in,
    nothing_in,
    placed,
    split_of,
    unknown_role,
    year_of,
)
from generation.formats.places import THE_ENTRY, UTTERANCE, What, in_words
from generation.formats.sources import Glance, Source
from generation.formats.text import detokenized, mention
from generation.formats.values import FormatError, Value, an_object, get, get_or
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

ENDING: Final = "_data.json"
SIGNATURES: Final = (("dialog", "role", "text", "movies"), ("messages", "local_id", "role", "target"))
SPEAKERS: Final[Mapping[str, Speaker]] = {
    "seeker": "user",
    "user": "user",
    "human": "user",
    "recommender": "system",
    "expert": "system",
    "bot": "system",
    "system": "system",
    "agent": "system",
}
ROLES: Final[Mapping[Speaker, Role]] = {"user": "mentioned", "system": "recommended"}
HISTORIES: Final = "user2history.json"
PROFILES: Final = "user2profile.json"
THE_PROFILE: Final = worded("the profile")


def sniff(glance: Glance) -> Evidence:
    return max((keys_in(glance, signature) for signature in SIGNATURES), key=lambda evidence: evidence.share)


def read(source: Source, options: Options) -> Iterator[DialogueRecord]:
    profiles, histories = ({} if source.is_single else source.side_object(name) for name in (PROFILES, HISTORIES))
    for value in source.values(options.report, options.note, wanted=lambda name: name.endswith(ENDING)):
        try:
            yield _dialogue(value, source, profiles, histories)
        except FormatError as error:
            options.report(FormatError(place=value.place, problem=error.problem, remedy=error.remedy))


def _dialogue(
    value: Value, source: Source, profiles: Mapping[str, Json], histories: Mapping[str, Json]
) -> DialogueRecord:
    data = an_object(value.data, THE_ENTRY)
    key = "messages" if "messages" in data else "dialog"
    said = get(data, key, list)
    if not said:
        raise nothing_in(key)
    split = split_of(value.place.partition(", ")[0]) or split_of(source.name)
    number = str(get_or(data, "conv_id", (int, str), ""))
    items: dict[str, ItemRecord] = {}
    utterances = tuple(_utterance(one, (UTTERANCE, place), items) for place, one in enumerate(said, start=1))
    user = str(get_or(data, "user_id", (int, str), ""))
    profile = profiles.get(user, [])
    history = histories.get(f"{number}/{_last_turn(said)}")
    metadata = {name: inner for name, inner in data.items() if name not in (key, "conv_id", "user_id")}
    return DialogueRecord(
        external_id=f"{split}/{number}".removeprefix("/") if number else placed(source, value),
        utterances=utterances,
        person=PersonRecord(external_id=user, kind="worker", profile=_profile(profile)) if user else None,
        split=split,
        items=tuple(items.values()),
        metadata=metadata | ({"history": history} if history else {}),
        place=value.place,
    )


def _last_turn(said: list[Json]) -> Json:
    return said[-1].get("local_id") if isinstance(said[-1], dict) else None


def _profile(sentences: Json) -> str:
    lines = sentences if isinstance(sentences, list) else [sentences]
    return "\n".join(line if isinstance(line, str) else detokenized(_tokens(line, THE_PROFILE)) for line in lines)


def _utterance(filed: Json, what: What, items: dict[str, ItemRecord]) -> UtteranceRecord:
    data = an_object(filed, what)
    role = get(data, "role", str, what)
    if role.lower() not in SPEAKERS:
        raise unknown_role(what, role, SPEAKERS)
    speaker = SPEAKERS[role.lower()]
    tokens = get(data, "text", (list, str), what)
    text = tokens if isinstance(tokens, str) else detokenized(_tokens(tokens, what))
    named = [_item(name) for key in ("movies", "movie", "item") for name in _tokens(data.get(key) or [], what)]
    items |= {item.external_id: item for item in named if item.external_id not in items}
    metadata = {key: inner for key, inner in data.items() if key not in ("role", "text") and inner not in (None, [])}
    return UtteranceRecord(
        speaker=speaker,
        text=text,
        metadata=metadata | ({} if isinstance(tokens, str) else {"tokens": tokens}),
        mentions=tuple(_mention(text, item, speaker) for item in {item.external_id: item for item in named}.values()),
    )


def _mention(text: str, item: ItemRecord, speaker: Speaker) -> MentionRecord:
    return mention(text, item.title, item.external_id, ROLES[speaker])


def _item(name: str) -> ItemRecord:
    """A film by its name, or by the address of a knowledge graph, which ends in its name."""
    title = name.strip("<>")
    if "://" in title:
        title = unquote(PurePosixPath(title).name)
    title = title.replace("_", " ").replace(" (film)", "").strip() or name
    return ItemRecord(external_id=name, title=name if "\0" in title else title, year=year_of(title))


def _tokens(filed: Json, what: What) -> list[str]:
    listed = filed if isinstance(filed, list) else [filed]
    if not all(isinstance(token, str | int) for token in listed):
        problem = worded("%(what)s holds a token that is no text", what=in_words(what))
        raise FormatError(problem=problem, remedy=worded("Write each token as a text."))
    return [str(token) for token in listed if token != ""]


FORMAT: Final = Format(
    name="crslab",
    title="CRSLab",
    description=gettext_noop(
        "ReDial, GoRecDial, TG-ReDial and others as CRSLab reads them: train_data.json and its neighbours."
    ),
    extensions=(".json", ".zip", ".tar.gz"),
    sniff=sniff,
    read=read,
)
