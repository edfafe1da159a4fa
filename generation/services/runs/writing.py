"""The work of a run: a job that plans and cuts the plans into pieces, and the pieces, which write and keep.

What is done is what stands in the rows. A worker that dies loses the requests in flight and nothing else: whoever
goes on asks for the plans that have neither a dialogue nor an attempt too many.
"""

import hashlib
import time
from collections import Counter, deque
from collections.abc import Iterator
from functools import partial
from itertools import chain, islice
from typing import Final, NamedTuple

from django.db.models import Max
from django.utils.translation import gettext as _

from crsapp.jobs.registry import WAIT_FOR_PIECES, Context, Outside, Progress, Steps
from crsapp.jobs.services import enqueue
from generation.llm.access import EndpointError
from generation.llm.desk import Answer, Desk
from generation.llm.exchange import Kind
from generation.llm.record import Ask
from generation.models import Attempt, GenerationRun, Planned
from generation.services.runs.keeping import lock_dataset, record
from generation.services.runs.planning import plan_steps, rendered
from generation.services.runs.settings import RunError, RunSettings, check_endpoint, prompt_of
from generation.services.runs.steering import finish_if_done, is_going_on, pause
from generation.services.runs.twins import Kept

WRITE: Final = "generation.write"
PIECES: Final = 16
PIECE_SIZES: Final = (20, 200)
"""So many pieces are enough for many workers; each is long enough to keep requests in flight, short enough to share."""
READ_AT_ONCE: Final = 50
UNANSWERED_IN_A_ROW: Final = 5
SECONDS_TO_WAIT_FOR_ROOM: Final = 2.0
HOPELESS: Final = frozenset(
    {Kind.NO_CREDIT, Kind.UNAUTHORISED, Kind.NOT_FOUND, Kind.REDIRECTED, Kind.NOT_SENT, Kind.UNREACHABLE}
)
"""After these no other question would fare better, so the run pauses; the plan is not held against."""


class Try(NamedTuple):
    """A plan, and how often it will have been tried."""

    planned: Planned
    number: int


def run_steps(run: GenerationRun, context: Context) -> Steps:
    """Plan what is not planned yet, then hand out what is to be written in pieces."""
    if not is_going_on(run, context.job_id):
        return {}
    try:
        prompt_of(run.settings)
        check_endpoint(run.settings, run.endpoint)
        if not run.all_planned:
            yield from plan_steps(run)
    except RunError as error:
        pause(run, why=str(error))
        return {}
    for title, first, last in _pieces(run):
        arguments = {"run": run.pk, "first": first, "last": last}
        enqueue(kind=WRITE, arguments=arguments, title=title, parent=context.job_id, max_attempts=10)
    run.refresh_from_db()
    finish_if_done(run)
    return WAIT_FOR_PIECES


