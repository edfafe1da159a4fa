"""The page on which judgments from elsewhere are brought: upload, what was recognised, the word, the study."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from annotation.models import Judgment, JudgmentImport, Study
from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from crsapp.jobs.registry import JobError
from tests.annotation.judgment_files import checked, detail, start, upload
from tests.annotation.tables import KRIPPENDORFF

pytestmark = pytest.mark.django_db

State = JudgmentImport.State


@pytest.fixture(autouse=True)
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)


@pytest.fixture
def researcher(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def test_amira_sees_what_was_recognised_before_anything_is_made(researcher: Client) -> None:
    imported = checked(researcher)
    assert imported.state == State.CHECKED
    page = detail(researcher, imported)
    assert "everything in it can be imported" in page
    assert "Import 41 judgments" in page
    assert "units down, annotators across" in page
    assert not Study.objects.exists()


def test_her_word_makes_the_study_with_its_results(researcher: Client, amira: User) -> None:
    imported = start(researcher, checked(researcher))
    assert imported.state == State.COMPLETE
    study = Study.objects.get()
    assert (study.slug, study.created_by, imported.study) == ("krippendorff", amira, study)
    assert reverse("evaluation:results", args=[study.slug]) in detail(researcher, imported)
    results = researcher.get(reverse("evaluation:results", args=[study.slug])).content.decode()
    assert "0.82" in results
    assert "Judged elsewhere" in researcher.get(reverse("annotation:study-list")).content.decode()
    own = researcher.get(reverse("annotation:study-detail", args=[study.slug])).content.decode()
    assert "given elsewhere" in own
    assert "Copy as a new draft" not in own
    for name in ("study-preview", "study-protocol", "study-record", "study-annotators", "flag-list"):
        assert researcher.get(reverse(f"annotation:{name}", args=[study.slug])).status_code == 200
    people = researcher.get(reverse("annotation:study-annotators", args=[study.slug])).content.decode()
    assert "not known" in people  # the file says no times, which is not to say that nobody answered
    assert "Remind" not in people
    assert "table.csv" in researcher.get(reverse("annotation:study-protocol-file", args=[study.slug])).content.decode()
    judgments = researcher.get(reverse("evaluation:judgments", args=[study.slug])).content.decode()
    assert "41 judgments" in judgments


def test_the_word_given_twice_makes_one_study(researcher: Client) -> None:
    imported = start(researcher, checked(researcher))
    start(researcher, imported)
    assert Study.objects.count() == 1
    assert Judgment.objects.count() == 41


def test_a_bad_row_is_named_and_left_out_on_request(researcher: Client) -> None:
    imported = checked(researcher, KRIPPENDORFF + "13,1,<b>x</b>,3,3\n")
    page = detail(researcher, imported)
    assert "line 14, column “b”" in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert start(researcher, imported).state == State.CHECKED
    assert start(researcher, imported, skip_bad="1").state == State.COMPLETE
    assert Judgment.objects.count() == 44


def test_a_file_that_is_no_table_says_why(researcher: Client) -> None:
    imported = checked(researcher, "unit,value\n1,2\n")
    page = detail(researcher, imported)
    assert "cannot be imported as it is" in page
    assert "no column says whose" in page
    waiting = researcher.get(reverse("annotation:judgments-new")).content.decode()
    assert "Cannot be imported as it is" in waiting
    assert "waiting for your word" not in waiting
    assert start(researcher, imported).state == State.CHECKED
    assert not Study.objects.exists()


def test_a_criterion_without_an_answer_on_its_scale_claims_no_range(researcher: Client) -> None:
    rows = "".join(f"u{n},ann,{n},1\nu{n},bob,{n + 500},2\n" for n in range(200))
    page = detail(researcher, checked(researcher, "unit,annotator,id,fluency\n" + rows))
    assert "there are 400 different values, on this scale at most 101; round them (" in page
    assert "left, right, tie" not in page


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"name": "table.xlsx"}, "none of the files that can be read"),
        ({"text": ""}, "0 bytes"),
    ],
)
def test_the_form_refuses_in_words(researcher: Client, said: dict[str, str], problem: str) -> None:
    page = upload(researcher, **said).content.decode()
    assert problem in page
    assert not JudgmentImport.objects.exists()


def test_a_name_that_is_taken_is_refused_at_once_and_at_the_end(researcher: Client) -> None:
    first, second = checked(researcher), checked(researcher)
    start(researcher, first)
    assert "already a study" in upload(researcher).content.decode()
    with pytest.raises(JobError, match="already a study"):
        start(researcher, second)
    second.refresh_from_db()
    assert second.state == State.FAILED
    assert "already a study" in detail(researcher, second)
    assert Study.objects.count() == 1


def test_discarding_leaves_nothing_and_twice_does_no_harm(researcher: Client) -> None:
    imported = checked(researcher)
    for _time in range(2):
        researcher.post(reverse("annotation:judgments-discard", args=[imported.pk]))
    imported.refresh_from_db()
    assert (imported.state, imported.file.name) == (State.DISCARDED, "")
    assert "was discarded" in detail(researcher, imported)


def test_an_import_that_fails_in_the_middle_leaves_nothing(researcher: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: object) -> None:
        raise RuntimeError("the disk is full")

    imported = checked(researcher)
    monkeypatch.setattr("annotation.services.publishing._Writing._judgments", fails)
    with pytest.raises(JobError, match="the disk is full"):
        start(researcher, imported)
    imported.refresh_from_db()
    assert imported.state == State.FAILED
    assert not Study.objects.exists()
    assert Job.objects.get(pk=imported.job_id).state == Job.State.FAILED  # type: ignore[misc]


def test_ben_the_annotator_sees_nothing_of_it(client: Client, ben: User) -> None:
    client.force_login(ben)
    assert client.get(reverse("annotation:judgments-new")).status_code == 403
    assert upload(client).status_code == 403
    assert client.post(reverse("annotation:judgments-columns", args=[1])).status_code == 403
    assert not JudgmentImport.objects.exists()
