"""Many requests in the air from one thread that works otherwise: an event loop of its own, and what has landed."""

import asyncio
import logging
from collections.abc import Sequence
from threading import Condition, Thread
from types import TracebackType
from typing import Final, Self

from generation.llm.exchange import Client, Kind, Outcome, Request

logger = logging.getLogger(__name__)

SECONDS_TO_GATHER: Final = 0.03
"""So long one that has landed waits for others that land with it: a step for many costs little more than one for each,
and nothing is lost, because others fly meanwhile."""


class Line:
    """The way to one client: so many requests at a time, whoever else flies beside them."""

    def __init__(self, client: Client, *, in_flight: int) -> None:
        self.client = client
        self.in_flight = in_flight
        self.in_air = 0
        self.places = asyncio.Semaphore(in_flight)

    @property
    def room(self) -> int:
        """How many more are worth handing over: as many again as fly, so that no place is empty meanwhile."""
        return max(0, 2 * self.in_flight - self.in_air)


class Flight:
    """Sends requests over lines and hands over outcomes as they come, in any order.

    Leaving it drops what is still in the air.
    """

    def __init__(self, *lines: Line) -> None:
        self._lines = list(lines)
        self._landed: list[tuple[Line, Request, Outcome]] = []
        self._something = Condition()
        self._enough = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = Thread(target=self._fly, name="requests to models", daemon=True)

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._enough.set)
        self._thread.join()

    @property
    def in_air(self) -> int:
        return sum(line.in_air for line in self._lines)

    def exchange(self, sent: Sequence[tuple[Line, Request]], *, seconds: float) -> list[tuple[Request, Outcome]]:
        """Send these, wait until something has landed (at most `seconds`) and a moment more, and return all."""
        for line, _request in sent:
            line.in_air += 1
        if sent:
            self._loop.call_soon_threadsafe(self._take_off, list(sent))
        with self._something:
            if not self._landed and self.in_air:
                self._something.wait(seconds)
            if self._landed:
                self._something.wait_for(lambda: len(self._landed) >= self.in_air, SECONDS_TO_GATHER)
            landed, self._landed = self._landed, []
        for line, _request, _outcome in landed:
            line.in_air -= 1
        return [(request, outcome) for _line, request, outcome in landed]

    def _fly(self) -> None:
        try:
            self._loop.run_until_complete(self._until_left())
        finally:
            self._loop.close()

    async def _until_left(self) -> None:
        await self._enough.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for line in self._lines:
            await line.client.close()

    def _take_off(self, sent: Sequence[tuple[Line, Request]]) -> None:
        for line, request in sent:
            task = self._loop.create_task(self._ask(line, request))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _ask(self, line: Line, request: Request) -> None:
        if request.wait:
            await asyncio.sleep(request.wait)
        async with line.places:
            try:
                outcome = await line.client.ask(request)
            except Exception as error:
                logger.error("a request to a model failed in a way that nobody foresaw: %s", type(error).__name__)
                outcome = Outcome(Kind.CUT_OFF, detail=f"Something unforeseen: {type(error).__name__}.")
        with self._something:
            self._landed.append((line, request, outcome))
            self._something.notify()
