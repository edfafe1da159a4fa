"""The work of a run: a job that plans and cuts the plans into pieces, and the pieces, which ask and keep.

What is done is what stands in the rows. Each answer is a row of its attempt as soon as it is booked, so a worker that
dies loses the requests in flight and nothing else: whoever goes on asks what comes after the answers that are there.
"""

import hashlib
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Max
from django.utils.translation import gettext as _

from crsapp.jobs.registry import WAIT_FOR_PIECES, Context, Progress, Steps
from crsapp.jobs.services import enqueue
from generation.llm.access import EndpointError
from generation.llm.desk import Answer, Desks
from generation.llm.record import Ask
from generation.models import Attempt, AttemptCall, Call, GenerationRun, Planned
from generation.services.piecework import Piecework, pieces
from generation.services.runs.keeping import Ended, conclude, lock_dataset
from generation.services.runs.kinds import maker_of
from generation.services.runs.settings import RunError, check_unchanged
from generation.services.runs.steering import finish_if_done, is_going_on, pause
from generation.services.runs.twins import Kept

WORK: Final = "generation.write"
WAITING_EACH: Final = 4
"""So many dialogues are under way for each request in flight: while some are asked, others are answered and wait."""
READ_AT_ONCE: Final = 50
CONCLUDED_AT_ONCE: Final = 8


@dataclass(eq=False)
class Try:
    """A dialogue under way: its attempt, a row from the first answer on, and what was answered so far.

    Where a question was given up, None stands in place of its answer.
    """

    attempt: Attempt
    said: list[str | None] = field(default_factory=list)

    @property
    def planned(self) -> Planned:
        return self.attempt.planned

    @property
    def subject(self) -> str:
        """By what its next question is known: the plan, the try, the place of the answer."""
        return f"{self.attempt.planned_id}/{self.attempt.number}/{len(self.said)}"


def run_steps(run: GenerationRun, context: Context) -> Steps:
    """Plan what is not planned yet, then hand out what is to be written in pieces."""
    if not is_going_on(run, context.job_id):
        return {}
    try:
        check_unchanged(run)
        if not run.all_planned:
            yield from maker_of(run).plan_steps()
    except RunError as error:
        pause(run, why=str(error))
        return {}
    for title, first, last in _pieces(run):
        arguments = {"run": run.pk, "first": first, "last": last}
        enqueue(kind=WORK, arguments=arguments, title=title, parent=context.job_id, max_attempts=10)
    run.refresh_from_db()
    finish_if_done(run)
    return WAIT_FOR_PIECES


def _pieces(run: GenerationRun) -> Iterator[tuple[str, int, int]]:
    numbers = list(Planned.objects.filter(run=run).to_do().order_by("n").values_list("n", flat=True))
    at_a_time = max((part.endpoint.in_flight for part in run.parts.select_related("endpoint")), default=1)
    for first, last in pieces(numbers, in_flight=at_a_time):
        yield _("Dialogues %(first)s to %(last)s") % {"first": first, "last": last}, first, last


def piece_steps(run: GenerationRun, context: Context, parent: object) -> Steps:
    """Work through one piece: keep many requests in flight, and put on record whatever comes back."""
    if not is_going_on(run, parent):
        return {}
    endpoints = {part.endpoint_id: part.endpoint for part in run.parts.select_related("endpoint")}
    try:
        desks = Desks(endpoints=endpoints.values(), budget=run.budget, job_id=context.job_id)
    except EndpointError as error:
        pause(run, why=str(error))
        return {}
    piece = Piece(run, desks, context.arguments["first"], context.arguments["last"], parent)
    with desks:
        yield from piece.steps(context)
    finish_if_done(run)
    return dict(piece.verdicts)


