"""The page that makes a study's report: who gets one, when, and what becomes of it."""

import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Annotator, Event, Study
from annotation.services.checking import CheckReport
from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from crsapp.jobs.services import run
from evaluation.exports import study_report
from evaluation.services import study_reports
from evaluation.services.drawing import DrawingError

pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: object) -> None:
    """Nobody draws, the check finds nothing, and files go where the test's do."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    monkeypatch.setattr(study_report, "draw_files", lambda files: None)
    for place in ("evaluation.exports.study_report", "evaluation.views.report"):
        monkeypatch.setattr(f"{place}.check_study", lambda study: CheckReport(ok=True, problems=[]))


def page(study: Study) -> str:
    return reverse("evaluation:report", args=[study.slug])


def taken(client: Client, study: Study) -> zipfile.ZipFile:
    response = client.get(reverse("evaluation:report-file", args=[study.slug]))
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith(f'attachment; filename="{study.slug}-report')
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[arg-type, attr-defined]


def made(client: Client, study: Study, **fields: str) -> Job:
    assert client.post(page(study), fields).status_code == 302
    job = Job.objects.get(kind=study_reports.KIND, state=Job.State.QUEUED)
    run(job.pk)
    job.refresh_from_db()
    return job


def test_amira_has_a_report_made_and_takes_it(client: Client, amira: User, study: Study) -> None:
    client.force_login(amira)
    text = client.get(page(study)).content.decode()
    assert "Make the report" in text
    assert "data/judgments.csv" in text
    job = made(client, study)
    assert (job.state, job.created_by) == (Job.State.SUCCEEDED, amira), job.error
    text = client.get(page(study)).content.decode()
    assert "Download the zip" in text
    assert "has changed since" not in text
    names = taken(client, study).namelist()
    assert {"film-talk-report/report.html", "film-talk-report/recompute.py"} <= set(names)


def test_pressed_twice_it_is_made_once_and_a_new_one_replaces_the_old(
    client: Client, amira: User, study: Study, django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(amira)
    client.post(page(study))
    first = made(client, study)
    assert Job.objects.filter(kind=study_reports.KIND).count() == 1
    Study.objects.filter(pk=study.pk).update(revision=7)
    assert "has changed since" in client.get(page(study)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        second = made(client, study)
    assert not study_reports.default_storage.exists(first.result["file"])
    assert study_reports.default_storage.exists(second.result["file"])


def test_of_an_open_study_it_takes_a_reason_on_record(client: Client, amira: User, study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(state=Study.State.OPEN, closed=None)
    client.force_login(amira)
    assert client.post(page(study)).status_code == 400
    assert not Job.objects.exists()
    made(client, study, reason="the workshop is tomorrow")
    event = Event.objects.get(study=study, kind="looked")
    assert (event.by, event.detail["at"]) == (amira, "report")
    text = client.get(page(study)).content.decode()
    assert "interim report is there" in text
    assert "Download the zip" in text


def test_an_interim_report_is_for_whoever_looked(client: Client, amira: User, olga: User, study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(state=Study.State.OPEN, closed=None)
    client.force_login(amira)
    made(client, study, reason="the workshop is tomorrow")
    other = Client()
    other.force_login(olga)
    assert "Download the zip" not in other.get(page(study)).content.decode()
    file = reverse("evaluation:report-file", args=[study.slug])
    assert other.get(file).headers["Location"] == reverse("evaluation:results", args=[study.slug])
    other.post(reverse("evaluation:look", args=[study.slug]), {"reason": "curious"})
    assert b"Interim" in taken(other, study).read("film-talk-report/report.html")


def test_who_judges_in_an_open_study_gets_none(client: Client, amira: User, study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(state=Study.State.OPEN, closed=None)
    Annotator.objects.filter(pk=study.annotators.order_by("pk")[0].pk).update(user=amira)
    client.force_login(amira)
    assert client.post(page(study), {"reason": "curious"}).status_code == 403
    assert client.get(reverse("evaluation:report-file", args=[study.slug])).status_code == 403
    assert not Job.objects.exists()


def test_a_study_that_broke_its_promises_is_said_first(
    client: Client, amira: User, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = CheckReport(ok=False, problems=["Unit 3 has two answers of <one> annotator."])
    for place in ("evaluation.exports.study_report", "evaluation.views.report"):
        monkeypatch.setattr(f"{place}.check_study", lambda study: broken)
    client.force_login(amira)
    response = client.post(page(study))
    assert response.status_code == 409
    assert "Unit 3 has two answers of &lt;one&gt; annotator." in response.content.decode()
    assert not Job.objects.exists()
    made(client, study, force="1")
    assert b"promises were broken" in taken(client, study).read("film-talk-report/report.html")


def test_what_could_not_be_drawn_is_said_and_can_be_tried_again(
    client: Client, amira: User, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(files: object) -> None:
        raise DrawingError("The figures could not be drawn: no font")

    monkeypatch.setattr(study_report, "draw_files", fail)
    client.force_login(amira)
    assert made(client, study).state == Job.State.FAILED
    text = client.get(page(study)).content.decode()
    assert "no font" in text
    assert "Retry" in text


def test_there_is_nothing_to_take_before_one_is_made(client: Client, amira: User, study: Study) -> None:
    client.force_login(amira)
    assert client.get(reverse("evaluation:report-file", args=[study.slug])).headers["Location"] == page(study)


def test_a_draft_has_none(client: Client, amira: User) -> None:
    Study.objects.create(slug="draft", title="Draft")
    client.force_login(amira)
    assert client.get(reverse("evaluation:report", args=["draft"])).status_code == 302
