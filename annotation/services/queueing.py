"""The next free slot for one annotator: which block, which side, where in the order."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from annotation.models import Annotator, Assignment, Block, Slot
from annotation.services.material import blocks_of
from generation.services.prepared import Selecting

NONE, FIRST_LEFT, SECOND_LEFT = Assignment.Side.NONE, Assignment.Side.FIRST_LEFT, Assignment.Side.SECOND_LEFT

_RETURNED = Selecting(
    lambda given: (
        Assignment.objects.filter(annotator=given.annotator, state=Assignment.State.RETURNED)
        .order_by()
        .values_list("pk", flat=True)[:1]
    )
)
_SHOWN = Selecting(
    lambda given: Slot.objects.select_related("unit__first", "unit__second").filter(pk=given.slot).order_by()
)
_LAST = Selecting(
    lambda given: (
        Assignment.objects.filter(annotator=given.annotator, block=given.block)
        .order_by("-position")
        .values_list("position", flat=True)[:1]
    )
)
_SEEN = Selecting(
    lambda given: (
        Assignment.objects.filter(annotator=given.annotator, block=given.block)
        .exclude(state=Assignment.State.RETURNED)
        .order_by()
        .values_list("side")
        .annotate(Count("pk"))
    )
)


def free_slots(block: Any, annotator: Any, seat: Any = None) -> QuerySet[Slot]:
    """Free slots of the block that this annotator may take, in order: of their seat, or anybody's; no unit twice."""
    mine = Assignment.objects.filter(unit=OuterRef("unit"), annotator=annotator)
    free = Slot.objects.free().filter(~Exists(mine), block=block)
    free = free.filter(seat__isnull=True) if seat is None else free.filter(seat=seat)
    # The seat is the same in all of them; it is named because PostgreSQL reads the index in order only then.
    return free.order_by("seat_id", "position")


def _ahead(given: Any) -> QuerySet[Slot]:
    return free_slots(given.block, given.annotator).filter(side=given.side, position__gte=given.position)


def _behind(given: Any) -> QuerySet[Slot]:
    return free_slots(given.block, given.annotator).filter(side=given.side, position__lt=given.position)


def _of_seat(given: Any) -> QuerySet[Slot]:
    return free_slots(given.block, given.annotator, given.seat)


def _first(slots: Callable[[Any], QuerySet[Slot]], *, lock: bool) -> Selecting[int]:
    """Its key alone: with joins PostgreSQL would put every free slot together before it takes the first."""

    def build(given: Any) -> QuerySet[Slot, int]:
        some = slots(given).select_for_update(skip_locked=True, of=("self",)) if lock else slots(given)
        return some.values_list("pk", flat=True)[:1]

    return Selecting(build)


_FIRST_AHEAD, _FIRST_BEHIND, _FIRST_OF_SEAT = (
    {lock: _first(slots, lock=lock) for lock in (True, False)} for slots in (_ahead, _behind, _of_seat)
)
_NEXT_POSITION = Selecting(lambda given: _ahead(given).values_list("position", flat=True)[:1])


def own_returned(annotator: Annotator) -> Assignment | None:
    """A unit that went back to the queue before this annotator finished it, if its side is still free for them.

    Without this, a study with only k people could not be finished after one of them lost a lease.
    """
    if not _RETURNED.rows(annotator=annotator.pk):
        return None
    returned = Assignment.objects.filter(annotator=annotator, state=Assignment.State.RETURNED)
    mine = Q(seat=annotator.seat_id) | Q(seat__isnull=True)
    free = Slot.objects.free().filter(mine, unit=OuterRef("unit"), side=OuterRef("side"))
    return (
        returned.filter(Exists(free))
        .order_by("unit__block__number", "position")
        .select_related("unit__block__study", "unit__first", "unit__second", "annotator")
        .first()
    )


def next_slot(annotator: Annotator, *, lock: bool) -> Slot | None:
    """The free slot that this annotator should take next, block by block; None when nothing is free for them."""
    for block in blocks_of(annotator.study):
        if block.design == Block.Design.OVERLAP:
            found = _next_in_overlap(block, annotator, lock)
        elif annotator.seat_id is None:
            found = None
        else:
            found = _FIRST_OF_SEAT[lock].first(block=block.pk, annotator=annotator.pk, seat=annotator.seat_id)
        if found is not None:
            slot = _SHOWN.one(slot=found)
            slot.unit.block = block
            return slot
    return None


def _next_in_overlap(block: Block, annotator: Annotator, lock: bool) -> int | None:
    """On the side they lack, from their last position on, then from the beginning; then the same on the other side.

    Starting at the last position keeps the search short however much they have done.
    """
    here = {"block": block.pk, "annotator": annotator.pk}
    last = _LAST.first(**here) or 0
    for side in _sides(block, annotator, last):
        for search in (_FIRST_AHEAD, _FIRST_BEHIND):
            found = search[lock].first(**here, side=side, position=last)
            if found is not None:
                return found
    return None


def _sides(block: Block, annotator: Annotator, last: int) -> list[int]:
    """The sides in the order in which this annotator wants them; while balanced, whichever comes first."""
    if block.target == Block.Target.DIALOGUE:
        return [NONE]
    here = {"block": block.pk, "annotator": annotator.pk}
    seen = Counter(dict(_SEEN.rows(**here)))
    if seen[FIRST_LEFT] != seen[SECOND_LEFT]:
        return sorted((FIRST_LEFT, SECOND_LEFT), key=lambda side: seen[side])
    coming: dict[int, int | None] = {
        side: _NEXT_POSITION.first(**here, side=side, position=last) for side in (FIRST_LEFT, SECOND_LEFT)
    }
    return sorted(coming, key=lambda side: (coming[side] is None, coming[side] or 0))
