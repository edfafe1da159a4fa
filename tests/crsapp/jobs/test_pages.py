"""The pages of background work, and the fragment with which any page waits for a job."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crsapp.accounts.models import User
from crsapp.jobs import leases
from crsapp.jobs.models import Job, Worker
from crsapp.jobs.services import retry
from tests.crsapp.jobs.conftest import ask, fresh

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def running(**changes: object) -> Job:
    job = ask("tests.any", title="Import of a file")
    leases.claim(job.pk, worker="here")
    Job.objects.filter(pk=job.pk).update(**changes)
    return fresh(job)


def progress(client: Client, job: Job, query: str = "") -> str:
    return client.get(reverse("jobs:progress", args=[job.pk]) + query, headers=HTMX).content.decode()


@pytest.mark.parametrize("name", ["list", "worker", "detail", "progress", "cancel", "retry"])
def test_ben_the_annotator_and_strangers_are_kept_out(name: str, ben: User) -> None:
    job = ask("tests.any")
    address = reverse(f"jobs:{name}", args=[] if name in {"list", "worker"} else [job.pk])
    outside = Client()
    send = outside.post if name in {"cancel", "retry"} else outside.get
    assert send(address).status_code == 302
    outside.force_login(ben)
    assert send(address).status_code == 403
    assert fresh(job).state == "queued"


def test_amira_sees_the_newest_job_first_and_filters_by_state(client: Client, worker: Worker) -> None:
    ask("tests.any", title="The older one")
    ask("tests.any", title="The newer one")
    running()
    page = client.get(reverse("jobs:list")).content.decode()
    assert page.index("Import of a file") < page.index("The newer one") < page.index("The older one")
    page = client.get(reverse("jobs:list"), {"state": "running"}).content.decode()
    assert "Import of a file" in page
    assert "The newer one" not in page
    assert "No job is in this state" in client.get(reverse("jobs:list"), {"state": "failed"}).content.decode()


def test_the_list_takes_as_many_queries_for_fifty_jobs_as_for_one(
    client: Client, worker: Worker, django_assert_max_num_queries: object
) -> None:
    parent = ask("tests.any")
    Job.objects.filter(pk=parent.pk).update(state="waiting")
    for _ in range(50):
        ask("tests.any", parent=parent)
        ask("tests.any")
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        page = client.get(reverse("jobs:list"))
    assert page.content.decode().count("<tr>") == 51, "pieces stand with their parent"
    assert "Older" in page.content.decode()


def test_an_empty_list_says_what_would_be_here(client: Client) -> None:
    assert "No jobs yet" in client.get(reverse("jobs:list")).content.decode()


def test_a_running_job_says_how_far_how_long_still_and_when_it_last_moved(client: Client, worker: Worker) -> None:
    now = timezone.now()
    job = running(done=500, total=2000, resumed=now - timedelta(minutes=10), moved=now - timedelta(seconds=5))
    page = progress(client, job)
    assert "500 of 2,000" in page
    assert "about 30 minutes left" in page
    assert "Last moved: 5" in page
    assert f'<label class="small" for="progress-{job.pk}">' in page
    assert 'value="500" max="2000"' in page


def test_what_is_tried_again_is_reckoned_at_its_own_pace(client: Client, worker: Worker) -> None:
    now = timezone.now()
    job = running(done=1000, total=2000, started=now - timedelta(days=3))
    leases.abandon(job, Job.State.FAILED, error="no disk")
    assert retry(fresh(job))
    leases.claim(job.pk, worker="here")
    assert fresh(job).done_before == 1000
    Job.objects.filter(pk=job.pk).update(done=1250, resumed=now - timedelta(minutes=10), moved=now)
    assert "about 30 minutes left" in progress(client, job)
    Job.objects.filter(pk=job.pk).update(done=500)
    assert "about 30 minutes left" in progress(client, job), "it began anew"


def test_a_whole_that_waits_for_its_pieces_again_is_reckoned_without_those_that_were_done(
    client: Client, worker: Worker
) -> None:
    whole = ask("tests.any")
    for state in ("succeeded", "succeeded", "failed", "failed"):
        piece = ask("tests.any", parent=whole.pk)
        Job.objects.filter(pk=piece.pk).update(state=state)
    Job.objects.filter(pk=whole.pk).update(state="failed", result={"waits_for_pieces": True})
    assert retry(fresh(whole))
    now = timezone.now()
    Job.objects.filter(pk=piece.pk).update(state="succeeded")
    Job.objects.filter(pk=whole.pk).update(resumed=now - timedelta(minutes=20), moved=now)
    assert "about 20 minutes left" in progress(client, whole)


def test_a_step_that_hangs_does_not_look_alive_for_ever(client: Client, worker: Worker) -> None:
    job = running(moved=timezone.now() - timedelta(minutes=30))
    page = progress(client, job)
    assert "30\xa0minutes ago" in page
    assert "this step takes unusually long" in page


def test_a_worker_that_fell_silent_is_not_called_alive(client: Client, worker: Worker, settings: Any) -> None:
    now = timezone.now()
    left = timedelta(seconds=settings.JOB_LEASE_SECONDS)
    beats = running(moved=now - timedelta(minutes=30), lease_until=now + left - timedelta(seconds=6))
    assert "fallen silent" not in progress(client, beats)
    page = progress(client, running(moved=now - timedelta(minutes=30), lease_until=now + left / 2))
    assert "Its worker has fallen silent. Unless it comes back, another goes on from the last step:" in page
    assert "Its worker is alive" not in page


def test_the_fragment_asks_again_less_and_less_often_and_no_more_when_the_job_is_over(
    client: Client, worker: Worker
) -> None:
    job = running()
    assert 'hx-trigger="every 1s"' in progress(client, job)
    Job.objects.filter(pk=job.pk).update(created=timezone.now() - timedelta(hours=1))
    response = client.get(reverse("jobs:progress", args=[job.pk]), headers=HTMX)
    assert 'hx-trigger="every 5s"' in response.content.decode()
    assert "HX-Trigger" not in response
    Job.objects.filter(pk=job.pk).update(state="succeeded", lease_token=None, lease_until=None)
    response = client.get(reverse("jobs:progress", args=[job.pk]), headers=HTMX)
    assert response["HX-Trigger"] == "job-over"
    assert "hx-trigger" not in response.content.decode()


def test_only_a_change_of_state_is_announced(client: Client, worker: Worker) -> None:
    job = running()
    assert "data-announce" not in progress(client, job, "?seen=running&worker=present")
    assert 'data-announce="Import of a file: Running"' in progress(client, job, "?seen=queued&worker=present")


def test_a_failed_job_says_why_and_a_failed_attempt_that_it_will_be_tried_again(client: Client, worker: Worker) -> None:
    job = ask("tests.any")
    Job.objects.filter(pk=job.pk).update(error="ValueError: <b>no</b>", attempts=1)
    page = progress(client, job)
    assert "Attempt 1 of 3 failed: ValueError: &lt;b&gt;no&lt;/b&gt;" in page
    Job.objects.filter(pk=job.pk).update(state="failed")
    page = progress(client, job)
    assert "ValueError: &lt;b&gt;no&lt;/b&gt;" in page
    assert "Retry" in page


def test_amira_cancels_and_retries_in_place_or_without_scripts(client: Client, worker: Worker) -> None:
    job = ask("tests.any")
    response = client.post(reverse("jobs:cancel", args=[job.pk]), headers=HTMX)
    assert response["HX-Trigger"] == "job-over"
    assert "Cancelled" in response.content.decode()
    response = client.post(reverse("jobs:cancel", args=[job.pk]), follow=True)
    assert "already over" in response.content.decode()
    response = client.post(reverse("jobs:retry", args=[job.pk]), headers=HTMX)
    assert response["HX-Trigger"] == "job-again"
    assert 'hx-trigger="every 1s"' in response.content.decode()
    response = client.post(reverse("jobs:retry", args=[job.pk]), follow=True)
    assert response.redirect_chain == [(reverse("jobs:detail", args=[job.pk]), 302)]
    assert "nothing to retry" in response.content.decode()
    assert client.get(reverse("jobs:cancel", args=[job.pk])).status_code == 405


def test_the_page_of_one_job_shows_its_result_and_the_pieces_that_are_not_done(client: Client, worker: Worker) -> None:
    job = running(result={"dialogues": 1342, "waits_for_pieces": True})
    piece = ask("tests.any", parent=job, title="Piece seven")
    Job.objects.filter(pk=piece.pk).update(state="failed", error="the line dropped")
    page = client.get(reverse("jobs:detail", args=[job.pk])).content.decode()
    assert "dialogues" in page
    assert "1342" in page
    assert "waits_for_pieces" not in page
    assert "Piece seven" in page
    assert "the line dropped" in page
    assert 'hx-trigger="job-over from:body"' in page
