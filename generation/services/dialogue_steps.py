"""The steps of importing dialogues. Each step up to a yield is one transaction of its job."""

from collections.abc import Callable, Generator
from typing import Any, Final

from django.utils.translation import gettext as _

from crsapp.jobs.registry import Outside, Progress
from generation.formats.base import Format
from generation.formats.values import FormatError
from generation.models import Dataset, Dialogue, Findable, Import, Item, ItemMention, Utterance
from generation.reader import Piece
from generation.services.import_steps import Files, Steps, conclude, taken
from generation.services.reading import newcomers, open_source, pieces
from generation.services.rows import write_piece
from generation.services.surveying import Survey

FIGURES: Final = ("dialogues", "utterances")
WRITTEN: Final = (Dialogue, Utterance, Findable, Item, ItemMention)


def survey_dialogues(files: Files, format: Format, dataset: Dataset | None) -> Steps:
    """Read the whole file and return what importing it would do. Nothing is written."""
    survey = Survey(format.name)
    yield from _read(files, format, survey, newcomers(dataset, None, survey.report), lambda piece: None)
    return survey.finished()


def import_dialogue_steps(imported: Import, files: Files, format: Format, checkpoint: dict[str, Any]) -> Steps:
    """Write the file's dialogues, a piece a step; `checkpoint["stored"]` says how many of them are there.

    After a problem that refuses the import, the rest is read all the same: the report should know all problems.
    """
    survey = Survey(imported.format)
    skips_bad = bool(imported.options.get("skip_bad"))
    read = 0

    def store(piece: Piece) -> None:
        nonlocal read
        old = max(0, checkpoint.get("stored", 0) - read)
        said = piece.said if not old else piece.said.only([place >= old for place in range(piece.said.size)])
        read += piece.said.size
        if said.size and (skips_bad or not survey.problem_count):
            write_piece(imported=imported, said=said)
            checkpoint["stored"] = read

    fresh = newcomers(imported.dataset, imported, survey.report)
    yield from _read(files, format, survey, fresh, store, imported.report.get("dialogues", 0))
    return (yield from conclude(imported, survey.finished(), FIGURES, WRITTEN))


def _progress(piece: Piece, survey: Survey, expected: int) -> Progress:
    """In dialogues where an earlier check counted them, else in kilobytes."""
    read = survey.counts["dialogues"]
    if expected:
        return Progress(done=read, total=max(read, expected), message=_("Dialogues are being imported"))
    done, total = (-(-number // 1000) for number in (piece.position, max(piece.size, piece.position)))
    message = _("%(count)s dialogues so far; the bar counts kilobytes") % {"count": f"{read:,}"}
    return Progress(done=done, total=total, message=message)


def _read(
    files: Files,
    format: Format,
    survey: Survey,
    fresh: Callable[[Piece], Piece],
    store: Callable[[Piece], None],
    expected: int = 0,
) -> Generator[Outside, Any, None]:
    def take(piece: Piece) -> Progress:
        piece = fresh(piece)
        survey.add(piece)
        store(piece)
        return _progress(piece, survey, expected)

    try:
        source = open_source(files.path, files.name)
    except FormatError as error:
        survey.report(error)
        return
    yield from taken(pieces(source, format, survey.report, survey.note), take)
