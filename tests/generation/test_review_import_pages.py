"""Amira uploads reviews, reads what was recognised, corrects columns, and gives the word."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crsapp.accounts.models import User
from crsapp.jobs.services import run
from generation.models import Import, Interaction, Item
from tests.generation.review_files import review, review_file

pytestmark = pytest.mark.django_db
NEW = "/datasets/reviews/imports/new/"


@pytest.fixture(autouse=True)
def _own_uploads(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def page_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def upload(site: Client, path: Path, items: Path | None = None) -> Any:
    files = {"file": path, "items_file": items}
    sent = {name: SimpleUploadedFile(one.name, one.read_bytes()) for name, one in files.items() if one}
    return site.post(NEW, {"dataset": "Music", "language": "en", **sent})


def checked(site: Client, path: Path, items: Path | None = None) -> Import:
    upload(site, path, items)
    imported = Import.objects.get()
    run(imported.job_id)  # type: ignore[arg-type]
    return imported


def test_from_two_files_to_reviews_with_titles(site: Client, tmp_path: Path) -> None:
    titles = review_file(tmp_path, [{"asin": "b1", "title": "Blue"}], "meta.json")
    imported = checked(site, review_file(tmp_path, [review("ann", "b1"), review("bob", "b2")]), titles)
    address = f"/datasets/imports/{imported.pk}/"
    page = page_of(site.get(address))
    for said in (
        "Amazon reviews, 2018",
        "Import 2 reviews",
        "items from meta.json",
        "<dt>items with a title</dt><dd>1</dd>",
    ):
        assert said in page
    site.post(f"/datasets/imports/{imported.pk}/start/")
    run(Import.objects.get().job_id)  # type: ignore[arg-type]
    assert "2 reviews are in Music." in page_of(site.get(f"/datasets/imports/{imported.pk}/", follow=True))
    assert Item.objects.get(external_id="b1").title == "Blue"


def test_a_bad_line_is_shown_with_its_place_and_can_be_left_out(site: Client, tmp_path: Path) -> None:
    imported = checked(site, review_file(tmp_path, [review(), "{broken"]))
    page = page_of(site.get(f"/datasets/imports/{imported.pk}/"))
    assert "line 2" in page
    assert "Import 1 review, leave out 1 entry" in page


def test_a_file_that_is_cut_off_cannot_be_imported(site: Client, shared_data: Path) -> None:
    path = shared_data / "amazon-digital-music" / "reviews_Digital_Music_5.TRUNCATED.json.gz"
    imported = checked(site, path)
    page = page_of(site.get(f"/datasets/imports/{imported.pk}/"))
    assert "This file cannot be imported. Nothing has been changed." in page
    assert "line 6909" in page
    site.post(f"/datasets/imports/{imported.pk}/start/", {"skip_bad": "1"})
    assert Import.objects.get().state == Import.State.CHECKED
    assert not Interaction.objects.exists()


def test_what_the_columns_mean_can_be_said(site: Client, tmp_path: Path) -> None:
    imported = checked(site, review_file(tmp_path, ["a,b,stars,words", "x1,ann,4,Nice"], "reviews.csv"))
    address = f"/datasets/imports/{imported.pk}/columns/"
    assert '<option value="stars" selected>' in page_of(site.get(address))
    said = {"had_heading": "yes", "heading": "on", "person": "b", "item": "a", "rating": "stars", "text": "words"}
    preview = site.get(address, said, headers={"HX-Request": "true", "HX-Target": "columns-form"})
    assert "<td>ann</td><td>x1</td>" in page_of(preview)
    site.post(address, said)
    imported.refresh_from_db()
    assert imported.options["mapping"] == {"person": ["b"], "item": ["a"], "rating": ["stars"], "text": ["words"]}
    run(imported.job_id)  # type: ignore[arg-type]
    assert "<td>ann</td><td>x1</td>" in page_of(site.get(f"/datasets/imports/{imported.pk}/"))


def test_a_mapping_without_a_rating_is_not_taken(site: Client, tmp_path: Path) -> None:
    imported = checked(site, review_file(tmp_path, ["a,b,stars", "x1,ann,4"], "reviews.csv"))
    said = {"had_heading": "yes", "heading": "on", "person": "b", "item": "a", "rating": ""}
    page = page_of(site.post(f"/datasets/imports/{imported.pk}/columns/", said))
    assert "no column is the rating" in page


def test_another_layout_can_be_chosen(site: Client, tmp_path: Path) -> None:
    imported = checked(site, review_file(tmp_path, [review()]))
    address = f"/datasets/imports/{imported.pk}/format/"
    site.post(address, {"format": "amazon_2023"})
    imported.refresh_from_db()
    assert (imported.format, imported.state) == ("amazon_2023", Import.State.CHECKING)
    assert site.post(address, {"format": "table"}).headers["Location"].endswith("/columns/")


def test_the_same_file_again_and_an_empty_one_are_said(site: Client, tmp_path: Path) -> None:
    path = review_file(tmp_path, [review()])
    imported = checked(site, path)
    site.post(f"/datasets/imports/{imported.pk}/start/")
    run(Import.objects.get().job_id)  # type: ignore[arg-type]
    assert "This very file, byte for byte, is in Music" in page_of(upload(site, path))
    assert "0 bytes" in page_of(upload(site, review_file(tmp_path, [], "empty.json")))
    assert Import.objects.count() == 1


def test_an_items_file_of_another_kind_is_refused(site: Client, tmp_path: Path) -> None:
    picture = tmp_path / "cover.png"
    picture.write_bytes(b"x")
    assert "cover.png is none of the files that can be read" in page_of(
        upload(site, review_file(tmp_path, [review()]), picture)
    )
    assert not Import.objects.exists()


def test_discarding_leaves_nothing(site: Client, tmp_path: Path) -> None:
    imported = checked(site, review_file(tmp_path, [review()]))
    site.post(f"/datasets/imports/{imported.pk}/discard/")
    assert not Import.objects.exists()
    assert not list((tmp_path / "uploads").rglob("*.*"))
