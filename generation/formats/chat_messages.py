"""Chat messages: OpenAI's `messages` of `role` and `content`, ShareGPT's `conversations` of `from` and `value`.

JSON lines, or one JSON list. System prompts, tool calls and what tools answered are no utterances: they are kept in the
metadata of the dialogue with the number of utterances before them, and written back there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from generation.formats.base import (
    RESERVED,
    Evidence,
    Format,
    Options,
    each,
    keys_in,
    left_over,
    line,
    placed,
    put_back,
    unknown_role,
)
from generation.formats.places import MESSAGE, THE_ENTRY, What, in_words
from generation.formats.sources import Glance, Source
from generation.formats.values import FormatError, Value, an_object, get, kind_of
from generation.records import DialogueRecord, Json, Speaker, UtteranceRecord
from generation.wording import gettext_noop, worded

APART: Final = "messages_apart"
NAMES: Final = ("id", "conversation_id", "conversationId", "dialogue_id", "dialog_id")


@dataclass(frozen=True, slots=True)
class _Style:
    """The keys and roles of one of the two ways to write a chat."""

    name: str
    messages: str
    role: str
    content: str
    roles: Mapping[str, Speaker]
    written: Mapping[Speaker, str]


OPENAI: Final = _Style(
    "openai", "messages", "role", "content", {"user": "user", "assistant": "system"},
    {"user": "user", "system": "assistant"},
)  # fmt: skip
SHAREGPT: Final = _Style(
    "sharegpt", "conversations", "from", "value",
    {"human": "user", "user": "user", "gpt": "system", "chatgpt": "system", "bing": "system", "bard": "system",
     "assistant": "system"},
    {"user": "human", "system": "gpt"},
)  # fmt: skip
APART_ROLES: Final = frozenset({"system", "developer", "tool", "function", "function_call", "observation", "ipython"})


def sniff(glance: Glance) -> Evidence:
    found = [keys_in(glance, (style.messages, style.role, style.content)) for style in (OPENAI, SHAREGPT)]
    return max(found, key=lambda evidence: evidence.share)


def read(source: Source, options: Options) -> Iterator[DialogueRecord]:
    return each(source, options, lambda value, _options: _dialogue(value, placed(source, value)))


def write(records: Iterable[DialogueRecord]) -> Iterator[bytes]:
    return (line(_filed(record)) for record in records)


def _dialogue(value: Value, place: str) -> DialogueRecord:
    data = an_object(value.data, THE_ENTRY)
    if APART in data:
        problem = worded("the key `%(key)s` is reserved", key=APART)
        raise FormatError(problem=problem, remedy=worded("Give it another name."))
    style = SHAREGPT if SHAREGPT.messages in data and OPENAI.messages not in data else OPENAI
    messages = get(data, style.messages, list)
    utterances: list[UtteranceRecord] = []
    apart: list[Json] = []
    for number, message in enumerate(messages, start=1):
        what = MESSAGE, number
        said = an_object(message, what)
        role = get(said, style.role, str, what)
        text = _text(said.get(style.content), style, what)
        if role in APART_ROLES or (role in style.roles and not text and _calls_only(said, style)):
            apart.append({"before": len(utterances), "message": said})
        elif role in style.roles:
            utterances.append(_utterance(said, style, style.roles[role], text))
        else:
            raise unknown_role(what, role, (*style.roles, *sorted(APART_ROLES)))
    if not utterances:
        problem = worded("`%(key)s` holds no utterance", key=style.messages)
        remedy = worded("Remove the entry: neither a user nor an assistant says anything in it.")
        raise FormatError(problem=problem, remedy=remedy)
    head = DialogueRecord(external_id=_name(data) or place, utterances=tuple(utterances), place=value.place)
    rest = {key: inner for key, inner in data.items() if key != style.messages}
    metadata = left_over(rest, {"id": head.external_id}, style.name)
    return replace(head, metadata=metadata | ({APART: apart} if apart else {}) | _marked(metadata, style))


def _calls_only(said: Mapping[str, Json], style: _Style) -> bool:
    return said.get(style.content) is None or "tool_calls" in said or "function_call" in said


def _marked(metadata: Mapping[str, Json], style: _Style) -> dict[str, Json]:
    """The style of the file, so that it is written the same way."""
    return {RESERVED: {"layout": style.name, **metadata.get(RESERVED, {})}} if style is SHAREGPT else {}


def _name(data: Mapping[str, Json]) -> str:
    given = (data[key] for key in NAMES if isinstance(data.get(key), str | int) and data[key] != "")
    return str(next(given, ""))


def _text(content: Json, style: _Style, what: What) -> str:
    """A text, or the texts among its parts."""
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        problem = worded(
            "`%(key)s` of %(what)s is %(kind)s, neither a text nor a list of parts",
            key=style.content,
            what=in_words(what),
            kind=kind_of(content),
        )
        raise FormatError(problem=problem, remedy=worded("Write the text."))
    parts = [part for part in content if isinstance(part, dict)]
    return "\n".join(part["text"] for part in parts if isinstance(part.get("text"), str))


def _utterance(said: Mapping[str, Json], style: _Style, speaker: Speaker, text: str) -> UtteranceRecord:
    utterance = UtteranceRecord(speaker=speaker, text=text)
    return replace(utterance, metadata=left_over(said, _filed_message(utterance, style), style.name))


def _filed_message(utterance: UtteranceRecord, style: _Style) -> dict[str, Json]:
    return {style.role: style.written[utterance.speaker], style.content: utterance.text}


def _filed(record: DialogueRecord) -> dict[str, Json]:
    style = SHAREGPT if record.metadata.get(RESERVED, {}).get("layout") == SHAREGPT.name else OPENAI
    said = [put_back(_filed_message(one, style), one.metadata, style.name) for one in record.utterances]
    metadata = dict(record.metadata)
    for one in reversed(_apart(metadata.pop(APART, None))):
        said.insert(one["before"], one["message"])
    return put_back({"id": record.external_id}, metadata, style.name) | {style.messages: said}


def _apart(kept: Json) -> list[dict[str, Json]]:
    """What was kept of messages that are no utterances; nothing where another format has something of that name."""
    found = kept if isinstance(kept, list) else []
    return [one for one in found if isinstance(one, dict) and isinstance(one.get("before"), int) and "message" in one]


FORMAT: Final = Format(
    name="chat_messages",
    title=gettext_noop("Chat messages (OpenAI, ShareGPT)"),
    description=gettext_noop(
        "Lists of messages with roles, as chat models take and give them; one chat a line, or a JSON list."
    ),
    extensions=(".jsonl", ".json", ".jsonl.gz", ".zip"),
    sniff=sniff,
    read=read,
    write=write,
)
