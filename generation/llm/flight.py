"""Many requests in the air from one thread that works otherwise: an event loop of its own, and what has landed."""

import asyncio
import logging
from collections.abc import Sequence
from threading import Condition, Thread
from types import TracebackType
from typing import Self

from generation.llm.exchange import Client, Kind, Outcome, Request

logger = logging.getLogger(__name__)


class Flight:
    """Sends requests, at most `in_flight` at a time, and hands over outcomes as they come, in any order.

    Leaving it drops what is still in the air.
    """

    def __init__(self, client: Client, *, in_flight: int) -> None:
        self._client = client
        self._in_flight = in_flight
        self._landed: list[tuple[Request, Outcome]] = []
        self._something = Condition()
        self._loop = asyncio.new_event_loop()
        self._enough = asyncio.Event()
        self._places = asyncio.Semaphore(in_flight)
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = Thread(target=self._fly, name="requests to models", daemon=True)
        self.in_air = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._enough.set)
        self._thread.join()

    @property
    def room(self) -> int:
        """How many more are worth handing over: as many again as fly, so that no place is empty meanwhile."""
        return max(0, 2 * self._in_flight - self.in_air)

    def exchange(self, requests: Sequence[Request], *, seconds: float) -> list[tuple[Request, Outcome]]:
        """Send these, wait until anything has landed (at most `seconds`), and return all that has."""
        self.in_air += len(requests)
        if requests:
            self._loop.call_soon_threadsafe(self._take_off, list(requests))
        with self._something:
            if not self._landed and self.in_air:
                self._something.wait(seconds)
            landed, self._landed = self._landed, []
        self.in_air -= len(landed)
        return landed

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
        await self._client.close()

    def _take_off(self, requests: Sequence[Request]) -> None:
        for request in requests:
            task = self._loop.create_task(self._ask(request))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _ask(self, request: Request) -> None:
        if request.wait:
            await asyncio.sleep(request.wait)
        async with self._places:
            try:
                outcome = await self._client.ask(request)
            except Exception as error:
                logger.error("a request to a model failed in a way that nobody foresaw: %s", type(error).__name__)
                outcome = Outcome(Kind.CUT_OFF, detail=f"Something unforeseen: {type(error).__name__}.")
        with self._something:
            self._landed.append((request, outcome))
            self._something.notify()
