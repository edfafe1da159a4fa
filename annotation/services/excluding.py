"""Units taken out of a study and taken in again. Nobody is asked about one that is out; its answers stay, uncounted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from annotation.models import Assignment, Event, Flag, Study, Unit
from annotation.services.clock import database_now
from annotation.services.errors import StudyError
from annotation.services.gate import shut_gate
from annotation.services.holding import count_again, give_back
from annotation.services.recording import LOOKED, record
from crsapp.accounts.models import User

EXCLUDED: Final = "unit excluded"
INCLUDED: Final = "unit included"
MOST_REASON: Final = 500


@dataclass(frozen=True)
class Exclusion:
    """A unit that is out: why, by whom, and what was known by then.

    `reports` counts the annotators' reports about it; `after_look` says that somebody had seen differences between the
    systems of the open study, `after_closing` that everybody could.
    """

    block: int
    unit: int
    reason: str
    who: str
    at: datetime
    reports: int
    after_look: bool
    after_closing: bool


def exclude_unit(*, unit: Unit, reason: str, by: User | None = None) -> Unit:
    """Take a unit out, with a reason. Whoever is judging it loses it; what they answered is kept.

    Done twice it does no harm. Raises `StudyError` without a reason.
    """
    reason = reason.strip()
    if not reason:
        raise StudyError(_("Say why this unit is excluded; the reason stands beside every result."))
    if len(reason) > MOST_REASON:
        raise StudyError(
            _("The reason has %(n)s characters; at most %(most)s are kept.") % {"n": len(reason), "most": MOST_REASON}
        )
    with transaction.atomic():
        held = _held(unit)
        if held.excluded is not None:
            return held
        held.excluded = database_now()
        leased = Assignment.objects.filter(unit=held, state=Assignment.State.LEASED).order_by("pk")
        returned = give_back(list(leased.select_for_update(no_key=True).values_list("pk", flat=True)))
        held.slots.update(withheld=True)
        held.save(update_fields=["excluded"])
        reports = Flag.objects.standing().filter(assignment__unit=held)
        count = reports.count()
        reports.waiting().update(settled=held.excluded, settled_by=by, outcome=Flag.Outcome.EXCLUDED)
        _changed(held, EXCLUDED, by, reason=reason, reports=count, leases_returned=returned)
    return held


def include_unit(*, unit: Unit, by: User | None = None) -> Unit:
    """Take a unit in again; what was finished without a place counts where one is free. Done twice it does no harm."""
    with transaction.atomic():
        held = _held(unit)
        if held.excluded is None:
            return held
        held.excluded = None
        held.save(update_fields=["excluded"])
        held.slots.update(withheld=False)
        again = count_again(Assignment.objects.filter(unit=held))
        excluded = Flag.objects.filter(assignment__unit=held, outcome=Flag.Outcome.EXCLUDED)
        excluded.update(outcome=Flag.Outcome.KEPT, settled=database_now(), settled_by=by)
        _changed(held, INCLUDED, by, counted_again=again)
    return held


def keep_unit(*, unit: Unit, by: User | None = None) -> int:
    """Settle what annotators reported about a unit without taking it out; how many reports that were."""
    with transaction.atomic():
        held = _held(unit)
        waiting = Flag.objects.waiting().filter(assignment__unit=held)
        kept = waiting.update(settled=database_now(), settled_by=by, outcome=Flag.Outcome.KEPT)
        if kept:
            record(study=held.block.study, kind="unit kept", by=by, **_place(held), reports=kept)
    return kept


def exclusions(study: Study) -> list[Exclusion]:
    """The units that are out, in the order in which they were taken out, as the record has it."""
    kinds = (LOOKED, EXCLUDED, INCLUDED)
    looked = False
    found: dict[tuple[int, int], Exclusion] = {}
    for line in Event.objects.filter(study=study, kind__in=kinds).order_by("number"):
        if line.kind in {EXCLUDED, INCLUDED}:
            place = line.detail["block"], line.detail["unit"]
            found.pop(place, None)
            if line.kind == EXCLUDED:
                reason, reports = line.detail["reason"], line.detail["reports"]
                closed = study.closed is not None and line.at > study.closed
                found[place] = Exclusion(*place, reason, line.who, line.at, reports, looked, closed)
        looked = looked or line.kind == LOOKED
    return list(found.values())


def _held(unit: Unit) -> Unit:
    """The unit as it is now, with nobody inside the study's gate."""
    shut_gate(unit.block.study_id)
    rows = Unit.objects.select_for_update(no_key=True, of=("self",)).select_related("block__study")
    return rows.get(pk=unit.pk)


def _changed(unit: Unit, kind: str, by: User | None, **detail: object) -> None:
    """Whoever keeps figures of the study has to compute them anew, and the record says why."""
    study = unit.block.study
    Study.objects.filter(pk=study.pk).update(revision=F("revision") + 1)
    record(study=study, kind=kind, by=by, **_place(unit), **detail)


def _place(unit: Unit) -> dict[str, int]:
    return {"block": unit.block.number, "unit": unit.number}
