"""Amira reads one dialogue."""

from typing import Any

import pytest
from django.test import Client

from crsapp.accounts.models import User
from generation.models import Import, Person
from tests.generation.dataset_scenes import TALK, dataset, dialogue, mention

pytestmark = pytest.mark.django_db
PAGE = "/datasets/films/dialogues/1/"


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def look(site: Client, path: str = PAGE, **query: str) -> str:
    return " ".join(site.get(path, query).content.decode().split())


def test_speakers_are_told_apart_and_markdown_is_rendered(site: Client) -> None:
    dataset("Films", [TALK])
    page = look(site)
    assert 'class="turn user" id="u0"' in page
    assert 'class="turn system" id="u1"' in page
    assert "Then try <em>The Tall Oven</em>" in page


def test_items_stand_by_their_titles_and_say_as_what(site: Client) -> None:
    mention(dialogue(dataset("Films"), ["Try **@7** today"]), 0, "M*A*S*H  <b>(1970)</b>", role="recommended")
    span = '<span class="mention recommended" title="Recommended">M*A*S*H &lt;b&gt;(1970)&lt;/b&gt;</span>'
    assert f"Try <strong>{span}</strong> today" in look(site)


def test_the_text_as_in_the_file(site: Client) -> None:
    one = dialogue(dataset("Films"), ["Try **@7**"], said={0: {"labels": {"intent": "Search"}}})
    mention(one, 0, "Night Bus")
    page = look(site, view="file")
    assert '<pre class="filed">Try **@7**</pre>' in page
    assert "{&quot;intent&quot;: &quot;Search&quot;}" in page


def test_labels_stand_beside_the_utterance(site: Client) -> None:
    labels = {
        0: {"labels": {"intent": "Search"}},
        1: {"labels": {"hallucination": True, "hallucination_memo": "no such film"}},
        2: {"labels": {"hallucination": False, "hallucination_memo": "No Hallucination"}},
    }
    dialogue(dataset("Films"), TALK, said=labels)
    page = look(site)
    assert "Intent: Search" in page
    assert '<span class="badge label bad">Hallucination</span>' in page
    assert "no such film" in page
    assert "No Hallucination" not in page


def test_the_language_is_switched_or_both_shown(site: Client) -> None:
    dialogue(dataset("Films"), ["Hello", "Hi"], said={0: {"translations": {"zh": "你好"}}})
    assert "你好" not in look(site)
    chinese = look(site, language="zh")
    assert '<div class="prose" lang="zh"><p>你好</p></div>' in chinese
    assert "<p>Hello</p>" not in chinese
    assert "<p>Hi</p>" in chinese, "what is not translated stays as filed"
    both = look(site, language="all")
    assert "<p>Hello</p>" in both
    assert "<p>你好</p>" in both


def test_a_language_that_is_not_there_is_the_first_one(site: Client) -> None:
    dataset("Films", [["Hello"]])
    assert "<p>Hello</p>" in look(site, language="xx")
    assert "<p>Hello</p>" in look(site, language="all")


def test_what_is_known_of_it_stands_beside(site: Client) -> None:
    films = dataset("Films")
    person = Person.objects.create(
        dataset=films, external_id="p-9", kind="simulated", profile="1. Age: 40", profile_translations={"zh": "四十"}
    )
    dialogue(
        films,
        person=person,
        task="a trip",
        situation="You plan a **weekend**",
        labels={"rating": {"Detail": 2}, "conflict": False, "asked": {"7": {"seen": 1, "liked": 0}}},
        metadata={"source": "page 3"},
    )
    page = look(site)
    for words in ("p-9", "a trip", "<strong>weekend</strong>", "Age: 40", "Rating", "Detail", "page 3"):
        assert words in page
    assert "<dt>Conflict</dt><dd>no</dd>" in page
    assert ">Seen</th>" in page
    assert "language=zh" not in page, "a language that no utterance has is not offered"


def test_neighbours_keep_to_what_was_searched(site: Client) -> None:
    dataset("Films", [["calm"], ["loud"], ["calm and long", "yes"], ["calm"]])
    assert 'href="/datasets/films/dialogues/2/"' in look(site)
    page = look(site, "/datasets/films/dialogues/3/", search="calm")
    assert 'rel="prev" href="/datasets/films/dialogues/1/?search=calm"' in page
    assert 'rel="next" href="/datasets/films/dialogues/4/?search=calm"' in page
    assert "/datasets/films/dialogues/?search=calm" in page
    last = look(site, "/datasets/films/dialogues/3/", search="calm", sort="length")
    assert 'rel="prev" href="/datasets/films/dialogues/4/' in last
    assert 'rel="next"' not in last


HOSTILE = [
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "\ue0000\ue001 \ue00099\ue001",
    "[x]: https://evil.example 'y'\n\n[x]",
    "</pre></div><iframe src=https://evil.example>",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("query", [{}, {"view": "file"}, {"language": "zh"}, {"language": "all"}])
def test_a_text_is_hostile_and_harmless(site: Client, text: str, query: dict[str, str]) -> None:
    films = dataset("Films")
    person = Person.objects.create(dataset=films, external_id=text, profile=text)
    said = {0: {"labels": {text: text}, "translations": {"zh": text}}}
    labels = {text: text, "r": {text: {text: text}}}
    one = dialogue(
        films, [f"{text} @7"], said=said, situation=text, labels=labels, metadata={text: text}, task=text, person=person
    )
    mention(one, 0, text)
    page = look(site, PAGE, **query)
    for bad in ("<script>alert", "<img", "<svg onload", "<iframe", 'href="javascript', 'href="https://evil'):
        assert bad not in page


def test_a_huge_text_is_shown(site: Client) -> None:
    dataset("Films", [["**" * 200_000], ["word " * 100_000]])
    assert site.get(PAGE).status_code == 200


def test_an_unfinished_import_stays_hidden(site: Client) -> None:
    films = dataset("Films")
    running = Import.objects.create(dataset=films, state="running", filename="g", sha256="2", format="jsonl")
    dialogue(films, source=running)
    assert site.get(PAGE).status_code == 404


def test_a_long_dialogue_takes_no_more_queries(site: Client, django_assert_max_num_queries: Any) -> None:
    films = dataset("Films", [["Hello"] * 60])
    mention(dialogue(films, ["@7"] * 60), 0, "Night Bus")
    with django_assert_max_num_queries(18):
        site.get("/datasets/films/dialogues/2/")
