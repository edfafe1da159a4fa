"""Amira searches, filters and pages through dialogues."""

import re
from typing import Any

import pytest
from django.test import Client

from crsapp.accounts.models import User
from generation.models import Dataset, Dialogue, Import
from tests.generation.dataset_scenes import TALK, dataset, dialogue, mention

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PAGE = "/datasets/films/dialogues/"
FRAGMENT = {"HX-Request": "true", "HX-Target": "dialogues"}


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


@pytest.fixture
def films(db: None) -> Dataset:
    """Four dialogues: a short one, one with a hallucination, one in two languages, one that names an item."""
    made = dataset("Films")
    report = {"labels": {"utterance.hallucination": 2, "utterance.intent": 1}, "languages": ["zh"]}
    Import.objects.create(dataset=made, state="complete", filename="f", sha256="1", format="jsonl", report=report)
    dialogue(made, ["Hello"], task="trip", split="train")
    lies = {0: {"labels": {"intent": "Search"}}, 1: {"labels": {"hallucination": True}}}
    dialogue(made, TALK, said=lies, task="gift", split="test")
    both = {0: {"translations": {"zh": "你好"}}, 1: {"labels": {"hallucination": False}}}
    dialogue(made, ["A quiet sea", "100% sure_thing"], said=both, task="gift", split="train")
    mention(dialogue(made, ["Is @7 good?", "Yes", "Why", "It is slow"], task="trip"), 0, "Night  Bus (2004)")
    return made


def found(site: Client, **query: Any) -> list[int]:
    page = site.get(PAGE, query).content.decode()
    return [int(number) for number in re.findall(r'<td class="number muted">(\d+)</td>', page)]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [1, 2, 3, 4]),
        ({"search": "CALM film"}, [2]),
        ({"search": "night bus (2004)"}, [4]),
        ({"search": "talk-3"}, [3]),
        ({"search": "100%"}, [3]),
        ({"search": "sure_thing"}, [3]),
        ({"search": "_"}, [3]),
        ({"search": "zebra"}, []),
        ({"task": "gift"}, [2, 3]),
        ({"split": "train"}, [1, 3]),
        ({"task": "gift", "split": "train"}, [3]),
        ({"shortest": 3}, [2, 4]),
        ({"longest": 2}, [1, 3]),
        ({"shortest": 2, "longest": 3}, [2, 3]),
        ({"label": "utterance.hallucination"}, [2]),
        ({"label": "utterance.intent=Search"}, [2]),
        ({"label": "utterance.intent=Other"}, []),
        ({"translated": "zh"}, [3]),
        ({"sort": "-number"}, [4, 3, 2, 1]),
        ({"sort": "length"}, [1, 3, 2, 4]),
        ({"sort": "-length"}, [4, 2, 3, 1]),
    ],
)
def test_what_is_asked_for_is_found(site: Client, films: Dataset, query: dict[str, Any], numbers: list[int]) -> None:
    assert found(site, **query) == numbers


@pytest.mark.parametrize("search", ["überraschung", "ÜBERRASCHUNG", "grosse über", "ΣΟΦΌΣ", "привет"])
def test_case_is_nothing_in_any_alphabet(site: Client, search: str) -> None:
    made = dataset("Films", [["Hello"], ["Große Überraschung", "σοφός", "Привет!"]])
    assert found(site, search=search) == [2]
    made.delete()


def test_words_are_marked_where_they_are_said(site: Client, films: Dataset) -> None:
    page = site.get(PAGE, {"search": "calm"}).content.decode()
    assert "I want a <mark>calm</mark> film" in page
    page = site.get(PAGE, {"search": "night"}).content.decode()
    assert "Is <mark>Night</mark> Bus (2004) good?" in page


def test_a_filter_that_cannot_be_is_said_and_left_out(site: Client, films: Dataset) -> None:
    page = site.get(PAGE, {"shortest": "many", "search": "calm"}).content.decode()
    assert "Enter a whole number" in page
    assert "This filter is left out" in page
    assert "1 dialogue found" in page


@pytest.mark.parametrize("label", ["utterance.labels__gt", "utterance.x=1", "nonsense", "dialogue.' OR 1=1", "."])
def test_a_label_that_no_file_brought_is_no_filter(site: Client, films: Dataset, label: str) -> None:
    assert "This filter is left out" in site.get(PAGE, {"label": label}).content.decode()


def test_a_fragment_brings_its_own_clean_address(site: Client, films: Dataset) -> None:
    query = {"search": "calm", "task": "", "split": "", "sort": "number"}
    answer = site.get(PAGE, query, headers=FRAGMENT)
    assert answer["HX-Push-Url"] == f"{PAGE}?search=calm"
    assert answer.content.decode().strip().startswith('<div id="dialogues">')


def test_fifty_a_page_and_the_search_goes_along(site: Client) -> None:
    dataset("Films", [TALK] * 51)
    page = site.get(PAGE, {"search": "calm"}).content.decode()
    assert "1–50 of 51" in page
    assert "?search=calm&amp;page=2" in page
    assert found(site, search="calm", page=2) == [51]
    assert found(site, search="calm", page=99) == [51]


def test_dialogues_of_an_unfinished_import_stay_hidden(site: Client, films: Dataset) -> None:
    running = Import.objects.create(dataset=films, state="running", filename="g", sha256="2", format="jsonl")
    dialogue(films, ["Too early"], source=running)
    assert found(site) == [1, 2, 3, 4]


def test_an_empty_dataset_offers_the_first_step(site: Client) -> None:
    dataset("Films")
    assert "No dialogues yet" in site.get(PAGE).content.decode()


def test_a_text_is_not_markup_also_around_the_words_found(site: Client) -> None:
    films = dataset("Films")
    dialogue(films, ["<script>alert(1)</script> calm <img src=x onerror=alert(2)>"])
    for query in ({}, {"search": "calm"}, {"search": "<script>"}, {"search": '"><script>alert(3)</script>'}):
        page = site.get(PAGE, query).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_a_full_page_takes_few_queries(site: Client, django_assert_max_num_queries: Any) -> None:
    films = dataset("Films", [TALK] * 50)
    mention(dialogue(films, ["Is @7 calm?"]), 0, "Calm Bus")
    with django_assert_max_num_queries(16):
        site.get(PAGE, {"search": "calm"})


def test_a_task_is_offered_as_soon_as_a_dialogue_has_it(site: Client) -> None:
    films = dataset("Films", [TALK])
    assert "Winter tales" not in site.get(PAGE).content.decode()
    Dialogue.objects.filter(pk=dialogue(films, TALK).pk).update(task="Winter tales")
    assert "Winter tales" in site.get(PAGE).content.decode()
    running = Import.objects.create(dataset=films, state="running", filename="g", sha256="2", format="jsonl")
    Dialogue.objects.filter(pk=dialogue(films, TALK, source=running).pk).update(task="Not yet")
    assert "Not yet" not in site.get(PAGE).content.decode()
    Import.objects.filter(pk=running.pk).update(state="complete")
    assert "Not yet" in site.get(PAGE).content.decode()
