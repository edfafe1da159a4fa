"""The real thing: workers in processes of their own, killed with -9 in the middle of a run."""

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from crsapp.jobs.models import Job
from generation.models import Attempt, Dialogue, GenerationRun, Planned
from tests import services
from tests.generation import run_scenes as scenes
from tests.generation.killing import MOST_IN_FLIGHT, SlowModel, assert_paid_once, kill_worker_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def test_a_worker_killed_in_mid_run_loses_no_dialogue_doubles_none_and_pays_again_only_what_was_in_flight(
    httpserver: HTTPServer, site_environment: dict[str, str], tmp_path: Path
) -> None:
    writer = SlowModel(httpserver, seconds=0.25)
    source = scenes.prepared(people=8, items=14)
    run = scenes.begun(source, endpoint=writer.endpoint(in_flight=2), here=False, money=10**12, retries=0)
    environment = writer.environment(site_environment)
    log = tmp_path / "worker.log"
    kept_before: set[tuple[int, str]] = set()
    kills = 0

    def kept() -> set[tuple[int, str]]:
        return set(Dialogue.objects.in_dataset(run.dataset).values_list("pk", "external_id"))

    for enough in (3, 8):
        kill_worker_at(enough, lambda: len(kept()), what="are kept", environment=environment, log=log)
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
    assert_paid_once(writer, run.budget, answered=planned, in_flight=kills * pieces * MOST_IN_FLIGHT)
