"""Messages are hints: whatever happens to them, the sweep finds the job again."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from crsapp.jobs import services
from crsapp.jobs.celery import transport_options
from crsapp.jobs.folder import SUFFIX
from crsapp.jobs.models import Job, Worker
from tests.crsapp.jobs.conftest import ask, fresh, sending_to

pytestmark = [pytest.mark.django_db, pytest.mark.database]
Commits = Callable[..., Any]


def age(job: Job, **changes: Any) -> None:
    Job.objects.filter(pk=job.pk).update(created=timezone.now() - timedelta(minutes=5), **changes)


def messages(folder: Path) -> list[str]:
    return [path.read_text() for path in folder.glob(f"*{SUFFIX}")] if folder.exists() else []


def test_workers_are_told_when_the_transaction_commits_and_not_before(
    broker_folder: Path, django_capture_on_commit_callbacks: Commits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = ask("tests.any")
        assert not messages(broker_folder)
    assert len(messages(broker_folder)) == 1
    assert fresh(job).dispatched is not None


def test_asking_while_the_broker_is_away_keeps_the_job_and_the_sweep_tells_the_workers_later(
    broker_folder: Path, django_capture_on_commit_callbacks: Commits, caplog: pytest.LogCaptureFixture
) -> None:
    with sending_to("redis://127.0.0.1:1/0", transport_options("redis://127.0.0.1:1/0")):
        with django_capture_on_commit_callbacks(execute=True):
            job = ask("tests.any")
    assert fresh(job).state == "queued"
    assert fresh(job).dispatched is None
    assert "no message could be sent" in caplog.text

    age(job)
    services.sweep()
    assert len(messages(broker_folder)) == 1
    services.sweep()
    assert len(messages(broker_folder)) == 1, "it was told a moment ago"


def test_a_message_that_got_lost_is_sent_again_unless_every_worker_is_busy(broker_folder: Path) -> None:
    job = ask("tests.any", dispatch_now=False)
    age(job, dispatched=timezone.now() - timedelta(minutes=1))
    services.sweep(capacity=0)
    assert not messages(broker_folder)
    services.sweep(capacity=1)
    assert len(messages(broker_folder)) == 1


def test_jobs_that_wait_for_their_time_or_are_over_are_left_alone(broker_folder: Path) -> None:
    later, over = ask("tests.any", dispatch_now=False), ask("tests.any", dispatch_now=False)
    age(later, run_after=timezone.now() + timedelta(minutes=1))
    age(over, state="succeeded")
    services.sweep()
    assert not messages(broker_folder)


def test_a_worker_counts_as_missing_when_it_has_been_silent(worker: Worker) -> None:
    assert services.worker_is_alive()
    Worker.objects.update(seen=timezone.now() - timedelta(seconds=21))
    assert not services.worker_is_alive()
    Worker.objects.update(seen=timezone.now() - timedelta(days=2))
    services.sweep()
    assert not Worker.objects.exists(), "long gone"
