"""What a format is, and how it says that a file is wrong. Pure: no Django, no database, no network."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Final, Generic, Self, TypeVar

from generation.formats.places import What, in_words
from generation.formats.sources import Glance, Note, Report, Source
from generation.formats.values import FormatError, Value
from generation.records import DialogueRecord, Json
from generation.wording import worded

Record = TypeVar("Record")

RESERVED: Final = "crsapp"
"""The one key of a record's metadata that is ours; a file may not use it."""
YEAR: Final = re.compile(r"[(（]([0-9]{4})[)）]\s*$")


def raise_problem(problem: FormatError) -> None:
    raise problem


def ignore_note(note: str) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a file is read. `report` takes each problem: raising it stops there, returning goes on with the next entry.

    `note` takes what is odd and does no harm. `mapping` is what somebody said about the file that it does not say.
    """

    report: Report = raise_problem
    note: Note = ignore_note
    mapping: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """How sure a format is that a file is its own, 0 to 1, and what it was known by."""

    share: float
    found: tuple[str, ...] = ()


NONE: Final = Evidence(0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable(Generic[Record]):
    """A way in which records are written to files.

    `suggest` guesses a mapping, where it needs one; `mapping` is the one that it reads with.
    """

    name: str
    title: str
    description: str
    sniff: Callable[[Glance], Evidence]
    read: Callable[[Source, Options], Iterator[Record]]
    suggest: Callable[[Source], dict[str, list[str]]] | None = None
    mapping: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def mapped(self, mapping: Mapping[str, Sequence[str]]) -> Self:
        """The same, reading with this mapping."""
        read = self.read
        return replace(
            self, mapping=mapping, read=lambda source, options: read(source, replace(options, mapping=mapping))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Format(Readable[DialogueRecord]):
    """A way to write dialogues to a file. `write` gives the file in pieces; a format without it is only read.

    `same_task` names the tasks that the format's paper counts as part of another one.
    """

    extensions: tuple[str, ...]
    write: Callable[[Iterable[DialogueRecord]], Iterator[bytes]] | None = None
    written_as: str = ".jsonl"
    same_task: Mapping[str, str] = field(default_factory=dict)


def knows_keys(*signature: str) -> Callable[[Glance], Evidence]:
    """A sniff: which share of these JSON keys stands in the beginning of a file."""
    return lambda glance: keys_in(glance, signature)


def keys_in(glance: Glance, signature: Iterable[str]) -> Evidence:
    keys = list(signature)
    found = [tuple(key for key in keys if f'"{key}"' in head) for _name, head in glance.heads]
    best = max(found, key=len, default=())
    return Evidence(len(best) / len(keys), best)


def each(
    source: Source, options: Options, convert: Callable[[Value, Options], DialogueRecord]
) -> Iterator[DialogueRecord]:
    """One dialogue of each JSON object of the source; what cannot be one is reported with its place."""
    for value in source.values(options.report, options.note):
        try:
            yield convert(value, options)
        except FormatError as error:
            options.report(FormatError(place=value.place, problem=error.problem, remedy=error.remedy))


def nothing_in(key: str) -> FormatError:
    """What is wrong with an entry that has nobody saying anything under this key."""
    remedy = worded("Remove the entry: there is nothing to read in it.")
    return FormatError(problem=worded("`%(key)s` is empty", key=key), remedy=remedy)


def unknown_role(what: What, role: str, known: Iterable[str]) -> FormatError:
    """What is wrong where somebody speaks whose role no file of this layout has."""
    problem = worded("the role of %(what)s is %(role)s", what=in_words(what), role=repr(role))
    return FormatError(problem=problem, remedy=worded("Known are %(known)s.", known=", ".join(known)))


def line(data: Json) -> bytes:
    """One line of a JSON lines file."""
    return json.dumps(data, ensure_ascii=False).encode() + b"\n"


def left_over(data: Mapping[str, Json], rebuilt: Mapping[str, Json], layout: str) -> dict[str, Json]:
    """What of a file's object the record would not give back: to be kept in its metadata.

    Keys without a meaning here stay as they are. Under our key is what only a file of this very layout needs: keys
    that it lacks, and values that it writes in another way.

    >>> left_over({"text": "Hi", "extra": 1}, {"text": "Hi", "intent": None}, "chat")
    {'extra': 1, 'crsapp': {'layout': 'chat', 'absent': ['intent']}}
    """
    if RESERVED in data:
        problem = worded("the key `%(key)s` is reserved", key=RESERVED)
        raise FormatError(problem=problem, remedy=worded("Give it another name; unknown keys are kept."))
    unknown = {key: value for key, value in data.items() if key not in rebuilt}
    otherwise = {key: data[key] for key in rebuilt if key in data and not _same(data[key], rebuilt[key])}
    absent = [key for key in rebuilt if key not in data]
    kept = {name: value for name, value in (("absent", absent), ("otherwise", otherwise)) if value}
    return unknown | ({RESERVED: {"layout": layout, **kept}} if kept else {})


def put_back(rebuilt: Mapping[str, Json], metadata: Mapping[str, Json], layout: str) -> dict[str, Json]:
    """The file's object as it was, from what the record gives and what `left_over` kept.

    Where the file had another layout, what was kept for that is left out.
    """
    ours = metadata.get(RESERVED, {})
    kept = ours if ours.get("layout") == layout else {}
    whole = {**metadata, **rebuilt, **kept.get("otherwise", {})}
    absent = {RESERVED, *kept.get("absent", [])}
    return {key: value for key, value in whole.items() if key not in absent}


def placed(source: Source, value: Value) -> str:
    """A name for a dialogue that has none: where it stands in which file."""
    return f"{source.name[-100:]}, {value.place}"


def split_of(name: str) -> str:
    """The part of a dataset that a file of this name holds.

    >>> split_of("tgredial/test_data.json"), split_of("dev.tsv.gz"), split_of("films.csv")
    ('test', 'dev', '')
    """
    words = PurePosixPath(name).name.lower().replace("-", "_").replace(".", "_").split("_")
    return next((word for word in words if word in ("train", "valid", "dev", "test")), "")


def _same(one: Json, other: Json) -> bool:
    """Equal as JSON: 1, 1.0 and true are three things, the order of keys is none."""
    if type(one) is not type(other):
        return False
    if isinstance(one, str | int):
        return bool(one == other)
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def year_of(title: str) -> int | None:
    """The year in brackets at the end of a title.

    >>> year_of("Heat (1995)"), year_of("Heat"), year_of("机器人总动员（2008）")
    (1995, None, 2008)
    """
    found = YEAR.search(title)
    return int(found[1]) if found else None


def number_or_text(text: str) -> int | str:
    """An identifier as files mostly write it: digits as a number.

    >>> number_or_text("368"), number_or_text("0368"), number_or_text("x")
    (368, '0368', 'x')
    """
    return int(text) if text.isascii() and text.isdigit() and str(int(text)) == text else text
