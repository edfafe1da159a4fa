"""Workers die in the middle of an import. Whoever comes next goes on, or nothing is left; others write meanwhile."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Semaphore
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from crsapp.jobs.models import Job
from crsapp.jobs.registry import Context, registry
from crsapp.jobs.services import request_cancel, retry, run
from generation.models import Dataset, Dialogue, Import, Item, Person, Utterance
from generation.reader import Piece
from generation.services import dialogue_steps, reading
from generation.services.import_report import ImportingError
from generation.services.importing import IMPORT
from generation.services.importing_here import import_path
from tests.generation.dialogue_files import own, redial, write_lines
from tests.steps import advance

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


class Killed(BaseException):
    """What a killed process does: the step in hand is rolled back, and nobody says anything."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "films.jsonl", [redial(str(number)) for number in range(1, 1301)])


def start(file: Path, monkeypatch: pytest.MonkeyPatch) -> Import:
    """An import that is asked for, and whose process dies before its first step."""

    def die(job: Job) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("generation.services.importing_here.run_inline", die)
        with pytest.raises(Killed):
            import_path(path=file, dataset_name="Films")
    return Import.objects.get()


def take_steps(imported: Import, count: int, checkpoint: dict[str, Any]) -> dict[str, Any]:
    """Do some steps as a worker does them, each in one transaction; then forget the worker."""
    job = imported.job
    assert job is not None
    context = Context(job_id=job.pk, arguments=job.arguments, checkpoint=checkpoint)
    steps = registry.find(IMPORT).work(context)
    taken = next(steps)
    for _step in range(count):
        taken = advance(steps, taken)
    saved = json.dumps(context.checkpoint)
    steps.close()
    return dict(json.loads(saved))


def job_id(imported: Import) -> UUID:
    assert imported.job_id is not None
    return imported.job_id


def test_the_next_worker_goes_on_where_the_killed_one_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = start(file, monkeypatch)
    checkpoint = take_steps(imported, 1, {})
    assert Dialogue.objects.count() == 500
    assert not Dialogue.objects.visible().exists()
    checkpoint = take_steps(imported, 2, checkpoint)
    assert Dialogue.objects.count() == 1000
    Job.objects.filter(pk=job_id(imported)).update(checkpoint=checkpoint)
    run(job_id(imported))
    imported.refresh_from_db()
    assert imported.state == Import.State.COMPLETE
    assert imported.report["dialogues"] == 1300
    assert list(Dialogue.objects.order_by("number").values_list("external_id", flat=True)) == [
        str(number) for number in range(1, 1301)
    ]
    assert Utterance.objects.count() == 3900
    assert Item.objects.count() == 3


def test_a_step_that_is_killed_in_the_middle_is_done_again(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = start(file, monkeypatch)
    checkpoint = take_steps(imported, 1, {})
    written = dialogue_steps.write_piece

    def killed(**arguments: Any) -> None:
        written(**arguments)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(dialogue_steps, "write_piece", killed)
        with pytest.raises(Killed):
            take_steps(imported, 2, checkpoint)
    assert Dialogue.objects.count() == 500
    Job.objects.filter(pk=job_id(imported)).update(checkpoint=checkpoint)
    run(job_id(imported))
    assert Dialogue.objects.visible().count() == 1300


def test_the_command_again_finishes_what_a_killed_command_began(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = start(file, monkeypatch)
    checkpoint = take_steps(imported, 1, {})
    Job.objects.filter(pk=job_id(imported)).update(checkpoint=checkpoint)
    report = import_path(path=file, dataset_name="Films")
    assert (report.dialogues, report.unchanged) == (1300, False)
    assert Import.objects.get().state == Import.State.COMPLETE
    assert Dialogue.objects.visible().count() == 1300


def test_a_job_that_fails_for_good_leaves_nothing_and_can_be_asked_for_again(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = start(file, monkeypatch)
    checkpoint = take_steps(imported, 1, {})
    Job.objects.filter(pk=job_id(imported)).update(checkpoint=checkpoint, attempts=2, max_attempts=3)

    def broken(**arguments: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(dialogue_steps, "write_piece", broken)
        run(job_id(imported))
    imported.refresh_from_db()
    assert imported.state == Import.State.FAILED
    assert not any(model._default_manager.exists() for model in (Dialogue, Utterance, Item, Person))
    job = Job.objects.get(pk=job_id(imported))
    assert "the disk is full" in job.error
    retry(job)
    run(job.pk)
    imported.refresh_from_db()
    assert imported.state == Import.State.COMPLETE
    assert Dialogue.objects.visible().count() == 1300


def test_a_cancelled_import_leaves_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = start(file, monkeypatch)
    take_steps(imported, 1, {})
    request_cancel(Job.objects.get(pk=job_id(imported)))
    imported.refresh_from_db()
    assert imported.state == Import.State.FAILED
    assert not Dialogue.objects.exists()
    assert not Dataset.objects.visible().exists()


def test_a_file_that_is_cut_off_leaves_nothing(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "d.jsonl.gz", [own(f"{number}-{hash(number)}") for number in range(3000)])
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(ImportingError, match="cut off"):
        import_path(path=path, dataset_name="Films", options={"skip_bad": True})
    assert not Dialogue.objects.exists()
    assert not Dataset.objects.exists()


def test_a_job_done_twice_does_no_harm(file: Path) -> None:
    import_path(path=file, dataset_name="Films")
    imported = Import.objects.get()
    run(job_id(imported))
    assert Dialogue.objects.count() == 1300


def test_others_write_while_a_slow_file_is_waited_for(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = start(file, monkeypatch)
    asked, answered = Semaphore(0), Semaphore(0)
    read_here = reading.read_here

    def slowly(*order: Any) -> Iterator[Piece]:
        for piece in read_here(*order):
            asked.release()
            assert answered.acquire(timeout=30)
            yield piece

    def work() -> None:
        try:
            run(job_id(imported))
        finally:
            connection.close()

    monkeypatch.setattr(reading, "read_here", slowly)
    with ThreadPoolExecutor(max_workers=1) as worker:
        done = worker.submit(work)
        try:
            for number in range(3):
                assert asked.acquire(timeout=30)
                Dataset.objects.create(name=f"another {number}", slug=f"another-{number}")
                answered.release()
        finally:
            answered.release(3)
        done.result(timeout=60)
    assert Dialogue.objects.visible().count() == 1300
