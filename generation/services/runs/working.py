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
from generation.services.piecework import Piecework
from generation.services.runs.keeping import Ended, conclude, lock_dataset
from generation.services.runs.kinds import maker_of
from generation.services.runs.settings import RunError, check_unchanged
from generation.services.runs.steering import finish_if_done, is_going_on, pause
from generation.services.runs.twins import Kept

WORK: Final = "generation.write"
PIECES: Final = 16
PIECE_SIZES: Final = (20, 200)
"""So many pieces are enough for many workers; each is long enough to keep requests in flight, short enough to share."""
WAITING_EACH: Final = 4
"""So many dialogues are under way for each request in flight: while some are asked, others are answered and wait."""
READ_AT_ONCE: Final = 50


@dataclass(eq=False)
class Try:
    """A dialogue under way: its attempt, a row from the first answer on, and what was answered so far."""

    attempt: Attempt
    said: list[str] = field(default_factory=list)

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
    """Enough of them for many workers, each with enough dialogues to have every endpoint busy until its end."""
    numbers = list(Planned.objects.filter(run=run).to_do().order_by("n").values_list("n", flat=True))
    least, most = PIECE_SIZES
    at_a_time = max((part.endpoint.in_flight for part in run.parts.select_related("endpoint")), default=1)
    enough = WAITING_EACH * at_a_time
    size = min(max(len(numbers) // PIECES, least, enough), max(most, enough))
    for start in range(0, len(numbers), size):
        some = numbers[start : start + size]
        yield _("Dialogues %(first)s to %(last)s") % {"first": some[0], "last": some[-1]}, some[0], some[-1]


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
        self._read_to = first - 1
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
        while self.under_way < most and (self._next or self._read_on()):
            tried = self._next.popleft()
            if not self._goes_on(tried):  # it was left with all its answers, by a program that would have asked on
                last = Call.objects.filter(brought__attempt=tried.attempt).latest("brought__place")
                self._conclude([Ended(tried.attempt, tried.said, last)])

    def take(self, back: Sequence[tuple[Try, Answer]]) -> None:
        """Put answers on record: the next question follows, or the dialogue is judged."""
        self._put_down(back)
        ended = [(tried, answer) for tried, answer in back if not answer.outcome.answered or not self._goes_on(tried)]
        self._conclude([Ended(tried.attempt, tried.said, answer.call) for tried, answer in ended])

    def _put_down(self, back: Sequence[tuple[Try, Answer]]) -> None:
        """Each answer becomes a row of its attempt; an attempt begins with its first."""
        Attempt.objects.bulk_create(tried.attempt for tried, _answer in back if tried.attempt.pk is None)
        AttemptCall.objects.bulk_create(
            AttemptCall(attempt=tried.attempt, place=len(tried.said), call=answer.call) for tried, answer in back
        )
        for tried, answer in back:
            if answer.outcome.answered:
                tried.said.append(answer.call.answer)

    def _conclude(self, ended: Sequence[Ended]) -> None:
        if ended:
            lock_dataset(self.run)
            self.kept.refresh()
            conclude(self.maker, ended, self.kept)
        for one in ended:
            self._follow_up(one.attempt)

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
        self.put(question.endpoint, tried, ask)
        return True

    def _read_on(self) -> bool:
        """Read the next plans, with what was said already where an attempt was left under way."""
        found = list(self._rows.filter(n__gt=self._read_to)[:READ_AT_ONCE])
        of_them = Attempt.objects.filter(planned__in=found).order_by()
        numbers: dict[int, int] = dict(of_them.values_list("planned").annotate(Max("number")))
        left = {one.planned_id: one for one in of_them.filter(verdict=Attempt.Verdict.OPEN)}
        said = AttemptCall.objects.filter(attempt__in=left.values()).order_by("attempt", "place")
        answers: dict[int, list[str]] = {}
        for pk, text in said.values_list("attempt", "call__answer"):
            answers.setdefault(pk, []).append(text)
        for planned in found:
            if attempt := left.get(planned.pk):
                attempt.planned, attempt.run = planned, self.run
                self._next.append(Try(attempt, answers[attempt.pk]))
            else:
                self._next.append(self._new(planned, numbers.get(planned.pk, 0) + 1))
            self._read_to = planned.n
        return bool(found)


def seed_of(seed: int, n: int, number: int) -> int:
    """The seed of one try, which is another for each.

    >>> seed_of(1, 2, 3) == seed_of(1, 2, 3) != seed_of(1, 3, 2)
    True
    """
    return int.from_bytes(hashlib.sha256(f"{seed} {n} {number}".encode()).digest()[:4]) >> 1
