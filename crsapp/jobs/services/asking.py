"""Asking for work, taking it back, asking for it again."""

from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language

from crsapp.accounts.models import User
from crsapp.jobs.dispatch import dispatch
from crsapp.jobs.models import Job
from crsapp.jobs.pieces import cancel, settle


def enqueue(
    *,
    kind: str,
    arguments: dict[str, Any],
    title: str = "",
    created_by: User | None = None,
    parent: Job | UUID | None = None,
    max_attempts: int = 3,
    dispatch_now: bool = True,
) -> Job:
    """Ask for a piece of work. Workers are told when the transaction commits.

    A handler that cuts its work into pieces passes `parent=context.job_id`. `dispatch_now=False` is for work that
    is about to be run in this process (`run_inline`).
    """
    job = Job.objects.create(
        kind=kind,
        arguments=arguments,
        title=title[:200],
        language=get_language() or settings.LANGUAGE_CODE,
        created_by=created_by,
        parent_id=parent.pk if isinstance(parent, Job) else parent,
        max_attempts=max_attempts,
    )
    if dispatch_now:
        transaction.on_commit(partial(dispatch, job.pk))
    return job


def request_cancel(job: Job) -> bool:
    """Stop a job at its next step, or at once if nobody has begun it; its pieces too. False if it was over."""
    cancelled = cancel(job)
    for waiting in (job.pk, job.parent_id):
        settle(waiting)
    job.refresh_from_db()
    return cancelled


def retry(job: Job) -> bool:
    """Do a failed or cancelled job again from its last checkpoint, its failed pieces likewise. False if it is open.

    A job that had already cut all its pieces only waits for them again; a retried piece reopens its parent.
    """
    with transaction.atomic():
        again = _reopen(job.pk)
        if again:
            _reopen_parents(job)
    job.refresh_from_db()
    settle(job.pk)
    return again


def _reopen(job_id: UUID) -> bool:
    job = Job.objects.select_for_update().filter(pk=job_id, state__in=[Job.State.FAILED, Job.State.CANCELLED]).first()
    if job is None:
        return False
    waits = job.result.get("waits_for_pieces", False)
    _put_back(job.pk, Job.State.WAITING if waits else Job.State.QUEUED)
    for piece_id in Job.objects.filter(parent=job.pk).values_list("pk", flat=True):
        _reopen(piece_id)
    if not waits:
        transaction.on_commit(partial(dispatch, job.pk))
    return True


def _reopen_parents(job: Job) -> None:
    while job.parent is not None:
        job = job.parent
        over_after_waiting = ~Q(state__in=Job.OPEN) & Q(result__waits_for_pieces=True)
        if Job.objects.filter(over_after_waiting, pk=job.pk).exists():
            _put_back(job.pk, Job.State.WAITING)


def _put_back(job_id: UUID, state: Job.State) -> None:
    Job.objects.filter(pk=job_id).update(
        state=state,
        attempts=0,
        error="",
        cancel_requested=False,
        run_after=None,
        dispatched=None,
        finished=None,
        resumed=Now(),
        done_before=Job.objects.filter(parent=job_id, state=Job.State.SUCCEEDED).count(),
    )
