"""What becomes of a dialogue that was made: checked, kept or not, on record either way; and what a person decides
otherwise."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

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
from generation.models import Attempt, AttemptCall, Call, Dataset, GenerationRun, Override, Planned
from generation.records import DialogueRecord
from generation.services.inserting import update
from generation.services.rows import write_dialogues
from generation.services.runs.kinds import maker_of
from generation.services.runs.making import Maker, Read
from generation.services.runs.settings import RunError
from generation.services.runs.twins import Kept

NO_ANSWER: Final = "no_answer"
LATE: Final = "late"
Verdict = Attempt.Verdict


class Ended(NamedTuple):
    """An attempt of which nothing more is asked, and its answers; `last` is the call that it ended with.

    None stands in place of an answer that never came.
    """

    attempt: Attempt
    said: Sequence[str | None]
    last: Call


def conclude(maker: Maker, ended: Sequence[Ended], kept: Kept) -> None:
    """Judge attempts, one after the other, and keep the dialogues of those that nothing rejects.

    The caller holds the dataset's lock, and `kept` knows all that was kept before.
    """
    plans = Planned.objects.filter(pk__in=[one.attempt.planned_id for one in ended])
    to_do = set(plans.to_do().values_list("pk", flat=True))
    for one in ended:
        _judge(maker, one, kept, to_do)
    file_dialogues(maker, [one.attempt for one in ended if one.attempt.verdict == Verdict.KEPT], kept)
    rejected = [one.attempt for one in ended if one.attempt.verdict == Verdict.REJECTED]
    _save(rejected, "utterances", "findings", "verdict", "code")
    hopeless = [attempt.planned_id for attempt in rejected if attempt.number > maker.settings.retries]
    plans.filter(pk__in=hopeless).to_do().update(state=Planned.State.GIVEN_UP)


def _judge(maker: Maker, one: Ended, kept: Kept, to_do: set[int]) -> None:
    attempt = one.attempt
    answers = [text for text in one.said if text is not None]
    if None not in one.said or maker.is_whole(attempt.planned, answers):
        found = maker.read(attempt.planned, answers, one.last, kept)
        code = first_failure(found.findings, set(maker.settings.rejecting)) or ""
    else:
        found = Read((), (Finding(NO_ANSWER, None, None, one.last.error),))
        code = NO_ANSWER
    if not code and attempt.planned_id not in to_do:
        code = LATE
    attempt.utterances = [list(said) for said in found.utterances]
    attempt.findings = [finding.as_dict() for finding in found.findings]
    attempt.verdict, attempt.code = (Verdict.REJECTED if code else Verdict.KEPT), code
    if not code:
        to_do.discard(attempt.planned_id)
        attempt.signature = kept.add(attempt.planned.n, [said.text for said in found.utterances])


def _save(attempts: Sequence[Attempt], *names: str) -> None:
    """Write these fields of many rows in one go."""
    columns = {name: [getattr(attempt, name) for attempt in attempts] for name in names}
    update(Attempt, [attempt.pk for attempt in attempts], columns)


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
    """The dialogue of one attempt that a person decided to keep."""
    attempt.signature = stored(signature(Said(*one).text for one in attempt.utterances))
    file_dialogues(maker, [attempt])


def file_dialogues(maker: Maker, attempts: Sequence[Attempt], kept: Kept | None = None) -> None:
    """The dialogues become rows of the dataset, and the plans are done. The caller holds the dataset's lock."""
    calls = _calls_of(attempts)
    records = [_record(maker, attempt, calls[attempt.pk]) for attempt in attempts]
    written = write_dialogues(dataset=maker.run.dataset, records=records)
    for attempt, pk in zip(attempts, written, strict=True):
        attempt.dialogue_id = pk
    _save(attempts, "utterances", "findings", "verdict", "code", "dialogue_id", "signature")
    Planned.objects.filter(pk__in=[attempt.planned_id for attempt in attempts]).update(state=Planned.State.KEPT)
    if kept is not None and attempts:
        kept.knows_up_to(written[-1])


def _calls_of(attempts: Sequence[Attempt]) -> dict[int, list[Call]]:
    calls: dict[int, list[Call]] = {attempt.pk: [] for attempt in attempts}
    rows = AttemptCall.objects.filter(attempt__in=list(calls)).order_by("attempt", "place").select_related("call")
    for row in rows.defer("call__messages", "call__answer", "call__error"):
        calls[row.attempt_id].append(row.call)
    return calls


def _record(maker: Maker, attempt: Attempt, calls: Sequence[Call]) -> DialogueRecord:
    said = [Said(*one) for one in attempt.utterances]
    metadata = {"generated": provenance(maker, attempt, calls)}
    return maker.record(attempt.planned, said, name=str(attempt.planned.n), metadata=metadata)


def provenance(maker: Maker, attempt: Attempt, calls: Sequence[Call]) -> dict[str, Any]:
    """How a dialogue came to be, as it goes with it wherever it is exported."""
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
