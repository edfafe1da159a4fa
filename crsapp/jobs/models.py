import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crsapp.jobs.clock import from_now


class JobQuerySet(models.QuerySet["Job"]):
    def open(self) -> "JobQuerySet":
        """Jobs that are not over: waiting, running, or waiting for their pieces."""
        return self.filter(state__in=Job.OPEN)

    def whole(self) -> "JobQuerySet":
        """Jobs as people asked for them, without the pieces of larger ones."""
        return self.filter(parent=None)

    def due(self) -> "JobQuerySet":
        """Jobs that a worker could begin now, the oldest first."""
        ready = Q(run_after=None) | Q(run_after__lte=Now())
        return self.filter(ready, state=Job.State.QUEUED).order_by("created")

    def expired(self) -> "JobQuerySet":
        """Jobs whose worker has not shown a sign of life for as long as the lease lasts."""
        return self.filter(state=Job.State.RUNNING, lease_until__lt=Now())


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self) -> "WorkerQuerySet":
        return self.filter(seen__gte=from_now(-settings.WORKER_MISSING_SECONDS))


class Job(models.Model):
    """One piece of background work. This row is the truth; a message on the broker only wakes somebody up.

    A job with `parent` is one piece of a larger one: pieces are claimed one by one by any number of workers, and the
    parent is finished when none of them is left. What a worker writes into rows it says in `language`, that of whoever
    asked. The attempt in hand was `resumed` with so much `done_before` it.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        WAITING = "waiting", _("Waiting for its pieces")
        SUCCEEDED = "succeeded", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    OPEN = (State.QUEUED, State.RUNNING, State.WAITING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=100)
    title = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=16, default="en")
    arguments = models.JSONField(default=dict)
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="pieces")
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(null=True, blank=True)
    message = models.CharField(max_length=300, blank=True)
    checkpoint = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    attempts = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField(default=3)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=200, blank=True)
    cancel_requested = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    run_after = models.DateTimeField(null=True, blank=True)
    dispatched = models.DateTimeField(null=True, blank=True)
    started = models.DateTimeField(null=True, blank=True)
    resumed = models.DateTimeField(null=True, blank=True)
    done_before = models.PositiveBigIntegerField(default=0)
    moved = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="running", lease_token__isnull=False, lease_until__isnull=False)
                | (~Q(state="running") & Q(lease_token__isnull=True, lease_until__isnull=True)),
                name="jobs_job_lease_while_running",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="jobs_job_state_lease"),
            models.Index(fields=["parent", "state"], name="jobs_job_parent_state"),
            models.Index(fields=["-created"], name="jobs_job_created"),
        ]

    def __str__(self) -> str:
        return self.title or self.kind

    @property
    def is_over(self) -> bool:
        return self.state not in self.OPEN


class Worker(models.Model):
    """A worker process and when it was last seen alive; its own thread writes this, however busy it is."""

    name = models.CharField(max_length=200, primary_key=True)
    started = models.DateTimeField()
    seen = models.DateTimeField(db_index=True)

    objects = WorkerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
