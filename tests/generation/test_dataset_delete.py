"""Amira deletes a dataset, and is stopped where somebody needs it."""

import pytest
from django.test import Client

from crsapp.accounts.models import User
from generation.models import Dataset, Utterance
from tests.annotation import judging_scenes
from tests.generation.dataset_scenes import TALK, dataset

pytestmark = pytest.mark.django_db
PAGE = "/datasets/films/delete/"


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def test_the_page_says_what_will_be_gone(site: Client) -> None:
    dataset("Films", [TALK, TALK])
    page = site.get(PAGE).content.decode()
    assert "2 dialogues with 6 utterances" in page
    assert "cannot be undone" in page


def test_the_name_typed_deletes_it(site: Client) -> None:
    dataset("Films", [TALK])
    assert site.post(PAGE, {"name": " Films "})["Location"] == "/datasets/"
    assert not Dataset.objects.exists()
    assert not Utterance.objects.exists()


def test_another_name_deletes_nothing(site: Client) -> None:
    dataset("Films", [TALK])
    answer = site.post(PAGE, {"name": "films"})
    assert "This is not its name" in answer.content.decode()
    assert Dataset.objects.exists()


def test_a_dataset_that_a_study_uses_stays_and_says_why(site: Client) -> None:
    judging_scenes.study_of_dialogues(size=1)
    answer = site.post("/datasets/amber/delete/", {"name": Dataset.objects.get(slug="amber").name})
    assert answer.status_code == 409
    assert "A study uses" in answer.content.decode()
    assert Dataset.objects.get(slug="amber").dialogues.exists()


def test_twice_is_not_found_and_harms_nothing(site: Client) -> None:
    dataset("Films")
    other = dataset("Books", [TALK])
    site.post(PAGE, {"name": "Films"})
    assert site.post(PAGE, {"name": "Films"}).status_code == 404
    assert other.dialogues.count() == 1


def test_ben_may_not(client: Client, ben: User) -> None:
    dataset("Films")
    client.force_login(ben)
    assert client.post(PAGE, {"name": "Films"}).status_code == 403
    assert Dataset.objects.exists()
