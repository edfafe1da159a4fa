"""A job belongs to whoever holds its lease; whoever lost it cannot write any more."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.utils import timezone

from crsapp.accounts.models import User
from crsapp.jobs import leases, services
from crsapp.jobs.heartbeat import Heartbeat
from crsapp.jobs.models import Job
from crsapp.jobs.registry import Context, Progress, Steps
from tests.crsapp.jobs.conftest import Register, ask, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def let_lapse(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def in_threads(count: int, work: Callable[[], None]) -> None:
    barrier = Barrier(count)

    def together() -> None:
        try:
            barrier.wait()
            work()
        finally:
            connections.close_all()

    threads = [Thread(target=together) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_of_eight_workers_that_claim_the_same_job_one_gets_it() -> None:
    for _ in range(5):
        job = ask("tests.any", dispatch_now=False)
        claimed: list[Job] = []

        def claim(job: Job = job, claimed: list[Job] = claimed) -> None:
            found = leases.claim(job.pk, worker="one of eight")
            if found is not None:
                claimed.append(found)

        in_threads(8, claim)
        assert len(claimed) == 1
        assert fresh(job).attempts == 1
        assert fresh(job).lease_token == claimed[0].lease_token


def test_a_step_whose_lease_was_lost_meanwhile_is_rolled_back_and_the_handler_stops(register: Register) -> None:
    closed = []

    def slow(context: Context) -> Steps:
        try:
            User.objects.create_user("kept")
            yield Progress(done=1)
            User.objects.create_user("never")
            another = uuid4()
            Job.objects.filter(pk=context.job_id).update(lease_token=another, worker="another")
            yield Progress(done=2)
            raise AssertionError("not reached")
        finally:
            closed.append(True)

    job = ask(register(slow))
    services.run(job.pk)

    assert list(User.objects.values_list("username", flat=True)) == ["kept"]
    assert closed == [True]
    assert fresh(job).done == 1
    assert fresh(job).state == "running", "whoever holds it now decides"


def test_whoever_lost_the_lease_can_neither_finish_nor_fail_the_job() -> None:
    job = ask("tests.any")
    slow = leases.claim(job.pk, worker="slow")
    assert slow is not None
    let_lapse(job)
    leases.expire(job.pk)
    quick = leases.claim(job.pk, worker="quick")
    assert quick is not None

    context = leases.context_of(slow)
    for attempt in (
        lambda: leases.finish(slow, context, {}),
        lambda: leases.save_step(slow, context, Progress(done=1)),
        lambda: leases.abandon(slow, Job.State.FAILED, error="no"),
        lambda: leases.retry_later(slow, reason="no"),
        lambda: leases.release(slow),
    ):
        with pytest.raises(leases.LeaseLost):
            attempt()
    leases.finish(quick, context, {"by": "quick"})
    assert fresh(job).result == {"by": "quick"}


def test_a_lease_that_ran_out_brings_the_job_back_to_the_queue() -> None:
    job = ask("tests.any")
    leases.claim(job.pk, worker="dies")
    services.sweep()
    assert fresh(job).state == "running", "the lease still lasts"
    let_lapse(job)
    services.sweep()
    services.sweep()
    assert (fresh(job).state, fresh(job).attempts) == ("queued", 1)
    assert fresh(job).dispatched is not None


def test_a_job_that_kills_its_workers_is_given_up_in_words() -> None:
    job = ask("tests.any", max_attempts=2)
    for _ in range(2):
        assert leases.claim(job.pk, worker="dies")
        let_lapse(job)
        services.sweep()
    job = fresh(job)
    assert job.state == "failed"
    assert job.error.startswith("The worker died 2 times while doing this")


def test_a_job_that_was_to_be_cancelled_when_its_worker_died_is_cancelled() -> None:
    job = ask("tests.any")
    leases.claim(job.pk, worker="dies")
    services.request_cancel(job)
    let_lapse(job)
    services.sweep()
    assert fresh(job).state == "cancelled"


def test_the_heartbeat_renews_the_leases_of_this_process_alone() -> None:
    ours, theirs = ask("tests.any"), ask("tests.any")
    here = leases.claim(ours.pk, worker="here")
    leases.claim(theirs.pk, worker="there")
    assert here is not None
    for job in (ours, theirs):
        let_lapse(job)
    with leases.kept(here):
        Heartbeat(name="here").beat()
    Heartbeat(name="here").beat()
    assert list(Job.objects.expired()) == [theirs]
    assert fresh(ours).moved == here.moved, "being renewed is not having moved"


@pytest.mark.django_db(transaction=True)
def test_the_heartbeat_survives_a_database_that_was_away(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.JOB_SWEEP_SECONDS = 0.01
    beats: list[int] = []

    def count() -> None:
        beats.append(1)
        if len(beats) < 3:
            raise DatabaseError("the server closed the connection unexpectedly")

    heartbeat = Heartbeat(name="here", also=count)
    with heartbeat.renewing():
        for _ in range(500):
            if len(beats) > 4:
                break
            heartbeat._enough.wait(0.01)
    assert len(beats) > 4
    assert "a heartbeat failed" in caplog.text


def test_the_database_refuses_a_running_job_without_a_lease() -> None:
    job = ask("tests.any")
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state="running")
    assert connection.is_usable()
