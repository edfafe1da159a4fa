"""Q8: a person reads a kept conversation and says whether both sides kept their roles. Who and when is on record.

Where they did not, its dialogue goes from the dataset; taken back, it comes again as it was.
"""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from generation.checks.findings import Finding
from generation.models import Attempt, GenerationRun, Planned, RoleCheck
from generation.services.rows import make_findable
from generation.services.runs.keeping import file_dialogue, lock_dataset, remove_dialogue
from generation.services.runs.kinds import maker_of
from generation.services.runs.settings import RunError
from generation.services.runs.simulated.settings import ROLE_CHECK
from generation.wording import worded

CONFLICT = "conflict"
"""The label under which the published conversations say whether roles were mixed up."""
Verdict = Attempt.Verdict


@dataclass(frozen=True, slots=True)
class Looked:
    """How far people are: conversations that were kept by the checks, those looked at, those whose roles were not."""

    total: int
    done: int
    not_kept: int


def _checked() -> Exists:
    return Exists(RoleCheck.objects.filter(attempt=OuterRef("pk"), undone=None))


def _of(run: GenerationRun) -> QuerySet[Attempt]:
    """Those that the checks kept, whatever a person said of their roles since."""
    return Attempt.objects.filter(Q(verdict=Verdict.KEPT) | Q(code=ROLE_CHECK), run=run)


def next_to_check(run: GenerationRun) -> Attempt | None:
    """The next one that nobody has looked at, in the order of the plans."""
    waiting = Attempt.objects.filter(run=run, verdict=Verdict.KEPT).exclude(_checked())
    return waiting.select_related("planned").order_by("planned__n").first()


def looked_at(run: GenerationRun) -> Looked:
    found = _of(run)
    done = found.filter(_checked()).count()
    return Looked(found.count(), done, Attempt.objects.filter(run=run, code=ROLE_CHECK).count())


def last_check(run: GenerationRun, by: User) -> RoleCheck | None:
    """What this person said last and has not taken back."""
    mine = RoleCheck.objects.filter(attempt__run=run, created_by=by, undone=None)
    return mine.select_related("attempt__planned").order_by("-pk").first()


def say_roles(*, attempt: Attempt, kept: bool, by: User, reason: str = "") -> RoleCheck:
    """Put down what a person found. Raises RunError where it was said already, or a study uses the dialogue."""
    try:
        with transaction.atomic():
            lock_dataset(attempt.run)
            attempt = _again(attempt)
            if attempt.verdict != Verdict.KEPT:
                raise RunError(_("This conversation is not kept, so there is nothing to look at."))
            check = RoleCheck.objects.create(attempt=attempt, roles_kept=kept, reason=reason.strip(), created_by=by)
            if kept:
                _label(attempt, conflict=False)
            else:
                remove_dialogue(attempt)
                found = Finding(ROLE_CHECK, None, None, check.reason or worded("without a reason given"))
                attempt.findings = [*attempt.findings, found.as_dict()]
                attempt.verdict, attempt.code = Verdict.REJECTED, ROLE_CHECK
                attempt.save(update_fields=["verdict", "code", "dialogue", "findings"])
                Planned.objects.filter(pk=attempt.planned_id).update(state=Planned.State.GIVEN_UP)
    except IntegrityError:
        raise RunError(_("Somebody has looked at this conversation already.")) from None
    return check


def take_back(check: RoleCheck, *, by: User) -> None:
    """As if it had not been said; that it was stays on record. Done twice it does no harm."""
    with transaction.atomic():
        lock_dataset(check.attempt.run)
        if not RoleCheck.objects.filter(pk=check.pk, undone=None).update(undone=timezone.now(), undone_by=by):
            return
        attempt = _again(check.attempt)
        if check.roles_kept:
            _label(attempt, conflict=None)
        else:
            attempt.findings = [one for one in attempt.findings if one["code"] != ROLE_CHECK]
            attempt.verdict, attempt.code = Verdict.KEPT, ""
            file_dialogue(maker_of(attempt.run), attempt)


def _label(attempt: Attempt, *, conflict: bool | None) -> None:
    dialogue = attempt.dialogue
    if dialogue is None:
        return
    dialogue.labels = {name: value for name, value in dialogue.labels.items() if name != CONFLICT}
    if conflict is not None:
        dialogue.labels[CONFLICT] = conflict
    dialogue.save(update_fields=["labels"])
    make_findable(dialogue)


def _again(attempt: Attempt) -> Attempt:
    rows = Attempt.objects.select_for_update(of=("self",)).select_related("run__dataset", "planned", "dialogue")
    return rows.get(pk=attempt.pk)
