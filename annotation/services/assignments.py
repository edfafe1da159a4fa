"""Who judges what next. More than k cannot be represented (`Slot`); the order of asking is here."""

import random
import time
from collections.abc import Callable, Container, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from annotation.models import Annotator, Assignment, Study
from annotation.services.errors import ClosedError, Missing, OverError, StudyError, SubmitError
from annotation.services.holding import (
    Held,
    give_back,
    hold,
    hold_annotator,
    lease_end,
    note_writing,
    take,
    take_back,
)
from annotation.services.judging import Answer, keep_answers
from annotation.services.material import questions_of
from annotation.services.queueing import next_slot, own_returned
from annotation.services.recording import record
from annotation.services.texts import unread
from crsapp.accounts.models import User
from generation.services.prepared import Inserting, Selecting, Updating

Result = TypeVar("Result")

ATTEMPTS: Final = 40
AT_ONCE: Final = 200
TRANSIENT: Final = {"40001", "40P01"}

_LEASED = Selecting(lambda given: _leased(given.annotator)[:1])
_NEW = Inserting(Assignment)
_FINISH = Updating(
    lambda given: Assignment.objects.filter(pk=given.assignment),
    lambda given: {
        "state": given.state,
        "submitted": given.submitted,
        "lease_until": None,
        "active_seconds": given.active_seconds,
    },
)


class TakenMeanwhileError(Exception):
    """Somebody else took the slot between looking and taking."""


def current_assignment(annotator: Annotator) -> Assignment | None:
    """The unit this annotator holds now, if any (its lease may have run out without anybody having taken it back)."""
    return _LEASED.first(annotator=annotator.pk)


def _leased(annotator: Any) -> QuerySet[Assignment]:
    leased = Assignment.objects.filter(annotator=annotator, state=Assignment.State.LEASED)
    return leased.select_related("annotator", "unit__block__study", "unit__first", "unit__second").order_by("pk")


def claim(*, annotator: Annotator) -> Assignment | None:
    """The unit this annotator judges next: the one they hold, or a new one. None when there is nothing for them now.

    Leases that ran out are taken back here when nothing else is free; otherwise workers do it, every minute. There is
    never anything for somebody who left. Raises `StudyError` in the unlikely case that others were faster
    forty times in a row.
    """

    def work() -> Assignment | None:
        return _claim(hold_annotator(annotator.pk, annotator.study_id))

    found = _tried_again(work)
    if found is None and release_expired(study=annotator.study, but=annotator):
        found = _tried_again(work)
    return found


def _tried_again(work: Callable[[], Result]) -> Result:
    """What `work` returns: done in one transaction, and begun anew when somebody else was faster."""
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return work()
        except (TakenMeanwhileError, IntegrityError):
            pass
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in TRANSIENT:
                raise
        time.sleep(random.uniform(0, 0.005 * (attempt + 1)))  # noqa: S311 - jitter
    raise StudyError(_("Very many people are asking for work at this moment. Try again in a few seconds."))


def _claim(held: Held, *, holds_none: bool = False) -> Assignment | None:
    """`holds_none` says that the annotator is known to hold nothing now, and that their writing is noted already."""
    if held.annotator.left is not None or held.standing != "open":
        return None
    annotator, end = held.annotator, lease_end(held.annotator.study, held.now)
    leased = _leased(annotator).select_for_update(no_key=True, of=("self",))
    assignment = None if holds_none else leased.first()
    if assignment is None:
        assignment = own_returned(annotator)
        if assignment is None:
            return _claim_new(annotator, now=held.now, end=end, noted=holds_none)
        if not take_back(assignment):
            raise TakenMeanwhileError
        if not holds_none:
            note_writing(annotator.pk)
    assignment.state, assignment.lease_until = Assignment.State.LEASED, end
    assignment.save(update_fields=["state", "lease_until"])
    return assignment


def _claim_new(annotator: Annotator, *, now: datetime, end: datetime, noted: bool) -> Assignment | None:
    slot = next_slot(annotator, lock=True)
    if slot is None:
        if connection.features.has_select_for_update_skip_locked and next_slot(annotator, lock=False):
            raise TakenMeanwhileError
        return None
    assignment = Assignment(
        unit=slot.unit,
        block=slot.unit.block,
        annotator=annotator,
        side=slot.side,
        position=slot.position,
        started=now,
        lease_until=end,
    )
    _NEW.one(assignment)
    if not take(slot.pk, assignment):
        raise TakenMeanwhileError
    if not noted:
        note_writing(annotator.pk)
    assignment.is_new = True
    return assignment


