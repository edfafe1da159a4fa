"""Amira says what a file is where the guess is wrong, or none; it is read again without another upload."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crsapp.accounts.models import User
from generation.models import Dialogue, Import
from generation.services.importing import receive_upload, start_import
from tests.generation.dataset_scenes import redial_file, uploaded, work_on
from tests.generation.dialogue_files import recllmsim, redial, write_lines

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_uploads(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def look(site: Client, imported: Import) -> str:
    return " ".join(site.get(f"/datasets/imports/{imported.pk}/").content.decode().split())


def unknown(tmp_path: Path) -> Import:
    path = write_lines(tmp_path / "films.jsonl", [{"conversationId": 5, "who": "knows"}])
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return receive_upload(dataset_name="Films", uploaded_file=file)


def test_the_report_says_what_was_recognised_and_by_what(site: Client, tmp_path: Path) -> None:
    page = look(site, uploaded(redial_file(tmp_path)))
    assert "ReDial JSON lines" in page
    assert "recognised by <code>movieMentions</code>, <code>senderWorkerId</code>" in page
    page = look(site, uploaded(write_lines(tmp_path / "trips.jsonl", [recllmsim()]), name="Trips"))
    assert "It might also be: Chat messages" in page


def test_another_format_reads_the_file_again(site: Client, amira: User, tmp_path: Path) -> None:
    imported = uploaded(redial_file(tmp_path))
    site.post(f"/datasets/imports/{imported.pk}/format/", {"format": "recllmsim"})
    imported.refresh_from_db()
    assert (imported.state, imported.format, imported.report) == (Import.State.CHECKING, "recllmsim", {})
    assert imported.job is not None
    assert imported.job.created_by == amira
    page = look(site, work_on(imported))
    assert "has no `history`" in page
    assert "recognised by" not in page
    site.post(f"/datasets/imports/{imported.pk}/format/", {"format": "redial"})
    start_import(imported=work_on(imported))
    work_on(imported)
    assert Dialogue.objects.visible().count() == 3


def test_an_unknown_file_waits_for_a_word(site: Client, tmp_path: Path) -> None:
    imported = unknown(tmp_path)
    assert (imported.state, imported.format, imported.job) == (Import.State.CHECKED, "", None)
    page = look(site, imported)
    assert "could not be found out" in page
    assert 'value="llm_redial"' in page
    assert "/start/" not in page
    answer = site.post(f"/datasets/imports/{imported.pk}/start/", follow=True)
    assert "Say first what format" in answer.content.decode()
    site.post(f"/datasets/imports/{imported.pk}/format/", {"format": "redial"})
    assert "no `initiatorWorkerId`" in look(site, work_on(imported))


def test_no_format_and_no_such_format_are_refused_in_words(site: Client, tmp_path: Path) -> None:
    imported = unknown(tmp_path)
    for format in ("", "nonsense", "../redial"):
        answer = site.post(f"/datasets/imports/{imported.pk}/format/", {"format": format}, follow=True)
        assert "none of the known formats" in answer.content.decode()
    imported.refresh_from_db()
    assert imported.state == Import.State.CHECKED


def test_what_is_imported_is_not_read_again(site: Client, tmp_path: Path) -> None:
    imported = uploaded(redial_file(tmp_path))
    start_import(imported=imported)
    work_on(imported)
    answer = site.post(f"/datasets/imports/{imported.pk}/format/", {"format": "jsonl"}, follow=True)
    assert "cannot be read in another way now" in answer.content.decode()
    imported.refresh_from_db()
    assert (imported.state, imported.format) == (Import.State.COMPLETE, "redial")


def test_ben_may_not(client: Client, ben: User, tmp_path: Path) -> None:
    imported = uploaded(write_lines(tmp_path / "films.jsonl", [redial()]))
    client.force_login(ben)
    assert client.post(f"/datasets/imports/{imported.pk}/format/", {"format": "jsonl"}).status_code == 403
    assert client.get(f"/datasets/imports/{imported.pk}/columns/").status_code == 403
    imported.refresh_from_db()
    assert imported.format == "redial"
