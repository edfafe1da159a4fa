"""Amira looks at one dataset."""

from typing import Any

import pytest
from django.test import Client

from crsapp.accounts.models import User
from generation.models import Import
from tests.generation.dataset_scenes import TALK, dataset, dialogue

pytestmark = pytest.mark.django_db
PAGE = "/datasets/films/"
FRAGMENT = {"HX-Request": "true", "HX-Target": "figures"}


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def test_the_page_comes_first_and_asks_for_the_figures(site: Client) -> None:
    dataset("Films", [TALK])
    page = site.get(PAGE).content.decode()
    assert 'hx-trigger="load"' in page
    assert "<dd>1</dd>" in page
    assert "Distributions are being counted" in page


def test_the_figures_say_what_is_in_it_and_lead_to_the_dialogues(site: Client) -> None:
    films = dataset("Films", [TALK], description="Made by us", citation="Us (2026)")
    labels = {0: {"labels": {"intent": "Search & more"}}, 1: {"labels": {"hallucination": True}}}
    dialogue(films, TALK, said=labels, labels={"rating": {"Detail": 2}}, task="a trip")
    page = site.get(PAGE, headers=FRAGMENT).content.decode()
    assert page.strip().startswith('<div id="figures">')
    for words in ("Utterances per dialogue", "As a table", "<rect", "Search &amp; more", "Hallucination", "2.00"):
        assert words in page
    assert "?label=utterance.intent%3DSearch+%26+more" in page
    assert "?label=utterance.hallucination" in page
    assert "?task=a+trip" in page


def test_without_scripts_the_figures_are_a_link_away(site: Client) -> None:
    dataset("Films", [TALK])
    assert "Utterances per dialogue" in site.get(PAGE, {"figures": "1"}).content.decode()


def test_an_import_shows_its_fingerprint(site: Client) -> None:
    films = dataset("Films")
    Import.objects.create(dataset=films, state="complete", filename="f.jsonl", sha256="ab" * 32, format="redial")
    assert "ab" * 32 in site.get(PAGE).content.decode()


def test_an_empty_dataset_offers_the_first_step(site: Client) -> None:
    dataset("Films")
    assert "No dialogues yet" in site.get(PAGE).content.decode()


def test_the_number_of_queries_does_not_grow(site: Client, django_assert_max_num_queries: Any) -> None:
    films = dataset("Films", [TALK] * 20)
    for number in range(20):
        Import.objects.create(dataset=films, filename=f"{number}.jsonl", sha256=str(number) * 8, format="redial")
    with django_assert_max_num_queries(6):
        site.get(PAGE)


def test_nobody_finds_a_dataset_that_is_not_there(site: Client) -> None:
    assert site.get("/datasets/nothing/").status_code == 404


def test_many_tasks_are_short_and_none_is_lost(site: Client) -> None:
    tasks = [f"task {number}" for number in range(60)]
    films = dataset("Films", [TALK], domain=", ".join(tasks))
    page = site.get(PAGE).content.decode()
    assert f"<dd>{', '.join(tasks[:7])}<details><summary>and 53 more</summary>task 7, task 8," in page
    assert "task 59</details>" in page
    cards = site.get("/datasets/").content.decode()
    assert f"<span>{', '.join(tasks[:7])} and 53 more</span>" in cards
    assert "task 7" not in cards
    films.domain = "films, novels, games, trips, cooking"
    films.save()
    assert "<dd>films, novels, games, trips, cooking</dd>" in site.get(PAGE).content.decode()
    assert "<span>films, novels, games, trips, cooking</span>" in site.get("/datasets/").content.decode()
