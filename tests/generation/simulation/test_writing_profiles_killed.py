"""Workers killed with -9 again and again while a model fills a pool with people."""

from collections import Counter
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_httpserver import HTTPServer

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from generation.models import PoolProfile, ProfilePool
from generation.services.simulation.pools import create_pool, profiles_of
from generation.services.simulation.steering import WritingSettings, start_writing
from generation.simulation.profile_checks import findings_of
from tests import services
from tests.generation.killing import SlowModel, assert_paid_once, kill_worker_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def test_a_pool_is_filled_by_whoever_is_alive_and_nobody_is_lost_or_there_twice(
    httpserver: HTTPServer, site_environment: dict[str, str], tmp_path: Path, client: Client, amira: User
) -> None:
    model = SlowModel(httpserver, seconds=0.3, mishaps={"odd_age": 0.1})
    endpoint = model.endpoint(max_tokens=4096)
    pool = create_pool(name="Mine")
    settings = WritingSettings(size=60, batch=3)
    pool = start_writing(pool=pool, endpoint=endpoint, settings=settings, money=10**13)
    environment, log = model.environment(site_environment), tmp_path / "worker.log"
    url = reverse("generate:pool-detail", args=[pool.pk])
    client.force_login(amira)
    kills = 0
    before: dict[int, str] = {}
    for enough in (6, 12, 18, 24):
        kill_worker_at(enough, lambda: len(profiles_of(pool)), what="are in it", environment=environment, log=log)
        kills += 1
        people = {number: one.text() for number, one in profiles_of(pool).items()}
        assert before.items() <= people.items(), "nobody who was in it is lost or changed"
        before = people
        page = client.get(url).context
        assert (page["covered"].n, page["left_out"]) == (len(people), PoolProfile.objects.left_out(pool).count())
    with services.worker_process(environment, log):
        services.until(lambda: ProfilePool.objects.get().state != "writing", 90, f"the pool is full ({log})")
    pool = ProfilePool.objects.select_related("budget", "job").get()
    assert (pool.state, pool.why) == ("full", "")
    assert pool.job is not None
    assert pool.job.state == Job.State.SUCCEEDED

    people = profiles_of(pool)
    assert before.items() <= {number: one.text() for number, one in people.items()}.items()
    assert list(people) == list(range(60))
    assert not [one for one in findings_of(people).values() if one]
    left_out = PoolProfile.objects.left_out(pool)
    assert {one["code"] for row in left_out for one in row.findings} == {"P2"}
    assert max(Counter(one.profile for one in PoolProfile.objects.filter(pool=pool)).values()) == 1
    assert pool.budget is not None
    answered = PoolProfile.objects.filter(pool=pool).values("call").distinct().count()
    assert_paid_once(model, pool.budget, answered=answered, in_flight=kills)
    page = client.get(url).context
    assert (page["covered"].n, page["left_out"]) == (60, left_out.count())
    assert page["tokens"] == pool.budget.tokens_spent
