"""Answers, kept the moment they are given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from annotation.answers import problem_with, storable
from annotation.models import Assignment, Judgment
from annotation.questions import Question
from annotation.services.clock import database_now
from annotation.services.gate import is_open
from annotation.services.holding import hold, lease_end, note_writing, take_back
from annotation.services.material import questions_of, spec_of

MOST_SECONDS: Final = 30 * 24 * 3600.0


@dataclass(frozen=True)
class Answer:
    """One answer as the annotator's page sends it. `client_key` is made there, so that a repeat is recognised."""

    client_key: UUID
    instrument: str
    criterion: str
    place: int = -1
    value: int | None = None
    cannot_judge: bool = False
    text: str = ""
    reason: str = ""
    span_start: int | None = None
    span_end: int | None = None
    answered: datetime | None = None


@dataclass(frozen=True)
class Refusal:
    """One answer that was not kept, and why."""

    client_key: UUID
    reason: str


@dataclass(frozen=True)
class Receipt:
    """What became of the answers. `saved` also names those that had been kept before.

    `state` is the assignment's state afterwards (`leased`, `submitted`, `returned`, `late`) or `closed`.
    """

    saved: list[UUID]
    state: str
    lease_until: datetime | None = None
    refused: list[Refusal] = field(default_factory=list)


def record_answers(*, assignment: Assignment, answers: Sequence[Answer], active_seconds: float) -> Receipt:
    """Keep these answers, in order; an answer to the same question supersedes the earlier one, which stays on record.

    Each is looked at on its own: a bad one is refused in words and the others are kept. Answers keep the lease alive;
    if it was lost, it is taken back where a slot is free, and the answers are kept all the same.
    `active_seconds` is the time spent on this unit so far (visible, not idle), not an increment.
    """
    with transaction.atomic():
        held = hold(assignment)
        known = _known(held, answers)
        if not is_open(held.annotator.study_id):
            late = [answer for answer in answers if answer.client_key not in known]
            words = _("The study was closed before this answer arrived, so it was not kept.")
            saved = [answer.client_key for answer in answers if answer.client_key in known]
            return Receipt(saved, "closed", None, [Refusal(answer.client_key, words) for answer in late])
        now = database_now()
        receipt = _keep(held, answers, known, now)
        _keep_alive(held, now)
        held.active_seconds = max(held.active_seconds, min(active_seconds, MOST_SECONDS))
        held.save(update_fields=["state", "lease_until", "active_seconds"])
        note_writing(held.annotator_id, now)
    return Receipt(receipt.saved, held.state, held.lease_until, receipt.refused)


def _known(assignment: Assignment, answers: Sequence[Answer]) -> set[UUID]:
    keys = [answer.client_key for answer in answers]
    rows = Judgment.objects.filter(assignment=assignment, client_key__in=keys)
    return set(rows.values_list("client_key", flat=True))


def _keep(assignment: Assignment, answers: Sequence[Answer], known: set[UUID], now: datetime) -> Receipt:
    asked = {question.key: question for question in questions_of(assignment)}
    kept: dict[UUID, Judgment] = {}
    latest: dict[tuple[str, str, int], Judgment] = {}
    saved, refused = [], []
    sequence = assignment.judgments.aggregate(last=Max("sequence"))["last"] or 0
    for answer in answers:
        if answer.client_key not in known and answer.client_key not in kept:
            if problem := _problem(assignment, asked, answer):
                refused.append(Refusal(answer.client_key, problem))
                continue
            sequence += 1
            judgment = _judgment(assignment, answer, sequence, now)
            key = (judgment.instrument, judgment.criterion, judgment.place)
            if key in latest:
                latest[key].superseded = True
            latest[key] = kept[answer.client_key] = judgment
        saved.append(answer.client_key)
    if latest:
        same = Q(pk__in=[])
        for instrument, criterion, place in latest:
            same |= Q(instrument=instrument, criterion=criterion, place=place)
        Judgment.objects.current().filter(same, assignment=assignment).update(superseded=True)
        Judgment.objects.bulk_create(kept.values())
    return Receipt(saved, assignment.state, None, refused)


def _problem(assignment: Assignment, asked: dict[tuple[str, str, int], Question], answer: Answer) -> str:
    question = asked.get((answer.instrument, answer.criterion, answer.place))
    if question is None:
        return _("This unit does not ask “{criterion}” of {instrument} at place {place}.").format(
            criterion=answer.criterion[:60], instrument=answer.instrument[:60], place=answer.place
        )
    shown = assignment.unit.first.content["turns"][answer.place]["text"] if answer.place >= 0 else ""
    return problem_with(
        question,
        value=answer.value,
        cannot_judge=answer.cannot_judge,
        text=answer.text,
        reason=answer.reason,
        span=(answer.span_start, answer.span_end),
        ties=spec_of(assignment.unit.block).ties,
        shown=shown,
    )


def _judgment(assignment: Assignment, answer: Answer, sequence: int, now: datetime) -> Judgment:
    answered = answer.answered or now
    return Judgment(
        assignment=assignment,
        instrument=answer.instrument,
        criterion=answer.criterion,
        place=answer.place,
        value=answer.value,
        cannot_judge=answer.cannot_judge,
        text=storable(answer.text),
        reason=storable(answer.reason),
        span_start=answer.span_start,
        span_end=answer.span_end,
        client_key=answer.client_key,
        sequence=sequence,
        answered=min(max(answered, assignment.started), now),
    )


def _keep_alive(assignment: Assignment, now: datetime) -> None:
    """Renew the lease; if it was lost, take it back where the slot is free and nothing else is held."""
    if assignment.state == Assignment.State.RETURNED:
        leased = Assignment.objects.filter(annotator=assignment.annotator_id, state=Assignment.State.LEASED)
        if not leased.exists() and take_back(assignment):
            assignment.state = Assignment.State.LEASED
    if assignment.state == Assignment.State.LEASED:
        assignment.lease_until = lease_end(assignment.annotator.study, now)
