"""A run in this process, for commands: begun, or gone on with where another process left it."""

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from crsapp.jobs.models import Job
from crsapp.jobs.services import run_inline, sweep
from generation.models import GenerationRun
from generation.services.runs.settings import RunError
from generation.services.runs.steering import resume

State = GenerationRun.State


def earlier(*, kind: GenerationRun.Kind, name: str) -> GenerationRun | None:
    """The run of this kind whose dataset has this name."""
    return GenerationRun.objects.filter(kind=kind, dataset__name=name).first()


def run_here(run: GenerationRun) -> GenerationRun:
    """Run it until it is over or paused; one that is paused goes on.

    Raises RunError while another process has it in hand.
    """
    sweep(capacity=0)
    run.refresh_from_db()
    job_id = run.job_id
    if Job.objects.filter(Q(pk=job_id) | Q(parent=job_id), state=Job.State.RUNNING).exists():
        raise RunError(
            _(
                "Another process is writing this dataset right now, or died less than %(seconds)d seconds ago. "
                "Try later."
            )
            % {"seconds": settings.JOB_LEASE_SECONDS}
        )
    was_paused = run.state == State.PAUSED
    _finish_job(run)
    if was_paused and run.state == State.PAUSED:
        run = resume(run, here=True)
        _finish_job(run)
    return run


def _finish_job(run: GenerationRun) -> None:
    if run.job is not None and not run.job.is_over:
        run_inline(run.job)
    run.refresh_from_db()
