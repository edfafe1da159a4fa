"""Home, health, and what a refused request says."""

import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotation.models import JudgmentImport, Study
from crsapp.accounts.models import User
from crsapp.jobs.models import Job, Worker
from crsapp.logs import LineFormatter
from generation.models import Dataset, Import
from tests.annotation.stories import judge_all, opened, people, quality

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_the_signed_out_read_what_this_is(client: Client) -> None:
    page = client.get("/").content.decode()
    assert "Which dialogues are better" in page
    assert "createsuperuser" in page


def test_ben_sees_his_studies_and_no_researchers_menu(client: Client, ben: User) -> None:
    client.force_login(ben)
    page = client.get("/").content.decode()
    assert "Your studies" in page
    assert "Datasets" not in page


def test_amira_begins_with_an_import(client: Client, amira: User) -> None:
    client.force_login(amira)
    assert "Import your first dialogues" in client.get("/").content.decode()


def test_amira_sees_what_runs_what_waits_and_what_went_wrong(client: Client, amira: User) -> None:
    Job.objects.create(kind="test", title="Reading a file")
    failed = Job.objects.create(
        kind="test", title="Another", state=Job.State.FAILED, error="line 3 is broken", finished=timezone.now()
    )
    long_ago = timezone.now() - timedelta(days=30)
    Job.objects.create(kind="test", title="Old news", state=Job.State.FAILED, error="gone", finished=long_ago)
    Study.objects.create(slug="draft", title="Two recommenders")
    now = timezone.now()
    Study.objects.create(
        slug="done", title="Last year's study", state=Study.State.CLOSED, digest="d", opened=now, closed=now
    )
    client.force_login(amira)
    page = client.get("/").content.decode()
    assert "Reading a file" in page
    assert "Two recommenders is a draft" in page
    assert "/studies/done/results/" in page
    assert "line 3 is broken" in page
    assert f"/jobs/{failed.pk}/" in page
    assert "Old news" not in page


def test_amira_is_told_which_judgments_wait_for_her(client: Client, amira: User) -> None:
    for name, judgments in (("votes.csv", 41), ("notes.csv", 0)):
        JudgmentImport.objects.create(
            filename=name, title="Votes", state=JudgmentImport.State.CHECKED, report={"judgments": judgments}
        )
    client.force_login(amira)
    page = client.get("/").content.decode()
    assert "The judgments of votes.csv for Votes have been checked" in page
    assert "The judgments of notes.csv for Votes cannot be imported" in page


def test_amira_is_told_which_import_cannot_be_and_which_study_to_close(client: Client, amira: User) -> None:
    dataset = Dataset.objects.create(slug="mine", name="Mine")
    good: dict[str, object] = {"dialogues": 3, "fatal": False}
    for name, report in (("good.jsonl", good), ("cut.gz", {**good, "fatal": True}), ("odd.json", {})):
        Import.objects.create(dataset=dataset, filename=name, format="jsonl", state=Import.State.CHECKED, report=report)
    study = opened(quality(annotators=1, size=1))
    client.force_login(amira)
    page = client.get("/").content.decode()
    assert "good.jsonl for Mine has been checked: import it" in page
    assert "cut.gz for Mine cannot be imported" in page
    assert "odd.json for Mine cannot be imported" in page
    assert "judged to the end" not in page

    (ben,) = people(study, 1)
    judge_all(ben)
    assert "judged to the end: close it" in client.get("/").content.decode()
    assert "Everything is judged" in client.get(f"/studies/{study.slug}/").content.decode()


def test_home_asks_no_more_of_the_database_for_more_studies(
    client: Client, amira: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(6):
        Study.objects.create(
            slug=f"s{number}", title=f"Study {number}", state=Study.State.OPEN, digest="d", opened=timezone.now()
        )
    client.force_login(amira)
    with django_assert_max_num_queries(16):
        assert "Study 5" in client.get("/").content.decode()


def test_healthz_asks_nobody(client: Client) -> None:
    assert client.get("/healthz").json() == {"ok": True}


def test_readyz_misses_the_worker_until_it_is_seen(client: Client) -> None:
    assert client.get("/readyz").status_code == 503
    long_ago = timezone.now() - timedelta(minutes=5)
    worker = Worker.objects.create(name="one", started=long_ago, seen=long_ago)
    assert client.get("/readyz").json()["worker"] is False
    worker.seen = timezone.now()
    worker.save()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ok"]) == (200, True)


def test_pages_come_under_the_strict_policy(client: Client) -> None:
    headers = client.get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Request-ID"]


def test_a_form_without_its_mark_is_refused_in_words() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/sign-in/", {"username": "mallory"})
    assert answer.status_code == 403
    assert "Nothing was saved" in answer.content.decode()


def test_a_page_that_is_not_there_says_what_to_do(client: Client) -> None:
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404
    assert "Nothing is here" in answer.content.decode()


def test_somebody_elses_page_says_what_to_do(client: Client, ben: User) -> None:
    client.force_login(ben)
    answer = client.get("/accounts/people/")
    assert answer.status_code == 403
    assert "not yours to see" in answer.content.decode()


def test_logs_name_the_pattern_and_never_the_token(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/accounts/password/c2VjcmV0/secret-token/")
    lines = [LineFormatter().format(record) for record in caplog.records]
    assert any("route=/accounts/password/<uidb64>/<token>/ status=200" in line for line in lines)
    assert not any("secret-token" in line for line in lines)
