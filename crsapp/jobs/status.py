"""How a job stands, as a page shows it: how far, how long still, when it last moved, and whether anybody works."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crsapp.jobs.models import Job, Worker

BADGES: Final = {
    Job.State.QUEUED: "",
    Job.State.RUNNING: "accent",
    Job.State.WAITING: "accent",
    Job.State.SUCCEEDED: "good",
    Job.State.FAILED: "bad",
    Job.State.CANCELLED: "warn",
}
POLL_SECONDS: Final = ((60, 1), (600, 2))
POLL_SECONDS_AT_LAST: Final = 5


@dataclass(frozen=True)
class Status:
    job: Job
    done: int
    total: int | None
    worker_missing: bool
    now: datetime
    lease_until: datetime | None

    @property
    def badge(self) -> str:
        return BADGES[Job.State(self.job.state)]

    @property
    def percent(self) -> int | None:
        return min(100 * self.done // self.total, 100) if self.total else None

    @property
    def shows_progress(self) -> bool:
        return not self.job.is_over and self.job.state != Job.State.QUEUED

    @property
    def time_left(self) -> str:
        """At the pace of the attempt in hand; empty where that says nothing yet."""
        job = self.job
        before = job.done_before if job.done_before <= self.done else 0  # it may begin anew
        if not (self.shows_progress and self.total and self.done > before and job.resumed):
            return ""
        elapsed = ((job.moved or self.now) - job.resumed).total_seconds()
        if elapsed < 2:
            return ""
        return in_words(elapsed * max(self.total - self.done, 0) / (self.done - before))

    @property
    def is_silent(self) -> bool:
        """Its worker, or that of a piece of it, gives no sign of life; when the lease runs out, another goes on."""
        until = self.lease_until
        renewed = until and until - timedelta(seconds=settings.JOB_LEASE_SECONDS)
        return renewed is not None and self.now - renewed > timedelta(seconds=settings.WORKER_MISSING_SECONDS)

    @property
    def is_stuck(self) -> bool:
        """Its worker says it is alive, but nothing has moved for longer than a lease lasts."""
        if self.is_silent:
            return False
        quiet = timedelta(seconds=max(settings.JOB_LEASE_SECONDS, 60))
        job = self.job
        return job.state == Job.State.RUNNING and job.moved is not None and self.now - job.moved > quiet

    @property
    def waits_to_retry(self) -> bool:
        return self.job.state == Job.State.QUEUED and bool(self.job.error)

    @property
    def poll_seconds(self) -> int:
        """How long a page may wait before it asks again: briefly for a young job, longer for an old one."""
        age = (self.now - self.job.created).total_seconds()
        return next((seconds for limit, seconds in POLL_SECONDS if age < limit), POLL_SECONDS_AT_LAST)


def status_of(job: Job) -> Status:
    return statuses([job])[0]


def statuses(jobs: Iterable[Job]) -> list[Status]:
    """How these jobs stand, in two queries for any number of them, and none when all are over."""
    jobs = list(jobs)
    missing = any(not job.is_over for job in jobs) and not Worker.objects.alive().exists()
    pieces = _pieces([job.pk for job in jobs if job.state == Job.State.WAITING])
    now = timezone.now()
    found = []
    for job in jobs:
        done, total, until = pieces.get(job.pk, (job.done, job.total, job.lease_until))
        found.append(Status(job, done, total, missing and not job.is_over, now, until))
    return found


def _pieces(parents: list[UUID]) -> dict[UUID, tuple[int, int, datetime | None]]:
    """How many pieces are over and how many there are; until when the one that moved least lately is leased."""
    if not parents:
        return {}
    rows = (
        Job.objects.filter(parent__in=parents)
        .order_by()
        .values_list("parent")
        .annotate(over=Count("pk", filter=~Q(state__in=Job.OPEN)), total=Count("pk"), until=Min("lease_until"))
    )
    return {parent: (over, total, until) for parent, over, total, until in rows}


def in_words(seconds: float) -> str:
    """How long something still takes."""
    minutes = ceil(seconds / 60)
    if seconds < 60:
        return _("less than a minute left")
    if minutes < 90:
        return ngettext("about %(count)s minute left", "about %(count)s minutes left", minutes) % {"count": minutes}
    hours = round(seconds / 3600)
    return ngettext("about %(count)s hour left", "about %(count)s hours left", hours) % {"count": hours}
