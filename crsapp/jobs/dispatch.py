"""Telling the workers that a job waits, and remembering when they were told."""

from uuid import UUID

from django.db.models.functions import Now

from crsapp.jobs.celery import wake
from crsapp.jobs.models import Job


def dispatch(job_id: UUID) -> bool:
    """Send the hint that `job_id` waits; False if the broker is away."""
    sent = wake(job_id)
    if sent:
        Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(dispatched=Now())
    return sent
