"""Reviews are prepared with settings that are kept; what is in use stays so until the new outcome is whole."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from crsapp.jobs.models import Job
from crsapp.jobs.registry import Context, registry
from crsapp.jobs.services import request_cancel, run
from generation.models import Dataset, Interaction, Preparation, PreparedReview
from generation.reviews.settings import Settings
from generation.services.datasets import delete_dataset
from generation.services.importing_here import import_path
from generation.services.reviews import preparing
from generation.services.reviews.preparing import PreparingError, start_preparation, suggested_settings, try_out
from tests.generation.review_files import everybody_on_everything, review, review_file

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LOOSE = Settings(k=2)


@pytest.fixture
def music(tmp_path: Path) -> Dataset:
    import_path(kind="reviews", path=review_file(tmp_path, everybody_on_everything(3, 4)), dataset_name="Music")
    return Dataset.objects.get(name="Music")


def prepared(dataset: Dataset, settings: Settings = LOOSE) -> Preparation:
    made = start_preparation(dataset=dataset, settings=settings)
    run(made.job_id)  # type: ignore[arg-type]
    made.refresh_from_db()
    return made


def kept(preparation: Preparation) -> list[tuple[str, str, str]]:
    rows = PreparedReview.objects.filter(preparation=preparation).order_by("person", "position")
    return list(rows.values_list("interaction__person__external_id", "interaction__item__external_id", "bucket"))


def command(*arguments: str, **options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("prepare_reviews", *arguments, json=True, stdout=out, stderr=StringIO(), **options)
    last: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return last


def test_the_outcome_is_kept_in_order_with_its_settings_and_counts(music: Dataset) -> None:
    made = prepared(music)
    assert made.state == Preparation.State.COMPLETE
    assert Settings.of(made.settings) == LOOSE
    assert [(step["name"], step["reviews"]) for step in made.report["steps"]] == [
        ("imported", 12),
        ("words", 12),
        ("duplicates", 12),
        ("activity", 12),
        ("polarity", 12),
        ("holdout", 3),
    ]
    assert made.report["texts"] == {"with_text": 12, "changed": 0, "emptied": 0}
    assert (made.report["with_dialogue"], made.report["quotable"], made.report["diagnosis"]) == (3, 3, None)
    assert kept(made)[:4] == [
        ("p0", "i0", "dislike"),
        ("p0", "i1", "like"),
        ("p0", "i2", "like"),
        ("p0", "i3", "might_like"),
    ]
    assert PreparedReview.objects.filter(preparation=made).values_list("position", flat=True).distinct().count() == 4


def test_a_new_outcome_takes_the_place_of_the_old_one(music: Dataset) -> None:
    first, second = prepared(music), prepared(music, Settings(k=3, holdout=0.5))
    first.refresh_from_db()
    assert (first.state, second.state) == (Preparation.State.REPLACED, Preparation.State.COMPLETE)
    assert (kept(first), len(kept(second))) == ([], 12)
    assert first.report["likes"] == 6


def test_settings_that_leave_nothing_change_nothing_and_say_what_would_help(music: Dataset) -> None:
    first, second = prepared(music), prepared(music, Settings(k=5))
    first.refresh_from_db()
    assert (first.state, second.state) == (Preparation.State.COMPLETE, Preparation.State.EMPTY)
    assert len(kept(first)) == 12
    assert second.report["diagnosis"] == {
        "step": "activity",
        "advice": [{"setting": "k", "value": 3, "people": 3, "dialogues": 3}],
    }


def steps_of(made: Preparation, count: int) -> None:
    """Do some steps as a worker does who dies then."""
    job = made.job
    assert job is not None
    steps = registry.find(job.kind).work(Context(job.pk, job.arguments, {}))
    for _step in range(count):
        next(steps)
    steps.close()


def test_a_killed_worker_leaves_the_old_outcome_in_use_and_the_next_begins_anew(
    music: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "PIECE", 5)
    first = prepared(music)
    second = start_preparation(dataset=music, settings=Settings(k=3))
    steps_of(second, 3)
    assert 0 < len(kept(second)) < 12
    first.refresh_from_db()
    assert (first.state, len(kept(first))) == (Preparation.State.COMPLETE, 12)
    run(second.job_id)  # type: ignore[arg-type]
    second.refresh_from_db()
    assert (second.state, len(kept(second))) == (Preparation.State.COMPLETE, 12)


def test_a_cancelled_preparation_leaves_nothing_of_itself(music: Dataset) -> None:
    first = prepared(music)
    second = start_preparation(dataset=music, settings=Settings(k=3))
    steps_of(second, 3)
    request_cancel(Job.objects.get(pk=str(second.job_id)))
    second.refresh_from_db()
    first.refresh_from_db()
    assert (second.state, kept(second)) == (Preparation.State.FAILED, [])
    assert first.state == Preparation.State.COMPLETE
    assert prepared(music).state == Preparation.State.COMPLETE


def test_one_preparation_at_a_time(music: Dataset) -> None:
    start_preparation(dataset=music, settings=LOOSE)
    with pytest.raises(PreparingError, match="already"):
        start_preparation(dataset=music, settings=LOOSE)


def test_a_dataset_without_reviews_is_refused() -> None:
    with pytest.raises(PreparingError, match="has no reviews"):
        start_preparation(dataset=Dataset.objects.create(name="Empty", slug="empty"), settings=LOOSE)


def test_trying_out_keeps_nothing(music: Dataset) -> None:
    assert try_out(music, LOOSE)["dialogues"] == 3
    assert not Preparation.objects.exists()


def test_ratings_without_text_are_not_asked_for_words(tmp_path: Path) -> None:
    rows = ["userId,movieId,rating,timestamp", *(f"{who},{what},5,{what}" for who in range(10) for what in range(10))]
    import_path(kind="reviews", path=review_file(tmp_path, rows, "ratings.csv"), dataset_name="Films")
    films = Dataset.objects.get(name="Films")
    assert suggested_settings(films) == Settings(min_words=0)
    assert try_out(films, suggested_settings(films))["dialogues"] == 10


def test_a_dataset_goes_with_what_was_prepared(music: Dataset) -> None:
    prepared(music)
    delete_dataset(dataset=music)
    assert not PreparedReview.objects.exists()
    assert not Interaction.objects.exists()


def test_the_command_prepares_and_says_what_is_left(music: Dataset) -> None:
    said = command("Music", "--k", "3", "--single-pass", "--no-cleaning", "--rounding", "ceil")
    assert (said["dialogues"], said["settings"]["k"], said["settings"]["iterative"]) == (3, 3, False)
    assert Preparation.objects.get().state == Preparation.State.COMPLETE
    assert command("music", "--k", "4", "--dry-run")["diagnosis"]["advice"][0]["value"] == 3
    assert Preparation.objects.count() == 1


def test_the_command_refuses_in_words(music: Dataset) -> None:
    with pytest.raises(CommandError, match="no dataset 'Nothing'"):
        command("Nothing")
    with pytest.raises(CommandError, match="most words"):
        command("Music", "--min-words", "500")


def test_missing_texts_are_counted(tmp_path: Path) -> None:
    reviews = [review(reviewText="<br />"), review("bob", reviewText=""), review("carl", reviewText="Good &amp; loud")]
    import_path(kind="reviews", path=review_file(tmp_path, reviews), dataset_name="Music")
    said = try_out(Dataset.objects.get(), LOOSE)
    assert said["texts"] == {"with_text": 2, "changed": 2, "emptied": 1}
