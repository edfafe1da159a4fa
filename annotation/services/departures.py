"""Annotators who leave a study before its end: removed by a researcher, and let in again.

Who leaves gives back what they were judging, and nothing of theirs is written any more (`holding.hold`). What they
finished stays counted or is set aside; then its slots are free for others. A seat of theirs is free at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from annotation.models import Annotator, Assignment, Event, Link, Study
from annotation.services.clock import database_now
from annotation.services.errors import StudyError
from annotation.services.gate import shut_gate
from annotation.services.holding import count_again, give_back, hold_annotator, note_writing, set_aside
from annotation.services.recording import LOOKED, record
from annotation.services.removal_reasons import REMOVED, reasons, record_removal, told
from crsapp.accounts.models import User

State = Assignment.State


@dataclass(frozen=True)
class Departure:
    """Somebody who was removed: why, by whom, how many of their units no longer count, and what was known by then.

    `after_look` says that somebody had seen differences between the systems of the open study, `after_closing` that
    everybody could.
    """

    pseudonym: str
    reason: str
    who: str
    at: datetime
    kept: bool
    set_aside: int
    after_look: bool
    after_closing: bool


def departures(study: Study) -> list[Departure]:
    """Those who were removed, in order, as the record has it; without whoever was let in again, or withdrew later."""
    gone = dict(study.annotators.filter(departure=Annotator.Departure.REMOVED).values_list("pk", "pseudonym"))
    looked, kept = False, reasons(study)
    found: dict[int, Departure] = {}
    for line in Event.objects.filter(study=study, kind__in=(LOOKED, REMOVED)).order_by("number"):
        looked = looked or line.kind == LOOKED
        if line.kind == REMOVED and (pk := line.detail["annotator"]) in gone:
            closed = study.closed is not None and line.at > study.closed
            said = told(line.number, line.detail, kept)
            found[pk] = Departure(
                gone[pk], said["reason"], line.who, line.at, said["kept"], said["units_set_aside"], looked, closed
            )
    return list(found.values())


def remove_annotator(*, annotator: Annotator, reason: str, keep: bool, by: User | None = None) -> Annotator:
    """End somebody's part in a study, for a reason that goes on record. Done twice it does no harm.

    With `keep` what they finished stays counted; without, it is set aside and its units are judged again. A closed
    study is not judged again: there its places stay empty. Raises `StudyError` without a reason.
    """
    if not reason.strip():
        raise StudyError(_("Say why: the reason goes on the study's record."))
    with transaction.atomic():
        shut_gate(annotator.study_id)
        held = hold_annotator(annotator.pk, annotator.study_id).annotator
        if held.left is not None:
            return held
        end_work(held)
        put_aside = 0 if keep else set_aside(_in_state(held, State.SUBMITTED))
        held.left, held.departure = database_now(), Annotator.Departure.REMOVED
        held.save(update_fields=["left", "departure"])
        Link.objects.filter(annotator=held, revoked__isnull=True).update(revoked=held.left)
        again = others_count(held.study, held.assignments.values_list("unit_id", flat=True))
        record_removal(
            annotator=held,
            reason=reason.strip(),
            by=by,
            kept=keep,
            units_set_aside=put_aside,
            counted_again=again,
        )
    return held


def end_work(annotator: Annotator) -> None:
    """Give back what somebody who is leaving holds; to be called while they are held."""
    give_back(_in_state(annotator, State.LEASED))
    note_writing(annotator.pk)


def others_count(study: Study, unit_ids: Iterable[int]) -> int:
    """In an open study, count what others had finished without a place, where somebody who leaves made one free."""
    if study.state != Study.State.OPEN:
        return 0
    return count_again(Assignment.objects.filter(unit__in=list(unit_ids)))


def _in_state(annotator: Annotator, state: str) -> list[int]:
    return list(annotator.assignments.filter(state=state).values_list("pk", flat=True))


def readmit_annotator(*, annotator: Annotator, by: User | None = None) -> Annotator:
    """Undo a removal: the same annotator, link and seat again. Done twice it does no harm.

    What was set aside counts again where its place is still free. Raises `StudyError` when the study is closed, the
    seat is promised to another, or the annotator withdrew.
    """
    try:
        with transaction.atomic():
            return _readmit(annotator, by)
    except IntegrityError as error:
        raise StudyError(
            _("The seat is taken, or has a link for somebody else. Revoke that link first; nobody sits there twice.")
        ) from error


def _readmit(annotator: Annotator, by: User | None) -> Annotator:
    shut_gate(annotator.study_id)
    held = hold_annotator(annotator.pk, annotator.study_id).annotator
    if held.departure == Annotator.Departure.WITHDRAWN:
        raise StudyError(_("They withdrew: nothing leads back to them any more, so they cannot be let in again."))
    if held.left is None:
        return held
    if held.study.state != Study.State.OPEN:
        raise StudyError(_("The study is closed; nobody can be let in again."))
    if _promised_away(held):
        raise IntegrityError
    Link.objects.filter(annotator=held, revoked=held.left).update(revoked=None)
    held.left, held.departure = None, ""
    held.save(update_fields=["left", "departure"])
    again = count_again(held.assignments.all())
    note_writing(held.pk)
    record(study=held.study, kind="annotator readmitted", by=by, annotator=held.pk, units_counted=again)
    return held


def _promised_away(annotator: Annotator) -> bool:
    promised = Link.objects.filter(seat=annotator.seat_id, seat__isnull=False, revoked__isnull=True)
    Study.objects.select_for_update(no_key=True).get(pk=annotator.study_id)  # links are made while it is held
    return promised.exists()
