"""Answers, kept the moment they are given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from annotation.models import Assignment


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
    raise NotImplementedError
