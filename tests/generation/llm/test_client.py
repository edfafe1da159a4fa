"""One try at a real server that answers well, badly, slowly, by half, or not at all."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request as Received
from werkzeug import Response

from generation.llm.client import Access, OpenAIClient
from generation.llm.exchange import Kind, Outcome, Request
from generation.llm.hosts import read_allowed
from tests.apart import run_apart
from tests.generation.llm.scenes import KEY, PATH, REQUEST, answer

HERE = (read_allowed("127.0.0.1:*"), read_allowed("localhost:*"))


def asked(url: str, request: Request = REQUEST, *, seconds: float = 2, key: str = KEY) -> Outcome:
    access = Access(base_url=url, model="m", seconds=seconds, in_flight=4, allowed=HERE, key=key)

    async def once() -> Outcome:
        client = OpenAIClient(access)
        try:
            return await client.ask(request)
        finally:
            await client.close()

    return run_apart(once())


def test_an_answer_comes_with_its_tokens_and_time(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH, method="POST").respond_with_json(answer("Good morning"))
    outcome = asked(httpserver.url_for("/v1"))
    assert (outcome.kind, outcome.text, outcome.tokens_in, outcome.tokens_out) == (Kind.ANSWERED, "Good morning", 12, 5)
    assert outcome.seconds > 0
    assert outcome.started
    assert outcome.finish_reason == "stop"


def test_the_request_says_what_was_chosen_and_carries_the_key(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_json(answer())
    asked(httpserver.url_for("/v1"), replace(REQUEST, temperature=0.3, top_p=0.9, seed=7))
    received, _response = httpserver.log[0]
    assert received.headers["Authorization"] == f"Bearer {KEY}"
    assert received.json == {
        "model": "m",
        "messages": [{"role": "user", "content": "Say something."}],
        "max_tokens": 50,
        "temperature": 0.3,
        "top_p": 0.9,
        "seed": 7,
    }


@pytest.mark.parametrize(
    ("status", "kind", "again"),
    [
        (400, Kind.REFUSED, False),
        (401, Kind.UNAUTHORISED, False),
        (402, Kind.NO_CREDIT, False),
        (403, Kind.UNAUTHORISED, False),
        (404, Kind.NOT_FOUND, False),
        (408, Kind.SERVER_ERROR, True),
        (422, Kind.REFUSED, False),
        (429, Kind.RATE_LIMITED, True),
        (500, Kind.SERVER_ERROR, True),
        (502, Kind.SERVER_ERROR, True),
        (503, Kind.SERVER_ERROR, True),
    ],
)
def test_each_status_says_whether_to_try_again_and_costs_nothing(
    httpserver: HTTPServer, status: int, kind: Kind, again: bool
) -> None:
    httpserver.expect_request(PATH).respond_with_json({"error": {"message": "because of the moon"}}, status=status)
    outcome = asked(httpserver.url_for("/v1"))
    assert (outcome.kind, outcome.worth_retrying, outcome.may_have_cost) == (kind, again, False)
    assert "because of the moon" in outcome.detail
    assert len(httpserver.log) == 1, "trying again is not the client's business"


def test_no_credit_left_is_no_reason_to_wait(httpserver: HTTPServer) -> None:
    said = {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}
    httpserver.expect_request(PATH).respond_with_json(said, status=429)
    outcome = asked(httpserver.url_for("/v1"))
    assert (outcome.kind, outcome.worth_retrying) == (Kind.NO_CREDIT, False)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("3", 3), ("0.5", 0.5), ("99999999", 600), ("-4", 0), ("whenever", None), ("nan", None), ("inf", 600)],
)
def test_retry_after_in_seconds(httpserver: HTTPServer, header: str, seconds: float | None) -> None:
    httpserver.expect_request(PATH).respond_with_data("", status=429, headers={"Retry-After": header})
    assert asked(httpserver.url_for("/v1")).retry_after == seconds


def test_retry_after_as_a_date(httpserver: HTTPServer) -> None:
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    httpserver.expect_request(PATH).respond_with_data("", status=503, headers={"Retry-After": when})
    retry_after = asked(httpserver.url_for("/v1")).retry_after
    assert retry_after is not None
    assert 30 < retry_after <= 40


def test_a_slow_answer_ends_at_the_limit_and_may_have_cost(httpserver: HTTPServer) -> None:
    given_up = threading.Event()

    def slow(request: Received) -> Response:
        given_up.wait(30)
        return Response("{}")

    httpserver.expect_request(PATH).respond_with_handler(slow)
    outcome = asked(httpserver.url_for("/v1"), seconds=0.4)
    given_up.set()
    while not httpserver.log:  # or the next test finds this answer in its own
        time.sleep(0.01)
    assert (outcome.kind, outcome.may_have_cost) == (Kind.TIMED_OUT, True)
    assert outcome.seconds > 0.3


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that says exactly these bytes, and one connection after the other."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _peer = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                received = b""
                while b"max_tokens" not in received:
                    received += connection.recv(65536)
                with suppress(OSError):
                    talk(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    finally:
        listener.close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"


def test_half_a_body(httpserver: HTTPServer) -> None:
    with raw_server(lambda connection: connection.sendall(HEAD + b'{"choices": [{"mess')) as url:
        outcome = asked(url)
    assert (outcome.kind, outcome.worth_retrying, outcome.may_have_cost) == (Kind.CUT_OFF, True, True)
    assert "broke before the answer was whole" in outcome.detail


def test_a_connection_closed_without_a_word() -> None:
    with raw_server(lambda connection: None) as url:
        assert asked(url).kind == Kind.CUT_OFF


def test_a_body_that_drips_for_ever_ends_at_the_limit() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(HEAD)
        for _ in range(30):
            connection.sendall(b" ")
            time.sleep(0.1)

    with raw_server(drip) as url:
        outcome = asked(url, seconds=0.6)
    assert outcome.kind == Kind.TIMED_OUT


def test_a_body_without_end_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generation.llm.client.LARGEST_ANSWER", 100_000)

    def pour(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")
        for _ in range(1000):
            connection.sendall(b"x" * 10_000)

    with raw_server(pour) as url:
        outcome = asked(url)
    assert outcome.kind == Kind.NONSENSE


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    outcome = asked(f"http://127.0.0.1:{port}/v1")
    assert (outcome.kind, outcome.worth_retrying, outcome.may_have_cost) == (Kind.UNREACHABLE, True, False)
    assert f"127.0.0.1:{port}" in outcome.detail


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>Welcome</html>",
        "null",
        "[]",
        '"choices"',
        '{"choices": []}',
        '{"choices": {"0": 1}}',
        '{"choices": [{"message": {"content": null}}]}',
        '{"choices": [{"message": {"content": "   "}}]}',
        '{"choices": [{"message": {"content": [1, 2]}}]}',
        '{"choices": [' * 2000,
        "\x00\x01\x02",
    ],
)
def test_nonsense_is_tried_again_and_never_an_error_of_ours(httpserver: HTTPServer, body: str) -> None:
    httpserver.expect_request(PATH).respond_with_data(body, content_type="application/json")
    outcome = asked(httpserver.url_for("/v1"))
    assert (outcome.kind, outcome.worth_retrying) == (Kind.NONSENSE, True)


@pytest.mark.parametrize(
    "usage", [{}, {"prompt_tokens": -1}, {"prompt_tokens": "9" * 30}, {"prompt_tokens": 10**30}, 7]
)
def test_tokens_that_nobody_can_have_used_are_not_known(httpserver: HTTPServer, usage: object) -> None:
    httpserver.expect_request(PATH).respond_with_json({**answer(tokens=None), "usage": usage})
    outcome = asked(httpserver.url_for("/v1"))
    assert (outcome.kind, outcome.tokens_known, outcome.may_have_cost) == (Kind.ANSWERED, False, True)


def test_a_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    there = httpserver.url_for("/elsewhere")
    httpserver.expect_request(PATH).respond_with_data("", status=307, headers={"Location": there})
    httpserver.expect_request("/elsewhere").respond_with_json(answer())
    outcome = asked(httpserver.url_for("/v1"))
    assert (outcome.kind, outcome.worth_retrying) == (Kind.REDIRECTED, False)
    assert [request.path for request, _ in httpserver.log] == [PATH]


def test_the_proxy_of_the_environment_is_asked(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that is asked does not exist: only the proxy can have answered."""
    monkeypatch.setenv("http_proxy", httpserver.url_for(""))
    httpserver.expect_request(PATH).respond_with_json(answer("by way of the proxy"))
    assert asked("http://localhost:9/v1").text == "by way of the proxy"
    monkeypatch.setenv("no_proxy", "localhost")
    assert asked("http://localhost:9/v1").kind == Kind.UNREACHABLE


