"""What becomes of a dialogue that was made: checked, kept or not, on record either way; and what a person decides
otherwise."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from generation.checks.duplicates import signature, stored
from generation.checks.findings import Finding
from generation.checks.parsing import Said
from generation.checks.table import first_failure
from generation.llm.money import money
from generation.models import Attempt, Call, Dataset, GenerationRun, Override, Planned
from generation.services.rows import write_dialogues
from generation.services.runs.kinds import maker_of
from generation.services.runs.making import Maker, Read
from generation.services.runs.settings import RunError
from generation.services.runs.twins import Kept

NO_ANSWER: Final = "no_answer"
LATE: Final = "late"
Verdict = Attempt.Verdict


def conclude(maker: Maker, attempt: Attempt, said: Sequence[str], last: Call, kept: Kept) -> Attempt:
    """Judge an attempt at whose end `last` was asked, and keep its dialogue if nothing rejects it.

    The caller holds the dataset's lock.
    """
    planned = attempt.planned
    if last.state == Call.State.ANSWERED:
        found = maker.read(planned, said, last, kept)
        code = first_failure(found.findings, set(maker.settings.rejecting)) or ""
    else:
        found = Read((), (Finding(NO_ANSWER, None, None, last.error),))
        code = NO_ANSWER
    if not code and Planned.objects.filter(pk=planned.pk).exclude(state=Planned.State.TO_DO).exists():
        code = LATE
    attempt.utterances = [list(one) for one in found.utterances]
    attempt.findings = [one._asdict() for one in found.findings]
    attempt.verdict, attempt.code = (Verdict.REJECTED if code else Verdict.KEPT), code
    if not code:
        file_dialogue(maker, attempt)
        kept.refresh()
        return attempt
    attempt.save(update_fields=["utterances", "findings", "verdict", "code"])
    if attempt.number > maker.settings.retries:
        Planned.objects.filter(pk=planned.pk).to_do().update(state=Planned.State.GIVEN_UP)
    return attempt


def lock_dataset(run: GenerationRun) -> None:
    """Whoever files into a dataset does so one after another: numbers follow, and twins are seen."""
    Dataset.objects.select_for_update().get(pk=run.dataset_id)


def keep_anyway(*, attempt: Attempt, reason: str, by: User) -> Attempt:
    """A person keeps what was rejected, says why, and both are recorded."""
    reason = reason.strip()
    if not reason:
        raise RunError(_("Say why it is kept. The reason stays on record."))
    try:
        with transaction.atomic():
            lock_dataset(attempt.run)
            attempt = _again(attempt)
            if attempt.verdict == Verdict.OPEN:
                raise RunError(_("This attempt is still under way."))
            if attempt.verdict != Verdict.REJECTED:
                raise RunError(_("This attempt is kept already."))
            if not attempt.utterances:
                raise RunError(_("Nothing in it can be read as a dialogue, so there is nothing to keep."))
            Override.objects.create(attempt=attempt, reason=reason, created_by=by)
            attempt.verdict = Verdict.OVERRIDDEN
            file_dialogue(maker_of(attempt.run), attempt)
    except IntegrityError:
        raise RunError(
            _("Another attempt at the same dialogue is kept already. A plan has one dialogue at most.")
        ) from None
    return attempt


def undo_keeping(*, attempt: Attempt, by: User) -> Attempt:
    """Take a person's decision back: the dialogue goes, unless a study uses it; that it was kept stays on record."""
    with transaction.atomic():
        lock_dataset(attempt.run)
        attempt = _again(attempt)
        if attempt.verdict != Verdict.OVERRIDDEN:
            raise RunError(_("No person has kept this attempt."))
        remove_dialogue(attempt)
        attempt.overrides.filter(undone=None).update(undone=timezone.now(), undone_by=by)
        attempt.verdict, attempt.dialogue = Verdict.REJECTED, None
        attempt.save(update_fields=["verdict", "dialogue"])
        Planned.objects.filter(pk=attempt.planned_id).update(state=Planned.State.GIVEN_UP)
    return attempt


def _again(attempt: Attempt) -> Attempt:
    rows = Attempt.objects.select_for_update(of=("self",)).select_related("run__dataset", "planned")
    return rows.get(pk=attempt.pk)


def remove_dialogue(attempt: Attempt) -> None:
    """Its dialogue goes from the dataset. Raises RunError where a study uses it."""
    dialogue = attempt.dialogue
    if dialogue is None:
        return
    Attempt.objects.filter(pk=attempt.pk).update(dialogue=None)
    try:
        dialogue.delete()
    except ProtectedError:
        raise RunError(_("A study uses this dialogue, so it stays.")) from None
    attempt.dialogue = None


def file_dialogue(maker: Maker, attempt: Attempt) -> None:
    """The dialogue becomes rows of the dataset, and the plan is done. The caller holds the dataset's lock."""
    planned = attempt.planned
    said = [Said(*one) for one in attempt.utterances]
    metadata = {"generated": provenance(maker, attempt)}
    made = maker.record(planned, said, name=str(planned.n), metadata=metadata)
    [pk] = write_dialogues(dataset=maker.run.dataset, records=[made])
    attempt.dialogue_id, attempt.signature = pk, stored(signature(one.text for one in said))
    attempt.save(update_fields=["utterances", "findings", "verdict", "code", "dialogue", "signature"])
    Planned.objects.filter(pk=planned.pk).update(state=Planned.State.KEPT)


def provenance(maker: Maker, attempt: Attempt) -> dict[str, Any]:
    """How a dialogue came to be, as it goes with it wherever it is exported."""
    rows = Call.objects.filter(brought__attempt=attempt).order_by("brought__place")
    calls = list(rows.defer("messages", "answer", "error"))
    return {
        "scripted": maker.run.is_scripted,
        "run": maker.run.settings_digest[:16],
        "plan": attempt.planned.n,
        "attempt": attempt.number,
        "kept_by": "person" if attempt.verdict == Verdict.OVERRIDDEN else "checks",
        **maker.provenance(attempt.planned, calls),
        "finish_reason": calls[-1].finish_reason,
        "tokens_in": _sum(call.tokens_in for call in calls),
        "tokens_out": _sum(call.tokens_out for call in calls),
        "cost": str(money(sum(call.cost for call in calls))),
        "seconds": round(sum(call.seconds or 0 for call in calls), 3),
        "findings": sorted({one["code"] for one in attempt.findings}),
    }


def _sum(tokens: Iterable[int | None]) -> int | None:
    """None where one of them is not known."""
    known = list(tokens)
    return None if None in known else sum(one for one in known if one)
