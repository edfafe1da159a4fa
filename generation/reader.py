"""Reads a file into pieces of dialogues that can be stored; what cannot be is reported with its place. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from generation.columns import Dialogues, columns_of
from generation.formats import FORMATS
from generation.formats.base import Format, Options
from generation.formats.places import What, in_words, told
from generation.formats.sources import Note, Report, Source
from generation.formats.values import FormatError, Limits
from generation.overview import Overview, overview
from generation.records import DialogueRecord, Json, UtteranceRecord
from generation.references import with_titles
from generation.wording import worded

PIECE: Final = 500
PIECE_CHARACTERS: Final = 4_000_000
YEARS: Final = range(-(2**31), 2**31)
EXAMPLES_SHOWN: Final = 3
EXAMPLE_LENGTH: Final = 160
FIELDS: Final = {
    "external_id": worded("external id"),
    "partner": worded("partner"),
    "task": worded("task"),
    "scenario": worded("scenario"),
    "split": worded("split"),
    "title": worded("title"),
}
"""The fields of bounded length, and what messages call them."""

Lengths: TypeAlias = Mapping[str, tuple[tuple[str, int], ...]]
"""For dialogues, people and items: names of fields, each with the most characters that a row holds."""
Met: TypeAlias = Callable[[str, str], str | None]
"""Told a name and its place, says where it was met before, or None if this is the first time."""


class Order(NamedTuple):
    """What is to be read: a file, under the name it came with, as this format."""

    path: Path
    name: str
    limits: Limits
    format: str
    mapping: Mapping[str, Sequence[str]]
    lengths: Lengths

    @property
    def chosen(self) -> Format:
        return FORMATS.get(self.format).mapped(self.mapping)


class Piece(NamedTuple):
    """Some dialogues of a file, where each stands in it, examples of them, and of how many bytes how many were read."""

    said: Dialogues
    places: Sequence[What]
    examples: Sequence[Mapping[str, Json]]
    position: int
    size: int


def read(source: Source, format: Format, lengths: Lengths, met: Met, report: Report, note: Note) -> Iterator[Piece]:
    """At most 500 dialogues at once, fewer where they are long: what is in memory is bounded either way."""
    records: list[DialogueRecord] = []
    overviews: list[Overview] = []
    characters = 0
    try:
        for record in _storable(format.read(source, Options(report=report, note=note)), lengths, met, report):
            records.append(record)
            overviews.append(overview(record))
            characters += len(overviews[-1].words)
            if len(records) == PIECE or characters > PIECE_CHARACTERS:
                yield _piece(records, overviews, source)
                records, overviews, characters = [], [], 0
    except FormatError as error:
        report(error)
        return
    if records:
        yield _piece(records, overviews, source)


def _piece(records: Sequence[DialogueRecord], overviews: Sequence[Overview], source: Source) -> Piece:
    examples = [example(record) for record in records[:EXAMPLES_SHOWN]]
    places = [told(record.place) for record in records]
    return Piece(columns_of(records, overviews), places, examples, source.position, source.size)


def _storable(
    records: Iterator[DialogueRecord], lengths: Lengths, met: Met, report: Report
) -> Iterator[DialogueRecord]:
    for record in records:
        try:
            _refuse_oversize(record, lengths)
            before = met(record.external_id, record.place)
            if before is not None:
                problem = worded(
                    "the dialogue %(name)s stands in this file twice, first at %(before)s",
                    name=repr(record.external_id),
                    before=in_words(before),
                )
                remedy = worded("Remove one, or give it an id of its own.")
                raise FormatError(place=record.place, problem=problem, remedy=remedy)
        except FormatError as error:
            report(error)
        else:
            yield record


def _refuse_oversize(record: DialogueRecord, lengths: Lengths) -> None:
    """What a row cannot hold is said before the database says it, or, on SQLite, does not."""
    _refuse_longer(record, lengths["dialogue"], record)
    if record.person is not None:
        _refuse_longer(record.person, lengths["person"], record)
    for item in record.items:
        _refuse_longer(item, lengths["item"], record)
        if item.year is not None and item.year not in YEARS:
            problem = worded("the year %(year)s is out of range", year=str(item.year))
            raise FormatError(place=record.place, problem=problem, remedy=worded("Correct or remove it."))


def _refuse_longer(part: object, lengths: tuple[tuple[str, int], ...], record: DialogueRecord) -> None:
    for name, limit in lengths:
        value = getattr(part, name)
        if len(value) > limit:
            problem = worded(
                "the %(field)s %(value)s… has %(length)d characters, more than %(limit)d",
                field=FIELDS[name],
                value=repr(value[:30]),
                length=len(value),
                limit=limit,
            )
            remedy = worded("Shorten it; `metadata` takes longer texts.")
            raise FormatError(place=record.place, problem=problem, remedy=remedy)


def example(record: DialogueRecord, said: int = 3) -> dict[str, Any]:
    """How a dialogue begins, for whoever looks at a file before it is imported."""
    titles = {item.external_id: item.title for item in record.items}
    return {
        "place": record.place,
        "external_id": record.external_id,
        "task": record.task,
        "utterances": len(record.utterances),
        "first": [{"speaker": said.speaker, "text": _short(said, titles)} for said in record.utterances[:said]],
    }


def _short(utterance: UtteranceRecord, titles: Mapping[str, str]) -> str:
    spans = [(mention.start, mention.end, titles[mention.item_id]) for mention in utterance.mentions]
    text = " ".join(with_titles(utterance.text, spans).split())
    return text if len(text) <= EXAMPLE_LENGTH else f"{text[: EXAMPLE_LENGTH - 1]}…"
