"""Asking models about many things, one piece of them in a job: many questions in flight, whatever comes back taken.

Runs and enquiries both work like this. What they do with an answer is theirs; how much is asked at a time, when to wait
for room in the budget, and after which answers to pause, is here.
"""

import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import Any, Final, Generic, TypeVar

from django.utils.translation import gettext as _

from crsapp.jobs.registry import Context, Outside, Progress
from generation.llm.desk import SECONDS_BETWEEN_LOOKS, Answer, Desk, Desks
from generation.llm.flight import SECONDS_TO_GATHER
from generation.llm.record import Ask
from generation.services.outages import Watch, is_probe, probe_for

SECONDS_TO_WAIT_FOR_ROOM: Final = 2.0
PIECES: Final = 16
SMALLEST_PIECE: Final = 20
WAVES: Final = 8
"""So many times over a piece has as much as an endpoint takes at once. It ends when the last of it is answered, and by
then little is in flight: the longer the piece, the less that weighs."""
Thing = TypeVar("Thing")


def pieces(numbers: Sequence[int], *, in_flight: int) -> Iterator[tuple[int, int]]:
    """The first and the last number of each piece: enough pieces for many workers, none too small to be worth one.

    >>> list(pieces(range(1, 101), in_flight=2))
    [(1, 20), (21, 40), (41, 60), (61, 80), (81, 100)]
    """
    size = max(len(numbers) // PIECES, SMALLEST_PIECE, WAVES * in_flight)
    for start in range(0, len(numbers), size):
        some = numbers[start : start + size]
        yield some[0], some[-1]


@dataclass(eq=False)
class Waiting(Generic[Thing]):
    """Questions for one endpoint that wait for their turn: about what was begun, and about what was not."""

    begun: deque[tuple[Thing, Ask]] = field(default_factory=deque)
    new: deque[tuple[Thing, Ask]] = field(default_factory=deque)

    def __len__(self) -> int:
        return len(self.begun) + len(self.new)


class Piecework(ABC, Generic[Thing]):
    """The things of one piece: those whose question waits for its turn, and those whose answer is to come.

    The subject of a question begins with what it is about, up to the first slash.
    """

    def __init__(self, desks: Desks) -> None:
        self.desks = desks
        self._waiting = {desk.endpoint.pk: Waiting[Thing]() for desk in desks}
        self._in_flight: dict[str, Thing] = {}
        self._watches = {desk.endpoint.pk: Watch[Thing]() for desk in desks}

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
    def is_behind(self) -> bool:
        """Whether something that came back is still to be concluded."""
        return False

    def catch_up(self) -> None:
        """Conclude a portion of it, so small that nobody who waits to be asked notices."""

    @property
    def under_way(self) -> int:
        return len(self._in_flight) + sum(map(len, self._waiting.values()))

    @property
    def in_flight(self) -> int:
        return len(self._in_flight)

    def put(self, endpoint: int, thing: Thing, ask: Ask, *, begun: bool = False) -> None:
        """Have a question wait for its turn; what was begun comes before what was not.

        So things end one by one and not all together, and when all is stopped as many as can be are whole.
        """
        waiting = self._waiting[endpoint]
        (waiting.begun if begun else waiting.new).append((thing, ask))

    def steps(self, context: Context) -> Generator[Outside, Any, None]:
        """Ask until nothing is left or all pauses; what is in flight is waited for."""
        while True:
            waits = self.is_going_on() and self._ask()
            if self.desks.busy or self.is_behind:
                seconds = SECONDS_TO_GATHER if self.is_behind else SECONDS_BETWEEN_LOOKS
                landed = yield Outside(self.progress, partial(self.desks.exchange, seconds))
                if answers := self.desks.book(landed):
                    self._take(answers)
                if answers or self.is_behind:
                    self.catch_up()
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
        waiting, watch = self._waiting[desk.endpoint.pk], self._watches[desk.endpoint.pk]
        if watch.doubted and not watch.is_probed and (watch.is_fruitless or not (waiting or desk.busy)):
            watch.is_probed = bool(desk.ask([probe_for(desk.endpoint)]))
            return not watch.is_probed and self._is_refused(desk)
        if watch.is_probed:
            return False
        wanted = list(islice(chain(waiting.begun, waiting.new), desk.room))
        asked = desk.ask([ask for _thing, ask in wanted])
        for thing, ask in wanted[:asked]:
            (waiting.begun or waiting.new).popleft()
            self._in_flight[ask.subject] = thing
        return asked < len(wanted) and self._is_refused(desk)

    def _is_refused(self, desk: Desk) -> bool:
        """Whether what was refused has to wait; where it will never be taken, all pauses."""
        if desk.refusal is None:
            return False
        if not desk.refusal.for_now:
            self.pause(str(desk.refusal))
        return desk.refusal.for_now

    def _take(self, answers: Sequence[Answer]) -> None:
        back = [one for answer in answers for one in self._look_at(answer)]
        for desk in self.desks:
            self._pause_for(desk)
        self.take(back)

    def _look_at(self, answer: Answer) -> Sequence[tuple[Thing, Answer]]:
        """What is to be written down, now that this came back."""
        watch = self._watches[answer.call.endpoint_id]
        if is_probe(answer):
            return watch.look_at_probe(answer)
        return watch.look_at(self._in_flight.pop(answer.ask.subject), answer)

    def _pause_for(self, desk: Desk) -> None:
        """All pauses where an endpoint is down, takes nothing, or leaves one thing after the other unanswered."""
        watch = self._watches[desk.endpoint.pk]
        if watch.is_down:
            said = {"endpoint": desk.endpoint.name, "why": watch.why}
            self.pause(
                _(
                    "%(endpoint)s does not answer. %(why)s Nothing that was under way loses a try for it. Resume when "
                    "it answers again."
                )
                % said
            )
        elif watch.why:
            self.pause(watch.why)
        watch.why, watch.is_down = "", False
