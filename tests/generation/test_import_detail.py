"""Amira sees what a file would do, gives her word or takes the file back."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from crsapp.jobs.services import request_cancel
from generation.models import Dialogue, Import
from generation.services.importing import receive_upload
from tests.generation.dataset_scenes import redial_file, uploaded, work_on
from tests.generation.dialogue_files import redial, write_lines

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true", "HX-Target": "import"}


@pytest.fixture(autouse=True)
def _own_uploads(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def look(site: Client, imported: Import) -> str:
    return " ".join(site.get(f"/datasets/imports/{imported.pk}/").content.decode().split())


def act(site: Client, imported: Import, verb: str, **data: str) -> str:
    answer = site.post(f"/datasets/imports/{imported.pk}/{verb}/", data, follow=True)
    return " ".join(answer.content.decode().split())


def test_while_it_is_checked_the_page_waits_for_the_job(site: Client, tmp_path: Path) -> None:
    path = redial_file(tmp_path)
    imported = receive_upload(
        dataset_name="Films", uploaded_file=SimpleUploadedFile(path.name, path.read_bytes()), options={}
    )
    page = look(site, imported)
    assert "job-over from:body" in page
    assert f'id="job-{imported.job_id}"' in page
    assert "No worker is running" in page


def test_the_report_speaks_of_the_file_and_not_of_how_it_is_kept(site: Client, tmp_path: Path) -> None:
    lines = [{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}], "mood": 3}]
    page = look(site, uploaded(write_lines(tmp_path / "chats.jsonl", lines)))
    assert "<dt>Format</dt><dd>Chat messages (OpenAI, ShareGPT)</dd>" in page
    assert "<dd>Mood</dd>" in page


def test_the_report_says_what_would_happen(site: Client, tmp_path: Path) -> None:
    page = look(site, uploaded(redial_file(tmp_path)))
    for words in (
        "Import 3 dialogues",
        "Discard",
        "<dd>9</dd>",
        "Initiator questions",
        "Hi, I loved The Quiet Harbour (1999)",
    ):
        assert words in page
    assert not Dialogue.objects.exists()


def test_her_word_imports_it_and_leads_to_the_dataset(site: Client, tmp_path: Path) -> None:
    imported = uploaded(redial_file(tmp_path))
    assert "being imported" in act(site, imported, "start")
    work_on(imported)
    answer = site.get(f"/datasets/imports/{imported.pk}/", headers=FRAGMENT).content.decode()
    assert answer.strip().startswith('<div id="import"')
    assert "3 dialogues are in Films" in answer
    assert "/datasets/films/" in answer


def test_a_second_word_is_refused_and_does_no_harm(site: Client, tmp_path: Path) -> None:
    imported = uploaded(redial_file(tmp_path))
    act(site, imported, "start")
    assert "does not wait for your word" in act(site, imported, "start")
    work_on(imported)
    assert Dialogue.objects.count() == 3


def test_a_bad_line_is_named_and_can_be_left_out(site: Client, tmp_path: Path) -> None:
    imported = uploaded(redial_file(tmp_path, bad_line=True))
    page = look(site, imported)
    assert "line 4" in page
    assert "Import 3 dialogues, leave out 1 entry" in page
    assert "Nothing was imported" in act(site, imported, "start")
    assert not Job.objects.filter(kind="generation.import_dialogues").exists()
    act(site, imported, "start", skip_bad="1")
    work_on(imported)
    assert "1 entry was left out" in look(site, imported)
    assert Dialogue.objects.visible().count() == 3


def test_a_file_without_a_good_line_offers_no_import(site: Client, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "films.jsonl", [redial(messages=[]), redial("8", messages=[])])
    page = look(site, uploaded(path))
    assert "cannot be imported" in page
    assert "/start/" not in page
    assert "2 problems" in page


def test_a_cancelled_import_left_nothing_and_can_be_tried_again_there(site: Client, tmp_path: Path) -> None:
    imported = uploaded(redial_file(tmp_path))
    act(site, imported, "start")
    imported.refresh_from_db()
    assert imported.job is not None
    request_cancel(imported.job)
    page = look(site, imported)
    assert "The import was cancelled. Nothing of it was left behind" in page
    assert "The import failed" not in page
    assert not Dialogue.objects.exists()
    assert f'hx-post="/jobs/{imported.job.pk}/retry/' in page
    assert 'hx-trigger="job-over from:body, job-again from:body"' in page
    site.post(f"/jobs/{imported.job.pk}/retry/", headers={"HX-Request": "true"})
    page = look(site, imported)
    assert "It is being tried again" in page
    assert "Nothing of it was left behind" not in page
    work_on(imported)
    assert "3 dialogues are in" in look(site, imported)


def test_a_failed_import_says_why_and_can_be_tried_again_there(site: Client, tmp_path: Path) -> None:
    imported = uploaded(redial_file(tmp_path))
    Import.objects.filter(pk=imported.pk).update(state=Import.State.FAILED)
    Job.objects.update(state=Job.State.FAILED, error="OSError: the disk is full")
    page = look(site, imported)
    assert "The import failed. Nothing of it was left behind." in page
    assert page.count("the disk is full") == 1
    assert "/retry/" in page
    Job.objects.all().delete()
    assert "Why is not known any more" in look(site, imported)


def test_discarded_is_gone_also_the_second_time(site: Client, tmp_path: Path) -> None:
    imports = [uploaded(redial_file(tmp_path)), uploaded(redial_file(tmp_path, dialogues=4))]
    for _time in range(2):
        assert "is discarded" in act(site, imports[0], "discard")
    assert "was discarded" in look(site, imports[0])
    for _time in range(2):
        assert "Datasets" in act(site, imports[1], "discard")
    assert site.get(f"/datasets/imports/{imports[1].pk}/").status_code == 404


def test_a_complete_import_cannot_be_discarded(site: Client, tmp_path: Path) -> None:
    imported = uploaded(redial_file(tmp_path))
    act(site, imported, "start")
    work_on(imported)
    assert "Delete its dataset instead" in act(site, imported, "discard")
    assert Dialogue.objects.count() == 3


def test_a_file_is_hostile(site: Client, tmp_path: Path) -> None:
    said = [{"timeOffset": 0, "text": "<script>alert(1)</script>", "senderWorkerId": 11, "messageId": 1}]
    path = write_lines(tmp_path / "<img src=x>.jsonl", [redial("<b>", messages=said)])
    page = look(site, uploaded(path, name="Evil <script>alert(2)</script>"))
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_nothing_happens_by_looking(site: Client, tmp_path: Path) -> None:
    imported = uploaded(redial_file(tmp_path))
    assert site.get(f"/datasets/imports/{imported.pk}/start/").status_code == 405
    assert site.get(f"/datasets/imports/{imported.pk}/discard/").status_code == 405


def test_it_takes_few_queries(site: Client, tmp_path: Path, django_assert_max_num_queries: Any) -> None:
    imported = uploaded(redial_file(tmp_path, dialogues=40))
    with django_assert_max_num_queries(4):
        look(site, imported)


def test_ben_may_not(client: Client, ben: User, tmp_path: Path) -> None:
    imported = uploaded(redial_file(tmp_path))
    client.force_login(ben)
    assert client.post(f"/datasets/imports/{imported.pk}/start/").status_code == 403
    imported.refresh_from_db()
    assert imported.state == Import.State.CHECKED
