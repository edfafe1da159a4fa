"""The real thing: workers in processes of their own, killed with -9 in the middle of a run."""

import json
import os
import signal
import time
from collections import Counter
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from crsapp.jobs.models import Job
from generation.llm.exchange import Message
from generation.llm.exchange import Request as Asked
from generation.llm.flight import Line
from generation.llm.scripted import ScriptedClient
from generation.models import Attempt, Budget, Call, Dialogue, Endpoint, GenerationRun, Planned
from tests import services
from tests.apart import run_apart
from tests.generation import run_scenes as scenes
from tests.generation.llm.scenes import PATH, answer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

IN_FLIGHT = 4
QUICK = {
    "CRSAPP_JOB_LEASE_SECONDS": "2",
    "CRSAPP_JOB_SWEEP_SECONDS": "0.3",
    "CRSAPP_WORKER_MISSING_SECONDS": "2",
    "CRSAPP_WORKER_THREADS": "2",
}


class SlowWriter:
    """A model that takes its time, and counts what it is asked: that is what would have to be paid."""

    def __init__(self, server: HTTPServer) -> None:
        self.asked: Counter[str] = Counter()
        self._lock = Lock()
        server.expect_request(PATH, method="POST").respond_with_handler(self.write)

    def write(self, request: Request) -> Response:
        said = request.get_json()
        messages = tuple(Message(one["role"], one["content"]) for one in said["messages"])
        with self._lock:
            self.asked[str(messages)] += 1
        time.sleep(0.25)
        outcome = run_apart(ScriptedClient().ask(Asked(messages, max_tokens=2048, seed=said["seed"])))
        tokens = outcome.tokens_in or 0, outcome.tokens_out or 0
        return Response(json.dumps(answer(outcome.text, tokens=tokens)), mimetype="application/json")


def test_a_worker_killed_in_mid_run_loses_no_dialogue_doubles_none_and_pays_again_only_what_was_in_flight(
    httpserver: HTTPServer, site_environment: dict[str, str], tmp_path: Path
) -> None:
    writer = SlowWriter(httpserver)
    url = httpserver.url_for("/v1")
    endpoint = Endpoint.objects.create(
        name="Slow", base_url=url, model="slow", price_in=1, price_out=2, in_flight=IN_FLIGHT, seconds=20
    )
    run = scenes.begun(scenes.prepared(people=8, items=14), endpoint=endpoint, here=False, money=10**12, retries=0)
    environment = {**site_environment, **QUICK, "CRSAPP_LLM_HOSTS": str(urlsplit(url).netloc)}
    log = tmp_path / "worker.log"
    kept_before: set[tuple[int, str]] = set()
    kills = 0

    def kept() -> set[tuple[int, str]]:
        return set(Dialogue.objects.in_dataset(run.dataset).values_list("pk", "external_id"))

    for enough in (3, 8):
        with services.worker_process(environment, log) as worker:
            services.until(lambda at_least=enough: len(kept()) >= at_least, 60, f"{enough} are kept ({log})")
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        kills += 1
        assert kept_before <= kept(), "nothing that was kept is lost"
        kept_before = kept()
    assert GenerationRun.objects.get().state == "running"
    with services.worker_process(environment, log):
        services.until(lambda: GenerationRun.objects.get().state == "complete", 90, f"the run is complete ({log})")

    planned = Planned.objects.count()
    assert kept_before < kept()
    assert sorted(int(name) for _pk, name in kept()) == list(range(1, planned + 1)), "each once"
    assert Attempt.objects.count() == planned
    pieces = Job.objects.filter(kind="generation.write").count()
    assert pieces == 2, "two threads wrote at a time"
    at_most = kills * pieces * Line(ScriptedClient(), in_flight=IN_FLIGHT).room
    again = sum(writer.asked.values()) - planned
    lost = Call.objects.filter(state="lost").count()
    assert 0 <= again <= lost <= at_most
    assert lost > 0, "they were killed with requests in flight"
    assert not Call.objects.open().exists()
    budget = Budget.objects.get(pk=run.budget_id)
    assert budget.money_reserved == 0
    assert budget.money_spent == sum(Call.objects.values_list("cost", flat=True))
