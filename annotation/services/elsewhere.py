"""Files of judgments from elsewhere: received, checked, with somebody's word imported; or all at once by a command.

The work is two jobs (`annotation/tasks.py`): reading goes step by step with progress, and the study is written in one
transaction at the end, so that a killed worker leaves nothing.
"""

from collections.abc import Callable, Generator
from functools import partial
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any, Final

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.models import JudgmentImport
from annotation.published import Options, Reading
from annotation.services.errors import StudyError
from annotation.services.publishing import Source, free_slug, publish
from crsapp.accounts.models import User
from crsapp.jobs.registry import JobError, Outside, Progress
from crsapp.jobs.services import enqueue, request_cancel
from generation.formats.sources import fingerprint
from generation.formats.values import FormatError
from generation.services.import_steps import refusal, taken
from generation.services.reading import limits
from generation.translation import translated

CHECK: Final = "annotation.check_judgments"
IMPORT: Final = "annotation.import_judgments"
ROWS_LOOKED_AT: Final = 2_000
State = JudgmentImport.State
Watch = Callable[[Progress], None]


class ElsewhereError(Exception):
    """A file that is not imported; the message says why, `report` has all of its problems."""

    def __init__(self, message: str, report: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.report = dict(report or {})


def import_table(
    *,
    path: Path,
    title: str,
    options: Options,
    skip_bad: bool = False,
    dry_run: bool = False,
    by: User | None = None,
    progress: Watch | None = None,
) -> dict[str, Any]:
    """Import a file in this process; with `dry_run`, only say what would happen. Returns the report.

    Raises `ElsewhereError` for a file with problems, `StudyError` for a name that is taken.
    """
    free_slug(title)
    try:
        digest = fingerprint(path)[0]
    except FormatError as error:
        raise ElsewhereError(translated(error.words)) from error
    reading = Reading(path, options, limits=limits())
    for done, total in reading.steps():
        if progress is not None:
            progress(_progress(done, total))
    report = {**reading.figures(), "sha256": digest, "filename": path.name}
    if reading.table is None or reading.fatal or (reading.problem_count and not skip_bad):
        raise ElsewhereError(refusal(report), report)
    if not dry_run:
        study = publish(table=reading.table, title=title, source=Source(path.name, digest), by=by)
        report["study"] = study.slug
    return report


def receive_table(*, uploaded_file: File[bytes], title: str, by: User | None = None) -> JudgmentImport:
    """Keep an uploaded file and have it checked. Raises `StudyError` when the study's name is taken."""
    free_slug(title)
    digest = sha256()
    for chunk in uploaded_file.chunks():
        digest.update(chunk)
    with transaction.atomic():
        imported = JudgmentImport.objects.create(
            title=title,
            filename=PurePosixPath(uploaded_file.name or "upload").name[-255:],
            sha256=digest.hexdigest(),
            size=uploaded_file.size or 0,
            created_by=by,
        )
        uploaded_file.seek(0)
        imported.file.save(f"{imported.pk}-{imported.sha256[:16]}", uploaded_file, save=False)
        _ask_for(imported, CHECK, _("Checking %(file)s") % {"file": imported.filename}, by)
    return imported


def read_again(*, imported: JudgmentImport, options: dict[str, Any], by: User | None = None) -> None:
    """Have a checked file read once more, with something else said of it. Raises `ElsewhereError` afterwards."""
    with transaction.atomic():
        imported = JudgmentImport.objects.select_for_update().get(pk=imported.pk)
        if imported.state != State.CHECKED:
            raise ElsewhereError(_("This file does not wait for your word any more."))
        imported.options, imported.report, imported.state = options, {}, State.CHECKING
        _ask_for(imported, CHECK, _("Checking %(file)s") % {"file": imported.filename}, by)


def beginning(imported: JudgmentImport, options: Options, rows: int = ROWS_LOOKED_AT) -> Reading:
    """The first rows of a table that waits for somebody's word, read like this. Raises `ElsewhereError` for another."""
    if imported.state != State.CHECKED:
        raise ElsewhereError(_("This file does not wait for your word any more."))
    reading = _read_as(imported, options, rows)
    for _step in reading.steps():
        pass
    return reading


def start_import(*, imported: JudgmentImport, by: User | None = None, skip_bad: bool = False) -> None:
    """Give the word for a checked file. Raises `ElsewhereError` where that cannot be."""
    with transaction.atomic():
        imported = JudgmentImport.objects.select_for_update().get(pk=imported.pk)
        report = imported.report
        if imported.state != State.CHECKED:
            raise ElsewhereError(_("This file does not wait for your word any more."))
        if report["fatal"] or (report["problem_count"] and not skip_bad):
            raise ElsewhereError(refusal(report), report)
        imported.options["skip_bad"] = skip_bad
        imported.state = State.RUNNING
        _ask_for(imported, IMPORT, _("Importing %(file)s") % {"file": imported.filename}, by)


def discard_import(*, imported: JudgmentImport) -> None:
    """Take a file back that is no study yet, or stop its import. Twice does no harm."""
    with transaction.atomic():
        found = JudgmentImport.objects.select_for_update().filter(pk=imported.pk).first()
        if found is None or found.state == State.DISCARDED:
            return
        if found.state == State.COMPLETE:
            raise ElsewhereError(_("This import is complete; its study stays."))
        if found.state != State.RUNNING:
            _forget_file(found)
            found.state = State.DISCARDED
            found.save()
    if found.job is not None and not found.job.is_over:
        request_cancel(found.job)


Steps = Generator[Progress | Outside, Any, dict[str, Any]]


def check_steps(imported: JudgmentImport) -> Steps:
    """Read the whole file and keep what was found; it then waits for somebody's word."""
    reading = _reading(imported)
    yield from taken(reading.steps(), lambda step: _progress(*step))
    waiting = JudgmentImport.objects.filter(pk=imported.pk, state=State.CHECKING)
    waiting.update(state=State.CHECKED, report=reading.figures())
    return {"rows": reading.rows, "problems": reading.problem_count}


def import_steps(imported: JudgmentImport, by: User | None) -> Steps:
    """Read the file again and write its study, in the last step and at once."""
    if imported.study is not None:
        return {"study": imported.study.slug}
    reading = _reading(imported)
    yield from taken(reading.steps(), lambda step: _progress(*step))
    report = reading.figures()
    bad = reading.problem_count and not imported.options.get("skip_bad")
    if reading.table is None or reading.fatal or bad:
        raise JobError(refusal(report))
    yield Progress(done=99, total=100, message=_("The study is being written"))
    running = JudgmentImport.objects.select_for_update().filter(pk=imported.pk, state=State.RUNNING).first()
    if running is None:
        raise JobError(_("The file was taken back meanwhile."))
    try:
        source = Source(imported.filename, imported.sha256)
        study = publish(table=reading.table, title=imported.title, source=source, by=by)
    except StudyError as error:
        raise JobError(str(error)) from error
    running.study, running.state, running.report = study, State.COMPLETE, report
    _forget_file(running)
    running.save()
    return {"study": study.slug}


def _reading(imported: JudgmentImport) -> Reading:
    return _read_as(imported, Options.from_dict(imported.options))


def _read_as(imported: JudgmentImport, options: Options, most: int | None = None) -> Reading:
    return Reading(Path(imported.file.path), options, name=imported.filename, limits=limits(), most=most)


def _ask_for(imported: JudgmentImport, kind: str, title: str, by: User | None) -> None:
    imported.job = enqueue(kind=kind, arguments={"import": imported.pk}, title=title, created_by=by)
    imported.save()


def _forget_file(imported: JudgmentImport) -> None:
    if imported.file:
        transaction.on_commit(partial(imported.file.storage.delete, str(imported.file.name)))
    imported.file = ""


def _progress(done: int, total: int) -> Progress:
    kilobytes = [-(-number // 1000) for number in (done, max(done, total))]
    return Progress(kilobytes[0], kilobytes[1] or 1, _("The table is being read; the bar counts kilobytes"))
