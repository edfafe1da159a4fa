"""A large job and its pieces: the pieces are claimed one by one by any number of workers; the last ends the parent."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crsapp.jobs.leases import clear_up
from crsapp.jobs.models import Job


def counts(parent_id: UUID) -> dict[str, int]:
    """How many pieces there are, are over, and are over in which way."""
    found: dict[str, int] = Job.objects.filter(parent=parent_id).aggregate(
        total=Count("pk"),
        over=Count("pk", filter=~Q(state__in=Job.OPEN)),
        succeeded=Count("pk", filter=Q(state=Job.State.SUCCEEDED)),
        failed=Count("pk", filter=Q(state=Job.State.FAILED)),
        cancelled=Count("pk", filter=Q(state=Job.State.CANCELLED)),
    )
    return found


def settle(parent_id: UUID | None) -> None:
    """End a waiting parent when none of its pieces is open.

    To be called after a piece has been committed: of two that end at the same moment, the later one sees both.
    """
    if parent_id is None or not Job.objects.filter(pk=parent_id, state=Job.State.WAITING).exists():
        return
    with transaction.atomic():
        parent = Job.objects.select_for_update().filter(pk=parent_id, state=Job.State.WAITING).first()
        if parent is None:
            return
        if parent.cancel_requested:
            cancel_open(parent.pk)
        found = counts(parent.pk)
        if found["over"] < found["total"]:
            return
        state, error = _verdict(parent, found)
        Job.objects.filter(pk=parent.pk).update(
            state=state,
            error=error,
            done=found["over"],
            total=found["total"],
            result={**parent.result, **found},
            moved=Now(),
            finished=Now(),
        )
        if state != Job.State.SUCCEEDED:
            clear_up(parent.pk)
    settle(parent.parent_id)


def _verdict(parent: Job, found: dict[str, Any]) -> tuple[Job.State, str]:
    if parent.cancel_requested:
        return Job.State.CANCELLED, ""
    missing = found["total"] - found["succeeded"]
    if not missing or parent.result.get("allow_failed"):
        return Job.State.SUCCEEDED, ""
    error = _("%(missing)s of %(total)s pieces did not succeed.") % {"missing": missing, "total": found["total"]}
    first = Job.objects.filter(parent=parent, state=Job.State.FAILED).order_by("finished").first()
    if first is not None:
        error += " " + _("The first: %(error)s") % {"error": first.error}
    return Job.State.FAILED, error + " " + _("Retry does these again and leaves the others as they are.")


def cancel_open(parent_id: UUID) -> None:
    """Cancel the pieces that nobody has begun, ask those that run to stop, and so on down."""
    for piece in Job.objects.filter(parent=parent_id).open():
        cancel(piece)


def cancel(job: Job) -> bool:
    """Ask an open job to stop; one that nobody has begun is over at once. False if it was over before."""
    with transaction.atomic():
        row = Job.objects.open().select_for_update().filter(pk=job.pk).first()
        if row is None:
            return False
        Job.objects.filter(pk=row.pk).update(cancel_requested=True)
        if row.state == Job.State.QUEUED:
            Job.objects.filter(pk=row.pk).update(
                state=Job.State.CANCELLED, cancel_requested=True, finished=Now(), run_after=None
            )
            clear_up(row.pk)
        cancel_open(row.pk)
    return True
