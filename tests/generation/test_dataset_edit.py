"""Amira says more about a dataset."""

import pytest
from django.test import Client

from crsapp.accounts.models import User
from tests.generation.dataset_scenes import dataset

pytestmark = pytest.mark.django_db
PAGE = "/datasets/films/edit/"
SAID = {"name": "Films", "language": "en", "licence": "CC BY 4.0", "description": "", "domain": "", "citation": ""}


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def test_the_details_are_saved_and_the_address_stays(site: Client) -> None:
    films = dataset("Films")
    answer = site.post(PAGE, {**SAID, "name": "Films of 2026"})
    assert answer["Location"] == "/datasets/films/"
    films.refresh_from_db()
    assert (films.name, films.slug, films.licence) == ("Films of 2026", "films", "CC BY 4.0")


def test_a_name_that_is_taken_is_refused_in_words(site: Client) -> None:
    films = dataset("Films")
    dataset("Books")
    answer = site.post(PAGE, {**SAID, "name": "Books"})
    assert answer.status_code == 200
    assert "already exists" in answer.content.decode()
    films.refresh_from_db()
    assert films.name == "Films"


def test_saving_twice_does_no_harm(site: Client) -> None:
    films = dataset("Films")
    for _time in range(2):
        site.post(PAGE, SAID)
    films.refresh_from_db()
    assert films.licence == "CC BY 4.0"


def test_ben_may_not(client: Client, ben: User) -> None:
    films = dataset("Films")
    client.force_login(ben)
    assert client.post(PAGE, SAID).status_code == 403
    films.refresh_from_db()
    assert films.licence == ""
