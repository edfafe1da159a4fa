"""Running a job: step by step, each step one transaction with its progress, checkpoint and lease."""

import logging
import os
import socket
import time
from threading import Event
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import translation

from crsapp.jobs import leases
from crsapp.jobs.heartbeat import Heartbeat
from crsapp.jobs.models import Job
from crsapp.jobs.pieces import cancel_open, settle
from crsapp.jobs.registry import Context, JobError, Outside, Progress, Steps, registry

logger = logging.getLogger(__name__)

THIS_PROCESS: Final = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:6]}"
stopping = Event()
"""Set when this process is asked to stop: running jobs are given back after the step in hand."""


def run(job_id: UUID) -> None:
    """Run one job if it is still to be done; anything else (done, taken, unknown) is left alone."""
    _run(job_id, may_retry=True)


def run_inline(job: Job) -> Job:
    """Run a job and its pieces in this process to the end, for commands. Raises JobError if it did not succeed.

    An unforeseen error ends it at once: whoever typed the command is there to see it.
    """
    with Heartbeat(name=THIS_PROCESS).renewing():
        while True:
            job.refresh_from_db()
            if job.is_over:
                break
            todo = [job.pk, *Job.objects.filter(parent=job.pk).due().values_list("pk", flat=True)]
            taken = [_run(job_id, may_retry=False) for job_id in todo]
            if not any(taken):
                time.sleep(0.2)
    if job.state != Job.State.SUCCEEDED:
        raise JobError(job.error or job.get_state_display())
    return job


def _run(job_id: UUID, *, may_retry: bool) -> bool:
    job = leases.claim(job_id, worker=THIS_PROCESS)
    if job is None:
        return False
    logger.info("job %s (%s): begun, attempt %s", job.pk, job.kind, job.attempts)
    with leases.kept(job), translation.override(job.language):
        try:
            _take_steps(job)
            logger.info("job %s (%s): left after this attempt without error", job.pk, job.kind)
        except leases.LeaseLost:
            logger.warning("job %s (%s): the lease was lost; the step in hand was rolled back", job.pk, job.kind)
        except JobError as error:
            _fail(job, str(error))
        except Exception as error:
            logger.exception("job %s (%s): attempt %s failed", job.pk, job.kind, job.attempts)
            reason = f"{type(error).__name__}: {error}".removesuffix(": ")
            if may_retry:
                _retry(job, reason)
            else:
                _fail(job, reason)
    for waiting in (job.pk, job.parent_id):
        settle(waiting)
    return True


def _take_steps(job: Job) -> None:
    context = leases.context_of(job)
    steps = registry.find(job.kind).work(context)
    answer: Any = None
    try:
        while (taken := _take_step(job, context, steps, answer)) is not None:
            if leases.is_cancelled(job):
                leases.abandon(job, Job.State.CANCELLED)
                cancel_open(job.pk)
                return
            if stopping.is_set():
                leases.release(job)
                return
            answer = taken.work() if isinstance(taken, Outside) else None
    finally:
        steps.close()


def _take_step(job: Job, context: Context, steps: Steps, answer: Any) -> Progress | Outside | None:
    """Take one step, which is told `answer`; None if it was the last."""
    with transaction.atomic():
        try:
            taken = steps.send(answer)
        except StopIteration as end:
            leases.finish(job, context, end.value)
            return None
        leases.save_step(job, context, taken.progress if isinstance(taken, Outside) else taken)
    return taken


def _fail(job: Job, error: str) -> None:
    try:
        leases.abandon(job, Job.State.FAILED, error=error)
    except leases.LeaseLost:
        return
    cancel_open(job.pk)


def _retry(job: Job, reason: str) -> None:
    try:
        leases.retry_later(job, reason=reason)
    except leases.LeaseLost:
        return
