"""What a format is, and how it says that a file is wrong. Pure: no Django, no database, no network."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from generation.formats.sources import Note, Report, Source
from generation.formats.values import FormatError, Value
from generation.records import DialogueRecord, Json

RESERVED: Final = "crsapp"
"""The one key of a record's metadata that is ours; a file may not use it."""


def raise_problem(problem: FormatError) -> None:
    raise problem


def ignore_note(note: str) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a file is read. `report` takes each problem: raising it stops there, returning goes on with the next entry.

    `note` takes what is odd and does no harm.
    """

    report: Report = raise_problem
    note: Note = ignore_note


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A way to write dialogues to a file. `sniff` gets the beginning of a file and says 0 (not mine) to 1 (mine)."""

    name: str
    title: str
    description: str
    extensions: tuple[str, ...]
    sniff: Callable[[str], float]
    read: Callable[[Source, Options], Iterator[DialogueRecord]]
    write: Callable[[Iterable[DialogueRecord]], Iterator[bytes]]


def share_of(signature: Iterable[str], head: str) -> float:
    """Which share of these JSON keys stands in the beginning of a file."""
    keys = list(signature)
    return sum(f'"{key}"' in head for key in keys) / len(keys)


def each(
    source: Source, options: Options, convert: Callable[[Value, Options], DialogueRecord]
) -> Iterator[DialogueRecord]:
    """One dialogue of each JSON object of the source; what cannot be one is reported with its place."""
    for value in source.values(options.report, options.note):
        try:
            yield convert(value, options)
        except FormatError as error:
            options.report(FormatError(place=value.place, problem=error.problem, remedy=error.remedy))


def line(data: Json) -> bytes:
    """One line of a JSON lines file."""
    return json.dumps(data, ensure_ascii=False).encode() + b"\n"


def left_over(data: Mapping[str, Json], rebuilt: Mapping[str, Json]) -> dict[str, Json]:
    """What of a file's object the record would not give back: to be kept in its metadata.

    >>> left_over({"text": "Hi", "extra": 1}, {"text": "Hi", "intent": None})
    {'extra': 1, 'crsapp': {'absent': ['intent']}}
    """
    if RESERVED in data:
        raise FormatError(
            problem=f"the key `{RESERVED}` is reserved", remedy="Give it another name; unknown keys are kept."
        )
    kept = {key: value for key, value in data.items() if key not in rebuilt or not _same(value, rebuilt[key])}
    absent = [key for key in rebuilt if key not in data]
    return kept | {RESERVED: {"absent": absent}} if absent else kept


def put_back(rebuilt: Mapping[str, Json], metadata: Mapping[str, Json]) -> dict[str, Json]:
    """The file's object as it was, from what the record gives and what `left_over` kept."""
    absent = metadata.get(RESERVED, {}).get("absent", [])
    whole = {**rebuilt, **metadata}
    return {key: value for key, value in whole.items() if key != RESERVED and key not in absent}


def _same(one: Json, other: Json) -> bool:
    """Equal as JSON: 1, 1.0 and true are three things, the order of keys is none."""
    if type(one) is not type(other):
        return False
    if isinstance(one, str | int):
        return bool(one == other)
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def number_or_text(text: str) -> int | str:
    """An identifier as files mostly write it: digits as a number.

    >>> number_or_text("368"), number_or_text("0368"), number_or_text("x")
    (368, '0368', 'x')
    """
    return int(text) if text.isascii() and text.isdigit() and str(int(text)) == text else text
