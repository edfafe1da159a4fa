"""The steps of importing dialogues. Each step up to a yield is one transaction of its job."""

from collections.abc import Iterator
from typing import Any, Final

from django.utils.translation import gettext as _

from crsapp.jobs.registry import Progress
from generation.formats.base import Format
from generation.formats.sources import Source
from generation.formats.values import FormatError
from generation.models import Dataset, Dialogue, Findable, Import, Item, ItemMention, Utterance
from generation.services.import_steps import Files, Steps, conclude, shown
from generation.services.reading import Piece, open_source, pieces
from generation.services.rows import write_piece
from generation.services.surveying import Survey

FIGURES: Final = ("dialogues", "utterances")
WRITTEN: Final = (Dialogue, Utterance, Findable, Item, ItemMention)


def survey_dialogues(files: Files, format: Format, dataset: Dataset | None) -> Steps:
    """Read the whole file and return what importing it would do. Nothing is written."""
    survey = Survey(format.name)
    for _piece, progress in _read(files, format, survey, dataset):
        yield progress
    return survey.finished()


def import_dialogue_steps(imported: Import, files: Files, format: Format, checkpoint: dict[str, Any]) -> Steps:
    """Write the file's dialogues, a piece a step; `checkpoint["stored"]` says how many of them are there.

    After a problem that refuses the import, the rest is read all the same: the report should know all problems.
    """
    survey = Survey(imported.format)
    skips_bad = bool(imported.options.get("skip_bad"))
    read = 0
    for piece, progress in _read(files, format, survey, imported.dataset, imported):
        fresh = slice(max(0, checkpoint.get("stored", 0) - read), None)
        read += len(piece.records)
        if piece.records[fresh] and (skips_bad or not survey.problem_count):
            write_piece(imported=imported, records=piece.records[fresh], overviews=piece.overviews[fresh])
            checkpoint["stored"] = read
        yield progress
    return (yield from conclude(imported, survey.finished(), FIGURES, WRITTEN))


def _progress(source: Source, position: int, survey: Survey, imported: Import | None) -> Progress:
    """In dialogues where an earlier check counted them, else in kilobytes."""
    read = survey.counts["dialogues"]
    expected = imported.report.get("dialogues", 0) if imported is not None else 0
    if expected:
        return Progress(done=read, total=max(read, expected), message=_("Dialogues are being imported"))
    done, total = (-(-number // 1000) for number in (position, max(source.size, position)))
    message = _("%(count)s dialogues so far; the bar counts kilobytes") % {"count": f"{read:,}"}
    return Progress(done=done, total=total, message=message)


def _read(
    files: Files, format: Format, survey: Survey, dataset: Dataset | None, imported: Import | None = None
) -> Iterator[tuple[Piece, Progress]]:
    try:
        source = open_source(files.path, files.name)
    except FormatError as error:
        survey.report(error)
        return
    found = pieces(
        source=source, format=format, report=survey.report, note=survey.note, dataset=dataset, imported=imported
    )
    for piece in found:
        for record, overview in zip(piece.records, piece.overviews, strict=True):
            survey.add(record, overview.turn_count)
        progress = _progress(source, piece.position, survey, imported)
        yield piece, progress
        shown(progress)
