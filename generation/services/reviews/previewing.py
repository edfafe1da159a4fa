"""How the first reviews of a table would come out."""

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from generation.formats.base import Options
from generation.formats.columns import Sample
from generation.formats.values import FormatError
from generation.models import Import
from generation.reviews.layouts import get_layout
from generation.reviews.layouts.table import guessed
from generation.services.reading import open_source
from generation.services.reviews.surveying import example

PREVIEWED: Final = 5
PROBLEMS_PREVIEWED: Final = 3


def preview_reviews(
    imported: Import, mapping: Mapping[str, Sequence[str]]
) -> tuple[list[dict[str, Any]], list[FormatError]]:
    """The first reviews of an uploaded table, read with this mapping, and the first problems before them."""
    problems: list[FormatError] = []
    source = open_source(Path(imported.file.path), imported.filename)
    layout = get_layout("table").mapped(mapping)

    def report(problem: FormatError) -> None:
        problems.append(problem)
        if len(problems) == PROBLEMS_PREVIEWED:
            raise problem

    try:
        records = list(islice(layout.read(source, Options(report=report)), PREVIEWED))
    except FormatError as error:
        records = []
        if error not in problems:
            problems.append(error)
    return [example(record) for record in records], problems


def guessed_columns(found: Sample, *, heading: bool) -> dict[str, list[str]]:
    return guessed(found) | ({} if heading else {"heading": ["no"]})
