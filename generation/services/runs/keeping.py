"""What becomes of an answer: read, checked, kept or not, on record either way; and what a person decides otherwise."""

from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from generation.checks.duplicates import signature, stored
from generation.checks.findings import CheckSettings, Finding
from generation.checks.parsing import Said, parse_dialogue
from generation.checks.table import check, first_failure
from generation.llm.money import money
from generation.models import Attempt, Call, Dataset, GenerationRun, Override, Planned
from generation.reviews.kept_plans import read_plan
from generation.reviews.written import record_of
from generation.services.rows import write_dialogues
from generation.services.runs.settings import RunError, RunSettings
from generation.services.runs.twins import Kept

NO_ANSWER: Final = "no_answer"
LATE: Final = "late"
Verdict = Attempt.Verdict


def check_settings(settings: RunSettings) -> CheckSettings:
    return CheckSettings(rejecting=frozenset(settings.rejecting), sentence_words=settings.sentence_words)


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer as it was read, what the checks found in it, and the code of the first that rejects it."""

    utterances: tuple[Said, ...]
    findings: tuple[Finding, ...]
    code: str


def judged(call: Call, planned: Planned, settings: RunSettings, kept: Kept) -> Judged:
    if call.state != Call.State.ANSWERED:
        return Judged((), (Finding(NO_ANSWER, None, None, call.error),), NO_ANSWER)
    by = check_settings(settings)
    parsed = parse_dialogue(call.answer)
    plan = read_plan(planned.plan)
    findings = tuple(check(parsed, plan, finish_reason=call.finish_reason, settings=by, duplicates=kept))
    return Judged(parsed.utterances, findings, first_failure(findings, by) or "")


def record(run: GenerationRun, planned: Planned, call: Call, number: int, settings: RunSettings, kept: Kept) -> Attempt:
    """Put one try on record; keep its dialogue if nothing rejects it. The caller holds the dataset's lock."""
    found = judged(call, planned, settings, kept)
    code = found.code
    if not code and Planned.objects.filter(pk=planned.pk).exclude(state=Planned.State.TO_DO).exists():
        code = LATE
    attempt = Attempt.objects.create(
        run=run,
        planned=planned,
        number=number,
        call=call,
        utterances=[list(said) for said in found.utterances],
        findings=[one._asdict() for one in found.findings],
        verdict=Verdict.REJECTED if code else Verdict.KEPT,
        code=code,
    )
    if not code:
        _file(run, planned, attempt)
        kept.refresh()
    elif number > settings.retries:
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
            if attempt.verdict != Verdict.REJECTED:
                raise RunError(_("This attempt is kept already."))
            if not attempt.utterances:
                raise RunError(_("Nothing in it can be read as a dialogue, so there is nothing to keep."))
            Override.objects.create(attempt=attempt, reason=reason, created_by=by)
            attempt.verdict = Verdict.OVERRIDDEN
            attempt.save(update_fields=["verdict"])
            _file(attempt.run, attempt.planned, attempt)
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
        _remove(attempt)
        attempt.overrides.filter(undone=None).update(undone=timezone.now(), undone_by=by)
        attempt.verdict, attempt.dialogue = Verdict.REJECTED, None
        attempt.save(update_fields=["verdict", "dialogue"])
        Planned.objects.filter(pk=attempt.planned_id).update(state=Planned.State.GIVEN_UP)
    return attempt


def _again(attempt: Attempt) -> Attempt:
    rows = Attempt.objects.select_for_update(of=("self",)).select_related("run", "planned", "call")
    return rows.get(pk=attempt.pk)


def _remove(attempt: Attempt) -> None:
    dialogue = attempt.dialogue
    if dialogue is None:
        return
    Attempt.objects.filter(pk=attempt.pk).update(dialogue=None)
    try:
        dialogue.delete()
    except ProtectedError:
        raise RunError(_("A study uses this dialogue, so it stays.")) from None


def _file(run: GenerationRun, planned: Planned, attempt: Attempt) -> None:
    """The dialogue becomes rows of the dataset, and the plan is done."""
    said = [Said(*one) for one in attempt.utterances]
    made = record_of(
        read_plan(planned.plan),
        said,
        name=str(planned.n),
        metadata={"generated": provenance(run, planned, attempt)},
    )
    [pk] = write_dialogues(dataset=run.dataset, records=[made])
    attempt.dialogue_id, attempt.signature = pk, stored(signature(one.text for one in said))
    attempt.save(update_fields=["dialogue", "signature"])
    Planned.objects.filter(pk=planned.pk).update(state=Planned.State.KEPT)


def provenance(run: GenerationRun, planned: Planned, attempt: Attempt) -> dict[str, Any]:
    """How a dialogue came to be, as it goes with it wherever it is exported."""
    call = attempt.call
    return {
        "scripted": run.is_scripted,
        "run": run.settings_digest[:16],
        "plan": planned.n,
        "template": planned.template,
        "gold": planned.item,
        "attempt": attempt.number,
        "kept_by": "person" if attempt.verdict == Verdict.OVERRIDDEN else "checks",
        **call.settings,
        "prompt": {"name": call.prompt_name, "version": call.prompt_version, "sha256": call.prompt_digest},
        "finish_reason": call.finish_reason,
        "tokens_in": call.tokens_in,
        "tokens_out": call.tokens_out,
        "cost": str(money(call.cost)),
        "seconds": call.seconds,
        "findings": sorted({one["code"] for one in attempt.findings}),
    }
