"""Holding a job: every change to a running job is conditional on the lease that was given with it.

Whoever was away too long finds that its lease is gone, rolls its step back and stops; two workers can never both
finish the same step.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from threading import Lock
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _

from crsapp.jobs.clock import from_now
from crsapp.jobs.dispatch import dispatch
from crsapp.jobs.models import Job, JobQuerySet
from crsapp.jobs.registry import Context, Progress, WaitForPieces, registry

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5.0
RETRY_SECONDS_AT_MOST = 600.0

_held_here: dict[UUID, UUID] = {}
_held_here_lock = Lock()


class LeaseLost(Exception):
    """Somebody else has this job now; what was not yet committed must not be."""


def context_of(job: Job) -> Context:
    return Context(
        job_id=job.pk,
        arguments=deepcopy(job.arguments),
        checkpoint=deepcopy(job.checkpoint),
        created_by_id=job.created_by_id,
    )


def claim(job_id: UUID, *, worker: str) -> Job | None:
    """Take a queued job under a fresh lease. Of any number of workers that try, one gets it."""
    token = uuid4()
    claimed = (
        Job.objects.due()
        .filter(pk=job_id)
        .update(
            state=Job.State.RUNNING,
            lease_token=token,
            lease_until=from_now(settings.JOB_LEASE_SECONDS),
            attempts=F("attempts") + 1,
            worker=worker,
            started=Coalesce("started", Now()),
            resumed=Now(),
            done_before=F("done"),
            moved=Now(),
            run_after=None,
            error="",
        )
    )
    return Job.objects.filter(pk=job_id, lease_token=token).first() if claimed else None


@contextmanager
def kept(job: Job) -> Iterator[None]:
    """While this lasts, the heartbeat of this process renews the lease, however long a step takes."""
    if job.lease_token is None:
        raise LeaseLost(f"job {job.pk} has no lease")
    with _held_here_lock:
        _held_here[job.lease_token] = job.pk
    try:
        yield
    finally:
        with _held_here_lock:
            del _held_here[job.lease_token]


def held_here() -> dict[UUID, UUID]:
    """The jobs that run in this process: lease → job."""
    with _held_here_lock:
        return dict(_held_here)


def renew(*, job_id: UUID, token: UUID) -> None:
    Job.objects.filter(pk=job_id, lease_token=token).update(lease_until=from_now(settings.JOB_LEASE_SECONDS))


def _held(job: Job) -> JobQuerySet:
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease_token=job.lease_token)


def _let_go(job: Job, state: Job.State, **changes: Any) -> None:
    if not _held(job).update(state=state, lease_token=None, lease_until=None, **changes):
        raise LeaseLost


def save_step(job: Job, context: Context, progress: Progress) -> None:
    """Record a step, inside the step's own transaction.

    An attempt that moved the checkpoint forward is not counted against the job: what is behind it is never done
    again, so a long job outlives any number of restarts while a step that always fails still ends it.
    """
    if context.checkpoint != job.checkpoint:
        job.attempts = 1
        job.checkpoint = deepcopy(context.checkpoint)
    saved = _held(job).update(
        done=progress.done,
        total=progress.total,
        message=progress.message[:300],
        checkpoint=context.checkpoint,
        attempts=job.attempts,
        moved=Now(),
        lease_until=from_now(settings.JOB_LEASE_SECONDS),
    )
    if not saved:
        raise LeaseLost


def is_cancelled(job: Job) -> bool:
    return _held(job).filter(cancel_requested=True).exists()


def finish(job: Job, context: Context, outcome: dict[str, Any] | WaitForPieces | None) -> None:
    """End the last step, inside its transaction."""
    if isinstance(outcome, WaitForPieces):
        result = {"waits_for_pieces": True, "allow_failed": outcome.allow_failed}
        _let_go(job, Job.State.WAITING, checkpoint=context.checkpoint, result=result, moved=Now())
        return
    _let_go(
        job,
        Job.State.SUCCEEDED,
        checkpoint=context.checkpoint,
        result=outcome or {},
        done=Coalesce("total", "done"),
        moved=Now(),
        finished=Now(),
    )


def release(job: Job) -> None:
    """Give an unfinished job back, because this worker is asked to stop; the attempt is not counted."""
    _let_go(job, Job.State.QUEUED, attempts=F("attempts") - 1, dispatched=None)
    dispatch(job.pk)


def abandon(job: Job, state: Job.State, *, error: str = "") -> None:
    """End a held job without success, with its handler's own clearing up in the same transaction."""
    with transaction.atomic():
        _let_go(job, state, error=error, finished=Now())
        clear_up(job.pk)


def clear_up(job_id: UUID) -> None:
    """Let the handler remove what is half done. Where that fails too, the job is over all the same."""
    job = Job.objects.get(pk=job_id)
    handler = registry.get(job.kind)
    if handler is None or handler.abandoned is None:
        return
    context = context_of(job)
    try:
        with transaction.atomic():
            handler.abandoned(context)
            Job.objects.filter(pk=job_id).update(checkpoint=context.checkpoint)
    except Exception:
        logger.exception("job %s (%s): clearing up after it failed", job.pk, job.kind)


def retry_later(job: Job, *, reason: str) -> None:
    """After an unforeseen error: try again after a pause that grows, or give up and say so."""
    if job.attempts >= job.max_attempts:
        times = _("It was tried %(count)s times.") % {"count": job.attempts} if job.attempts > 1 else ""
        abandon(job, Job.State.FAILED, error=f"{reason} {times}".strip())
        return
    pause = min(RETRY_SECONDS * 4 ** (job.attempts - 1), RETRY_SECONDS_AT_MOST)
    _let_go(job, Job.State.QUEUED, error=reason, run_after=from_now(pause), dispatched=None)


def expire(job_id: UUID) -> None:
    """Take a job back whose lease ran out: its worker died, or has been away too long."""
    with transaction.atomic():
        job = Job.objects.expired().select_for_update().filter(pk=job_id).first()
        if job is None:
            return
        logger.warning("job %s (%s): its worker %s went silent", job.pk, job.kind, job.worker)
        if job.cancel_requested:
            abandon(job, Job.State.CANCELLED)
        elif job.attempts >= job.max_attempts:
            abandon(job, Job.State.FAILED, error=_died(job.attempts))
        else:
            _let_go(job, Job.State.QUEUED, dispatched=None)


def _died(times: int) -> str:
    return _(
        "The worker died %(count)s times while doing this, and the work did not get further. "
        "Look for the reason in the worker's log (often: not enough memory), then retry."
    ) % {"count": times}
