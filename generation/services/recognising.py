"""What a file looks like, what its columns probably mean, and how its first records would come out."""

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

from generation.formats.base import Options, Readable
from generation.formats.columns import Sample, sample
from generation.formats.values import FormatError
from generation.models import Import
from generation.services.import_kinds import Kind, kind_of
from generation.services.import_report import ImportingError
from generation.services.reading import limits, open_source
from generation.translation import translated

TABLE: Final = "table"
PREVIEWED: Final = 4
PROBLEMS_PREVIEWED: Final = 3

Mapped = Mapping[str, Sequence[str]]


def choose(kind: Kind, path: Path, format: str = "", name: str = "") -> Readable[Any]:
    """The format of this name, or the one that the file looks like."""
    try:
        found: Readable[Any] = kind.shelf.get(format) if format else kind.shelf.guess(path, limits(), name)
    except FormatError as error:
        raise ImportingError(translated(error.words)) from error
    return found


def recognised(kind: Kind, path: Path, format: str, name: str) -> tuple[str, dict[str, Any]]:
    """The name of the format, and what it was known by; no name where the file looks like none."""
    if format:
        return choose(kind, path, format).name, {}
    try:
        found = kind.shelf.guesses(path, limits(), name)
    except FormatError as error:
        raise ImportingError(translated(error.words)) from error
    likely = {"by": list(found[0].found), "others": [guess.what.name for guess in found[1:]]} if found else {}
    return (found[0].what.name if found else ""), likely


def suggested_mapping(path: Path, format: Readable[Any], name: str = "") -> dict[str, list[str]]:
    """What the columns of the file probably mean; nothing where its format needs no mapping."""
    if format.suggest is None:
        return {}
    try:
        return format.suggest(open_source(path, name))
    except FormatError:  # said, with its place, by whoever reads the file
        return {}


def mapping_with(path: Path, format: Readable[Any], said: Mapped) -> dict[str, list[str]]:
    """The suggested mapping, but as far as somebody said it: as said."""
    suggested = suggested_mapping(path, format)
    if "heading" in said and list(said["heading"]) != suggested.get("heading", ["yes"]):
        suggested = {}
    if "speaker" in said:
        suggested = {part: names for part, names in suggested.items() if part not in ("user", "system")}
    named = {name for names in said.values() for name in names}
    kept = {part: [name for name in names if name not in named] for part, names in suggested.items()}
    return {part: names for part, names in kept.items() if names} | {part: list(names) for part, names in said.items()}


def columns_of(imported: Import) -> dict[str, list[str]]:
    """What the columns of an uploaded table were said to mean, or probably mean."""
    table = kind_of(imported).shelf.get(TABLE)
    said: dict[str, list[str]] = imported.options.get("mapping", {})
    return said or suggested_mapping(Path(imported.file.path), table, imported.filename)


def first_rows(imported: Import, *, heading: bool) -> Sample:
    """The beginning of the table, or an error that says why there is none."""
    try:
        return sample(open_source(Path(imported.file.path), imported.filename), heading=heading)
    except FormatError as error:
        raise ImportingError(translated(error.words)) from error


def guessed_columns(imported: Import, found: Sample, *, heading: bool) -> dict[str, list[str]]:
    return kind_of(imported).guessed(found) | ({} if heading else {"heading": ["no"]})


class _Enough(Exception):
    """So many problems that more of them would tell nothing."""


def preview(imported: Import, mapping: Mapped) -> tuple[list[dict[str, Any]], list[str]]:
    """How the first records of an uploaded table come out with this mapping, and what is wrong in them."""
    kind = kind_of(imported)
    problems: list[str] = []

    def report(problem: FormatError) -> None:
        problems.append(translated(problem.words))
        if len(problems) == PROBLEMS_PREVIEWED:
            raise _Enough

    examples = []
    try:
        source = open_source(Path(imported.file.path), imported.filename)
        for record in islice(kind.shelf.get(TABLE).mapped(mapping).read(source, Options(report=report)), PREVIEWED):
            examples.append(kind.example(record))
    except FormatError as error:
        problems.append(translated(error.words))
    except _Enough:
        pass
    return examples, problems
