"""Work of a study that outlives a request."""

from collections.abc import Generator
from typing import Any, Final

from django.utils.translation import gettext as _

from annotation.models import JudgmentImport, Study
from annotation.services.assignments import release_expired
from annotation.services.elsewhere import CHECK, IMPORT, Steps, check_steps, import_steps
from annotation.services.errors import StudyError
from annotation.services.studies import open_study
from crsapp.accounts.models import User
from crsapp.jobs.registry import Context, JobError, Progress, handler
from crsapp.jobs.regular import regularly

LEASES_EVERY_SECONDS: Final = 60


@handler("annotation.open_study")
def open_large_study(context: Context) -> Generator[Progress, None, dict[str, Any]]:
    """Open a study of tens of thousands of units; harmless to run twice."""
    study = Study.objects.get(pk=context.arguments["study"])
    if study.state == Study.State.DRAFT:
        yield Progress(done=0, total=1, message=_("Drawing the samples and laying out who judges what."))
        try:
            open_study(study=study, by=_asker(context))
        except StudyError as error:
            raise JobError(str(error)) from error
    return {"study": study.pk, "digest": study.digest}


@regularly("annotation.release_leases", seconds=LEASES_EVERY_SECONDS)
def release_leases() -> int:
    """Units whose lease ran out go back to the queue, also when nobody asks for work."""
    return release_expired()


def _asker(context: Context) -> User | None:
    return User.objects.filter(pk=context.created_by_id).first() if context.created_by_id else None


def _judgments_of(context: Context) -> JudgmentImport:
    return JudgmentImport.objects.select_related("study").get(pk=context.arguments["import"])


def give_up_judgments(context: Context) -> None:
    """A file whose check or import failed for good; its study was never there."""
    waiting = [JudgmentImport.State.CHECKING, JudgmentImport.State.RUNNING]
    JudgmentImport.objects.filter(pk=context.arguments["import"], state__in=waiting).update(
        state=JudgmentImport.State.FAILED
    )


@handler(CHECK, abandoned=give_up_judgments)
def check_judgments(context: Context) -> Steps:
    imported = _judgments_of(context)
    waits = JudgmentImport.objects.filter(
        pk=imported.pk, state__in=[JudgmentImport.State.CHECKING, JudgmentImport.State.FAILED]
    )
    if not waits.update(state=JudgmentImport.State.CHECKING):
        raise JobError(_("The file was taken back meanwhile, so there is nothing to check."))
    return (yield from check_steps(imported))


@handler(IMPORT, abandoned=give_up_judgments)
def import_judgments(context: Context) -> Steps:
    imported = _judgments_of(context)
    JudgmentImport.objects.filter(pk=imported.pk, state=JudgmentImport.State.FAILED).update(
        state=JudgmentImport.State.RUNNING
    )
    return (yield from import_steps(imported, _asker(context)))
