"""Taking a slot, giving it back, and holding an assignment while something is written to it.

Rows are locked in one order everywhere: annotator, assignment, slot.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q

from annotation.models import Annotator, Assignment, Slot, Study
from annotation.services.gate import pass_gate
from annotation.services.material import protocol_of


def hold_annotator(annotator_id: int, study_id: int) -> Annotator:
    """Wait for whatever else this annotator is doing, in another tab say; to be called first in a transaction."""
    pass_gate(study_id)
    locked = Annotator.objects.select_for_update(no_key=True, of=("self",))
    return locked.select_related("study", "seat").get(pk=annotator_id)


def hold(assignment: Assignment) -> Assignment:
    """The assignment as it is now, with its unit and study, unchanged by others until this transaction ends."""
    annotator = hold_annotator(assignment.annotator_id, assignment.annotator.study_id)
    rows = Assignment.objects.select_for_update(no_key=True, of=("self",))
    held = rows.select_related("unit__block", "unit__first").get(pk=assignment.pk)
    held.annotator = annotator
    held.unit.block.study = annotator.study
    return held


def lease_end(study: Study, now: datetime) -> datetime:
    """When a lease given or renewed now runs out."""
    return now + timedelta(minutes=protocol_of(study).lease_minutes)


def take(slot_id: int, assignment: Assignment) -> bool:
    """Put the assignment into the slot, if it is still free. More than k cannot come of it: the slots are k."""
    return Slot.objects.filter(pk=slot_id, assignment__isnull=True).update(assignment=assignment) == 1


def take_back(assignment: Assignment) -> bool:
    """Put an assignment that lost its slot into a free one of the same unit, side and seat, if there is one."""
    mine = Q(seat=assignment.annotator.seat_id) | Q(seat__isnull=True)
    same = Slot.objects.filter(mine, unit=assignment.unit_id, side=assignment.side, assignment__isnull=True)
    slot_ids = same.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
    return any(take(slot_id, assignment) for slot_id in slot_ids)


def give_back(assignment_ids: Iterable[int]) -> int:
    """Return leased assignments to the queue: first they are returned, then their slots are free."""
    ids = list(assignment_ids)
    given = Assignment.objects.filter(pk__in=ids, state=Assignment.State.LEASED)
    count = given.update(state=Assignment.State.RETURNED, lease_until=None)
    Slot.objects.filter(assignment__in=ids, assignment__state=Assignment.State.RETURNED).update(assignment=None)
    return count


def note_writing(annotator_id: int, now: datetime | None = None) -> None:
    """Let whoever keeps figures of the study know that this annotator's judgments changed."""
    seen = {} if now is None else {"last_seen": now}
    Annotator.objects.filter(pk=annotator_id).update(revision=F("revision") + 1, **seen)
