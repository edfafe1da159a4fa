"""What a file looks like, what its columns probably mean, and how its first dialogues would come out."""

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from generation.formats import get_format, guess_format, guesses
from generation.formats.base import Format, Options
from generation.formats.columns import Sample, guessed, sample
from generation.formats.values import FormatError
from generation.models import Import
from generation.services.import_report import ImportingError
from generation.services.reading import limits, open_source
from generation.services.surveying import example

PREVIEWED: Final = 3
UTTERANCES_PREVIEWED: Final = 6
PROBLEMS_PREVIEWED: Final = 3


def choose_format(path: Path, format: str = "", name: str = "") -> Format:
    """The format of this name, or the one that the file looks like."""
    try:
        return get_format(format) if format else guess_format(path, limits(), name)
    except FormatError as error:
        raise ImportingError(str(error)) from error


def recognised(path: Path, format: str, name: str) -> tuple[str, dict[str, Any]]:
    """The name of the format, and what it was known by; no name where the file looks like none."""
    if format:
        return choose_format(path, format).name, {}
    try:
        found = guesses(path, limits(), name)
    except FormatError as error:
        raise ImportingError(str(error)) from error
    likely = {"by": list(found[0].found), "others": [guess.format.name for guess in found[1:]]} if found else {}
    return (found[0].format.name if found else ""), likely


def suggested_mapping(path: Path, format: Format, name: str = "") -> dict[str, list[str]]:
    """What the columns of the file probably mean; nothing where its format needs no mapping."""
    if format.suggest is None:
        return {}
    try:
        return format.suggest(open_source(path, name))
    except FormatError:  # said, with its place, by whoever reads the file
        return {}


def mapping_with(path: Path, format: Format, said: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The suggested mapping, but as far as somebody said it: as said."""
    suggested = suggested_mapping(path, format)
    if "heading" in said and list(said["heading"]) != suggested.get("heading", ["yes"]):
        suggested = {}
    if "speaker" in said:
        suggested = {part: names for part, names in suggested.items() if part not in ("user", "system")}
    named = {name for names in said.values() for name in names}
    kept = {part: [name for name in names if name not in named] for part, names in suggested.items()}
    return {part: names for part, names in kept.items() if names} | {part: list(names) for part, names in said.items()}


def first_rows(imported: Import, *, heading: bool) -> Sample:
    """The beginning of the table, or an empty one with the reason why there is none."""
    try:
        return sample(open_source(Path(imported.file.path), imported.filename), heading=heading)
    except FormatError as error:
        raise ImportingError(str(error)) from error


def guessed_columns(found: Sample, *, heading: bool) -> dict[str, list[str]]:
    return guessed(found) | ({} if heading else {"heading": ["no"]})


class _Enough(Exception):
    """So many problems that more of them would tell nothing."""


def preview(imported: Import, mapping: Mapping[str, Sequence[str]]) -> tuple[list[dict[str, Any]], list[str]]:
    """How the first dialogues begin with this mapping, and what is wrong in them."""
    problems: list[str] = []

    def report(problem: FormatError) -> None:
        problems.append(str(problem))
        if len(problems) == PROBLEMS_PREVIEWED:
            raise _Enough

    examples = []
    try:
        source = open_source(Path(imported.file.path), imported.filename)
        read = get_format("table").mapped(mapping).read(source, Options(report=report))
        for record in islice(read, PREVIEWED):
            examples.append(example(record, UTTERANCES_PREVIEWED))
    except FormatError as error:
        problems.append(str(error))
    except _Enough:
        pass
    return examples, problems
