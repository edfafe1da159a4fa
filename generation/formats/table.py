"""Any table with one utterance a row, once somebody has said what its columns mean.

A mapping gives each part of a dialogue the names of its columns: `{"dialogue": ["conv"], "text": ["utterance"], …}`.
`PARTS` has the parts. Rows of one dialogue stand together; without a column for it, blank lines separate dialogues.
Columns without a meaning are kept as metadata.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isnan
from typing import Final

from generation.formats.base import Evidence, Format, Options
from generation.formats.columns import SYSTEMS, USERS, suggest
from generation.formats.opening import suffix_of
from generation.formats.sources import TABLE_SUFFIXES, Glance, Source
from generation.formats.tables import separator_of
from generation.formats.values import FormatError, Value
from generation.records import DialogueRecord, PersonRecord, Speaker, UtteranceRecord
from generation.wording import Worded, gettext_noop, worded, worded_count

Mapped = Mapping[str, Sequence[str]]

PARTS: Final = {
    "heading": "`no` if the first row is not the names of the columns; these are then 1, 2, 3 …",
    "dialogue": "which dialogue the row belongs to; without it, blank lines separate dialogues",
    "speaker": "who speaks; without it, user and system take turns",
    "user": "a value of the speaker column that is the user",
    "system": "a value of the speaker column that is the system",
    "omit": "a value of the speaker column whose rows are left out",
    "text": "what is said",
    "order": "sorts the rows of a dialogue",
    "person": "who the user is",
    "task": "what the dialogue is about",
    "split": "train, valid or test",
    "labels": "a label of the utterance",
    "dialogue_labels": "a label of the whole dialogue, from its first row",
    "translation": "the text in another language, as `zh=column`",
}
COLUMN_PARTS: Final = {
    "dialogue": worded_count("dialogue", "dialogues", 1),
    "speaker": worded("speaker"),
    "text": worded("text"),
    "order": worded("order"),
    "person": worded("person"),
    "task": worded("task"),
    "split": worded("split"),
    "labels": worded("labels"),
    "dialogue_labels": worded("dialogue labels"),
    "translation": worded("translation"),
}
"""What a row may hold, and what messages call it."""
KNOWN: Final[Mapping[Speaker, frozenset[str]]] = {"user": USERS, "system": SYSTEMS}
ROWS_AT_MOST: Final = 10_000
SNIFFED_LINES: Final = 5


def sniff(glance: Glance) -> Evidence:
    """Lines with cells, in a file that is called a table; any other format that knows the file knows better."""
    for name, head in glance.heads:
        lines = [line for line in head.split("\n") if line.strip()][:SNIFFED_LINES]
        if suffix_of(name) in TABLE_SUFFIXES and lines:
            separator = separator_of(lines[0])
            if all(separator in line for line in lines[: max(1, len(lines) - 1)]):
                names = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}
                return Evidence(0.5, (f"cells between {names[separator]}",))
    return Evidence(0.0)


def read(source: Source, options: Options) -> Iterator[DialogueRecord]:
    mapping: Mapped = options.mapping or suggest(source)
    heading = list(mapping.get("heading", [])) != ["no"]
    columns = _Columns(mapping)
    seen: set[str] = set()
    rows = source.rows(options.report, options.note, heading=heading)
    for number, (name, values) in enumerate(_dialogues(rows, columns), start=1):
        try:
            if name in seen:
                problem = worded("rows of the dialogue %(name)s do not stand together", name=repr(name))
                remedy = worded("Sort the table by that column.")
                raise FormatError(place=values[0].place, problem=problem, remedy=remedy)
            seen |= {name} if name else set()
            record = columns.dialogue(values, name or f"{source.name[-100:]}, dialogue {number}")
        except FormatError as error:
            place = error.place or values[0].place
            options.report(FormatError(place=place, problem=error.problem, remedy=error.remedy))
        else:
            if record.utterances:
                yield record


def _dialogues(rows: Iterable[Value], columns: "_Columns") -> Iterator[tuple[str, list[Value]]]:
    """The rows of each dialogue, with its name."""
    block = 0

    def key(value: Value) -> tuple[int, str]:
        nonlocal block
        if columns.separated and not value.data:
            block += 1
        return (block, columns.cell(value, "dialogue"))

    for (_block, name), group in groupby(rows, key=key):
        values: list[Value] = []
        for value in group:
            if not value.data:
                continue
            columns.check(value)
            values.append(value)
            if len(values) > ROWS_AT_MOST:
                problem = worded("one dialogue has more than %(most)s rows", most=f"{ROWS_AT_MOST:,}")
                remedy = worded("Say which column tells the dialogues apart.")
                raise FormatError(place=values[0].place, problem=problem, remedy=remedy, fatal=True)
        if values:
            yield name, values


@dataclass(frozen=True, slots=True)
class _Columns:
    """What the columns of a table mean."""

    mapping: Mapped

    @property
    def separated(self) -> bool:
        return not self.mapping.get("dialogue")

    def check(self, value: Value) -> None:
        """Refuse a mapping that names no text, or a column that is not there."""
        for part in COLUMN_PARTS:
            for name in self._translated() if part == "translation" else self.mapping.get(part, []):
                if name not in value.data and not name.isdigit():
                    problem = worded(
                        "there is no column %(name)s for the %(part)s", name=repr(name), part=COLUMN_PARTS[part]
                    )
                    raise FormatError(place=value.place, problem=problem, remedy=_there_are(value), fatal=True)
        if not self.mapping.get("text"):
            problem = worded("no column is the %(part)s", part=COLUMN_PARTS["text"])
            raise FormatError(place=value.place, problem=problem, remedy=_there_are(value), fatal=True)

    def _translated(self) -> list[str]:
        return [pair.partition("=")[2] for pair in self.mapping.get("translation", [])]

    def cell(self, value: Value, part: str) -> str:
        names = self.mapping.get(part, [])
        return value.data.get(names[0], "").strip() if names else ""

    def dialogue(self, values: list[Value], name: str) -> DialogueRecord:
        if self.mapping.get("order"):
            values = sorted(values, key=lambda value: _ordered(self.cell(value, "order")))
        first = values[0]
        person = self.cell(first, "person")
        said = [self._utterance(value, number) for number, value in enumerate(values)]
        return DialogueRecord(
            external_id=name,
            utterances=tuple(utterance for utterance in said if utterance is not None),
            person=PersonRecord(external_id=person) if person else None,
            task=self.cell(first, "task"),
            split=self.cell(first, "split"),
            labels=_filled(first, self.mapping.get("dialogue_labels", [])),
            place=first.place,
        )

    def _utterance(self, value: Value, number: int) -> UtteranceRecord | None:
        speaker = self._speaker(value, number)
        if speaker is None:
            return None
        pairs = (pair.partition("=") for pair in self.mapping.get("translation", []))
        used = {name for part in COLUMN_PARTS for name in self.mapping.get(part, [])} | set(self._translated())
        return UtteranceRecord(
            speaker=speaker,
            text=value.data.get(self.mapping["text"][0], ""),
            translations={code: value.data[name] for code, _sign, name in pairs if value.data.get(name)},
            labels=_filled(value, self.mapping.get("labels", [])),
            metadata=_filled(value, [name for name in value.data if name not in used]),
        )

    def _speaker(self, value: Value, number: int) -> Speaker | None:
        if not self.mapping.get("speaker"):
            return "user" if number % 2 == 0 else "system"
        said = self.cell(value, "speaker").casefold()
        for speaker, known in KNOWN.items():
            named = [name.strip().casefold() for name in self.mapping.get(speaker, [])]
            if said in (named or known):
                return speaker
        if said in (name.strip().casefold() for name in self.mapping.get("omit", [])):
            return None
        problem = worded(
            "the speaker is %(speaker)s, which is neither user nor system so far",
            speaker=repr(self.cell(value, "speaker")),
        )
        remedy = worded("Say which it is, or leave its rows out.")
        raise FormatError(place=value.place, problem=problem, remedy=remedy)


def _there_are(value: Value) -> Worded:
    return worded("There are %(columns)s.", columns=", ".join(value.data))


def _filled(value: Value, names: Iterable[str]) -> dict[str, str]:
    return {name: value.data[name] for name in names if value.data.get(name)}


def _ordered(cell: str) -> tuple[float, str]:
    """Numbers in their order, before all else in that of letters."""
    try:
        number = float(cell)
    except ValueError:
        return (float("inf"), cell)
    return (float("inf") if isnan(number) else number, cell)


FORMAT: Final = Format(
    name="table",
    title=gettext_noop("A table (CSV, TSV)"),
    description=gettext_noop(
        "One utterance a row. You say what the columns mean, and see the first dialogues while you do."
    ),
    extensions=(".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".zip"),
    sniff=sniff,
    read=read,
    suggest=suggest,
)
