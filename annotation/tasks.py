"""Work of a study that outlives a request."""

from collections.abc import Generator
from typing import Any

from django.utils.translation import gettext as _

from annotation.models import Study
from annotation.services.errors import StudyError
from annotation.services.studies import open_study
from crsapp.accounts.models import User
from crsapp.jobs.registry import Context, JobError, Progress, handler


@handler("annotation.open_study")
def open_large_study(context: Context) -> Generator[Progress, None, dict[str, Any]]:
    """Open a study of tens of thousands of units; harmless to run twice."""
    study = Study.objects.get(pk=context.arguments["study"])
    if study.state == Study.State.DRAFT:
        yield Progress(done=0, total=1, message=_("Drawing the samples and laying out who judges what."))
        try:
            by = None if context.created_by_id is None else User.objects.filter(pk=context.created_by_id).first()
            open_study(study=study, by=by)
        except StudyError as error:
            raise JobError(str(error)) from error
    return {"study": study.pk, "digest": study.digest}
