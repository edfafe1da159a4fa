"""Who judges what next. More than k cannot be represented (`Slot`); the order of asking is here."""

import random
import time
from datetime import datetime
from typing import Final

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from annotation.models import Annotator, Assignment, Judgment, Slot, Study
from annotation.services.clock import database_now
from annotation.services.errors import Missing, StudyError, SubmitError
from annotation.services.gate import is_open
from annotation.services.holding import (
    give_back,
    hold,
    hold_annotator,
    lease_end,
    note_writing,
    take,
    take_back,
)
from annotation.services.material import questions_of
from annotation.services.queueing import next_slot, own_returned

ATTEMPTS: Final = 40
AT_ONCE: Final = 200
TRANSIENT: Final = {"40001", "40P01"}


class TakenMeanwhileError(Exception):
    """Somebody else took the slot between looking and taking."""


def current_assignment(annotator: Annotator) -> Assignment | None:
    """The unit this annotator holds now, if any (its lease may have run out without anybody having taken it back)."""
    return _leased(annotator).first()


def _leased(annotator: Annotator) -> QuerySet[Assignment]:
    leased = Assignment.objects.filter(annotator=annotator, state=Assignment.State.LEASED)
    return leased.select_related("annotator", "unit__block__study", "unit__first", "unit__second").order_by("pk")


def claim(*, annotator: Annotator) -> Assignment | None:
    """The unit this annotator judges next: the one they hold, or a new one. None when there is nothing for them now.

    Raises `StudyError` in the unlikely case that others were faster forty times in a row.
    """
    release_expired(study=annotator.study, but=annotator)
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _claim(annotator)
        except (TakenMeanwhileError, IntegrityError):
            pass
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in TRANSIENT:
                raise
        time.sleep(random.uniform(0, 0.005 * (attempt + 1)))  # noqa: S311 - jitter
    raise StudyError(_("Very many people are asking for work at this moment. Try again in a few seconds."))


def _claim(annotator: Annotator) -> Assignment | None:
    annotator = hold_annotator(annotator.pk, annotator.study_id)
    if not is_open(annotator.study_id):
        return None
    now = database_now()
    end = lease_end(annotator.study, now)
    assignment = _leased(annotator).select_for_update(no_key=True, of=("self",)).first()
    if assignment is None:
        assignment = own_returned(annotator)
        if assignment is None:
            return _claim_new(annotator, now=now, end=end)
        if not take_back(assignment):
            raise TakenMeanwhileError
    assignment.state, assignment.lease_until = Assignment.State.LEASED, end
    assignment.save(update_fields=["state", "lease_until"])
    return assignment


def _claim_new(annotator: Annotator, *, now: datetime, end: datetime) -> Assignment | None:
    slot = next_slot(annotator, lock=True)
    if slot is None:
        if connection.features.has_select_for_update_skip_locked and next_slot(annotator, lock=False):
            raise TakenMeanwhileError
        return None
    assignment = Assignment.objects.create(
        unit=slot.unit, annotator=annotator, side=slot.side, position=slot.position, started=now, lease_until=end
    )
    if not take(slot.pk, assignment):
        raise TakenMeanwhileError
    return assignment


def submit(*, assignment: Assignment, active_seconds: float) -> Assignment:
    """Finish a unit. Done twice it does no harm. Raises `SubmitError` with what is missing.

    A lease that was lost meanwhile is taken back if a slot of the unit and side is free; else the result is `late`:
    kept, not counted.
    """
    with transaction.atomic():
        held = hold(assignment)
        if held.state in {Assignment.State.SUBMITTED, Assignment.State.LATE}:
            return held
        if not is_open(held.annotator.study_id):
            raise SubmitError(_("The study has been closed, so this unit can no longer be finished."))
        if missing := missing_answers(held):
            raise SubmitError(_("Some questions are still without an answer."), tuple(missing))
        counted = Slot.objects.filter(assignment=held).exists() or take_back(held)
        held.state = Assignment.State.SUBMITTED if counted else Assignment.State.LATE
        held.submitted, held.lease_until = database_now(), None
        held.active_seconds = max(held.active_seconds, active_seconds)
        held.save(update_fields=["state", "submitted", "lease_until", "active_seconds"])
        note_writing(held.annotator_id, held.submitted)
    return held


def missing_answers(assignment: Assignment) -> list[Missing]:
    """Every question of this assignment that has no answer, or lacks the reason that it requires."""
    rows = Judgment.objects.current().filter(assignment=assignment)
    given = {(row.instrument, row.criterion, row.place): row for row in rows}
    missing = []
    for question in questions_of(assignment):
        answer = given.get(question.key)
        lacks_reason = question.criterion.reason == "required" and answer is not None and not answer.reason
        if answer is None or lacks_reason:
            missing.append(
                Missing(question.instrument, question.criterion.key, question.criterion.title, question.place)
            )
    return missing


def release_expired(*, study: Study | None = None, but: Annotator | None = None) -> int:
    """Take back every lease that ran out (of one study, or of all; `but` one annotator's); returns how many.

    An assignment that is being written to at this moment is left alone: its lease is about to be renewed.
    """
    due = Assignment.objects.filter(state=Assignment.State.LEASED, lease_until__lt=database_now())
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


def release_all(*, study: Study) -> int:
    """Take back every lease of a study that is closing; to be called behind the shut gate."""
    leased = Assignment.objects.filter(state=Assignment.State.LEASED, annotator__study=study)
    return give_back(leased.values_list("pk", flat=True))
