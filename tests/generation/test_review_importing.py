"""Amira brings reviews; what she sees afterwards is the whole file or nothing of it."""

import gzip
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from crsapp.accounts.models import User
from crsapp.jobs.registry import Context, registry
from crsapp.jobs.services import run
from generation.models import Dataset, Import, Interaction, Item, Person
from generation.services.datasets import delete_dataset
from generation.services.importing import (
    AlreadyImported,
    ImportingError,
    discard_import,
    read_again,
    receive_upload,
    start_import,
)
from generation.services.importing_here import import_path
from generation.services.reviews import surveying
from tests.generation.review_files import review, review_file
from tests.steps import advance

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def own_folder_for_uploads(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


def upload(path: Path, items: Path | None = None, **arguments: Any) -> Import:
    files = [SimpleUploadedFile(one.name, one.read_bytes()) if one else None for one in (path, items)]
    assert files[0] is not None
    return receive_upload(
        kind="reviews", dataset_name="Music", uploaded_file=files[0], items_file=files[1], **arguments
    )


def run_job_of(imported: Import) -> Import:
    run(Import.objects.get(pk=imported.pk).job_id)  # type: ignore[arg-type]
    return Import.objects.get(pk=imported.pk)


def nothing_is_left() -> bool:
    return not any(model._default_manager.exists() for model in (Interaction, Item, Person))


def command(path: Path, **options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("import_reviews", path, dataset="Music", json=True, stdout=out, stderr=StringIO(), **options)
    last: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return last


def test_amira_uploads_reviews_with_titles_reads_the_report_and_says_go(amira: User, tmp_path: Path) -> None:
    path = review_file(tmp_path, [review("ann", "b1"), review("bob", "b2", 2, reviewText=""), review("ann", "b3")])
    titles = review_file(
        tmp_path, ["{'asin': 'b1', 'title': 'Blue'}", "{'asin': 'b9', 'title': 'Nobody\\'s'}"], "meta.json"
    )
    imported = upload(path, titles, options={"licence": "CC0"}, created_by=amira)
    assert (imported.state, imported.format) == (Import.State.CHECKING, "amazon_2018")

    imported = run_job_of(imported)
    assert imported.state == Import.State.CHECKED
    report = imported.report
    assert (report["reviews"], report["with_text"], report["people"], report["items"]) == (3, 2, 2, 3)
    assert (report["described"], report["titled"], report["ratings"]) == (2, 1, [[2.0, 1], [5.0, 2]])
    assert report["examples"][0] | {"text": ""} == {
        "person": "ann", "item": "b1", "rating": 5.0, "at": "1970-01-01", "text": "", "title": "Well", "place": "line 1"
    }  # fmt: skip
    assert nothing_is_left()
    assert not Dataset.objects.visible().exists()

    start_import(imported=imported, by=amira)
    imported = run_job_of(imported)
    assert imported.state == Import.State.COMPLETE
    dataset = Dataset.objects.visible().get()
    assert (dataset.name, dataset.licence) == ("Music", "CC0")
    assert list(
        Interaction.objects.in_dataset(dataset).values_list("person__external_id", "item__title", "rating")
    ) == [
        ("ann", "Blue", 5.0),
        ("bob", "b2", 2.0),
        ("ann", "b3", 5.0),
    ]
    assert set(Person.objects.values_list("kind", flat=True)) == {"reviewer"}


def test_the_same_file_a_second_time_changes_nothing(tmp_path: Path) -> None:
    path = review_file(tmp_path, [review()])
    assert command(path)["unchanged"] is False
    assert command(path)["unchanged"] is True
    assert Interaction.objects.count() == 1
    with pytest.raises(AlreadyImported):
        upload(path)


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    path = review_file(tmp_path, [review(), review("bob")])
    assert command(path, dry_run=True)["reviews"] == 2
    assert nothing_is_left()
    assert not Dataset.objects.exists()


def test_one_bad_line_refuses_the_whole_and_can_be_left_out(tmp_path: Path) -> None:
    path = review_file(tmp_path, [review(), review("bob", overall="good"), "{broken", review("carl")])
    with pytest.raises(CommandError, match=r"line 2: the rating 'good' is no number.*line 3: this is not JSON"):
        command(path)
    assert nothing_is_left()
    said = command(path, skip_bad=True)
    assert (said["reviews"], said["problem_count"]) == (2, 2)
    assert Interaction.objects.count() == 2


def test_a_bad_line_of_the_items_names_its_file(tmp_path: Path) -> None:
    titles = review_file(tmp_path, [{"title": "Nameless"}, {"asin": "b1", "title": "Blue"}], "meta.json")
    with pytest.raises(CommandError, match=r"meta\.json, line 1: the item has none of"):
        command(review_file(tmp_path, [review()]), items=titles)
    assert nothing_is_left()


def test_a_file_that_was_cut_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surveying, "PIECE", 100)
    lines = "".join(json.dumps(review(f"p{number}", reviewText=str(number) * 99)) + "\n" for number in range(2000))
    path = tmp_path / "reviews.json.gz"
    path.write_bytes(gzip.compress(lines.encode())[:-500])
    with pytest.raises(CommandError, match=r"Nothing was imported. reviews\.json\.gz, line \d+: .* cut off"):
        command(path, skip_bad=True)
    assert nothing_is_left()
    assert not Dataset.objects.exists()


def test_a_table_is_read_as_it_is_mapped(tmp_path: Path) -> None:
    path = review_file(tmp_path, ["a,b,c,d", "x1,ann,4,Nice one"], "reviews.csv")
    assert command(path, map=[("item", "a"), ("person", "b"), ("rating", "c"), ("text", "d")])["items"] == 1
    assert Interaction.objects.values_list("person__external_id", "text").get() == ("ann", "Nice one")


def test_an_unknown_file_waits_for_somebody_to_say_what_it_is(tmp_path: Path) -> None:
    imported = upload(review_file(tmp_path, ["just words"], "notes.txt"))
    assert (imported.state, imported.format) == (Import.State.CHECKED, "")
    with pytest.raises(ImportingError, match="Say first"):
        start_import(imported=imported)


def test_a_checked_file_can_be_read_in_another_way(tmp_path: Path) -> None:
    imported = run_job_of(upload(review_file(tmp_path, ["a,b,stars", "x1,ann,4"], "reviews.csv")))
    assert imported.report["examples"][0]["person"] == "x1"
    mapping = {"person": ["b"], "item": ["a"], "rating": ["stars"]}
    imported = run_job_of(read_again(imported=imported, format="table", mapping=mapping))
    assert imported.report["examples"][0]["person"] == "ann"
    discard_import(imported=imported)
    assert not list(Path(imported.file.storage.location).rglob("*.*"))


def test_a_dataset_goes_with_its_reviews(tmp_path: Path, amira: User) -> None:
    command(review_file(tmp_path, [review()]))
    delete_dataset(dataset=Dataset.objects.get(), by=amira)
    assert nothing_is_left()


def test_a_killed_worker_costs_the_piece_in_hand_and_the_next_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surveying, "PIECE", 10)
    path = review_file(tmp_path, [review(f"p{number}", f"i{number % 7}", at=number) for number in range(45)])
    imported = run_job_of(upload(path, review_file(tmp_path, [{"asin": "i3", "title": "Blue"}], "meta.json")))
    job = start_import(imported=imported)
    steps = registry.find(job.kind).work(context := Context(job.pk, job.arguments, {}))
    taken = next(steps)
    for _step in range(3):
        taken = advance(steps, taken)
    steps.close()
    assert Interaction.objects.count() == 30
    assert not Interaction.objects.in_dataset(imported.dataset).exists()
    job.checkpoint = context.checkpoint
    job.save()
    assert run_job_of(imported).state == Import.State.COMPLETE
    found = Interaction.objects.in_dataset(imported.dataset)
    assert list(found.values_list("at", flat=True)) == list(range(45))
    assert Item.objects.get(external_id="i3").title == "Blue"


