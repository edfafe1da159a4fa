"""Amira uploads a file."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crsapp.accounts.models import User
from generation.models import Dataset, Import
from generation.services.importing import start_import
from tests.generation.dataset_scenes import dataset, redial_file, uploaded, work_on

pytestmark = pytest.mark.django_db
PAGE = "/datasets/imports/new/"
HTMX = {"HX-Request": "true", "HX-Target": "import-form"}


@pytest.fixture(autouse=True)
def _own_uploads(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def form(path: Path, **changes: Any) -> dict[str, Any]:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return {"dataset": "Films", "file": file, "format": "", "language": "en", **changes}


def test_the_page_says_what_can_be_read_and_how_large(site: Client, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 3 * 1024**2
    dataset("Films", origin=Dataset.Origin.IMPORTED)
    page = site.get(PAGE, {"dataset": "Films"}).content.decode()
    for words in (".jsonl", ".zip", "3.0\xa0MB", "RecLLMSim", '<option value="Films">', 'value="Films"'):
        assert words in page


def test_an_upload_is_kept_and_checked(site: Client, amira: User, tmp_path: Path) -> None:
    answer = site.post(PAGE, form(redial_file(tmp_path), licence="CC BY 4.0"))
    imported = Import.objects.get()
    assert answer["Location"] == f"/datasets/imports/{imported.pk}/"
    assert (imported.state, imported.format, imported.created_by) == (Import.State.CHECKING, "redial", amira)
    assert imported.dataset.licence == "CC BY 4.0"
    assert imported.job is not None


def test_an_upload_by_script_is_sent_on_as_well(site: Client, tmp_path: Path) -> None:
    answer = site.post(PAGE, form(redial_file(tmp_path)), headers=HTMX)
    assert answer["HX-Redirect"] == f"/datasets/imports/{Import.objects.get().pk}/"


def test_the_very_same_file_changes_nothing_and_says_so(site: Client, tmp_path: Path) -> None:
    imported = uploaded(redial_file(tmp_path))
    start_import(imported=imported)
    work_on(imported)
    page = site.post(PAGE, form(redial_file(tmp_path))).content.decode()
    assert "byte for byte" in page
    assert "Nothing was changed" in page
    assert Import.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dataset": ""}, "This field is required"),
        ({"file": SimpleUploadedFile("films.xlsx", b"x")}, "is none of the files that can be read"),
        ({"file": SimpleUploadedFile("films.jsonl", b"")}, "The file is empty: 0 bytes. Choose"),
        ({"file": SimpleUploadedFile("films.jsonl", b"\n\n")}, "There is nothing in the file. Choose"),
        ({"format": "nonsense"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_in_words(site: Client, tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    answer = site.post(PAGE, form(redial_file(tmp_path), **changes), headers=HTMX)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert not Import.objects.exists()
    assert not Dataset.objects.exists()


def test_a_file_over_the_limit_is_refused_with_the_limit(site: Client, tmp_path: Path, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 100
    page = site.post(PAGE, form(redial_file(tmp_path))).content.decode()
    assert "at most 100\xa0bytes may be uploaded" in page
    assert not Import.objects.exists()


def test_dialogues_made_here_are_not_mixed_with_imported_ones(site: Client, tmp_path: Path) -> None:
    dataset("Films")
    assert "no imported dataset" in site.post(PAGE, form(redial_file(tmp_path))).content.decode()


def test_ben_may_not(client: Client, ben: User, tmp_path: Path) -> None:
    client.force_login(ben)
    assert client.post(PAGE, form(redial_file(tmp_path))).status_code == 403
    assert not Import.objects.exists()
