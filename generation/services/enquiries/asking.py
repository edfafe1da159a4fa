"""The work of an enquiry: a job that lists the texts and cuts them into pieces, and the pieces, which ask.

What is done is what stands in the rows. A worker that dies loses the requests in flight and nothing else.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.utils.translation import gettext as _

from crsapp.jobs.registry import WAIT_FOR_PIECES, Context, Progress, Steps
from crsapp.jobs.services import enqueue
from generation.llm.access import EndpointError
from generation.llm.desk import Answer, Desks
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
from generation.services.piecework import Piecework, pieces

State = AskedText.State
ASK_PIECE: Final = "generation.enquire_piece"
PLANNED_AT_ONCE: Final = 2000
READ_AT_ONCE: Final = 50


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
    for first, last in pieces(numbers, in_flight=enquiry.endpoint.in_flight):
        yield _("Texts %(first)s to %(last)s") % {"first": first, "last": last}, first, last


def piece_steps(enquiry: Enquiry, context: Context, parent: object) -> Steps:
    """Ask about one piece: keep many requests in flight, and write down whatever comes back."""
    if not is_going_on(enquiry, parent):
        return {}
    try:
        desks = Desks(endpoints=[enquiry.endpoint], budget=enquiry.budget, job_id=context.job_id)
    except EndpointError as error:
        pause(enquiry, why=str(error))
        return {}
    piece = Piece(enquiry, desks, context.arguments["first"], context.arguments["last"], parent)
    with desks:
        yield from piece.steps(context)
    finish_if_done(enquiry)
    return dict(piece.came_of)


@dataclass(eq=False)
class Question:
    """What is asked about a text, as often as it is."""

    asked: AskedText
    rendered: Rendered


class Piece(Piecework[Question]):
    """The texts from one number to another that are still to be asked about."""

    def __init__(self, enquiry: Enquiry, desks: Desks, first: int, last: int, parent: object) -> None:
        super().__init__(desks)
        self.enquiry = enquiry
        self.kind = kind_of(enquiry)
        self.came_of: Counter[str] = Counter()
        self._parent = parent
        self._rows = enquiry.texts.filter(n__range=(first, last)).to_do().order_by("n")
        self._read_to = first - 1
        self._total = self._rows.count()

    @property
    def progress(self) -> Progress:
        message = _("%(count)s requests in flight") % {"count": self.in_flight}
        return Progress(done=min(self.came_of.total(), self._total), total=self._total, message=message)

    def is_going_on(self) -> bool:
        return is_going_on(self.enquiry, self._parent)

    def pause(self, why: str) -> None:
        pause(self.enquiry, why=why)

    def fill(self) -> None:
        """Read on while there is room for more questions than wait."""
        room = sum(desk.room for desk in self.desks)
        while self.under_way - self.in_flight < room and self._read_on():
            pass

    def take(self, back: Sequence[tuple[Question, Answer]]) -> None:
        """Write down what answers say, or why they say nothing; ask again where that is worth it."""
        for question, answer in back:
            question.asked.tries, question.asked.call = question.asked.tries + 1, answer.call
        heard = [Answered(question.asked, answer.call) for question, answer in back if answer.outcome.answered]
        said = dict(zip((one.asked.pk for one in heard), self.kind.take(self.enquiry, heard), strict=True))
        for question, answer in back:
            self._judge(question, said.get(question.asked.pk), answer.outcome.detail)
        self._save([question.asked for question, _answer in back])

    def _judge(self, question: Question, said: str | Refused | None, why_not: str) -> None:
        """Done, asked once more, or failed, with the reason why what was said is not taken, or why nothing was."""
        asked = question.asked
        if isinstance(said, str):
            asked.state, asked.digest, asked.reason = State.DONE, said, ""
        elif said is not None and asked.tries < self.enquiry.settings["tries"]:
            self._put(question)
        else:
            asked.state, asked.reason = State.FAILED, said.why if said else why_not

    def _save(self, rows: Sequence[AskedText]) -> None:
        columns = {name: [getattr(row, name) for row in rows] for name in ("state", "reason", "digest", "tries")}
        update(AskedText, [row.pk for row in rows], {**columns, "call": [row.call_id for row in rows]})
        self.came_of.update(row.state for row in rows if row.state != State.TO_DO)

    def _put(self, question: Question) -> None:
        asked = question.asked
        ask = Ask(f"{asked.pk}/{asked.tries}", question.rendered, seed=asked.tries)
        self.put(self.enquiry.endpoint_id, question, ask)

    def _read_on(self) -> bool:
        found = list(self._rows.filter(n__gt=self._read_to)[:READ_AT_ONCE])
        questions = self.kind.questions(self.enquiry, found) if found else {}
        needless = [row for row in found if row.pk not in questions]
        for row in found:
            self._read_to = row.n
            if row.pk in questions:
                self._put(Question(row, questions[row.pk]))
        for row in needless:
            row.state = State.DONE
        self._save(needless)
        return bool(found)