def test_an_import_that_is_taken_back_midway_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surveying, "PIECE", 10)
    path = review_file(tmp_path, [review(f"p{number}") for number in range(45)])
    imported = run_job_of(upload(path))
    job = start_import(imported=imported)
    steps = registry.find(job.kind).work(Context(job.pk, job.arguments, {}))
    advance(steps, next(steps))
    steps.close()
    assert Interaction.objects.count() == 10
    discard_import(imported=imported)
    assert nothing_is_left()
    assert not Dataset.objects.visible().exists()


def test_two_files_of_one_dataset_share_people_and_items(tmp_path: Path) -> None:
    command(review_file(tmp_path, [review("ann", "b1")]))
    second = review_file(tmp_path, [review("ann", "b1", at=9), review("bob", "b1"), "{broken"], "more.json")
    with pytest.raises(CommandError):
        command(second)
    assert (Interaction.objects.count(), Person.objects.count(), Item.objects.count()) == (1, 1, 1)
    command(second, skip_bad=True)
    assert (Interaction.objects.count(), Person.objects.count(), Item.objects.count()) == (3, 2, 1)


def test_importing_in_this_process_says_what_it_did(tmp_path: Path) -> None:
    report = import_path(kind="reviews", path=review_file(tmp_path, [review()]), dataset_name="Music")
    assert (report.format, report.figures["reviews"], report.unchanged) == ("amazon_2018", 1, False)
