"""Asking models about many things, one piece of them in a job: many questions in flight, whatever comes back taken.

Runs and enquiries both work like this. What they do with an answer is theirs; how much is asked at a time, when to wait
for room in the budget, and after which answers to pause, is here.
"""

import time
from abc import ABC, abstractmethod
from collections import defaultdict, deque
from collections.abc import Generator, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final, Generic, TypeVar

from crsapp.jobs.registry import Context, Outside, Progress
from generation.llm.desk import Answer, Desk, Desks
from generation.llm.exchange import Kind
from generation.llm.record import Ask

UNANSWERED_IN_A_ROW: Final = 5
SECONDS_TO_WAIT_FOR_ROOM: Final = 2.0
HOPELESS: Final = frozenset(
    {Kind.NO_CREDIT, Kind.UNAUTHORISED, Kind.NOT_FOUND, Kind.REDIRECTED, Kind.NOT_SENT, Kind.UNREACHABLE}
)
"""After these no other question would fare better, so all pauses; what was asked about is not held against."""
Thing = TypeVar("Thing")


class Piecework(ABC, Generic[Thing]):
    """The things of one piece: those whose question waits for its turn, and those whose answer is to come.

    The subject of a question begins with what it is about, up to the first slash.
    """

    def __init__(self, desks: Desks) -> None:
        self.desks = desks
        self._waiting: dict[int, deque[tuple[Thing, Ask]]] = {desk.endpoint.pk: deque() for desk in desks}
        self._in_flight: dict[str, Thing] = {}
        self._unanswered: dict[int, set[str]] = defaultdict(set)

    @property
    @abstractmethod
    def progress(self) -> Progress:
        """How far this piece is."""

    @abstractmethod
    def is_going_on(self) -> bool:
        """Whether this job may still ask."""

    @abstractmethod
    def pause(self, why: str) -> None:
        """Have nobody ask any more."""

    @abstractmethod
    def fill(self) -> None:
        """Let so many questions wait (`put`) that no endpoint runs dry."""

    @abstractmethod
    def take(self, back: Sequence[tuple[Thing, Answer]]) -> None:
        """Write down what came back about which thing."""

    @property
    def under_way(self) -> int:
        return len(self._in_flight) + sum(map(len, self._waiting.values()))

    @property
    def in_flight(self) -> int:
        return len(self._in_flight)

    def put(self, endpoint: int, thing: Thing, ask: Ask) -> None:
        self._waiting[endpoint].append((thing, ask))

    def steps(self, context: Context) -> Generator[Outside, Any, None]:
        """Ask until nothing is left or all pauses; what is in flight is waited for."""
        while True:
            waits = self.is_going_on() and self._ask()
            if self.desks.busy:
                landed = yield Outside(self.progress, self.desks.exchange)
                if answers := self.desks.book(landed):
                    self._take(answers)
                    context.got_further()
            elif waits:
                yield Outside(self.progress, partial(time.sleep, SECONDS_TO_WAIT_FOR_ROOM))
            else:
                return

    def _ask(self) -> bool:
        """Put as many questions as there is room for. True if the rest has to wait for what others have reserved."""
        self.fill()
        waits = [self._ask_at(desk) for desk in self.desks]
        return any(waits)

    def _ask_at(self, desk: Desk) -> bool:
        waiting = self._waiting[desk.endpoint.pk]
        wanted = list(islice(waiting, desk.room))
        asked = desk.ask([ask for _thing, ask in wanted])
        for _asked in range(asked):
            thing, ask = waiting.popleft()
            self._in_flight[ask.subject] = thing
        if asked == len(wanted) or desk.refusal is None:
            return False
        if not desk.refusal.for_now:
            self.pause(str(desk.refusal))
        return desk.refusal.for_now

    def _take(self, answers: Sequence[Answer]) -> None:
        back = [(self._in_flight.pop(answer.ask.subject), answer) for answer in answers]
        for _thing, answer in back:
            self._look_at(answer)
        self.take([(thing, answer) for thing, answer in back if answer.outcome.kind not in HOPELESS])

    def _look_at(self, answer: Answer) -> None:
        """All pauses where an endpoint will have none of it, or leaves one thing after the other unanswered."""
        unanswered = self._unanswered[answer.call.endpoint_id]
        if answer.outcome.answered:
            unanswered.clear()
        else:
            unanswered.add(answer.ask.subject.partition("/")[0])
        if answer.outcome.kind in HOPELESS or len(unanswered) >= UNANSWERED_IN_A_ROW:
            self.pause(answer.outcome.detail)
