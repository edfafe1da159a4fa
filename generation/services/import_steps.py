"""The steps of checking and importing a file. Each step up to a yield is one transaction of its job."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final, TypeAlias

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crsapp.jobs.registry import JobError, Progress
from generation.formats import get_format
from generation.formats.base import Format
from generation.formats.sources import Source
from generation.formats.values import FormatError
from generation.models import Dataset, Dialogue, Findable, Import, Item, ItemMention, Utterance
from generation.records import DialogueRecord
from generation.services.planner import tell_planner
from generation.services.reading import open_source, pieces
from generation.services.rows import remove_rows, write_piece
from generation.services.surveying import Survey

Steps: TypeAlias = Generator[Progress, None, dict[str, Any]]
Watch: TypeAlias = Callable[[Progress], None]
PROBLEMS_SAID: Final = 3

_watch: ContextVar[Watch | None] = ContextVar("import_watch", default=None)


@contextmanager
def watched(watch: Watch | None) -> Iterator[None]:
    """While this lasts, `watch` hears of each step taken in this thread: a command shows them."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


def shown(progress: Progress) -> None:
    """Let whoever watches hear of this step."""
    watch = _watch.get()
    if watch is not None:
        watch(progress)


def survey_steps(
    *, path: Path, name: str, format: Format, dataset: Dataset | None, imported: Import | None = None
) -> Steps:
    """Read the whole file and return what importing it would do. Nothing is written."""
    survey = Survey(format.name)
    for _piece, progress in _read(path, name, format, survey, dataset, imported):
        yield progress
    return survey.finished()


def check_steps(imported: Import) -> Steps:
    """Check an uploaded file and keep the report with its import, which then waits for somebody's word."""
    figures = yield from survey_steps(
        path=Path(imported.file.path),
        name=imported.filename,
        format=format_of(imported),
        dataset=imported.dataset,
    )
    waiting = Import.objects.filter(pk=imported.pk, state=Import.State.CHECKING)
    waiting.update(state=Import.State.CHECKED, report=figures)
    return {"dialogues": figures["dialogues"], "problems": figures["problem_count"]}


def import_steps(imported: Import, path: Path, checkpoint: dict[str, Any]) -> Steps:
    """Write the file's dialogues, a piece a step; `checkpoint["stored"]` says how many of them are there.

    After a problem that refuses the import, the rest is read all the same: the report should know all problems.
    """
    survey = Survey(imported.format)
    skips_bad = bool(imported.options.get("skip_bad"))
    read = 0
    for piece, progress in _read(path, imported.filename, format_of(imported), survey, imported.dataset, imported):
        fresh = piece[max(0, checkpoint.get("stored", 0) - read) :]
        read += len(piece)
        if fresh and (skips_bad or not survey.problem_count):
            write_piece(imported=imported, records=fresh)
            checkpoint["stored"] = read
        yield progress
    figures = survey.finished()
    if survey.fatal or (survey.problem_count and not skips_bad) or not figures["dialogues"]:
        Import.objects.filter(pk=imported.pk).update(report=figures)
        yield Progress(done=1, total=1, message=_("Problems were found"))
        raise JobError(refusal(figures))
    tell_planner(Dialogue, Utterance, Findable, Item, ItemMention)
    running = Import.objects.filter(pk=imported.pk, state=Import.State.RUNNING)
    if not running.update(state=Import.State.COMPLETE, report=figures, completed=Now()):
        raise JobError(_("The import was taken back meanwhile."))
    return {name: figures[name] for name in ("dialogues", "utterances")}


def format_of(imported: Import) -> Format:
    """The format of an import, reading with what was said about its columns."""
    return get_format(imported.format).mapped(imported.options.get("mapping", {}))


def undo_import(imported: Import) -> None:
    """Leave nothing of an import that failed or was cancelled."""
    if imported.state == Import.State.COMPLETE:
        return
    remove_rows(imported=imported)
    Import.objects.filter(pk=imported.pk).update(state=Import.State.FAILED)


def refusal(figures: dict[str, Any]) -> str:
    """Why a file is not imported: the first problems, with their places and what to do."""
    said = [str(FormatError(**problem)) for problem in figures["problems"][:PROBLEMS_SAID]]
    more = figures["problem_count"] - len(said)
    if more > 0:
        said.append(_("… and %(count)s more.") % {"count": more})
    return " ".join([_("Nothing was imported."), *said])


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
    path: Path, name: str, format: Format, survey: Survey, dataset: Dataset | None, imported: Import | None
) -> Iterator[tuple[list[DialogueRecord], Progress]]:
    try:
        source = open_source(path, name)
    except FormatError as error:
        survey.report(error)
        return
    found = pieces(
        source=source, format=format, report=survey.report, note=survey.note, dataset=dataset, imported=imported
    )
    for piece in found:
        for record in piece.records:
            survey.add(record)
        progress = _progress(source, piece.position, survey, imported)
        yield piece.records, progress
        shown(progress)
