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
from generation.services.enquiries.kinds import Answered, EnquiryError, Refused, Target
from generation.services.enquiries.steering import (
    check_endpoint,
    finish_if_done,
    is_going_on,
    pause,
    prompt_of,
)
from generation.services.enquiries.table import kind_of
from generation.services.inserting import update

State = AskedText.State
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
                if answers := desk.book(landed):
                    piece.take(answers)
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

    def take(self, answers: Sequence[Answer]) -> None:
        """Write down what answers say, or why they say nothing; ask again where that is worth it."""
        back = [(*self._in_flight.pop(answer.ask.subject), answer) for answer in answers]
        for _asked, _rendered, answer in back:
            self._look_at(answer)
        back = [(asked, rendered, answer) for asked, rendered, answer in back if answer.outcome.kind not in HOPELESS]
        for asked, _rendered, answer in back:
            asked.tries, asked.call = asked.tries + 1, answer.call
        heard = [Answered(asked, answer.call) for asked, _rendered, answer in back if answer.outcome.answered]
        said = dict(zip((one.asked.pk for one in heard), self.kind.take(self.enquiry, heard), strict=True))
        for asked, rendered, answer in back:
            self._judge(asked, rendered, said.get(asked.pk), answer.outcome.detail)
        self._save([asked for asked, _rendered, _answer in back])

    def _look_at(self, answer: Answer) -> None:
        """The enquiry pauses where the endpoint will have none of it, or leaves one text after the other unanswered."""
        self._unanswered = 0 if answer.outcome.answered else self._unanswered + 1
        if answer.outcome.kind in HOPELESS or self._unanswered >= UNANSWERED_IN_A_ROW:
            pause(self.enquiry, why=answer.outcome.detail)

    def _judge(self, asked: AskedText, rendered: Rendered, said: str | Refused | None, why_not: str) -> None:
        """Done, asked once more, or failed, with the reason why what was said is not taken, or why nothing was."""
        if isinstance(said, str):
            asked.state, asked.digest, asked.reason = State.DONE, said, ""
        elif said is not None and asked.tries < self.enquiry.settings["tries"]:
            self._wanted.append((asked, rendered))
        else:
            asked.state, asked.reason = State.FAILED, said.why if said else why_not

    def _save(self, rows: Sequence[AskedText]) -> None:
        columns = {name: [getattr(row, name) for row in rows] for name in ("state", "reason", "digest", "tries")}
        update(AskedText, [row.pk for row in rows], {**columns, "call": [row.call_id for row in rows]})
        self.came_of.update(row.state for row in rows if row.state != State.TO_DO)

    def _read_on(self) -> None:
        while not self._wanted or len(self._wanted) < READ_AT_ONCE:
            found = list(self._rows.filter(n__gt=self._read_to)[:READ_AT_ONCE])
            if not found:
                return
            self._read_to = found[-1].n
            questions = self.kind.questions(self.enquiry, found)
            self._wanted.extend((row, questions[row.pk]) for row in found if row.pk in questions)
            needless = [row for row in found if row.pk not in questions]
            for row in needless:
                row.state = State.DONE
            self._save(needless)


def _subject(asked: AskedText) -> str:
    return f"{asked.pk}/{asked.tries}"
