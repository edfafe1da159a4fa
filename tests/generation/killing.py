"""Workers in processes of their own that are killed with -9 while a model that takes its time is being asked."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from generation.llm.exchange import Message
from generation.llm.exchange import Request as Asked
from generation.llm.flight import Line
from generation.llm.scripted import ScriptedClient
from generation.models import Budget, Call, Endpoint
from tests import services
from tests.apart import run_apart
from tests.generation.llm.scenes import PATH, answer

IN_FLIGHT: Final = 4
MOST_IN_FLIGHT: Final = Line(ScriptedClient(), in_flight=IN_FLIGHT).room
"""Questions of one worker to one endpoint that are on record and not yet booked."""
QUICK: Final = {
    "CRSAPP_JOB_LEASE_SECONDS": "2",
    "CRSAPP_JOB_SWEEP_SECONDS": "0.3",
    "CRSAPP_WORKER_MISSING_SECONDS": "2",
    "CRSAPP_WORKER_THREADS": "2",
}


class SlowModel:
    """Answers as the scripted one does, after a while, and counts what it is asked: that would have to be paid."""

    def __init__(self, server: HTTPServer, *, seconds: float, mishaps: Mapping[str, Any] | None = None) -> None:
        self.url = server.url_for("/v1")
        self.asked: Counter[str] = Counter()
        self._seconds = seconds
        self._client = ScriptedClient(mishaps=mishaps)
        self._lock = Lock()
        server.expect_request(PATH, method="POST").respond_with_handler(self._answer)

    def endpoint(self, name: str = "Slow", **said: Any) -> Endpoint:
        plain = {"model": name, "price_in": 1, "price_out": 2, "in_flight": IN_FLIGHT, "seconds": 20}
        made: Endpoint = Endpoint.objects.create(name=name, base_url=self.url, **{**plain, **said})
        return made

    def environment(self, site_environment: Mapping[str, str]) -> dict[str, str]:
        """Of workers that may ask it, and soon see that another one has died."""
        return {**site_environment, **QUICK, "CRSAPP_LLM_HOSTS": str(urlsplit(self.url).netloc)}

    def _answer(self, request: Request) -> Response:
        said = request.get_json()
        messages = tuple(Message(one["role"], one["content"]) for one in said["messages"])
        with self._lock:
            self.asked[f"{said.get('seed')} {messages}"] += 1
        time.sleep(self._seconds)
        outcome = run_apart(self._client.ask(Asked(messages, max_tokens=2048, seed=said.get("seed"))))
        tokens = outcome.tokens_in or 0, outcome.tokens_out or 0
        told = answer(outcome.text, tokens=tokens, finish=outcome.finish_reason)
        return Response(json.dumps(told), mimetype="application/json")


def kill_worker_at(enough: int, count: Callable[[], int], *, what: str, environment: dict[str, str], log: Path) -> None:
    """Let a worker work until there are so many, and kill it in the middle of what it does then."""
    with services.worker_process(environment, log) as worker:
        services.until(lambda: count() >= enough, 60, f"{enough} {what} ({log})", worker)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def assert_paid_once(model: SlowModel, budget: Budget, *, answered: int, in_flight: int) -> None:
    """Asked again was only what was in flight when a worker died, at most so many; all that was reserved is settled."""
    calls = Call.objects.filter(budget=budget)
    assert calls.filter(state="answered").count() == answered
    assert not calls.open().exists()
    lost = calls.filter(state="lost").count()
    again = sum(model.asked.values()) - answered
    assert 0 <= again <= lost <= in_flight
    assert lost > 0, "they were killed with requests in flight"
    budget.refresh_from_db()
    assert (budget.money_reserved, budget.tokens_reserved) == (0, 0)
    assert budget.money_spent == sum(calls.values_list("cost", flat=True))
