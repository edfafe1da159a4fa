"""A study's report made in the background: a zip that stays until the next one of the study."""

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from annotation.models import Study
from crsapp.accounts.models import User
from crsapp.jobs.models import Job, JobQuerySet
from crsapp.jobs.registry import Context, JobError, Outside, Progress
from crsapp.jobs.services import enqueue
from evaluation.exports.study_report import ReportError, ReportFolder
from evaluation.services.drawing import DrawingError

KIND: Final = "evaluation.study_report"

Steps = Generator[Progress | Outside, Any, dict[str, Any]]


@dataclass(frozen=True)
class MadeReport:
    """A report that can be taken. `interim`: it was made while the study was open; `stale`: the study changed since."""

    job: Job
    name: str
    size: int
    interim: bool
    stale: bool


def report_in_background(study: Study, *, by: User | None, splits: Sequence[str] = ()) -> Job:
    """The job that makes the report, split by these attributes too: one that is at it already, or a new one."""
    going_on = _jobs(study).open().first()
    if going_on is not None:
        return going_on
    title = _("Report of “%(study)s”") % {"study": study.title or study.slug}
    return enqueue(kind=KIND, arguments={"study": study.pk, "splits": list(splits)}, title=title, created_by=by)


def report_job(study: Study) -> Job | None:
    """The last job that was to make a report of this study."""
    return _jobs(study).first()


def made_report(study: Study) -> MadeReport | None:
    """The last report of the study that is there."""
    for job in _jobs(study).filter(state=Job.State.SUCCEEDED):
        told = job.result
        if default_storage.exists(told["file"]):
            stale = told["revision"] != study.judgment_revision or told["state"] != study.state
            return MadeReport(job, told["file"], told["bytes"], told["interim"], stale)
    return None


def job_steps(context: Context) -> Steps:
    """Make the folder and pack it, outside any transaction: it takes seconds and writes nothing to the database."""
    study = Study.objects.filter(pk=context.arguments["study"]).first()
    if study is None:
        raise JobError(_("The study is gone, so there is nothing to report."))
    interim = study.state == Study.State.OPEN
    folder = Path(tempfile.mkdtemp(prefix="report-"))
    try:
        report = ReportFolder(study, folder, context.arguments.get("splits", ()))
        steps = report.steps()
        for done, (words, step) in enumerate(steps):
            yield Outside(Progress(done, len(steps) + 1, words), partial(_do, step))
        size = yield Outside(
            Progress(len(steps), len(steps) + 1, _("Everything is packed")), lambda: _pack(folder, study, context)
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    transaction.on_commit(lambda: _forget_earlier(study, context))
    revision = report.figures.revision
    return {"file": _name(context), "bytes": size, "interim": interim, "revision": revision, "state": study.state}


def _do(step: Callable[[], None]) -> None:
    try:
        step()
    except (ReportError, DrawingError) as error:
        raise JobError(str(error)) from error


def forget(context: Context) -> None:
    """Remove what a job left that will not be finished."""
    default_storage.delete(_name(context))


def _pack(folder: Path, study: Study, context: Context) -> int:
    """Write the zip, all under one folder of the study's name; returns its size."""
    with tempfile.TemporaryFile() as packed:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    archive.write(path, f"{study.slug}-report/{path.relative_to(folder).as_posix()}")
        size = packed.tell()
        packed.seek(0)
        default_storage.delete(_name(context))
        default_storage.save(_name(context), File(packed))
    return size


def _forget_earlier(study: Study, context: Context) -> None:
    for job in _jobs(study).exclude(pk=context.job_id).filter(state=Job.State.SUCCEEDED):
        default_storage.delete(job.result["file"])


def _jobs(study: Study) -> JobQuerySet:
    return Job.objects.filter(kind=KIND, arguments__study=study.pk).order_by("-created")


def _name(context: Context) -> str:
    return f"reports/{context.job_id}.zip"
