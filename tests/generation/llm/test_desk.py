"""The calls of a job, from budget to record, over real sockets: what is tried again, what it costs, what is lost."""

import json
import time
from collections import deque
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from pytest_httpserver import HTTPServer
from werkzeug import Request as Received
from werkzeug import Response

from crsapp.jobs import services
from crsapp.jobs.models import Job
from crsapp.jobs.registry import Context, Outside, Progress, Steps
from generation.llm.access import EndpointError
from generation.llm.desk import Answer, Desk
from generation.llm.hosts import read_allowed
from generation.llm.pacing import pause_before_retry
from generation.llm.record import count_lost, forgotten
from generation.models import Budget, Call, Endpoint
from tests.crsapp.jobs.conftest import ask as ask_job
from tests.crsapp.jobs.conftest import register  # noqa: F401 – a fixture
from tests.generation.llm.scenes import KEY, KEY_NAME, PATH, answer, ask, budget, endpoint

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
MOST = 16 + 16 + len("Say something.") + 50
MOST_COST = ((16 + 16 + len("Say something.")) * 1 + 50 * 2) * 1000  # billionths, at 1 and 2 a million


@pytest.fixture(autouse=True)
def _quick_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    def quick(**said: Any) -> float:
        return pause_before_retry(**said) / 50

    monkeypatch.setattr("generation.llm.desk.pause_before_retry", quick)


def answers(where: Endpoint, within: Budget | None = None, count: int = 1, patience: float = 20) -> list[Answer]:
    """Ask `count` questions as a job would, each step a transaction, and return what came of them."""
    todo = [ask(f"q{number}") for number in range(count)]
    done: list[Answer] = []
    until = time.monotonic() + patience
    with Desk(endpoint=where, budget=within, job_id=None) as desk:
        landed: list[Any] = []
        while todo or desk.busy:
            assert time.monotonic() < until, "the calls do not come to an end"
            with transaction.atomic():
                done += desk.book(landed)
                asked = desk.ask(todo[: desk.room])
                todo = todo[asked:]
                if desk.refusal and not desk.refusal.for_now:
                    todo = []
            landed = desk.exchange(seconds=0.5)
    return done


def in_turn(*responses: Response) -> Any:
    """A handler that answers with these, then with the last for ever."""
    left = deque(responses)

    def respond(request: Received) -> Response:
        return left.popleft() if len(left) > 1 else left[0]

    return respond


def good() -> Response:
    return Response(json.dumps(answer()), content_type="application/json")


