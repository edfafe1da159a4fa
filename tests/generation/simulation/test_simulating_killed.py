"""Workers in processes of their own, killed with -9 while conversations are under way."""

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from crsapp.jobs.models import Job
from generation.models import Attempt, AttemptCall, Dialogue, GenerationRun, Planned
from tests import services
from tests.generation.killing import MOST_IN_FLIGHT, SlowModel, assert_paid_once, kill_worker_at
from tests.generation.simulation import talks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def test_a_worker_killed_in_mid_conversation_loses_none_doubles_none_and_goes_on_at_the_utterance(
    httpserver: HTTPServer, site_environment: dict[str, str], tmp_path: Path
) -> None:
    talker = SlowModel(httpserver, seconds=0.1, mishaps={"ends_at": 3})
    sides = [talker.endpoint(name) for name in ("user", "assistant")]
    crossed = talks.matrix("travel", user=sides[0], assistants=[sides[1]], profiles=2)
    run = talks.begun(crossed, here=False, money=10**13, retries=0)
    environment = talker.environment(site_environment)
    log = tmp_path / "worker.log"
    kills = 0
    for enough in (40, 120):
        kill_worker_at(enough, AttemptCall.objects.count, what="are said", environment=environment, log=log)
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
    at_most = kills * pieces * len(sides) * MOST_IN_FLIGHT
    assert_paid_once(talker, run.budget, answered=7 * planned, in_flight=at_most)