def _pieces(run: GenerationRun) -> Iterator[tuple[str, int, int]]:
    numbers = list(Planned.objects.filter(run=run).to_do().order_by("n").values_list("n", flat=True))
    least, most = PIECE_SIZES
    size = min(max(len(numbers) // PIECES, least), most)
    for start in range(0, len(numbers), size):
        some = numbers[start : start + size]
        yield _("Dialogues %(first)s to %(last)s") % {"first": some[0], "last": some[-1]}, some[0], some[-1]


def write_steps(run: GenerationRun, context: Context, parent: object) -> Steps:
    """Write one piece: keep many requests in flight, and put on record whatever comes back."""
    if not is_going_on(run, parent):
        return {}
    try:
        piece = Piece(run, context.arguments["first"], context.arguments["last"])
        desk = Desk(endpoint=run.endpoint, budget=run.budget, job_id=context.job_id)
    except (RunError, EndpointError) as error:
        pause(run, why=str(error))
        return {}
    with desk:
        while True:
            waits = is_going_on(run, parent) and piece.ask(desk)
            if desk.busy:
                landed = yield Outside(piece.progress, desk.exchange)
                lock_dataset(run)
                piece.kept.refresh()
                for answer in desk.book(landed):
                    piece.take(answer)
            elif waits:
                yield Outside(piece.progress, partial(time.sleep, SECONDS_TO_WAIT_FOR_ROOM))
            else:
                break
    finish_if_done(run)
    return dict(piece.verdicts)


class Piece:
    """The plans from one number to another that are still to be written."""

    def __init__(self, run: GenerationRun, first: int, last: int) -> None:
        self.run = run
        self.settings = RunSettings.of(run.settings)
        self.prompt = prompt_of(run.settings)
        self.kept = Kept(run)
        self.verdicts: Counter[str] = Counter()
        self._rows = Planned.objects.filter(run=run, n__range=(first, last)).to_do().order_by("n")
        self._again: deque[Try] = deque()
        self._next: deque[Try] = deque()
        self._read_to = first - 1
        self._in_flight: dict[str, Try] = {}
        self._total = self._rows.count()
        self._over = 0
        self._unanswered = 0

    @property
    def progress(self) -> Progress:
        message = _("%(count)s requests in flight") % {"count": len(self._in_flight)}
        return Progress(done=min(self._over, self._total), total=self._total, message=message)

    def ask(self, desk: Desk) -> bool:
        """Put as many questions as there is room for. True if the rest has to wait for what others have reserved."""
        wanted = self._first(desk.room)
        asked = desk.ask([self._question(one) for one in wanted])
        for one in wanted[:asked]:
            (self._again or self._next).popleft()
            self._in_flight[_subject(one)] = one
        if asked == len(wanted) or desk.refusal is None:
            return False
        if not desk.refusal.for_now:
            pause(self.run, why=str(desk.refusal))
        return desk.refusal.for_now

    def take(self, answer: Answer) -> None:
        """Put one answer on record, and its plan back where it is worth another try."""
        tried = self._in_flight.pop(answer.ask.subject)
        if answer.outcome.kind in HOPELESS:
            pause(self.run, why=answer.outcome.detail)
            return
        attempt = record(self.run, tried.planned, answer.call, tried.number, self.settings, self.kept)
        self.verdicts[attempt.verdict] += 1
        self._unanswered = 0 if answer.outcome.answered else self._unanswered + 1
        if self._unanswered >= UNANSWERED_IN_A_ROW:
            pause(self.run, why=answer.outcome.detail)
        if attempt.verdict == attempt.Verdict.REJECTED and tried.number <= self.settings.retries:
            self._again.append(Try(tried.planned, tried.number + 1))
        else:
            self._over += 1

    def _question(self, wanted: Try) -> Ask:
        planned = wanted.planned
        prompt = rendered(self.prompt, planned.plan, self.settings)
        return Ask(_subject(wanted), prompt, seed=seed_of(self.settings.seed, planned.n, wanted.number))

    def _first(self, count: int) -> list[Try]:
        """The next so many: those that are tried again first."""
        if len(self._again) + len(self._next) < count:
            self._read_on()
        return list(islice(chain(self._again, self._next), count))

    def _read_on(self) -> None:
        found = list(self._rows.filter(n__gt=self._read_to)[:READ_AT_ONCE])
        tried = Attempt.objects.filter(planned__in=found).order_by().values_list("planned").annotate(Max("number"))
        numbers: dict[int, int] = dict(tried)
        for planned in found:
            self._next.append(Try(planned, numbers.get(planned.pk, 0) + 1))
            self._read_to = planned.n


def _subject(wanted: Try) -> str:
    return f"{wanted.planned.pk}/{wanted.number}"


def seed_of(seed: int, n: int, number: int) -> int:
    """The seed of one try, which is another for each.

    >>> seed_of(1, 2, 3) == seed_of(1, 2, 3) != seed_of(1, 3, 2)
    True
    """
    return int.from_bytes(hashlib.sha256(f"{seed} {n} {number}".encode()).digest()[:4]) >> 1