def test_a_call_is_on_record_with_all_that_was_said(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_json(answer("Hello there"))
    mine = budget(money=10**9)
    [one] = answers(endpoint(httpserver), mine)
    call = Call.objects.get()
    assert one.outcome.text == call.answer == "Hello there"
    assert (call.state, call.outcome, call.attempt, call.subject) == ("answered", "answered", 1, "q0")
    assert call.messages == [{"role": "user", "content": "Say something."}]
    assert call.settings == {"provider": "openai", "model": "m", "max_tokens": 50, "temperature": 0.7}
    assert (call.prompt_name, call.prompt_version, call.prompt_digest) == ("test", 1, "d" * 64)
    assert (call.tokens_in, call.tokens_out, call.cost, call.assumed) == (12, 5, 22_000, False)
    assert call.seconds
    assert call.started
    mine.refresh_from_db()
    assert (mine.money_reserved, mine.money_spent, mine.tokens_spent) == (0, 22_000, 17)


def test_a_call_is_on_record_before_it_is_sent(httpserver: HTTPServer) -> None:
    with Desk(endpoint=endpoint(httpserver), budget=budget(money=10**9), job_id=None) as desk:
        desk.ask([ask()])
        call = Call.objects.get()
        assert (call.state, call.reserved_tokens, call.reserved_cost) == ("open", MOST, MOST_COST)
        assert not httpserver.log


def test_what_is_worth_it_is_tried_again_each_on_record(httpserver: HTTPServer) -> None:
    failures = [Response("", 429, {"Retry-After": "0.2"}), Response("", 500), Response("nonsense")]
    httpserver.expect_request(PATH).respond_with_handler(in_turn(*failures, good()))
    mine = budget(money=10**9)
    [one] = answers(endpoint(httpserver), mine)
    assert one.outcome.answered
    told = list(Call.objects.values_list("attempt", "outcome", "cost", "assumed"))
    assert told == [
        (1, "rate_limited", 0, False),
        (2, "server_error", 0, False),
        (3, "nonsense", MOST_COST, True),
        (4, "answered", 22_000, False),
    ]
    mine.refresh_from_db()
    assert (mine.money_reserved, mine.money_spent) == (0, MOST_COST + 22_000)


def test_what_is_not_worth_it_is_not(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_json({"error": {"message": "no"}}, status=401)
    [one] = answers(endpoint(httpserver))
    assert not one.outcome.answered
    assert Call.objects.count() == len(httpserver.log) == 1


def test_tries_come_to_an_end(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_data("", status=503)
    [one] = answers(endpoint(httpserver, tries=3))
    assert one.call.attempt == Call.objects.count() == 3


def test_retry_after_is_waited_for_by_every_worker(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_handler(in_turn(Response("", 429, {"Retry-After": "1"}), good()))
    where = endpoint(httpserver)
    begun = time.monotonic()
    answers(where)
    assert time.monotonic() - begun >= 1
    where.pace.refresh_from_db()
    with Desk(endpoint=where, budget=None, job_id=None) as other:
        where.pace.requests_until += 30
        where.pace.save()
        other.ask([ask()])
        assert 25 < other._to_send[0].wait <= 31


def test_requests_a_minute_are_kept(httpserver: HTTPServer) -> None:
    times: list[float] = []

    def note(request: Received) -> Response:
        times.append(time.monotonic())
        return good()

    httpserver.expect_request(PATH).respond_with_handler(note)
    begun = time.monotonic()
    answers(endpoint(httpserver, requests_per_minute=600), count=12)
    assert times[-1] - begun >= 1.05


def test_turns_are_spaced_evenly(httpserver: HTTPServer) -> None:
    with Desk(endpoint=endpoint(httpserver, requests_per_minute=600), budget=None, job_id=None) as desk:
        with transaction.atomic():
            desk.ask([ask(), ask(), ask(), ask()])
        waits = [request.wait for request in desk._to_send]
    assert [later - earlier for earlier, later in pairwise(waits)] == pytest.approx([0.1, 0.1, 0.1], abs=1e-5)


def test_tokens_a_minute_are_kept(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_json(answer())
    begun = time.monotonic()
    answers(endpoint(httpserver, tokens_per_minute=60_000), count=12)  # about 58 tokens each: 0.058 s
    assert time.monotonic() - begun > 0.5


def test_never_more_in_flight_than_chosen(httpserver: HTTPServer) -> None:
    now, most = [0], [0]

    def note(request: Received) -> Response:
        now[0] += 1
        most[0] = max(most[0], now[0])
        time.sleep(0.05)
        now[0] -= 1
        return good()

    threaded = HTTPServer(threaded=True)
    threaded.start()
    try:
        threaded.expect_request(PATH).respond_with_handler(note)
        assert len(answers(endpoint(threaded, in_flight=5), count=40)) == 40
    finally:
        threaded.stop()
    assert most[0] == 5


def test_the_budget_ends_the_run_before_it_is_overspent(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_json(answer(tokens=(46, 50)))
    mine = budget(money=10 * MOST_COST)
    done = answers(endpoint(httpserver), mine, count=100)
    mine.refresh_from_db()
    assert len(done) == len(httpserver.log) == 10
    assert (mine.money_spent, mine.money_reserved, mine.money_overrun) == (10 * MOST_COST, 0, 0)


def test_a_budget_for_tokens_is_used_to_the_last_call(httpserver: HTTPServer) -> None:
    """Reservations are larger than what is used: whoever waits for them to be settled gets more done."""
    httpserver.expect_request(PATH).respond_with_json(answer(tokens=(12, 5)))
    mine = budget(tokens=1000)
    done = answers(endpoint(httpserver), mine, count=100)
    mine.refresh_from_db()
    assert 1000 - MOST < mine.tokens_spent <= 1000
    assert len(done) == mine.tokens_spent // 17


def test_a_try_for_which_the_budget_has_no_room_is_not_made(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_data("nonsense")
    mine = budget(money=MOST_COST)
    [one] = answers(endpoint(httpserver), mine)
    assert one.outcome.kind == "nonsense"
    assert len(httpserver.log) == 1


def test_an_endpoint_that_charges_too_much_ends_the_run(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_json(answer(tokens=(10_000, 10_000)))
    mine = budget(money=2 * MOST_COST)
    assert len(answers(endpoint(httpserver, in_flight=1), mine, count=20)) <= 3
    mine.refresh_from_db()
    assert mine.money_spent - mine.money_overrun <= 2 * MOST_COST


def test_the_key_comes_from_the_environment_and_is_nowhere_on_record(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(KEY_NAME, KEY)
    httpserver.expect_request(PATH).respond_with_data(f"You sent {KEY}", status=400)
    where = endpoint(httpserver, key_variable=KEY_NAME)
    answers(where)
    assert httpserver.log[0][0].headers["Authorization"] == f"Bearer {KEY}"
    rows = [*Call.objects.values(), *Endpoint.objects.values()]
    assert KEY not in repr(rows)
    assert "You sent [key]" in Call.objects.get().error
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("name", "why"), [(KEY_NAME, "is not set"), ("CRSAPP_SECRET_KEY", "is named"), ("HOME", "is named")]
)
def test_a_key_that_is_none_is_said_and_nothing_else_is_ever_sent(name: str, why: str) -> None:
    with pytest.raises(EndpointError, match=why):
        Desk(endpoint=endpoint(key_variable=name), budget=None, job_id=None)


def test_a_host_that_is_not_allowed_is_said(settings: Any) -> None:
    settings.LLM_HOSTS = [read_allowed("api.example.org")]
    with pytest.raises(EndpointError, match="CRSAPP_LLM_HOSTS"):
        Desk(endpoint=endpoint(), budget=None, job_id=None)


@pytest.fixture
def asking(register: Any, httpserver: HTTPServer) -> str:  # noqa: F811
    """A kind of job that asks three questions."""

    def work(context: Context) -> Steps:
        where, within = Endpoint.objects.get(), Budget.objects.get()
        done = 0
        with Desk(endpoint=where, budget=within, job_id=context.job_id) as desk:
            desk.ask([ask(f"q{number}") for number in range(3)])
            while desk.busy:
                landed = yield Outside(Progress(done=done, total=3), desk.exchange)
                done += len(desk.book(landed))
        return {"done": done}

    return register(work)


def test_a_job_asks_and_nothing_is_open_afterwards(httpserver: HTTPServer, asking: str) -> None:
    httpserver.expect_request(PATH).respond_with_json(answer())
    endpoint(httpserver)
    mine = budget(money=10**9)
    job = ask_job(asking)
    services.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("succeeded", {"done": 3})
    mine.refresh_from_db()
    assert (mine.money_reserved, mine.money_spent) == (0, 3 * 22_000)
    assert not Call.objects.open().exists()


def test_of_a_killed_worker_the_most_is_counted_and_its_successor_asks_again(
    httpserver: HTTPServer, asking: str
) -> None:
    httpserver.expect_request(PATH).respond_with_json(answer())
    where, mine = endpoint(httpserver), budget(money=10**9)
    job = ask_job(asking)
    dead = Desk(endpoint=where, budget=mine, job_id=job.pk)
    for number in range(2):
        dead.ask([ask(f"q{number}")])
    mine.refresh_from_db()
    assert mine.money_reserved == 2 * MOST_COST
    services.run(job.pk)
    mine.refresh_from_db()
    assert (mine.money_reserved, mine.money_spent) == (0, 2 * MOST_COST + 3 * 22_000)
    assert list(Call.objects.filter(state="lost").values_list("assumed", flat=True)) == [True, True]


def test_calls_of_a_job_that_is_over_are_closed_once(httpserver: HTTPServer) -> None:
    where, mine = endpoint(httpserver), budget(money=10**9)
    job = ask_job("tests.nothing")
    Desk(endpoint=where, budget=mine, job_id=job.pk).ask([ask()])
    assert count_lost(forgotten()) == 0, "its job is still to be done"
    Job.objects.filter(pk=job.pk).update(state="cancelled")
    assert count_lost(forgotten()) == 1
    assert count_lost(forgotten()) == 0
    mine.refresh_from_db()
    assert (mine.money_reserved, mine.money_spent) == (0, MOST_COST)


def test_a_step_that_is_rolled_back_holds_nothing(httpserver: HTTPServer) -> None:
    mine = budget(money=10**9)
    with Desk(endpoint=endpoint(httpserver), budget=mine, job_id=None) as desk:
        with transaction.atomic():
            desk.ask([ask()])
            transaction.set_rollback(True)
    mine.refresh_from_db()
    assert mine.money_reserved == 0
    assert not Call.objects.exists()
    assert not httpserver.log
