"""What the columns of a table probably mean, by their names and by what is in them. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from generation.formats.sources import Source
from generation.formats.values import FormatError

LOOKED_AT: Final = 500
VALUES_SHOWN: Final = 12
USERS: Final = frozenset(
    ("user", "usr", "u", "seeker", "human", "customer", "client", "person", "initiator", "apprentice", "patient")
)
SYSTEMS: Final = frozenset(
    ("system", "sys", "assistant", "agent", "bot", "chatbot", "recommender", "expert", "gpt", "respondent", "operator")
)
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "dialogue": ("dialogue_id", "dialog_id", "conversation_id", "conv_id", "conversationid", "dialogueid", "dialogid",
                 "session_id", "chat_id", "dialogue", "dialog", "conversation", "conv", "session", "thread"),
    "speaker": ("speaker", "role", "sender", "participant", "author", "from", "who"),
    "text": ("text", "utterance", "message", "content", "utt", "said", "sentence", "body"),
    "order": ("utt_id", "utterance_id", "turn_id", "turn_index", "utterance_index", "turn", "index", "order",
              "position", "sequence", "timestamp", "time"),
    "person": ("user_id", "worker_id", "person", "participant_id", "userid", "workerid"),
    "task": ("task", "scenario", "domain", "topic"),
    "split": ("split", "fold"),
}  # fmt: skip
LABEL: Final = re.compile(r"label|intent|strateg|emotion|sentiment|satisf|rating|quality|(^|_)acts?($|_)", re.I)
LANGUAGE: Final = re.compile(r"(?P<stem>.+)_(?P<code>[a-z]{2})$")


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a table; blank ones are empty."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]

    def values(self, column: str) -> list[str]:
        return [row.get(column, "").strip() for row in self.rows if row]

    def distinct(self, column: str) -> list[str]:
        return list(dict.fromkeys(self.values(column)))


def sample(source: Source, *, heading: bool) -> Sample:
    rows = [value.data for value in islice(source.rows(_ignore, heading=heading), LOOKED_AT)]
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    return Sample(columns, tuple(rows))


def suggest(source: Source) -> dict[str, list[str]]:
    """A mapping to begin with (`table.PARTS`); what nothing speaks for is left out."""
    try:
        plain = sample(source, heading=False)
    except FormatError:
        plain = Sample((), ())
    first = next((row for row in plain.rows if row), {})
    if {cell.strip().casefold() for cell in first.values()} & (USERS | SYSTEMS):
        return {"heading": ["no"], **guessed(plain)}
    return guessed(sample(source, heading=True))


def guessed(found: Sample) -> dict[str, list[str]]:
    mapping: dict[str, list[str]] = {}
    for part, column in _by_name(found):
        mapping.setdefault(part, [column])
    for part, column in _by_values(found, mapping):
        mapping.setdefault(part, [column])
    if "speaker" in mapping:
        mapping |= speakers(found.distinct(mapping["speaker"][0]))
    used = {column for columns in mapping.values() for column in columns}
    text = mapping.get("text", [""])[0]
    for column in found.columns:
        language = LANGUAGE.fullmatch(column)
        if language and language["stem"] == text:
            mapping.setdefault("translation", []).append(f"{language['code']}={column}")
        elif column not in used and LABEL.search(column):
            mapping.setdefault("labels", []).append(column)
    return mapping


def speakers(values: list[str]) -> dict[str, list[str]]:
    """Which values are the user and which the system; of two unknown ones, who speaks first is the user.

    >>> speakers(["RECOMMENDER", "SEEKER"]), speakers(["Ann", "Bob"])
    ({'user': ['SEEKER'], 'system': ['RECOMMENDER']}, {'user': ['Ann'], 'system': ['Bob']})
    """
    named = [value for value in values if value]
    users = [value for value in named if value.casefold() in USERS]
    systems = [value for value in named if value.casefold() in SYSTEMS]
    others = [value for value in named if value not in users and value not in systems]
    if len(named) == 2 and others:
        users = users or [next(value for value in others if value not in systems)]
        systems = systems or [value for value in named if value not in users]
    found = {"user": users, "system": systems}
    return {part: values[:VALUES_SHOWN] for part, values in found.items() if values}


def _by_name(found: Sample) -> Iterator[tuple[str, str]]:
    plain = {re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_"): column for column in reversed(found.columns)}
    for part, names in NAMES.items():
        yield from ((part, plain[name]) for name in names if name in plain)


def _by_values(found: Sample, mapping: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    free = [column for column in found.columns if [column] not in mapping.values()]
    for column in list(free):
        values = {value.casefold() for value in found.distinct(column)}
        if len(values) <= VALUES_SHOWN and values & USERS and values & SYSTEMS:
            yield "speaker", column
            if "speaker" not in mapping or mapping["speaker"] == [column]:
                free.remove(column)
    if free:
        yield "text", max(free, key=lambda column: sum(map(len, found.values(column))))


def _ignore(problem: FormatError) -> None:
    """What is wrong in a row is said when the whole file is read."""
