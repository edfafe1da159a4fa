"""Amira changes her mind, or tries again: nothing of a file stays that was taken back, and a failed check can be
repeated."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crsapp.jobs.models import Job
from crsapp.jobs.services import retry, run
from generation.models import Dataset, Import
from generation.services import dialogue_steps
from generation.services.importing import discard_import, receive_upload
from generation.services.importing_here import import_path
from tests.generation.dataset_scenes import uploaded, work_on
from tests.generation.dialogue_files import redial, write_lines

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def _own_uploads(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "films.jsonl", [redial("1"), redial("2")])


def whose_check_failed(file: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Import, Job]:
    imported = receive_upload(
        dataset_name="Films", uploaded_file=SimpleUploadedFile(file.name, file.read_bytes()), options={}
    )
    job = Job.objects.get(pk=str(imported.job_id))
    Job.objects.filter(pk=job.pk).update(max_attempts=1)

    def broken(*_arguments: Any) -> None:
        raise OSError("the disk is away")

    with monkeypatch.context() as patched:
        patched.setattr(dialogue_steps, "open_source", broken)
        run(job.pk)
    job.refresh_from_db()
    imported.refresh_from_db()
    return imported, job


def test_a_failed_check_that_is_tried_again_checks(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported, job = whose_check_failed(file, monkeypatch)
    assert imported.state == Import.State.FAILED
    assert retry(job)
    imported = work_on(imported)
    assert imported.state == Import.State.CHECKED
    assert imported.report["dialogues"] == 2


def test_a_failed_check_of_a_file_taken_back_says_so_when_tried_again(
    file: Path, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    uploaded(file)  # so that the dataset stays
    imported, job = whose_check_failed(file, monkeypatch)
    with django_capture_on_commit_callbacks(execute=True):
        discard_import(imported=imported)
    retry(job)
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.FAILED, 1)
    assert "taken back" in job.error


def test_a_dataset_goes_with_its_only_file(file: Path) -> None:
    imported = uploaded(file)
    discard_import(imported=imported)
    assert not Dataset.objects.exists()
    discard_import(imported=imported)


def test_a_dataset_goes_with_the_last_of_the_files_that_came_to_nothing(file: Path, tmp_path: Path) -> None:
    other = write_lines(tmp_path / "other.jsonl", [redial("3")])
    imports = [uploaded(file), uploaded(other)]
    discard_import(imported=imports[0])
    assert Import.objects.get(pk=imports[0].pk).state == Import.State.DISCARDED
    discard_import(imported=imports[1])
    assert not Dataset.objects.exists()


def test_a_dataset_with_dialogues_stays(file: Path, tmp_path: Path) -> None:
    import_path(path=file, dataset_name="Films")
    discard_import(imported=uploaded(write_lines(tmp_path / "other.jsonl", [redial("3")])))
    assert Dataset.objects.visible().get().imports.count() == 2
