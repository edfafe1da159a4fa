"""Workers in processes of their own, killed with -9 while conversations are under way."""

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
from generation.models import Attempt, AttemptCall, Budget, Call, Dialogue, Endpoint, GenerationRun, Planned
from tests import services
from tests.apart import run_apart
from tests.generation.llm.scenes import PATH, answer
from tests.generation.simulation import talks
from tests.generation.test_generating_killed import QUICK

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

IN_FLIGHT = 4


class SlowTalker:
    """A model that takes its time, and counts what it is asked: that is what would have to be paid."""

    def __init__(self, server: HTTPServer) -> None:
        self.asked: Counter[str] = Counter()
        self._lock = Lock()
        self._client = ScriptedClient(mishaps={"ends_at": 3})
        server.expect_request(PATH, method="POST").respond_with_handler(self.talk)

    def talk(self, request: Request) -> Response:
        said = request.get_json()
        messages = tuple(Message(one["role"], one["content"]) for one in said["messages"])
        with self._lock:
            self.asked[f"{said['seed']} {messages}"] += 1
        time.sleep(0.1)
        outcome = run_apart(self._client.ask(Asked(messages, max_tokens=2048, seed=said["seed"])))
        tokens = outcome.tokens_in or 0, outcome.tokens_out or 0
        return Response(json.dumps(answer(outcome.text, tokens=tokens)), mimetype="application/json")


def test_a_worker_killed_in_mid_conversation_loses_none_doubles_none_and_goes_on_at_the_utterance(
    httpserver: HTTPServer, site_environment: dict[str, str], tmp_path: Path
) -> None:
    talker = SlowTalker(httpserver)
    url = httpserver.url_for("/v1")
    sides = [
        Endpoint.objects.create(name=name, base_url=url, model=name, price_in=1, in_flight=IN_FLIGHT, seconds=20)
        for name in ("user", "assistant")
    ]
    crossed = talks.matrix("travel", user=sides[0], assistants=[sides[1]], profiles=2)
    run = talks.begun(crossed, here=False, money=10**13, retries=0)
    environment = {**site_environment, **QUICK, "CRSAPP_LLM_HOSTS": str(urlsplit(url).netloc)}
    log = tmp_path / "worker.log"
    kills = 0
    for enough in (40, 120):
        with services.worker_process(environment, log) as worker:
            services.until(lambda least=enough: AttemptCall.objects.count() >= least, 60, f"{enough} are said ({log})")
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        kills += 1
        said_before = dict(AttemptCall.objects.values_list("pk", "call__answer"))
        under_way = set(Attempt.objects.filter(verdict="open").values_list("pk", flat=True))
        assert under_way, "conversations were under way"
    assert GenerationRun.objects.get().state == "running"
    with services.worker_process(environment, log):
        services.until(lambda: GenerationRun.objects.get().state != "running", 180, f"the run is over ({log})")
    assert GenerationRun.objects.values_list("state", "why").get() == ("complete", "")

    planned = Planned.objects.count()
    assert planned == 36
    kept = Dialogue.objects.in_dataset(run.dataset)
    assert sorted(int(one.external_id) for one in kept) == list(range(1, planned + 1)), "each once"
    assert set(kept.values_list("utterance_count", flat=True)) == {6}
    assert Attempt.objects.count() == planned
    assert set(Attempt.objects.filter(pk__in=under_way).values_list("verdict", flat=True)) == {"kept"}
    assert said_before.items() <= dict(AttemptCall.objects.values_list("pk", "call__answer")).items()
    assert AttemptCall.objects.count() == 7 * planned, "six utterances and the end, each asked for once"
    pieces = Job.objects.filter(kind="generation.write").count()
    at_most = kills * pieces * 2 * Line(ScriptedClient(), in_flight=IN_FLIGHT).room
    again = sum(talker.asked.values()) - 7 * planned
    lost = Call.objects.filter(state="lost").count()
    assert 0 <= again <= lost <= at_most
    assert lost > 0, "they were killed with requests in flight"
    assert not Call.objects.open().exists()
    budget = Budget.objects.get(pk=run.budget_id)
    assert budget.money_reserved == 0
    assert budget.money_spent == sum(Call.objects.values_list("cost", flat=True))
