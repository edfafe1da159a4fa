"""How far an annotator, and a study, has come."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone

from annotation.models import Annotator, Assignment, Block, Slot, Study, Unit
from annotation.services.material import blocks_of, spec_of
from annotation.services.sizing import sizes_in
from annotation.sizes import Sizes, size_words
from generation.services.prepared import Selecting

State = Assignment.State
FINISHED: Final = (State.SUBMITTED, State.LATE)
LAST: Final = 30
PACE_OVER: Final = timedelta(days=7)
MANY: Final = 2_000
COUNT_KEPT_SECONDS: Final = 10

_HELD_IN = Selecting(
    lambda given: (
        Assignment.objects.filter(annotator=given.annotator, state=State.LEASED)
        .order_by()
        .values_list("block", flat=True)
    )
)
_DONE = Selecting(
    lambda given: (
        Assignment.objects.filter(annotator=given.annotator, block=given.block, state__in=FINISHED)
        .order_by()
        .values("block")
        .annotate(count=Count("pk"), last=Max("submitted"))
        .values_list("count", "last")
    )
)
_DONE_SINCE = Selecting(
    lambda given: (
        Assignment.objects.filter(
            annotator=given.annotator, block=given.block, state__in=FINISHED, submitted__gt=given.last
        )
        .order_by()
        .values("block")
        .annotate(count=Count("pk"))
        .values_list("count", flat=True)
    )
)
_LEFT_IN_SEAT = Selecting(
    lambda given: (
        Slot.objects.filter(block=given.block, seat=given.seat, withheld=False)
        .exclude(assignment__state=State.SUBMITTED)
        .order_by()
        .values("block")
        .annotate(count=Count("pk"))
        .values_list("count", flat=True)
    )
)
_OWN_SECONDS = Selecting(lambda given: last_seconds(given.block).filter(annotator=given.annotator)[:LAST])
_SECONDS = Selecting(lambda given: last_seconds(given.block)[:LAST])


def last_seconds(block: Any) -> QuerySet[Assignment, float]:
    """The active seconds of its finished units, the latest first."""
    finished = Assignment.objects.filter(block=block, state__in=FINISHED)
    return finished.order_by("-submitted").values_list("active_seconds", flat=True)


@dataclass(frozen=True)
class AnnotatorProgress:
    """Units of one annotator; `seconds_left` at their own pace, None before there is one."""

    done: int
    total: int
    seconds_left: float | None


@dataclass(frozen=True)
class BlockProgress:
    """Slots of one block that hold a submitted assignment; `of` says of how many units."""

    number: int
    name: str
    of: str
    done: int
    total: int


@dataclass(frozen=True)
class StudyProgress:
    """Slots filled of a whole study, without excluded units; `per_day` over the last week, and when it ends so."""

    done: int
    total: int
    judging: int
    late: int
    excluded: int
    per_day: float | None
    ends: datetime | None
    blocks: list[BlockProgress] = field(default_factory=list)


def annotator_progress(annotator: Annotator, *, holds: Assignment | None = None) -> AnnotatorProgress:
    """Units submitted and to be submitted by this annotator; `holds` is the unit they hold, where that is known.

    In a panel these are the units of their seat. In an overlap nobody knows beforehand who will judge how many: what
    is still free is taken as shared evenly among those who joined.
    """
    held_in = holds.block_id if holds else _HELD_IN.first(annotator=annotator.pk)
    done = total = 0
    seconds: float | None = 0.0
    for block in blocks_of(annotator.study):
        block_done, left = _own_part(block, annotator, held_in)
        done, total = done + block_done, total + block_done + left
        pace = _pace(block, annotator) if left and seconds is not None else 0.0
        seconds = None if pace is None or seconds is None else seconds + pace * left
    return AnnotatorProgress(done, total, seconds)


def _own_part(block: Block, annotator: Annotator, held_in: int | None) -> tuple[int, int]:
    """How many units of the block this annotator has finished, and how many are to come.

    Many are counted every few seconds, and between that what was finished since is counted on: what that costs does not
    grow with what is done.
    """
    mine = {"annotator": annotator.pk, "block": block.pk}
    key = _key("own-part", block, annotator.pk, annotator.seat_id)
    if known := cache.get(key):
        done, left, last = known
        since = _DONE_SINCE.first(**mine, last=last) or 0
        return done + since, max(0, left - since)
    done, last = _DONE.first(**mine) or (0, block.study.created)
    left = _left(block, annotator, held_in, done)
    if done + left >= MANY:
        cache.set(key, (done, left, last), COUNT_KEPT_SECONDS)
    return done, left


def _key(name: str, block: Block, *more: int | None) -> str:
    """Of the cache: databases that are made anew number their rows from 1 again, but open their studies later."""
    opened = block.study.opened
    return ":".join(map(str, (name, block.pk, opened and opened.timestamp(), *more)))


def _left(block: Block, annotator: Annotator, held_in: int | None, done: int) -> int:
    if block.design == Block.Design.PANEL:
        if annotator.seat_id is None:
            return 0
        return left_in_seat(block, annotator.seat_id)
    held = int(block.pk == held_in)
    untouched = spec_of(block).units - done - held
    if block.study.revision:  # otherwise none was ever excluded
        out = Unit.objects.filter(block=block, excluded__isnull=False)
        finished = Assignment.objects.filter(annotator=annotator, block=block, state__in=FINISHED)
        untouched -= out.exclude(assignments__in=finished).count()
    return held + max(0, min(untouched, _share_of_what_is_free(block)))


def left_in_seat(block: Block, seat: int) -> int:
    """Units of a panel that nobody in this seat has finished."""
    return _LEFT_IN_SEAT.first(block=block.pk, seat=seat) or 0


def _share_of_what_is_free(block: Block) -> int:
    """Free slots of an overlap for each who is here: counted while they are few; while many, every few seconds."""
    study = block.study
    key = _key("share-of-free", block)
    if known := cache.get(key):
        return int(known)
    free = Slot.objects.free().filter(block=block, seat__isnull=True).count()
    share = math.ceil(free / max(1, Annotator.objects.filter(study=study, left__isnull=True).count()))
    if free >= MANY:
        cache.set(key, share, COUNT_KEPT_SECONDS)
    return share


def _pace(block: Block, annotator: Annotator) -> float | None:
    """Seconds a unit of this block: the median of this annotator's last ones, else of everybody's."""
    times = _OWN_SECONDS.rows(block=block.pk, annotator=annotator.pk) or _SECONDS.rows(block=block.pk)
    return median(times) if times else None


def study_progress(study: Study) -> StudyProgress:
    """Counted when asked, nothing kept by hand."""
    assignments = Assignment.objects.filter(annotator__study=study)
    states = dict(assignments.order_by().values_list("state").annotate(Count("pk")))
    needed = Count("slots", filter=Q(slots__withheld=False))
    filled = Count("slots", filter=Q(slots__withheld=False, slots__assignment__state=State.SUBMITTED))
    sizes = sizes_in(study)
    blocks = [
        BlockProgress(block.number, block.name, _of(block, sizes), block.done, block.total)
        for block in study.blocks.annotate(done=filled, total=needed)
    ]
    done, total = sum(block.done for block in blocks), sum(block.total for block in blocks)
    per_day = _per_day(study)
    ends = timezone.now() + timedelta(days=(total - done) / per_day) if per_day and done < total else None
    return StudyProgress(
        done=done,
        total=total,
        judging=states.get(State.LEASED, 0),
        late=states.get(State.LATE, 0),
        excluded=sum(one.excluded for one in sizes.values()),
        per_day=per_day,
        ends=ends if study.state == Study.State.OPEN else None,
        blocks=blocks,
    )


def _of(block: Block, sizes: Mapping[int, Sizes]) -> str:
    return size_words(sizes.get(block.number, Sizes(0)), pairs=block.target == Block.Target.PAIR)


def _per_day(study: Study) -> float | None:
    now = timezone.now()
    recent = Assignment.objects.filter(
        annotator__study=study, state=State.SUBMITTED, submitted__gte=now - PACE_OVER
    ).aggregate(count=Count("pk"), first=Min("submitted"))
    return units_a_day(recent["count"], recent["first"], now)


def units_a_day(count: int, first: datetime | None, now: datetime) -> float | None:
    """The pace over the last week, or since its first unit if that is shorter; None without any.

    The first day counts as a whole one: six in the first minute are six that day, not thousands.

    >>> units_a_day(6, datetime(2026, 11, 1, 6), datetime(2026, 11, 2, 18))
    4.0
    """
    return count / max((now - first) / timedelta(days=1), 1) if first else None
