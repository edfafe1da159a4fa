"""The work of an enquiry: a job that lists the texts and cuts them into pieces, and the pieces, which ask.

What is done is what stands in the rows. A worker that dies loses the requests in flight and nothing else.
"""

import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Final

from django.utils.translation import gettext as _

from crsapp.jobs.registry import WAIT_FOR_PIECES, Context, Outside, Progress, Steps
from crsapp.jobs.services import enqueue
from generation.llm.access import EndpointError
from generation.llm.desk import Answer, Desk
from generation.llm.exchange import Kind as Outcome
from generation.llm.prompts import Rendered
from generation.llm.record import Ask
from generation.models import AskedText, Enquiry
from generation.services.enquiries.kinds import EnquiryError, Refused, Target
from generation.services.enquiries.steering import (
    check_endpoint,
    finish_if_done,
    is_going_on,
    pause,
    prompt_of,
)
from generation.services.enquiries.table import kind_of

ASK_PIECE: Final = "generation.enquire_piece"
PIECES: Final = 16
PIECE_SIZES: Final = (20, 500)
PLANNED_AT_ONCE: Final = 2000
READ_AT_ONCE: Final = 50
UNANSWERED_IN_A_ROW: Final = 5
SECONDS_TO_WAIT_FOR_ROOM: Final = 2.0
HOPELESS: Final = frozenset(
    {
        Outcome.NO_CREDIT,
        Outcome.UNAUTHORISED,
        Outcome.NOT_FOUND,
        Outcome.REDIRECTED,
        Outcome.NOT_SENT,
        Outcome.UNREACHABLE,
    }
)
"""After these no other question would fare better, so the enquiry pauses; the text is not held against."""


def enquiry_steps(enquiry: Enquiry, context: Context) -> Steps:
    """List what is to be asked about, then hand it out in pieces."""
    if not is_going_on(enquiry, context.job_id):
        return {}
    try:
        prompt_of(enquiry)
        check_endpoint(enquiry)
    except EnquiryError as error:
        pause(enquiry, why=str(error))
        return {}
    if not enquiry.all_planned:
        yield from _plan(enquiry)
    for title, first, last in _pieces(enquiry):
        arguments = {"enquiry": enquiry.pk, "first": first, "last": last}
        enqueue(kind=ASK_PIECE, arguments=arguments, title=title, parent=context.job_id, max_attempts=10)
    finish_if_done(enquiry)
    return WAIT_FOR_PIECES


def _plan(enquiry: Enquiry) -> Iterator[Progress]:
    """One row for each text. Begun anew where a worker died in between: nothing was asked yet."""
    enquiry.texts.all()._raw_delete(enquiry.texts.db)
    targets = kind_of(enquiry).targets(enquiry.dataset, enquiry.language, enquiry.settings)
    there = 0
    while some := list(islice(targets, PLANNED_AT_ONCE)):
        AskedText.objects.bulk_create(rows_of(enquiry, there + 1, some))
        there += len(some)
        yield Progress(done=0, total=there, message=_("The texts are being listed"))
    Enquiry.objects.filter(pk=enquiry.pk).update(all_planned=True)


def rows_of(enquiry: Enquiry, first: int, targets: Sequence[Target]) -> list[AskedText]:
    """Rows of these texts, not saved."""
    of = AskedText.What
    column = {
        of.UTTERANCE: "utterance_id",
        of.SITUATION: "dialogue_id",
        of.DIALOGUE: "dialogue_id",
        of.PROFILE: "person_id",
    }
    return [
        AskedText(
            enquiry=enquiry,
            n=n,
            what=target.what,
            phrases=list(target.phrases),
            **({column[of(target.what)]: target.key} if target.key is not None else {}),
        )
        for n, target in enumerate(targets, start=first)
    ]


