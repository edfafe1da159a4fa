"""LLM-REDIAL (Liang et al. 2024): the folder of a domain, as a folder, .zip or .tar.

`final_data.jsonl` says who talks about what, `Conversation.txt` what is said, `item_map.json` how the items are called.
The conversations are found by their numbers, so that only one is in memory at a time. What a user liked, disliked and
was recommended are labels of the dialogue; a title that a text names becomes a mention. What was generated here has
`templates.json` beside them: by the number of a conversation how it came to be, by the name of a template its steps.
Access to the release is granted for research only: nothing of it is shipped here.
"""

import json
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from itertools import groupby
from typing import Final, Self

from generation.formats.archives import zipped
from generation.formats.base import RESERVED, Evidence, Format, Options, keys_in, line, number_or_text
from generation.formats.places import CONVERSATION, NUMBERED, OF_PERSON, SAID_OF, THE_ENTRY, place
from generation.formats.sources import Glance, Source
from generation.formats.text import mention, place_of
from generation.formats.values import FormatError, Value, an_object, get, get_or
from generation.records import DialogueRecord, ItemRecord, Json, MentionRecord, PersonRecord, Speaker, UtteranceRecord
from generation.wording import gettext_noop, worded

DATA, TALK, TITLES, USERS = "final_data.jsonl", "Conversation.txt", "item_map.json", "user_map.json"
TEMPLATES: Final = "templates.json"
SIGNATURE: Final = ("history_interaction", "user_might_like", "Conversation", "conversation_id")
SPEAKERS: Final[Mapping[str, Speaker]] = {"User": "user", "Agent": "system"}
NAMES: Final = {speaker: name for name, speaker in SPEAKERS.items()}
NUMBER: Final = re.compile(r"[ \t]*[0-9]{1,18}[ \t]*")
SAID: Final = re.compile(r"(User|Agent):[ \t]?(.*)", re.DOTALL)
BEHAVIOUR: Final = ("history_interaction", "user_might_like")
LABELS: Final = ("user_likes", "user_dislikes", "rec_item")


def sniff(glance: Glance) -> Evidence:
    there = tuple(name for name in (DATA, TALK, TITLES) if name in glance.names)
    by_name = Evidence(1.0 if {DATA, TALK} <= set(there) else 0.0, there)
    return max(by_name, keys_in(glance, SIGNATURE), key=lambda evidence: evidence.share)


def read(source: Source, options: Options) -> Iterator[DialogueRecord]:
    if source.is_single:
        problem = worded("this is one file, but %(data)s and %(talk)s belong together", data=DATA, talk=TALK)
        remedy = worded("Bring the folder of the domain, as a .zip or .tar.")
        raise FormatError(problem=problem, remedy=remedy, fatal=True)
    titles = source.side_object(TITLES)
    users = source.side_object(USERS, "user_ids.json")
    made = _Made.read(source)
    with _Talks(source, options) as talks:
        for value in source.values(options.report, options.note, wanted=lambda name: name.rpartition("/")[2] == DATA):
            for head, conversation in _conversations(value, users, options):
                try:
                    yield made.told(_dialogue(head, conversation, titles, talks))
                except FormatError as error:
                    options.report(FormatError(place=head.place, problem=error.problem, remedy=error.remedy))


def _conversations(
    value: Value, users: Mapping[str, Json], options: Options
) -> Iterator[tuple[DialogueRecord, Mapping[str, Json]]]:
    """What a line says about each conversation of its users, beside a record with what it says about them."""
    try:
        for user, filed in an_object(value.data, THE_ENTRY).items():
            data = an_object(filed, (SAID_OF, repr(user)))
            metadata = {key: inner for key, inner in data.items() if key != "Conversation"}
            if user in users:
                metadata["user_map"] = users[user]
            person = PersonRecord(external_id=user, kind="reviewer")
            for number, one in enumerate(get(data, "Conversation", list, repr(user)), start=1):
                where = place(OF_PERSON, repr(user), place(CONVERSATION, number, value.place))
                head = DialogueRecord(external_id="", utterances=(), person=person, metadata=metadata, place=where)
                for key, conversation in an_object(one, (NUMBERED, number)).items():
                    named = {} if key == f"conversation_{number}" else {"conversation_key": key}
                    yield replace(head, metadata=metadata | named), an_object(conversation, key)
    except FormatError as error:
        options.report(FormatError(place=value.place, problem=error.problem, remedy=error.remedy))


