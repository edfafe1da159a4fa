"""The next free slot for one annotator: which block, which side, where in the order."""

from collections import Counter

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from annotation.models import Annotator, Assignment, Block, Slot

NONE, FIRST_LEFT, SECOND_LEFT = Assignment.Side.NONE, Assignment.Side.FIRST_LEFT, Assignment.Side.SECOND_LEFT


def own_returned(annotator: Annotator) -> Assignment | None:
    """A unit that went back to the queue before this annotator finished it, if its side is still free for them.

    Without this, a study with only k people could not be finished after one of them lost a lease.
    """
    returned = Assignment.objects.filter(annotator=annotator, state=Assignment.State.RETURNED)
    if not returned.exists():
        return None
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
    for block in Block.objects.filter(study=annotator.study_id).order_by("number"):
        if block.design == Block.Design.OVERLAP:
            found = _next_in_overlap(block, annotator, lock)
        else:
            found = None if annotator.seat_id is None else _first(free_slots(block, annotator), lock)
        if found is not None:
            slot = Slot.objects.select_related("unit__first", "unit__second").get(pk=found)
            slot.unit.block, block.study = block, annotator.study
            return slot
    return None


def free_slots(block: Block, annotator: Annotator) -> QuerySet[Slot]:
    """Free slots of the block that this annotator may take, in order: of their seat, or anybody's; no unit twice."""
    mine = Assignment.objects.filter(unit=OuterRef("unit"), annotator=annotator)
    seat = annotator.seat_id if block.design == Block.Design.PANEL else None
    free = Slot.objects.free().filter(~Exists(mine), block=block)
    free = free.filter(seat__isnull=True) if seat is None else free.filter(seat=seat)
    # The seat is the same in all of them; it is named because PostgreSQL reads the index in order only then.
    return free.order_by("seat_id", "position")


def _first(slots: QuerySet[Slot], lock: bool) -> int | None:
    """Its key alone: with joins PostgreSQL would put every free slot together before it takes the first."""
    if lock:
        slots = slots.select_for_update(skip_locked=True, of=("self",))
    return slots.values_list("pk", flat=True).first()


def _next_in_overlap(block: Block, annotator: Annotator, lock: bool) -> int | None:
    """On the side they lack, from their last position on, then from the beginning; then the same on the other side.

    Starting at the last position keeps the search short however much they have done.
    """
    free = free_slots(block, annotator)
    here = Assignment.objects.filter(annotator=annotator, block=block)
    last = here.order_by("-position").values_list("position", flat=True).first() or 0
    for side in _sides(block, annotator, free.filter(position__gte=last)):
        on_side = free.filter(side=side)
        found = _first(on_side.filter(position__gte=last), lock)
        if found is None:
            found = _first(on_side.filter(position__lt=last), lock)
        if found is not None:
            return found
    return None


def _sides(block: Block, annotator: Annotator, ahead: QuerySet[Slot]) -> list[int]:
    """The sides in the order in which this annotator wants them; while balanced, whichever comes first."""
    if block.target == Block.Target.DIALOGUE:
        return [NONE]
    mine = Assignment.objects.filter(annotator=annotator, block=block).exclude(state=Assignment.State.RETURNED)
    seen = Counter(dict(mine.order_by().values_list("side").annotate(Count("pk"))))
    if seen[FIRST_LEFT] != seen[SECOND_LEFT]:
        return sorted((FIRST_LEFT, SECOND_LEFT), key=lambda side: seen[side])
    coming: dict[int, int | None] = {
        side: ahead.filter(side=side).values_list("position", flat=True).first() for side in (FIRST_LEFT, SECOND_LEFT)
    }
    return sorted(coming, key=lambda side: (coming[side] is None, coming[side] or 0))
