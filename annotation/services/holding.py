"""Taking a slot, giving it back, and holding an assignment while something is written to it.

Rows are locked in one order everywhere: annotator, assignment, slot.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from annotation.models import Annotator, Assignment, Slot, Study
from annotation.services.errors import LeftError
from annotation.services.gate import pass_gate, standing
from annotation.services.material import blocks_of, protocol_of
from generation.services.prepared import Selecting, Updating

_ANNOTATOR = Selecting(
    lambda given: (
        Annotator.objects.select_for_update(no_key=True, of=("self",))
        .select_related("study", "seat")
        .defer("study__protocol")
        .filter(pk=given.annotator)
    )
)
_ASSIGNMENT = Selecting(
    lambda given: (
        Assignment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("unit__first")
        .filter(pk=given.assignment)
        .order_by()
    )
)
_TAKE = Updating(
    lambda given: Slot.objects.free().filter(pk=given.slot), lambda given: {"assignment": given.assignment}
)
_NOTE = Updating(
    lambda given: Annotator.objects.filter(pk=given.annotator),
    lambda given: {"revision": F("revision") + 1, "last_seen": given.now},
)


@dataclass(frozen=True)
class Held:
    """An annotator and their study, unchanged by others until this transaction ends, and the database's time."""

    annotator: Annotator
    now: datetime

    @property
    def standing(self) -> Literal["open", "over", "closed"]:
        """Whether annotators may write into the study; it cannot change while it is held."""
        return standing(self.annotator.study, self.now)


def hold_annotator(annotator_id: int, study_id: int) -> Held:
    """Wait for whatever else this annotator is doing, in another tab say; to be called first in a transaction."""
    now = pass_gate(study_id)
    return Held(_ANNOTATOR.one(annotator=annotator_id), now)


def hold(assignment: Assignment) -> tuple[Held, Assignment]:
    """The assignment as it is now, with its annotator, unit and study, and what holds them.

    Raises `LeftError` when its annotator was removed or withdrew: then nothing more is written to it.
    """
    held = hold_annotator(assignment.annotator_id, assignment.annotator.study_id)
    if held.annotator.left is not None:
        raise LeftError(_("You no longer take part in this study, so this could not be kept."))
    found = _ASSIGNMENT.one(assignment=assignment.pk)
    found.annotator = held.annotator
    found.unit.block = next(one for one in blocks_of(held.annotator.study) if one.pk == found.block_id)
    return held, found


def lease_end(study: Study, now: datetime) -> datetime:
    """When a lease given or renewed now runs out."""
    return now + timedelta(minutes=protocol_of(study).lease_minutes)


def take(slot_id: int, assignment: Assignment) -> bool:
    """Put the assignment into the slot, if it is still free. More than k cannot come of it: the slots are k."""
    return _TAKE.run(slot=slot_id, assignment=assignment.pk) == 1


def take_back(assignment: Assignment) -> bool:
    """Put an assignment that lost its slot into a free one of the same unit, side and seat, if there is one."""
    mine = Q(seat=assignment.annotator.seat_id) | Q(seat__isnull=True)
    same = Slot.objects.free().filter(mine, unit=assignment.unit_id, side=assignment.side)
    slot_ids = same.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
    return any(take(slot_id, assignment) for slot_id in slot_ids)


def give_back(assignment_ids: Iterable[int]) -> int:
    """Return leased assignments to the queue: first they are returned, then their slots are free."""
    return _vacate(assignment_ids, Assignment.State.LEASED, Assignment.State.RETURNED)


def set_aside(assignment_ids: Iterable[int]) -> int:
    """Count submitted assignments no more, and free their slots for others to judge."""
    return _vacate(assignment_ids, Assignment.State.SUBMITTED, Assignment.State.SET_ASIDE)


def _vacate(assignment_ids: Iterable[int], before: str, after: str) -> int:
    ids = list(assignment_ids)
    count = Assignment.objects.filter(pk__in=ids, state=before).update(state=after, lease_until=None)
    Slot.objects.filter(assignment__in=ids, assignment__state=after).update(assignment=None)
    return count


def count_again(finished: QuerySet[Assignment]) -> int:
    """Count those of these that were finished without a place (too late, or set aside) and find one free now, never of
    somebody who left; how many that are. To be called behind the shut gate: they are other people's."""
    without = finished.filter(
        state__in=[Assignment.State.LATE, Assignment.State.SET_ASIDE], annotator__left__isnull=True
    )
    again = [one for one in without.select_related("annotator").order_by("submitted", "pk") if take_back(one)]
    Assignment.objects.filter(pk__in=[one.pk for one in again]).update(state=Assignment.State.SUBMITTED)
    for annotator_id in sorted({one.annotator_id for one in again}):
        note_writing(annotator_id)
    return len(again)


def note_writing(annotator_id: int, now: datetime | None = None) -> None:
    """Let whoever keeps figures of the study know that this annotator's judgments changed."""
    if now is None:
        Annotator.objects.filter(pk=annotator_id).update(revision=F("revision") + 1)
    else:
        _NOTE.run(annotator=annotator_id, now=now)