def _dialogue(
    head: DialogueRecord, conversation: Mapping[str, Json], titles: Mapping[str, Json], talks: "_Talks"
) -> DialogueRecord:
    number = get(conversation, "conversation_id", (int, str))
    labels = {key: _names(conversation, key) for key in LABELS if key in conversation}
    talked = list(dict.fromkeys(name for key in LABELS for name in labels.get(key, [])))
    lived = [name for key in BEHAVIOUR for name in _names(head.metadata, key)]
    recommended = set(labels.get("rec_item", []))
    known = {name: _item(name, titles.get(name)) for name in dict.fromkeys([*talked, *lived])}
    discussed = {name: known[name].title for name in talked}
    further = {key: inner for key, inner in conversation.items() if key not in (*LABELS, "conversation_id")}
    return replace(
        head,
        external_id=str(number),
        utterances=tuple(
            UtteranceRecord(speaker=speaker, text=text, mentions=_mentions(speaker, text, discussed, recommended))
            for speaker, text in talks.of(str(number))
        ),
        items=tuple(known.values()),
        labels=labels,
        metadata={**head.metadata, **({"conversation": further} if further else {})},
    )


def _names(data: Mapping[str, Json], key: str) -> list[str]:
    names = get_or(data, key, list, [])
    for name in names:
        if not isinstance(name, str) or not name:
            problem = worded("`%(key)s` holds %(name)s", key=key, name=repr(name))
            raise FormatError(problem=problem, remedy=worded("Write the items by their ids."))
    return names


def _item(name: str, title: Json) -> ItemRecord:
    """An item; one that the item map does not know is called by its id."""
    if not isinstance(title, str):
        return ItemRecord(external_id=name, title=name, attributes={"title": None})
    return ItemRecord(external_id=name, title=title)


def _mentions(
    speaker: Speaker, text: str, titles: Mapping[str, str], recommended: Collection[str]
) -> tuple[MentionRecord, ...]:
    named = (name for name, title in titles.items() if place_of(text, title))
    return tuple(
        mention(text, titles[name], name, "recommended" if speaker == "system" and name in recommended else "mentioned")
        for name in named
    )


class _Talks:
    """What is said in each conversation, by its number; the texts lie in a temporary file."""

    def __init__(self, source: Source, options: Options) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed in __exit__)
        self._where: dict[str, tuple[int, int]] = {}
        self._fill(source, options)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self._file.close()

    def of(self, number: str) -> list[tuple[Speaker, str]]:
        if number not in self._where:
            problem = worded("conversation %(number)s is not in %(talk)s", number=number, talk=TALK)
            remedy = worded("Add it to %(talk)s, or remove it from %(data)s.", talk=TALK, data=DATA)
            raise FormatError(problem=problem, remedy=remedy)
        start, length = self._where[number]
        self._file.seek(start)
        said = [(SPEAKERS[name], text) for name, text in json.loads(self._file.read(length))]
        if not said:
            problem = worded("nobody says anything in conversation %(number)s", number=number)
            raise FormatError(problem=problem, remedy=worded("Remove it."))
        return said

    def _fill(self, source: Source, options: Options) -> None:
        number, said = "", list[list[str]]()
        for where, text in source.lines(TALK):
            content = text.rstrip("\r\n")
            if NUMBER.fullmatch(content):
                self._keep(number, said)
                number, said = content.strip(), []
                if number in self._where:
                    problem = worded("conversation %(number)s stands there twice", number=number)
                    options.report(FormatError(place=where, problem=problem, remedy=worded("Keep one of them.")))
            elif begins := SAID.match(content):
                said.append([begins[1], begins[2]])
            elif said:
                said[-1][1] += f"\n{content}"
            elif content.strip():
                problem = worded("this stands before anybody speaks")
                remedy = worded("Begin with `User: ` or `Agent: `.")
                options.report(FormatError(place=where, problem=problem, remedy=remedy))
        self._keep(number, said)

    def _keep(self, number: str, said: list[list[str]]) -> None:
        if number:
            data = json.dumps([[name, text.rstrip("\n")] for name, text in said]).encode()
            self._where[number] = self._file.seek(0, 2), len(data)
            self._file.write(data)