def test_what_a_netrc_says_of_a_host_is_not_sent(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine localhost login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    httpserver.expect_request(PATH).respond_with_json(answer())
    assert asked(httpserver.url_for("/v1"), key="").kind == Kind.ANSWERED
    assert "Authorization" not in httpserver.log[0][0].headers


def test_a_host_that_nobody_allowed_is_not_called() -> None:
    outcome = asked("http://169.254.169.254/latest")
    assert (outcome.kind, outcome.worth_retrying) == (Kind.NOT_SENT, False)
    assert "CRSAPP_LLM_HOSTS" in outcome.detail


def test_the_key_is_in_no_log_and_no_outcome_even_if_the_server_repeats_it(
    httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    def repeat(request: Received) -> Response:
        return Response(f"Wrong key: {request.headers['Authorization']}", status=401)

    httpserver.expect_request(PATH).respond_with_handler(repeat)
    with caplog.at_level(logging.DEBUG):
        outcome = asked(httpserver.url_for("/v1"))
    assert "Wrong key: Bearer [key]" in outcome.detail
    assert KEY not in repr(outcome)
    assert KEY not in caplog.text
    assert KEY not in repr(Access("http://x", "m", 1, 1, (), KEY))


def test_texts_that_no_database_takes_are_mended(httpserver: HTTPServer) -> None:
    body = '{"choices": [{"message": {"content": "a\\u0000b"}}]}'
    httpserver.expect_request(PATH).respond_with_data(body, content_type="application/json")
    assert asked(httpserver.url_for("/v1")).text == "ab"