def _pieces(enquiry: Enquiry) -> Iterator[tuple[str, int, int]]:
    numbers = list(enquiry.texts.to_do().order_by("n").values_list("n", flat=True))
    least, most = PIECE_SIZES
    size = min(max(len(numbers) // PIECES, least), most)
    for start in range(0, len(numbers), size):
        some = numbers[start : start + size]
        yield _("Texts %(first)s to %(last)s") % {"first": some[0], "last": some[-1]}, some[0], some[-1]


def piece_steps(enquiry: Enquiry, context: Context, parent: object) -> Steps:
    """Ask about one piece: keep many requests in flight, and write down whatever comes back."""
    if not is_going_on(enquiry, parent):
        return {}
    try:
        desk = Desk(endpoint=enquiry.endpoint, budget=enquiry.budget, job_id=context.job_id)
    except EndpointError as error:
        pause(enquiry, why=str(error))
        return {}
    piece = Piece(enquiry, context.arguments["first"], context.arguments["last"])
    with desk:
        while True:
            waits = is_going_on(enquiry, parent) and piece.ask(desk)
            if desk.busy:
                landed = yield Outside(piece.progress, desk.exchange)
                for answer in desk.book(landed):
                    piece.take(answer)
                    context.got_further()
            elif waits:
                yield Outside(piece.progress, partial(time.sleep, SECONDS_TO_WAIT_FOR_ROOM))
            elif not (is_going_on(enquiry, parent) and piece.has_more()):
                break
    finish_if_done(enquiry)
    return dict(piece.came_of)


class Piece:
    """The texts from one number to another that are still to be asked about."""

    def __init__(self, enquiry: Enquiry, first: int, last: int) -> None:
        self.enquiry = enquiry
        self.kind = kind_of(enquiry)
        self.came_of: Counter[str] = Counter()
        self._rows = enquiry.texts.filter(n__range=(first, last)).to_do().order_by("n")
        self._wanted: deque[tuple[AskedText, Rendered]] = deque()
        self._read_to = first - 1
        self._in_flight: dict[str, tuple[AskedText, Rendered]] = {}
        self._total = self._rows.count()
        self._unanswered = 0

    @property
    def progress(self) -> Progress:
        message = _("%(count)s requests in flight") % {"count": len(self._in_flight)}
        return Progress(done=min(self.came_of.total(), self._total), total=self._total, message=message)

    def has_more(self) -> bool:
        if not self._wanted:
            self._read_on()
        return bool(self._wanted)

    def ask(self, desk: Desk) -> bool:
        """Put as many questions as there is room for. True if the rest has to wait for what others have reserved."""
        if len(self._wanted) < desk.room:
            self._read_on()
        wanted = list(islice(self._wanted, desk.room))
        asked = desk.ask([Ask(_subject(row), rendered, seed=row.tries) for row, rendered in wanted])
        for row, rendered in wanted[:asked]:
            self._wanted.popleft()
            self._in_flight[_subject(row)] = row, rendered
        if asked == len(wanted) or desk.refusal is None:
            return False
        if not desk.refusal.for_now:
            pause(self.enquiry, why=str(desk.refusal))
        return desk.refusal.for_now

    def take(self, answer: Answer) -> None:
        """Write down what one answer says, or why it says nothing; ask again where that is worth it."""
        asked, rendered = self._in_flight.pop(answer.ask.subject)
        if answer.outcome.kind in HOPELESS:
            pause(self.enquiry, why=answer.outcome.detail)
            return
        asked.tries, asked.call = asked.tries + 1, answer.call
        if answer.outcome.answered:
            self._unanswered = 0
            self._write(asked, rendered, answer)
            return
        self._unanswered += 1
        if self._unanswered >= UNANSWERED_IN_A_ROW:
            pause(self.enquiry, why=answer.outcome.detail)
        self._settle(asked, AskedText.State.FAILED, reason=answer.outcome.detail)

    def _write(self, asked: AskedText, rendered: Rendered, answer: Answer) -> None:
        try:
            asked.digest = self.kind.take(self.enquiry, asked, answer.call)
        except Refused as refused:
            if asked.tries < self.enquiry.settings["tries"]:
                asked.save(update_fields=["tries", "call"])
                self._wanted.append((asked, rendered))
            else:
                self._settle(asked, AskedText.State.FAILED, reason=str(refused))
        else:
            self._settle(asked, AskedText.State.DONE)

    def _settle(self, asked: AskedText, state: str, reason: str = "") -> None:
        asked.state, asked.reason = state, reason
        asked.save(update_fields=["state", "reason", "digest", "tries", "call"])
        self.came_of[state] += 1

    def _read_on(self) -> None:
        while not self._wanted or len(self._wanted) < READ_AT_ONCE:
            found = list(self._rows.filter(n__gt=self._read_to)[:READ_AT_ONCE])
            if not found:
                return
            self._read_to = found[-1].n
            questions = self.kind.questions(self.enquiry, found)
            for row in found:
                if row.pk in questions:
                    self._wanted.append((row, questions[row.pk]))
                else:
                    self._settle(row, AskedText.State.DONE)


def _subject(asked: AskedText) -> str:
    return f"{asked.pk}/{asked.tries}"
