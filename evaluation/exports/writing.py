"""Rows as CSV or JSON lines, in pieces of some tens of kilobytes. Pure."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import orjson

from evaluation.exports.neutral import FORMULA_STARTS, neutral

ROWS_AT_ONCE: Final = 500


def csv_pieces(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], *, text_columns: frozenset[str] = frozenset()
) -> Iterator[bytes]:
    """A heading, then a line a row; formulas in text columns are neutralised."""
    places = [place for place, column in enumerate(columns) if column in text_columns]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for piece in _pieces(rows):
        writer.writerows(_neutralised(row, places) for row in piece)
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


def _neutralised(row: Sequence[Any], places: Sequence[int]) -> Sequence[Any]:
    dangerous = [place for place in places if row[place] and row[place][0] in FORMULA_STARTS]
    if not dangerous:
        return row
    changed = list(row)
    for place in dangerous:
        changed[place] = neutral(changed[place])
    return changed


def _emptied(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