def submit(*, assignment: Assignment, active_seconds: float, answers: Sequence[Answer] = ()) -> Assignment:
    """Finish a unit, first keeping `answers` that came along. Done twice it does no harm.

    A lease that was lost meanwhile is taken back if a slot of the unit and side is free; else the result is `late`:
    kept, not counted. A unit that was excluded meanwhile need not be finished.
    Raises `SubmitError` with what is missing or refused, and then none of `answers` is kept; `LeftError` where the
    annotator no longer takes part.
    """
    with transaction.atomic():
        held, mine = hold(assignment)
        _submit(held, mine, active_seconds, answers)
    return mine


def submit_and_claim(
    *, assignment: Assignment, active_seconds: float, answers: Sequence[Answer] = ()
) -> tuple[Assignment, Assignment | None]:
    """`submit`, and what the annotator judges next, in one transaction. Raises as both do.

    When the next unit cannot be given because of a crowd (`StudyError`), the submission is kept all the same. Whoever
    has amended texts to read is given nothing yet.
    """

    def work() -> tuple[Assignment, Assignment | None, bool]:
        held, mine = hold(assignment)
        held_until_now = mine.state == Assignment.State.LEASED
        _submit(held, mine, active_seconds, answers)
        reads_first = unread(held.annotator) is not None
        return mine, None if reads_first else _claim(held, holds_none=held_until_now), reads_first

    try:
        finished, following, reads_first = _tried_again(work)
    except StudyError:
        submit(assignment=assignment, active_seconds=active_seconds, answers=answers)
        raise
    if following is None and not reads_first:
        following = claim(annotator=assignment.annotator)
    return finished, following


def _submit(held: Held, mine: Assignment, active_seconds: float, answers: Sequence[Answer]) -> None:
    finished = mine.state in {Assignment.State.SUBMITTED, Assignment.State.LATE, Assignment.State.SET_ASIDE}
    if finished and not answers:
        return
    if held.standing == "over":
        raise OverError(_("The deadline of the study has passed, so this unit cannot be finished now."))
    if held.standing != "open":
        raise ClosedError(_("The study has been closed, so this unit can no longer be finished."))
    kept = keep_answers(held, mine, answers)
    if kept.refused:
        raise SubmitError(kept.refused[0].reason)
    missing = missing_answers(mine, kept.answered)
    excluded_unfinished = mine.unit.excluded is not None and missing
    if not finished and not excluded_unfinished:
        if missing:
            raise SubmitError(_("Some questions are still without an answer."), tuple(missing))
        counted = mine.state == Assignment.State.LEASED or take_back(mine)
        mine.state = Assignment.State.SUBMITTED if counted else Assignment.State.LATE
        mine.submitted, mine.lease_until = held.now, None
        mine.active_seconds = max(mine.active_seconds, active_seconds)
        _FINISH.run(assignment=mine.pk, state=mine.state, submitted=mine.submitted, active_seconds=mine.active_seconds)
    note_writing(mine.annotator_id, held.now)


def missing_answers(assignment: Assignment, answered: Container[tuple[str, str, int]]) -> list[Missing]:
    """Every question of this assignment that is not among the answered ones."""
    return [
        Missing(question.instrument, question.criterion.key, question.criterion.title, question.place)
        for question in questions_of(assignment)
        if question.key not in answered
    ]


def release_expired(*, study: Study | None = None, but: Annotator | None = None) -> int:
    """Take back every lease that ran out (of one study, or of all; `but` one annotator's); returns how many.

    An assignment that is being written to at this moment is left alone: its lease is about to be renewed.
    """
    due = Assignment.objects.filter(state=Assignment.State.LEASED, lease_until__lt=Now())
    if study is not None:
        due = due.filter(annotator__study=study)
    if but is not None:
        due = due.exclude(annotator=but)
    if not due.exists():
        return 0
    released = 0
    while True:
        with transaction.atomic():
            rows = due.select_for_update(no_key=True, skip_locked=True, of=("self",)).order_by("lease_until", "pk")
            found = dict(rows.values_list("pk", "annotator_id")[:AT_ONCE])
            released += give_back(found)
        for annotator_id in sorted(set(found.values())):
            note_writing(annotator_id)
        if len(found) < AT_ONCE:
            return released


def release_lease(*, assignment: Assignment, by: User | None = None) -> bool:
    """Take one unit back from whoever holds it, before its lease runs out; False if nobody holds it any more.

    What they answered so far is kept, and while nobody else has taken the unit their next answer takes it up again.
    """
    with transaction.atomic():
        annotator = hold_annotator(assignment.annotator_id, assignment.annotator.study_id).annotator
        if not give_back([assignment.pk]):
            return False
        note_writing(annotator.pk)
        record(study=annotator.study, kind="lease released", by=by, annotator=annotator.pk)
    return True


def release_all(*, study: Study) -> int:
    """Take back every lease of a study that is closing; to be called behind the shut gate."""
    leased = Assignment.objects.filter(state=Assignment.State.LEASED, annotator__study=study)
    return give_back(leased.values_list("pk", flat=True))