class Piece(Piecework[Try]):
    """The plans from one number to another that are still to be made into dialogues."""

    def __init__(self, run: GenerationRun, desks: Desks, first: int, last: int, parent: object) -> None:
        super().__init__(desks)
        self.run = run
        self.maker = maker_of(run)
        self.kept = Kept(run)
        self.verdicts: Counter[str] = Counter()
        self._parent = parent
        self._rows = Planned.objects.filter(run=run, n__range=(first, last)).to_do().order_by("n")
        self._next: deque[Try] = deque()
        self._ended: deque[Ended] = deque()
        self._read_to = first - 1
        self._all_read = False
        self._total = self._rows.count()
        self._over = 0

    @property
    def progress(self) -> Progress:
        words = {"count": self.in_flight, "dialogues": self.under_way}
        message = _("%(count)s requests in flight, %(dialogues)s dialogues under way") % words
        return Progress(done=min(self._over, self._total), total=self._total, message=message)

    def is_going_on(self) -> bool:
        return is_going_on(self.run, self._parent)

    def pause(self, why: str) -> None:
        pause(self.run, why=why)

    def fill(self) -> None:
        """Begin so many dialogues that no endpoint runs dry, and no more: those under way come first."""
        most = WAITING_EACH * sum(desk.endpoint.in_flight for desk in self.desks)
        while self.under_way < most and (self._next or (not self._all_read and self._read_on())):
            tried = self._next.popleft()
            if not self._goes_on(tried):  # left so by a program that would have concluded it
                last = Call.objects.filter(brought__attempt=tried.attempt).latest("brought__place")
                self._ended.append(Ended(tried.attempt, tried.said, last))

    def take(self, back: Sequence[tuple[Try, Answer]]) -> None:
        """Put answers on record: the next question follows, or the dialogue waits to be judged."""
        self._put_down(back)
        ended = [(tried, answer) for tried, answer in back if not self._goes_on(tried)]
        self._ended.extend(Ended(tried.attempt, tried.said, answer.call) for tried, answer in ended)

    @property
    def is_behind(self) -> bool:
        return bool(self._ended)

    def catch_up(self) -> None:
        """Judge some of the dialogues that ended: many may at once, while others wait for their next question."""
        some = [self._ended.popleft() for _one in range(min(len(self._ended), CONCLUDED_AT_ONCE))]
        if some:
            lock_dataset(self.run)
            self.kept.refresh()
            conclude(self.maker, some, self.kept)
        for one in some:
            self._follow_up(one.attempt)

    def _put_down(self, back: Sequence[tuple[Try, Answer]]) -> None:
        """Each answer becomes a row of its attempt; an attempt begins with its first."""
        Attempt.objects.bulk_create(tried.attempt for tried, _answer in back if tried.attempt.pk is None)
        AttemptCall.objects.bulk_create(
            AttemptCall(attempt=tried.attempt, place=len(tried.said), call=answer.call) for tried, answer in back
        )
        for tried, answer in back:
            tried.said.append(answer.call.answer if answer.outcome.answered else None)

    def _follow_up(self, attempt: Attempt) -> None:
        self.verdicts[attempt.verdict] += 1
        if attempt.verdict == attempt.Verdict.REJECTED and attempt.number <= self.maker.settings.retries:
            self._next.appendleft(self._new(attempt.planned, attempt.number + 1))
        else:
            self._over += 1

    def _new(self, planned: Planned, number: int) -> Try:
        return Try(Attempt(run=self.run, planned=planned, number=number))

    def _goes_on(self, tried: Try) -> bool:
        """Whether there is something more to ask for this dialogue; then it waits for its turn."""
        question = self.maker.next(tried.planned, tried.said)
        if question is None:
            return False
        seed = seed_of(self.maker.settings.seed, tried.planned.n, tried.attempt.number)
        ask = Ask(tried.subject, question.prompt, seed=seed, temperature=question.temperature)
        self.put(question.endpoint, tried, ask, begun=bool(tried.said))
        return True

    def _read_on(self) -> bool:
        """Read the next plans, with what was said already where an attempt was left under way."""
        found = list(self._rows.filter(n__gt=self._read_to)[:READ_AT_ONCE])
        of_them = Attempt.objects.filter(planned__in=found).order_by()
        numbers: dict[int, int] = dict(of_them.values_list("planned").annotate(Max("number")))
        left = {one.planned_id: one for one in of_them.filter(verdict=Attempt.Verdict.OPEN)}
        calls = AttemptCall.objects.filter(attempt__in=left.values()).order_by("attempt", "place")
        tries = {attempt.pk: Try(attempt) for attempt in left.values()}
        for pk, state, text in calls.values_list("attempt", "call__state", "call__answer"):
            tries[pk].said.append(text if state == Call.State.ANSWERED else None)
        for planned in found:
            if attempt := left.get(planned.pk):
                attempt.planned, attempt.run = planned, self.run
                self._next.append(tries[attempt.pk])
            else:
                self._next.append(self._new(planned, numbers.get(planned.pk, 0) + 1))
            self._read_to = planned.n
        self._all_read = len(found) < READ_AT_ONCE
        return bool(found)


def seed_of(seed: int, n: int, number: int) -> int:
    """The seed of one try, which is another for each.

    >>> seed_of(1, 2, 3) == seed_of(1, 2, 3) != seed_of(1, 3, 2)
    True
    """
    return int.from_bytes(hashlib.sha256(f"{seed} {n} {number}".encode()).digest()[:4]) >> 1
