"""An endpoint that is down holds nothing against what was under way: all pauses, and goes on when it is back."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from generation.llm.exchange import Kind
from generation.models import Attempt, AttemptCall, Call, Dialogue, Endpoint, Enquiry, GenerationRun, Planned
from generation.services.enquiries import steering as enquiries
from generation.services.enquiries.here import enquire_here
from generation.services.runs.here import run_here
from generation.services.runs.steering import resume
from tests import services
from tests.generation import run_scenes as scenes
from tests.generation.dataset_scenes import TALK, dataset
from tests.generation.endpoint_process import endpoint_process
from tests.generation.killing import QUICK, SlowModel
from tests.generation.simulation import talks

KEPT_AND_OPEN = {"kept", "open"}


class Moody(SlowModel):
    """Answers, until it was asked so often; from then on it is down in one way or another, until it is mended.

    Questions in which `poison` stands are never answered.
    """

    def __init__(self, server: HTTPServer, *, down_after: int = 10**9, how: str = "503", poison: str = "") -> None:
        super().__init__(server, seconds=0, mishaps={"ends_at": 3})
        self.down_after, self.how, self.poison = down_after, how, poison

    def mend(self) -> None:
        self.down_after = 10**9

    def _answer(self, request: Request) -> Response:
        is_down = self.asked.total() >= self.down_after
        if is_down and self.how == "hangs":
            time.sleep(1.5)
        if is_down or (self.poison and self.poison in request.get_data(as_text=True)):
            status = {"429": 429}.get(self.how, 503)
            return Response(json.dumps({"error": {"message": "out of order"}}), status, mimetype="application/json")
        return super()._answer(request)


def simulated(model: Moody, *, profiles: int = 2, **said: Any) -> GenerationRun:
    sides = [model.endpoint(name, tries=2, seconds=1) for name in ("user", "assistant")]
    crossed = talks.matrix("travel/0-3", user=sides[0], assistants=[sides[1]], profiles=profiles)
    return run_here(talks.begun(crossed, **said))


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["503", "429", "hangs"])
def test_a_run_pauses_and_no_conversation_loses_a_try(httpserver: HTTPServer, how: str) -> None:
    model = Moody(httpserver, down_after=20, how=how)
    run = simulated(model, retries=0)
    assert run.state == "paused"
    assert "does not answer." in run.why
    assert "Nothing that was under way loses a try for it. Resume when it answers again." in run.why
    assert set(Attempt.objects.values_list("verdict", flat=True)) <= KEPT_AND_OPEN
    assert not Planned.objects.filter(state="given_up").exists()
    said = dict(AttemptCall.objects.values_list("pk", "call__answer"))
    assert said
    model.mend()
    run = run_here(run)
    assert (run.state, run.why) == ("complete", "")
    assert set(Planned.objects.values_list("state", flat=True)) == {"kept"}
    assert Attempt.objects.count() == Planned.objects.count() == Dialogue.objects.count() == 8
    assert said.items() <= dict(AttemptCall.objects.values_list("pk", "call__answer")).items(), "nothing is asked twice"


@pytest.mark.django_db
def test_the_last_conversation_is_not_given_up_either(httpserver: HTTPServer) -> None:
    model = Moody(httpserver, down_after=3)
    sides = [model.endpoint(name, tries=1, in_flight=1) for name in ("user", "assistant")]
    crossed = talks.matrix("travel/0", user=sides[0], assistants=[sides[1]], profiles=1)
    run = run_here(talks.begun(crossed, retries=0))
    assert (run.state, "does not answer" in run.why) == ("paused", True)
    assert Attempt.objects.get().verdict == "open"
    for _time in range(3):
        assert run_here(run).state == "paused"
    assert Attempt.objects.get().verdict == "open"
    model.mend()
    assert run_here(run).state == "complete"
    assert Attempt.objects.get().verdict == "kept"


@pytest.mark.django_db
def test_a_fault_of_its_own_is_held_against_a_conversation(httpserver: HTTPServer) -> None:
    model = Moody(httpserver, poison="Age: 1")
    run = simulated(model, retries=1)
    assert (run.state, run.why) == ("complete", "")
    states = sorted(Planned.objects.values_list("state", flat=True))
    assert states == ["given_up"] * 4 + ["kept"] * 4
    rejected = Attempt.objects.filter(verdict="rejected")
    assert set(rejected.values_list("code", "number")) == {("no_answer", 1), ("no_answer", 2)}
    assert rejected.count() == 8


@pytest.mark.django_db
def test_five_in_a_row_of_their_own_fault_pause_and_lose_a_try_each(httpserver: HTTPServer) -> None:
    """So that whoever resumes comes further, and does not meet the same five for ever."""
    model = Moody(httpserver, poison="task")
    run = simulated(model, retries=0, profiles=4)
    assert run.state == "paused"
    assert "out of order" in run.why
    assert "does not answer" not in run.why
    given_up = Planned.objects.filter(state="given_up").count()
    assert given_up >= 5
    run_here(run)
    assert Planned.objects.filter(state="given_up").count() > given_up
    assert Call.objects.filter(subject="try", outcome=Kind.ANSWERED).exists()


@pytest.mark.django_db
def test_an_enquiry_goes_on_too(httpserver: HTTPServer) -> None:
    films = dataset("Films", [[f"{n}: {text}, I hope so." for text in TALK] for n in range(6)])
    model = Moody(httpserver, down_after=5)
    begun = enquiries.start_enquiry(
        dataset=films, kind="translation", endpoint=model.endpoint(tries=1), language="de", here=True
    )
    enquiry = enquire_here(begun)
    assert (enquiry.state, "does not answer" in enquiry.why) == ("paused", True)
    assert (enquiry.texts.failed().count(), enquiry.texts.to_do().filter(tries__gt=0).count()) == (0, 0)
    model.mend()
    enquiry = enquire_here(enquiry)
    assert enquiry.state == "complete"
    assert set(enquiry.texts.values_list("state", "tries")) == {("done", 1)}
    assert Enquiry.objects.count() == 1


@pytest.mark.django_db
def test_dialogues_written_from_reviews_keep_their_tries(httpserver: HTTPServer) -> None:
    model = Moody(httpserver, down_after=4)
    run = run_here(scenes.begun(endpoint=model.endpoint(tries=1, max_tokens=2048), retries=0, count=8))
    assert (run.state, "does not answer" in run.why) == ("paused", True)
    assert not Planned.objects.filter(state="given_up").exists()
    model.mend()
    assert run_here(run).state == "complete"
    assert set(Attempt.objects.values_list("number", "verdict")) == {(1, "kept")}


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
def test_an_endpoint_that_is_killed_and_brought_back_costs_no_conversation(
    site_environment: dict[str, str], tmp_path: Path
) -> None:
    port = services.free_port()
    plain = {"base_url": f"http://127.0.0.1:{port}/v1", "model": "m", "price_in": 1, "price_out": 2}
    sides = [Endpoint.objects.create(name=name, in_flight=4, tries=1, **plain) for name in ("user", "assistant")]
    crossed = talks.matrix("travel", user=sides[0], assistants=[sides[1]], profiles=2)
    run = talks.begun(crossed, here=False, money=10**13, retries=0)
    environment = {**site_environment, **QUICK, "CRSAPP_LLM_HOSTS": f"127.0.0.1:{port}"}
    log = tmp_path / "worker.log"

    def now() -> GenerationRun:
        return GenerationRun.objects.select_related("job").get()

    def is_resting() -> bool:
        return now().state == "paused" and (now().job is None or now().job.is_over)  # type: ignore[union-attr]

    with services.worker_process(environment, log) as worker:
        for enough in (30, 90):
            with endpoint_process(port) as process:
                if now().state == "paused":
                    resume(now())
                services.until(_at_least(enough), 60, f"{enough} are said ({log})", worker)
                process.kill()
                services.until(is_resting, 60, f"the run is paused, and nothing in flight ({log})", worker)
            assert "Nobody answers" in now().why or "does not answer" in now().why
            assert set(Attempt.objects.values_list("verdict", flat=True)) <= KEPT_AND_OPEN
        with endpoint_process(port):
            resume(now())
            services.until(lambda: now().state != "running", 120, f"the run is over ({log})", worker)
    assert (now().state, now().why) == ("complete", "")
    planned = Planned.objects.count()
    assert set(Planned.objects.values_list("state", flat=True)) == {"kept"}
    assert planned == Attempt.objects.count() == Dialogue.objects.in_dataset(run.dataset).count() == 36
    assert AttemptCall.objects.count() == 7 * planned, "six utterances and the end, each answered once"


def _at_least(enough: int) -> Callable[[], bool]:
    return lambda: AttemptCall.objects.count() >= enough
