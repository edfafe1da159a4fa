"""Amira looks at her datasets."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from crsapp.accounts.models import User
from generation.models import Import
from tests.generation.dataset_scenes import TALK, dataset, redial_file, uploaded

pytestmark = pytest.mark.django_db
PAGE = "/datasets/"
FRAGMENT = {"HX-Request": "true", "HX-Target": "datasets"}


@pytest.fixture(autouse=True)
def _own_uploads(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def test_an_empty_page_offers_the_first_step(site: Client) -> None:
    page = site.get(PAGE).content.decode()
    assert "No datasets yet" in page
    assert "/datasets/imports/new/" in page
    assert "ReDial" in page
    assert "manage.py import_dialogues" in page


def test_a_card_counts_what_is_there(site: Client) -> None:
    dataset("Films", [TALK, TALK], is_demo=True, licence="CC BY 4.0", language="en")
    page = " ".join(site.get(PAGE).content.decode().split())
    assert "<dt>dialogues</dt><dd>2</dd>" in page
    assert "<dt>utterances</dt><dd>6</dd>" in page
    for words in ("Demo", "CC BY 4.0", "Generated", "/datasets/films/"):
        assert words in page


def test_dialogues_of_an_unfinished_import_are_not_counted(site: Client, tmp_path: Path) -> None:
    imported = uploaded(redial_file(tmp_path))
    page = site.get(PAGE).content.decode()
    assert f"/datasets/imports/{imported.pk}/" in page
    assert "waiting for your word" in page
    assert "/datasets/films/" not in page


def test_a_file_that_cannot_be_imported_does_not_wait_for_a_word(site: Client, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("a,b,c\n")
    uploaded(empty)
    page = site.get(PAGE).content.decode()
    assert "Cannot be imported as it is" in page
    assert "waiting for your word" not in page


def test_a_failed_import_says_so_until_it_is_discarded(site: Client, tmp_path: Path) -> None:
    imported = uploaded(redial_file(tmp_path))
    Import.objects.filter(pk=imported.pk).update(state=Import.State.FAILED)
    assert "Failed" in site.get(PAGE).content.decode()
    site.post(f"/datasets/imports/{imported.pk}/discard/")
    assert "Failed" not in site.get(PAGE).content.decode()


def test_a_search_is_answered_with_the_cards_alone(site: Client) -> None:
    dataset("Films")
    dataset("Books", description="Novels of the sea")
    answer = site.get(PAGE, {"search": "sea"}, headers=FRAGMENT)
    page = answer.content.decode()
    assert page.strip().startswith('<div id="datasets">')
    assert "Books" in page
    assert "/datasets/films/" not in page
    assert "HX-Target" in answer["Vary"]


def test_a_search_for_nothing_that_is_there_says_so(site: Client) -> None:
    dataset("Films")
    assert "No dataset found" in site.get(PAGE, {"search": "zebra"}).content.decode()


def test_a_search_for_what_no_database_takes_is_harmless(site: Client) -> None:
    assert site.get(PAGE, {"search": "a\0b"}).status_code == 400
    assert site.get(f"{PAGE}?search=%ED%A0%BD&page=x").status_code == 200


def test_going_back_in_the_browser_gets_the_whole_page(site: Client) -> None:
    page = site.get(PAGE, headers={**FRAGMENT, "HX-History-Restore-Request": "true"}).content.decode()
    assert "<html" in page


def test_many_datasets_take_no_more_queries_than_one(site: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        dataset(f"Films {number}", [TALK])
    with django_assert_max_num_queries(7):
        site.get(PAGE)


def test_a_name_is_not_markup(site: Client) -> None:
    dataset("Films", description="<script>alert(1)</script>")
    assert "<script>alert(1)" not in site.get(PAGE).content.decode()
