"""Rows as CSV or JSON lines, in pieces of some tens of kilobytes. Pure."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import orjson

from evaluation.exports.neutral import neutral

ROWS_AT_ONCE: Final = 500
MOST_REMEMBERED: Final = 10_000
LONGEST_REMEMBERED: Final = 200


def csv_pieces(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], *, text_columns: frozenset[str] = frozenset()
) -> Iterator[bytes]:
    """A heading, then a line a row; formulas in text columns are neutralised."""
    neutralised = _Neutralising([place for place, column in enumerate(columns) if column in text_columns])
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for piece in _pieces(rows):
        writer.writerows(map(neutralised, piece))
        yield _emptied(buffer)
    if buffer.tell():
        yield _emptied(buffer)


def jsonl_pieces(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], *, text_columns: frozenset[str] = frozenset()
) -> Iterator[bytes]:
    """An object a row, texts as they are."""
    for piece in _pieces(rows):
        yield b"".join(
            orjson.dumps(dict(zip(columns, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE) for row in piece
        )


@dataclass(frozen=True)
class FileFormat:
    name: str
    content_type: str
    pieces: Callable[..., Iterator[bytes]]


FILE_FORMATS: Final[Mapping[str, FileFormat]] = {
    "csv": FileFormat("csv", "text/csv; charset=utf-8", csv_pieces),
    "jsonl": FileFormat("jsonl", "application/x-ndjson", jsonl_pieces),
}


def _pieces(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    remaining = iter(rows)
    while piece := list(islice(remaining, ROWS_AT_ONCE)):
        yield piece


class _Neutralising:
    """A row, called with one: as it is, unless a text of these places could be taken for a formula.

    Most texts come again and again (names, labels, nothing), so that those found harmless are remembered.
    """

    def __init__(self, places: Sequence[int]) -> None:
        self.places = places
        self.harmless: set[str | None] = set()

    def __call__(self, row: Sequence[Any]) -> Sequence[Any]:
        texts = [row[place] for place in self.places]
        if self.harmless.issuperset(texts):
            return row
        changed = list(row)
        for place, text in zip(self.places, texts, strict=True):
            changed[place] = text and neutral(text)
            if changed[place] == text and len(text or "") <= LONGEST_REMEMBERED:
                self.harmless.add(text)
        if len(self.harmless) > MOST_REMEMBERED:
            self.harmless.clear()
        return changed


def _emptied(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
