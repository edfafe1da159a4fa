"""The tables of a study that can be taken as a file: what a row is, and how rows are made."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from annotation.models import Study
from evaluation.exports import label_table, long_table


@dataclass(frozen=True)
class ExportTable:
    """`name` stands in addresses and names of files; `rows` are read in pieces."""

    name: str
    columns: tuple[str, ...]
    text_columns: frozenset[str]
    rows: Callable[[Study], Iterator[tuple[Any, ...]]]


JUDGMENTS: Final = ExportTable("judgments", long_table.COLUMNS, long_table.TEXT_COLUMNS, long_table.long_table)
LABELS: Final = ExportTable("labels", label_table.COLUMNS, label_table.TEXT_COLUMNS, label_table.label_table)
TABLES: Final[Mapping[str, ExportTable]] = {one.name: one for one in (JUDGMENTS, LABELS)}
