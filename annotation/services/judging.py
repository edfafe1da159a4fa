"""Answers, kept the moment they are given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from annotation.answers import problem_with, storable
from annotation.models import Assignment, Judgment
from annotation.questions import Question
from annotation.services.errors import LeftError
from annotation.services.holding import Held, hold, lease_end, note_writing, take_back
from annotation.services.material import questions_of, spec_of
from generation.rendering import shown_text
from generation.services.prepared import Inserting, Selecting, Updating

MOST_SECONDS: Final = 30 * 24 * 3600.0

_ANSWERED = Selecting(
    lambda given: (
        Judgment.objects.filter(assignment=given.assignment)
        .order_by()
        .values_list("client_key", "sequence", "instrument", "criterion", "place")
    )
)
_NEW = Inserting(Judgment)
_WRITTEN = Updating(
    lambda given: Assignment.objects.filter(pk=given.assignment),
    lambda given: {
        "state": given.state,
        "lease_until": given.lease_until,
        "active_seconds": given.active_seconds,
    },
)


@dataclass(frozen=True)
class Answer:
    """One answer as the annotator's page sends it. `client_key` is made there, so that a repeat is recognised.

    `amendment` is the last one in force when the page was drawn, so that the words on the screen are known.
    """

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
    amendment: int | None = None


@dataclass(frozen=True)
class Refusal:
    """One answer that was not kept, and why."""

    client_key: UUID
    reason: str


@dataclass(frozen=True)
class Receipt:
    """What became of the answers. `saved` also names those that had been kept before.

    `state` is the assignment's state afterwards (`leased`, `submitted`, `returned`, `late`), or `closed`, or `left`
    when the annotator no longer takes part; or `over` when the deadline has passed: what is neither saved nor refused
    may come again, if the deadline is moved.
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
    try:
        return _record(assignment, answers, active_seconds)
    except LeftError as error:
        return _too_late(assignment, answers, "left", str(error))


def _record(assignment: Assignment, answers: Sequence[Answer], active_seconds: float) -> Receipt:
    with transaction.atomic():
        held, mine = hold(assignment)
        if held.standing == "over":
            return _too_late(mine, answers, "over")
        if held.standing == "closed":
            words = _("The study was closed before this answer arrived, so it was not kept.")
            return _too_late(mine, answers, "closed", words)
        kept = keep_answers(held, mine, answers)
        _keep_alive(mine, held.now)
        mine.active_seconds = max(mine.active_seconds, min(active_seconds, MOST_SECONDS))
        _WRITTEN.run(
            assignment=mine.pk,
            state=mine.state,
            lease_until=mine.lease_until,
            active_seconds=mine.active_seconds,
        )
        note_writing(mine.annotator_id, held.now)
    return Receipt(kept.saved, mine.state, mine.lease_until, kept.refused)


def _too_late(assignment: Assignment, answers: Sequence[Answer], state: str, words: str = "") -> Receipt:
    """What is kept already is saved; the rest is refused, if there are words to say so."""
    known = _Before(assignment).client_keys
    return Receipt(
        saved=[answer.client_key for answer in answers if answer.client_key in known],
        state=state,
        refused=[Refusal(one.client_key, words) for one in answers if words and one.client_key not in known],
    )


class _Before:
    """What has been answered in an assignment so far: client keys, the questions, and the last sequence number."""

    def __init__(self, assignment: Assignment) -> None:
        rows = _ANSWERED.rows(assignment=assignment.pk)
        self.client_keys = {row[0] for row in rows}
        self.sequence = max((row[1] for row in rows), default=0)
        self.questions = {row[2:] for row in rows}


@dataclass(frozen=True)
class Kept:
    """What became of answers to an assignment that is held, and every question that is answered now."""

    saved: list[UUID]
    refused: list[Refusal]
    answered: set[tuple[str, str, int]]


def keep_answers(held: Held, assignment: Assignment, answers: Sequence[Answer]) -> Kept:
    """Keep what can be kept of these answers to an assignment that is held."""
    asked = {question.key: question for question in questions_of(assignment)}
    kept: dict[UUID, Judgment] = {}
    latest: dict[tuple[str, str, int], Judgment] = {}
    saved, refused = [], []
    before = _Before(assignment)
    sequence = before.sequence
    for answer in answers:
        if answer.client_key not in before.client_keys and answer.client_key not in kept:
            if problem := _problem(assignment, asked, answer):
                refused.append(Refusal(answer.client_key, problem))
                continue
            sequence += 1
            judgment = _judgment(assignment, answer, sequence, held.now)
            key = (judgment.instrument, judgment.criterion, judgment.place)
            if key in latest:
                latest[key].superseded = True
            latest[key] = kept[answer.client_key] = judgment
        saved.append(answer.client_key)
    if answered_again := latest.keys() & before.questions:
        same = Q(pk__in=[])
        for instrument, criterion, place in answered_again:
            same |= Q(instrument=instrument, criterion=criterion, place=place)
        Judgment.objects.current().filter(same, assignment=assignment).update(superseded=True)
    _NEW.rows(list(kept.values()))
    return Kept(saved, refused, before.questions | latest.keys())


def _problem(assignment: Assignment, asked: dict[tuple[str, str, int], Question], answer: Answer) -> str:
    question = asked.get((answer.instrument, answer.criterion, answer.place))
    if question is None:
        return _("This unit does not ask “{criterion}” of {instrument} at place {place}.").format(
            criterion=answer.criterion[:60], instrument=answer.instrument[:60], place=answer.place
        )
    shown = ""
    if answer.place >= 0 and answer.span_start is not None:
        shown = shown_text(assignment.unit.first.content["turns"][answer.place]["text"])
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
    in_force = assignment.annotator.study.amendment_number
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
        amendment=in_force if answer.amendment is None else min(max(answer.amendment, 0), in_force),
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
