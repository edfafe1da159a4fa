"""Real files of reviews leave as many people, items and reviews as was counted by hand."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from generation.models import Dataset, Import, Interaction, Item
from generation.reviews.settings import Settings
from generation.services.importing_here import import_path
from generation.services.reviews.preparing import suggested_settings, try_out

pytestmark = [pytest.mark.django_db, pytest.mark.shared_data]


def imported(path: Path, items: Path | None = None) -> Dataset:
    import_path(kind="reviews", path=path, items=items, dataset_name="Reviews")
    return Dataset.objects.get(name="Reviews")


def test_digital_music_of_2014(shared_data: Path) -> None:
    folder = shared_data / "amazon-digital-music"
    music = imported(folder / "reviews_Digital_Music_5.first6908.json.gz", folder / "item_titles.json")
    assert Import.objects.get().report["titled"] == 382
    assert Item.objects.get(external_id="5555991584").title == "Memory of Trees"
    settings = Settings(cleaning=False, word_rule="letters", k=5, rounding="ceil")
    left = try_out(music, settings)
    steps = {step["name"]: step for step in left["steps"]}
    assert steps["imported"] | {"rounds": 0} == {
        "name": "imported", "reviews": 6908, "people": 2490, "items": 382, "rounds": 0
    }  # fmt: skip
    assert steps["words"]["reviews"] == 6008
    assert [steps["activity"][name] for name in ("people", "items", "reviews")] == [196, 159, 1674]
    assert (left["likes"], left["might_likes"], left["dislikes"]) == (1253, 236, 59)
    assert (left["with_dialogue"], left["speechless"]) == (193, 2)


def test_the_paper_s_ten_core_is_empty_and_says_what_would_help(shared_data: Path) -> None:
    music = imported(shared_data / "amazon-digital-music" / "reviews_Digital_Music_5.first6908.json.gz")
    found = try_out(music, Settings())["diagnosis"]
    assert found["step"] == "activity"
    assert {one["setting"] for one in found["advice"]} == {"k", "iterative"}
    assert all(one["dialogues"] > 0 for one in found["advice"])


def test_metadata_of_2014_are_python_literals(shared_data: Path) -> None:
    folder = shared_data / "amazon-digital-music"
    imported(folder / "reviews_Digital_Music_5.first6908.json.gz", folder / "meta_Digital_Music.first7419.json.gz")
    report = Import.objects.get().report
    assert (report["described"], report["problem_count"]) == (7321, 0)
    assert report["titled"] == Item.objects.exclude(attributes={}).count() > 0


def test_all_beauty_of_2018_has_duplicates_and_missing_texts(shared_data: Path) -> None:
    beauty = imported(shared_data / "amazon-all-beauty-2018" / "All_Beauty_5.json.gz")
    report = Import.objects.get().report
    assert (report["layout"], report["reviews"], report["people"], report["items"]) == ("amazon_2018", 5269, 991, 85)
    assert report["with_text"] < report["reviews"]
    assert Interaction.objects.values("person", "item").distinct().count() == 4092
    steps = {step["name"]: step for step in try_out(beauty, Settings(k=5))["steps"]}
    assert [steps["activity"][name] for name in ("people", "items", "reviews")] == [5, 5, 25]
    assert try_out(beauty, Settings())["diagnosis"]["step"] == "activity"


def test_a_broken_upload_is_refused_with_its_place(shared_data: Path) -> None:
    path = shared_data / "amazon-digital-music" / "reviews_Digital_Music_5.TRUNCATED.json.gz"
    with pytest.raises(CommandError, match=r"Nothing was imported.*line 6909: the file ends in the middle"):
        call_command("import_reviews", path, dataset="Music", skip_bad=True)
    assert not Interaction.objects.exists()
    assert not Dataset.objects.exists()


def test_movielens_brings_its_films_and_needs_no_words(shared_data: Path) -> None:
    films = imported(shared_data / "movielens-latest-small")
    report = Import.objects.get().report
    assert (report["layout"], report["reviews"], report["people"], report["items"]) == ("movielens", 100_836, 610, 9724)
    assert (report["described"], report["titled"]) == (9742, 9724)
    left = try_out(films, suggested_settings(films))
    assert left["dialogues"] > 600
