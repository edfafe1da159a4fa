"""The calls of one job: opened within the budget, sent, put on record, tried again where that is worth it.

A handler uses it like this; what `ask` and `book` write is committed with the handler's own step:

    with Desk(endpoint=endpoint, budget=budget, job_id=context.job_id) as desk:
        while todo or desk.busy:
            asked = desk.ask(todo[: desk.room])  # fewer where the budget ends; desk.refusal says why
            todo = todo[asked:]
            landed = yield Outside(Progress(…), desk.exchange)
            for answer in desk.book(landed):
                …

Several endpoints are asked through `Desks`, which waits for all of them together.

A call is a row before it is sent. Of a worker that was killed in between, or a job that was cancelled, rows stay open:
`count_lost` closes them. Nobody knows what they cost, so the most that was reserved is counted as spent.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import SystemRandom
from types import TracebackType
from typing import Final, Self
from uuid import UUID

from generation.llm.access import client_of
from generation.llm.budget import BudgetSpent
from generation.llm.exchange import Outcome, Request
from generation.llm.flight import Flight, Line
from generation.llm.pacing import pause_before_retry
from generation.llm.record import Ask, Try, close_calls, count_lost, open_calls, request_of
from generation.llm.turns import hold_off, take_turns
from generation.models import Budget, Call, Endpoint

SECONDS_BETWEEN_LOOKS: Final = 2.0


@dataclass(frozen=True)
class Answer:
    """What came of a question in the end, after its last try."""

    ask: Ask
    outcome: Outcome
    call: Call


@dataclass(frozen=True)
class _Sent:
    ask: Ask
    call: Call


class Desk:
    """Where one endpoint is asked."""

    def __init__(self, *, endpoint: Endpoint, budget: Budget | None, job_id: UUID | None) -> None:
        """Raises EndpointError, in words, where the endpoint cannot be asked."""
        self.endpoint = endpoint
        self._budget_id = budget.pk if budget else None
        self._job_id = job_id
        self.line = Line(client_of(endpoint), in_flight=endpoint.in_flight)
        self._flight = Flight(self.line)
        self._random = SystemRandom()
        self._open: dict[int, _Sent] = {}
        self._to_send: list[Request] = []
        self.refusal: BudgetSpent | None = None
        if job_id is not None:
            count_lost(Call.objects.filter(job=job_id))

    def __enter__(self) -> Self:
        self._flight.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._flight.__exit__(kind, error, trace)

    @property
    def busy(self) -> bool:
        """Whether answers are still to come."""
        return bool(self._open)

    @property
    def room(self) -> int:
        """How many questions are worth asking now."""
        return max(0, self.line.room - len(self._to_send))

    def ask(self, asks: Sequence[Ask]) -> int:
        """Put questions on record within the budget, from the first on; `exchange` sends them. Returns how many.

        Where that is fewer, `refusal` says why: give up, or if it is `for_now` ask again when something was booked.
        """
        return self._open_calls([Try(one, request_of(one, self.endpoint)) for one in asks], [0.0] * len(asks))

    def exchange(self, seconds: float = SECONDS_BETWEEN_LOOKS) -> list[tuple[Request, Outcome]]:
        """Send what was asked and wait for anything to come back. To be called outside any transaction."""
        return self._flight.exchange(self.to_send(), seconds=seconds)

    def to_send(self) -> list[tuple[Line, Request]]:
        """What was asked and not yet sent, to be sent now."""
        requests, self._to_send = self._to_send, []
        return [(self.line, request) for request in requests]

    def awaits(self, request: Request) -> bool:
        """Whether this is a request of this desk that is still to be booked."""
        return request.key in self._open

    def book(self, landed: Sequence[tuple[Request, Outcome]]) -> list[Answer]:
        """Put on record what came back, try again what is worth it, and return what is final."""
        closed = [(self._open.pop(request.key), outcome) for request, outcome in landed]
        close_calls([(sent.call, outcome) for sent, outcome in closed])
        again = [(sent, outcome) for sent, outcome in closed if self._is_worth_it(sent, outcome)]
        tries = [Try(sent.ask, request_of(sent.ask, self.endpoint), sent.call.attempt + 1) for sent, _ in again]
        opened = self._open_calls(tries, [self._pause(sent, outcome) for sent, outcome in again])
        tried_again = {sent.call.pk for sent, _outcome in again[:opened]}
        return [Answer(sent.ask, outcome, sent.call) for sent, outcome in closed if sent.call.pk not in tried_again]

    def _is_worth_it(self, sent: _Sent, outcome: Outcome) -> bool:
        return outcome.worth_retrying and sent.call.attempt < self.endpoint.tries

    def _pause(self, sent: _Sent, outcome: Outcome) -> float:
        """Seconds before the next try. What the endpoint asks for, it asks of every worker."""
        if outcome.retry_after:
            hold_off(self.endpoint, seconds=outcome.retry_after)
        return pause_before_retry(attempt=sent.call.attempt, retry_after=outcome.retry_after, random=self._random)

    def _open_calls(self, tries: Sequence[Try], pauses: Sequence[float]) -> int:
        if not tries:
            return 0
        calls, self.refusal = open_calls(tries, endpoint=self.endpoint, budget_id=self._budget_id, job_id=self._job_id)
        turns = take_turns(self.endpoint, [one.request for one in tries[: len(calls)]])
        for one, call, turn, pause in zip(tries, calls, turns, pauses, strict=False):
            self._open[call.pk] = _Sent(one.ask, call)
            self._to_send.append(replace(one.request, key=call.pk, wait=max(turn, pause)))
        return len(calls)


class Desks:
    """A desk for each of several endpoints, whose answers are waited for together. Used like one desk."""

    def __init__(self, *, endpoints: Iterable[Endpoint], budget: Budget | None, job_id: UUID | None) -> None:
        """Raises EndpointError, in words, where one of the endpoints cannot be asked."""
        self._desks = [Desk(endpoint=one, budget=budget, job_id=job_id) for one in endpoints]
        self._flight = Flight(*(desk.line for desk in self))

    def __iter__(self) -> Iterator[Desk]:
        return iter(self._desks)

    def __enter__(self) -> Self:
        self._flight.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._flight.__exit__(kind, error, trace)

    @property
    def busy(self) -> bool:
        return any(desk.busy for desk in self)

    def exchange(self, seconds: float = SECONDS_BETWEEN_LOOKS) -> list[tuple[Request, Outcome]]:
        return self._flight.exchange([one for desk in self for one in desk.to_send()], seconds=seconds)

    def book(self, landed: Sequence[tuple[Request, Outcome]]) -> list[Answer]:
        return [answer for desk in self for answer in desk.book([one for one in landed if desk.awaits(one[0])])]
