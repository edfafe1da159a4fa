"""The real thing: Celery workers in processes of their own, killed in the middle of their work.

Each step of each job writes a row. In the end every row must be there, once.
"""

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from kombu import Connection

from crsapp.jobs import services as jobs
from crsapp.jobs.celery import transport_options, wake
from crsapp.jobs.folder import SUFFIX
from crsapp.jobs.models import Job, Worker
from crsapp.processes import worker_command
from tests import services
from tests.crsapp.jobs import kinds
from tests.crsapp.jobs.conftest import sending_to

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

QUICK = {
    "CRSAPP_JOB_LEASE_SECONDS": "2",
    "CRSAPP_JOB_SWEEP_SECONDS": "0.3",
    "CRSAPP_WORKER_MISSING_SECONDS": "2",
    "CRSAPP_WORKER_THREADS": "3",
}


class Crew:
    """Real workers on the test database."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.environment = environment
        self.log = log
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> "subprocess.Popen[bytes]":
        command = [*worker_command(), "--include", "tests.crsapp.jobs.kinds"]
        with self.log.open("ab") as out:
            process = subprocess.Popen(command, cwd=services.ROOT, env=self.environment, stdout=out, stderr=out)
        self.processes.append(process)
        self.until(lambda: self.worker_of(process) is not None, "a worker is ready")
        return process

    def worker_of(self, process: "subprocess.Popen[bytes]") -> Worker | None:
        return Worker.objects.filter(name__contains=f":{process.pid}:").first()

    def has_work_in_hand(self, process: "subprocess.Popen[bytes]") -> bool:
        return Job.objects.filter(state="running", worker__contains=f":{process.pid}:").exists()

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        process.kill()
        process.wait()
        self.processes.remove(process)

    def until(self, true: Callable[[], bool], what: str, seconds: float = 60) -> None:
        try:
            services.until(true, seconds, what)
        except TimeoutError as error:
            raise AssertionError(f"{error}\n{self.log.read_text()[-5000:]}\n{Counter(states())}") from error

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()


def states() -> list[str]:
    return list(Job.objects.values_list("state", flat=True))


def all_over() -> bool:
    return not Job.objects.open().exists()


@contextmanager
def redis() -> Iterator[str]:
    if url := os.environ.get("CRSAPP_TEST_REDIS_URL"):
        yield url
    elif services.redis_server() is None:
        pytest.skip("jobs on Redis: no Redis server is installed")
    else:
        with services.private_redis() as url:
            yield url


@pytest.fixture
def table() -> Iterator[None]:
    kinds.create_table()
    yield
    kinds.drop_table()


@contextmanager
def crew_on(environment: dict[str, str], url: str, options: dict[str, Any], log: Path) -> Iterator[Crew]:
    with sending_to(url or "folder://localhost", options):
        crew = Crew({**environment, **QUICK, "CELERY_BROKER_URL": url}, log)
        try:
            yield crew
        finally:
            crew.stop()


@pytest.fixture(params=["folder", "redis"])
def crew(
    request: pytest.FixtureRequest, site_environment: dict[str, str], broker_folder: Path, tmp_path: Path, table: None
) -> Iterator[Crew]:
    environment = {**site_environment, "CRSAPP_DATA_DIR": str(tmp_path)}
    log = tmp_path / "workers.log"
    if request.param == "folder":
        with crew_on(environment, "", {"folder": str(tmp_path / "broker")}, log) as crew:
            yield crew
        return
    with redis() as url:
        with Connection(url) as broker:
            broker.default_channel.client.delete("jobs")
        with crew_on(environment, url, transport_options(url), log) as crew:
            yield crew


on_the_folder = pytest.mark.parametrize("crew", ["folder"], indirect=True)


def ask_for_eight() -> None:
    """Seven jobs of one to four steps, and one with six pieces."""
    for number in range(7):
        arguments = {"steps": 1 + number % 4, "pause": 0.05}
        jobs.enqueue(kind="tests.steps", arguments=arguments, max_attempts=100)
    jobs.enqueue(kind="tests.pieces", arguments={"pieces": 6, "pause": 0.05}, max_attempts=100)


def assert_each_step_was_done_once() -> None:
    done = Counter(kinds.written())
    expected = {
        (str(pk), step)
        for pk, arguments in Job.objects.filter(kind="tests.steps").values_list("pk", "arguments")
        for step in range(arguments["steps"])
    }
    assert set(done) == expected, "no step is missing and none was made up"
    assert max(done.values()) == 1, "no step was done twice"


def test_workers_that_are_killed_again_and_again_lose_nothing_and_do_nothing_twice(crew: Crew) -> None:
    workers = [crew.start(), crew.start()]

    def has_work_in_hand_or_gets_some(process: "subprocess.Popen[bytes]") -> bool:
        if all_over():
            ask_for_eight()  # the other worker was faster
        return crew.has_work_in_hand(process)

    for _ in range(5):
        ask_for_eight()
        crew.until(lambda: has_work_in_hand_or_gets_some(workers[0]), "the worker to be killed has work in hand")
        crew.kill(workers.pop(0))
        workers.append(crew.start())
    crew.until(all_over, "every job is over", seconds=90)

    assert set(states()) == {"succeeded"}
    parents = Job.objects.filter(kind="tests.pieces").count()
    assert Job.objects.count() == parents * (8 + 6)
    assert parents >= 5
    assert_each_step_was_done_once()
    assert "went silent" in crew.log.read_text(), "some were killed with a job in hand"


@on_the_folder
def test_messages_that_are_broken_or_deleted_or_made_up_cost_nothing(crew: Crew, broker_folder: Path) -> None:
    for _ in range(3):
        ask_for_eight()
    messages = sorted(broker_folder.glob(f"*{SUFFIX}"))
    assert len(messages) == 24
    for path in messages[::3]:
        path.unlink()
    for path in messages[1::3]:
        path.write_bytes(path.read_bytes()[:100])
    wake(uuid4())
    (broker_folder / f"0{SUFFIX}").write_text('{"body": "bm90aGluZw==", "properties": {"delivery_tag": "1"}}')

    process = crew.start()
    crew.until(all_over, "every job is over")
    assert Counter(states()) == {"succeeded": 3 * (8 + 6)}
    assert_each_step_was_done_once()
    assert process.poll() is None, "the worker lives"


@on_the_folder
def test_two_workers_share_the_pieces_of_one_job(crew: Crew) -> None:
    crew.start()
    crew.start()
    parent = jobs.enqueue(kind="tests.pieces", arguments={"pieces": 40, "pause": 0.2})
    crew.until(all_over, "every job is over")
    assert jobs.worker_is_alive()
    assert Job.objects.filter(parent=parent).values("worker").distinct().count() == 2
    parent.refresh_from_db()
    assert (parent.state, parent.result["succeeded"]) == ("succeeded", 40)
    assert_each_step_was_done_once()


@on_the_folder
def test_a_worker_that_is_asked_to_stop_gives_back_what_it_has_in_hand(crew: Crew) -> None:
    job = jobs.enqueue(kind="tests.steps", arguments={"steps": 200, "pause": 0.05})
    process = crew.start()
    crew.until(lambda: len(kinds.written()) > 3, "work goes on")
    services.stop(process, signal.SIGTERM, seconds=8)
    job.refresh_from_db()
    assert process.returncode == 0
    assert (job.state, job.attempts, job.lease_token) == ("queued", 0, None)
    assert job.done == job.checkpoint["step"] == len(kinds.written())
    assert not Worker.objects.exists(), "it said goodbye"

    crew.start()
    crew.until(lambda: len(kinds.written()) > job.done, "the next worker goes on")
    jobs.request_cancel(job)
    crew.until(all_over, "it is cancelled")
