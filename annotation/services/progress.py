"""How far an annotator, and a study, has come."""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from django.db.models import Count, Min, Q
from django.utils import timezone

from annotation.models import Annotator, Assignment, Block, Slot, Study, Unit

State = Assignment.State
FINISHED: Final = (State.SUBMITTED, State.LATE)
LAST: Final = 30
RECENT: Final = 5_000
PACE_OVER: Final = timedelta(days=7)


@dataclass(frozen=True)
class AnnotatorProgress:
    """Units of one annotator; `seconds_left` at their own pace, None before there is one."""

    done: int
    total: int
    seconds_left: float | None


@dataclass(frozen=True)
class BlockProgress:
    """Slots of one block that hold a submitted assignment."""

    number: int
    name: str
    done: int
    total: int


@dataclass(frozen=True)
class AnnotatorLine:
    """One annotator on the researcher's page: pseudonyms, never names of systems."""

    pseudonym: str
    done: int
    total: int
    judging: bool
    median_seconds: float | None
    last_seen: datetime | None


@dataclass(frozen=True)
class StudyProgress:
    """Slots filled of a whole study; `per_day` over the last week, and when it ends at that pace."""

    done: int
    total: int
    judging: int
    late: int
    per_day: float | None
    ends: datetime | None
    blocks: list[BlockProgress] = field(default_factory=list)
    annotators: list[AnnotatorLine] = field(default_factory=list)


def annotator_progress(annotator: Annotator) -> AnnotatorProgress:
    """Units submitted and to be submitted by this annotator.

    In a panel these are the units of their seat. In an overlap nobody knows beforehand who will judge how many: what
    is still free is taken as shared evenly among those who joined.
    """
    done = total = 0
    seconds: float | None = 0.0
    for block in Block.objects.filter(study=annotator.study_id).order_by("number"):
        block_done, left = _own_part(block, annotator)
        done, total = done + block_done, total + block_done + left
        pace = _pace(block, annotator) if left and seconds is not None else 0.0
        seconds = None if pace is None or seconds is None else seconds + pace * left
    return AnnotatorProgress(done, total, seconds)


def _own_part(block: Block, annotator: Annotator) -> tuple[int, int]:
    """How many units of the block this annotator has finished, and how many are to come."""
    mine = Assignment.objects.filter(annotator=annotator, unit__block=block)
    done = mine.filter(state__in=FINISHED).count()
    if block.design == Block.Design.PANEL:
        if annotator.seat_id is None:
            return done, 0
        seat = Slot.objects.filter(block=block, seat=annotator.seat_id)
        return done, seat.exclude(assignment__state=State.SUBMITTED).count()
    held = mine.filter(state=State.LEASED).count()
    free = Slot.objects.filter(block=block, seat__isnull=True, assignment__isnull=True).count()
    people = max(1, Annotator.objects.filter(study=annotator.study_id).count())
    untouched = Unit.objects.filter(block=block).count() - done - held
    return done, held + max(0, min(untouched, math.ceil(free / people)))


def _pace(block: Block, annotator: Annotator) -> float | None:
    """Seconds a unit of this block: the median of this annotator's last ones, else of everybody's."""
    finished = Assignment.objects.filter(unit__block=block, state__in=FINISHED).order_by("-submitted")
    for rows in (finished.filter(annotator=annotator), finished):
        if times := list(rows.values_list("active_seconds", flat=True)[:LAST]):
            return median(times)
    return None


def study_progress(study: Study) -> StudyProgress:
    """Counted when asked, nothing kept by hand."""
    assignments = Assignment.objects.filter(annotator__study=study)
    states = dict(assignments.order_by().values_list("state").annotate(Count("pk")))
    filled = Count("slots", filter=Q(slots__assignment__state=State.SUBMITTED))
    blocks = [
        BlockProgress(block.number, block.name, block.done, block.total)
        for block in study.blocks.annotate(done=filled, total=Count("slots"))
    ]
    done, total = sum(block.done for block in blocks), sum(block.total for block in blocks)
    per_day = _per_day(study)
    ends = timezone.now() + timedelta(days=(total - done) / per_day) if per_day and done < total else None
    return StudyProgress(
        done=done,
        total=total,
        judging=states.get(State.LEASED, 0),
        late=states.get(State.LATE, 0),
        per_day=per_day,
        ends=ends if study.state == Study.State.OPEN else None,
        blocks=blocks,
        annotators=_lines(study),
    )


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


def _lines(study: Study) -> list[AnnotatorLine]:
    finished = Count("assignments", filter=Q(assignments__state__in=FINISHED))
    held = Count("assignments", filter=Q(assignments__state=State.LEASED))
    annotators = study.annotators.annotate(finished=finished, held=held).order_by("pseudonym")
    panels = [block for block in study.blocks.all() if block.design == Block.Design.PANEL]
    per_block = dict(Unit.objects.filter(block__in=panels).values_list("block").annotate(Count("pk")).order_by())
    numbers = dict(study.seats.values_list("pk", "number"))
    times: dict[int, list[float]] = {}
    rows = Assignment.objects.filter(annotator__study=study, state__in=FINISHED).order_by("-submitted")
    for annotator_id, seconds in rows.values_list("annotator", "active_seconds")[:RECENT]:
        times.setdefault(annotator_id, []).append(seconds)
    lines = []
    for one in annotators:
        seat = numbers.get(one.seat_id, 0) if one.seat_id else 0
        expected = sum(per_block.get(block.pk, 0) for block in panels if 0 < seat <= block.annotators_per_unit)
        pace = median(times[one.pk]) if one.pk in times else None
        lines.append(
            AnnotatorLine(one.pseudonym, one.finished, max(expected, one.finished), bool(one.held), pace, one.last_seen)
        )
    return lines
