"""Participants who withdraw: from then on no row leads from the person to the answers, or there are no answers.

The annotator's row stays in either case, so that counts add up and the revision of the study's judgments never goes
down. Pseudonymised is not anonymous: what somebody wrote down elsewhere (who was sent which link, an export made
before) is out of reach. Where that matters the answers have to be deleted.
"""

import secrets
from typing import Final

from django.db import transaction
from django.db.models.functions import Coalesce

from annotation.models import Annotator, Judgment, Link, Slot, Study
from annotation.services.clock import database_now
from annotation.services.departures import end_work, others_count
from annotation.services.gate import shut_gate
from annotation.services.holding import hold_annotator
from annotation.services.recording import record
from annotation.services.removal_reasons import forget_reasons
from crsapp.accounts.models import User

WITHDREW: Final = "annotator withdrew"
WITHDRAWN_NAME: Final = "withdrawn-"


def withdraw(*, annotator: Annotator, delete: bool, by: User | None = None) -> Annotator:
    """Take a participant out at their own wish: their answers deleted, or kept under a new random pseudonym.

    Account, link and old pseudonym are cut off, reasons for which they were removed are deleted; unfinished work goes
    back. Lines of the record name annotators by the
    key of their row, so that none of them holds the old pseudonym, and none needs to be changed.
    Places that deleted answers held are free again, and stay empty where the study is closed. Done twice it does no
    harm; who was pseudonymised can still be deleted later.
    """
    with transaction.atomic():
        shut_gate(annotator.study_id)
        held = hold_annotator(annotator.pk, annotator.study_id).annotator
        if is_withdrawn(held) and (not delete or is_erased(held)):
            return held
        end_work(held)
        units = list(held.assignments.values_list("unit_id", flat=True))
        deleted = _erase_answers(held) if delete else 0
        _cut_off(held)
        others_count(held.study, units)
        record(
            study=held.study,
            kind=WITHDREW,
            by=by,
            how="deleted" if delete else "pseudonymised",
            judgments_deleted=deleted,
        )
    return held


def is_withdrawn(annotator: Annotator) -> bool:
    return annotator.departure == Annotator.Departure.WITHDRAWN


def is_erased(annotator: Annotator) -> bool:
    """Whether nothing is left of a withdrawn annotator but the row."""
    return is_withdrawn(annotator) and not annotator.assignments.exists()


def deleted_judgments(study: Study) -> int:
    """How many judgments of the study were deleted as their annotators withdrew, as the record has it."""
    lines = study.events.filter(kind=WITHDREW).values_list("detail", flat=True)
    return sum(int(detail["judgments_deleted"]) for detail in lines)


def _erase_answers(annotator: Annotator) -> int:
    """Delete every judgment, report and assignment of this annotator; how many judgments that were."""
    count = Judgment.objects.filter(assignment__annotator=annotator).count()
    Slot.objects.filter(assignment__annotator=annotator).update(assignment=None)
    annotator.assignments.all().delete()
    annotator.seat = annotator.consented = None
    annotator.consent_digest = annotator.guidelines_digest = ""
    return count


def _cut_off(annotator: Annotator) -> None:
    now = database_now()
    Link.objects.filter(annotator=annotator).update(
        annotator=None, seat=None, label="", revoked=Coalesce("revoked", now)
    )
    forget_reasons(annotator)
    annotator.user = annotator.last_seen = None
    annotator.pseudonym = _unused_pseudonym(annotator.study)
    annotator.left, annotator.departure = annotator.left or now, Annotator.Departure.WITHDRAWN
    fields = ["user", "last_seen", "pseudonym", "left", "departure", "seat", "consented"]
    annotator.save(update_fields=[*fields, "consent_digest", "guidelines_digest"])


def _unused_pseudonym(study: Study) -> str:
    while True:
        name = f"{WITHDRAWN_NAME}{secrets.token_hex(3)}"
        if not study.annotators.filter(pseudonym=name).exists():
            return name
