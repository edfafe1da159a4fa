"""Annotators saying that something is wrong with what they are shown. Their words are for the researchers alone."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from annotation.answers import storable
from annotation.models import Assignment, Flag
from annotation.services.errors import LeftError
from annotation.services.holding import Held, hold
from annotation.services.judging import Receipt, Refusal

MOST_TEXT: Final = 2_000
MOST_FLAGS: Final = 50


def report_unit(*, assignment: Assignment, client_key: UUID, text: str, raised: datetime | None = None) -> Receipt:
    """Keep an annotator's report about a unit of theirs; it replaces one that nobody has settled yet.

    Done twice it does no harm. The unit stays with them: they go on, or answer “cannot judge”.
    """

    def keep(held: Held, mine: Assignment) -> str:
        flags = Flag.objects.filter(assignment=mine)
        if flags.filter(client_key=client_key).exists():
            return ""
        if problem := _problem(mine, text):
            return problem
        flags.waiting().update(withdrawn=held.now)
        out = mine.unit.excluded is not None
        Flag.objects.create(
            assignment=mine,
            client_key=client_key,
            text=storable(text.strip()),
            raised=min(max(raised or held.now, mine.started), held.now),
            settled=held.now if out else None,
            outcome=Flag.Outcome.EXCLUDED if out else "",
        )
        return ""

    return _received(assignment, client_key, keep)


def withdraw_report(*, assignment: Assignment, client_key: UUID, report: UUID) -> Receipt:
    """Take back the report that was sent under the key `report`, unless somebody has settled it; it stays on record."""

    def take_back(held: Held, mine: Assignment) -> str:
        Flag.objects.waiting().filter(assignment=mine, client_key=report).update(withdrawn=held.now)
        return ""

    return _received(assignment, client_key, take_back)


def _received(assignment: Assignment, client_key: UUID, work: Callable[[Held, Assignment], str]) -> Receipt:
    """The receipt of what an annotator sent, like that of an answer; `work` returns why it was refused, if it was."""
    try:
        with transaction.atomic():
            held, mine = hold(assignment)
            if held.standing == "over":
                return Receipt([], "over")
            problem = _closed() if held.standing == "closed" else work(held, mine)
            state = mine.state if held.standing == "open" else "closed"
    except LeftError as error:
        problem, state = str(error), "left"
    if problem:
        return Receipt([], state, refused=[Refusal(client_key, problem)])
    return Receipt([client_key], state)


def _closed() -> str:
    return _("The study was closed before this report arrived, so it was not kept.")


def _problem(assignment: Assignment, text: str) -> str:
    if len(text) > MOST_TEXT:
        return _("The report has %(n)s characters; at most %(most)s are kept.") % {"n": len(text), "most": MOST_TEXT}
    if assignment.flags.count() >= MOST_FLAGS:
        return _("You have reported this one often enough; the researchers know.")
    return ""