def write(records: Iterable[DialogueRecord]) -> Iterator[bytes]:
    """The files as one .zip. Conversations of one person in a row make one line."""
    with ExitStack() as stack:
        files = {name: stack.enter_context(tempfile.TemporaryFile()) for name in (DATA, TALK, TITLES, USERS)}
        titles: dict[str, str] = {}
        users: dict[str, Json] = {}
        made = _Made()
        numbers = _Numbers()
        for user, group in groupby(records, key=_user):
            listed: list[Json] = []
            behaviour: dict[str, Json] = {}
            for record in group:
                number = numbers.of(record.external_id)
                behaviour = behaviour or _filed_behaviour(record)
                listed.append({_key(record, len(listed) + 1): _filed_conversation(record, number)})
                titles |= {item.external_id: item.title for item in record.items if "title" not in item.attributes}
                users |= {user: record.metadata["user_map"]} if "user_map" in record.metadata else {}
                made.keep(record, number)
                files[TALK].writelines(_filed_talk(record, number))
            files[DATA].write(line({user: {**behaviour, "Conversation": listed}}))
        files[TITLES].write(line(titles))
        files[USERS].write(line(users))
        if made.conversations:
            files[TEMPLATES] = stack.enter_context(tempfile.TemporaryFile())
            files[TEMPLATES].write(line(made.filed()))
        yield from zipped(files.items())


class _Made:
    """How generated conversations came to be, by their numbers; the steps of a template stand once for all of them."""

    def __init__(
        self, conversations: Mapping[str, Json] | None = None, steps: Mapping[str, Json] | None = None
    ) -> None:
        self.conversations = dict(conversations or {})
        self.steps = dict(steps or {})

    @classmethod
    def read(cls, source: Source) -> Self:
        filed = source.side_object(TEMPLATES)
        return cls(*(an_object(get_or(filed, key, dict, {}), f"`{key}`") for key in ("conversations", "templates")))

    def keep(self, record: DialogueRecord, number: int) -> None:
        made = record.metadata.get("generated")
        if not isinstance(made, dict):
            return
        steps = made.get("steps")
        named = str(made.get("template", ""))
        if steps is not None and self.steps.setdefault(named, steps) == steps:
            made = {key: inner for key, inner in made.items() if key != "steps"}
        self.conversations[str(number)] = made

    def told(self, record: DialogueRecord) -> DialogueRecord:
        made = self.conversations.get(record.external_id)
        if not isinstance(made, dict):
            return record
        steps = self.steps.get(str(made.get("template", "")))
        whole = {"steps": steps, **made} if steps is not None else made
        return replace(record, metadata={**record.metadata, "generated": whole})

    def filed(self) -> Json:
        return {"templates": self.steps, "conversations": self.conversations}


class _Numbers:
    """Conversations are numbered in this layout: those that are keep their number, others get one that is free."""

    def __init__(self) -> None:
        self._taken: set[int] = set()
        self._next = 0

    def of(self, name: str) -> int:
        number = number_or_text(name) if len(name) < 19 else name
        if not isinstance(number, int) or number in self._taken:
            while self._next in self._taken:
                self._next += 1
            number = self._next
        self._taken.add(number)
        return number


def _user(record: DialogueRecord) -> str:
    return record.person.external_id if record.person else ""


def _key(record: DialogueRecord, number: int) -> str:
    return str(record.metadata.get("conversation_key", f"conversation_{number}"))


def _filed_behaviour(record: DialogueRecord) -> dict[str, Json]:
    ours = ("user_map", "conversation_key", "conversation", "generated", RESERVED)
    empty: dict[str, Json] = {key: [] for key in BEHAVIOUR}
    return empty | {key: inner for key, inner in record.metadata.items() if key not in ours}


def _filed_conversation(record: DialogueRecord, number: int) -> dict[str, Json]:
    """Its labels; of a dialogue from elsewhere, the items that the system recommended."""
    offered = (
        one.item_id for said in record.utterances for one in said.mentions if one.role in ("recommended", "accepted")
    )
    labels = {"user_likes": [], "user_dislikes": [], "rec_item": list(dict.fromkeys(offered))}
    further = record.metadata.get("conversation")
    there = {key: record.labels[key] for key in LABELS if isinstance(record.labels.get(key), list)}
    return {"conversation_id": number, **labels, **there, **(further if isinstance(further, dict) else {})}


def _filed_talk(record: DialogueRecord, number: int) -> Iterator[bytes]:
    yield f"{number}\n\n".encode()
    for said in record.utterances:
        first, *others = said.text.replace("\r", "").split("\n")
        safe = [f" {other}" if SAID.match(other) or NUMBER.fullmatch(other) else other for other in others]
        yield "\n".join([f"{NAMES[said.speaker]}: {first}", *safe, "", ""]).encode()


FORMAT: Final = Format(
    name="llm_redial",
    title="LLM-REDIAL",
    description=gettext_noop("The folder of a domain as released by Liang et al. (2024), packed as .zip or .tar."),
    extensions=(".zip", ".tar", ".tar.gz"),
    sniff=sniff,
    read=read,
    write=write,
    written_as=".zip",
)
