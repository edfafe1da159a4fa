"""Nothing that reaches an annotator's browser tells datasets apart: two of them with the same words, compared."""

import json
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from annotation.models import Annotator, Assignment, Study
from annotation.services.participants import join
from generation.models import Dataset, Dialogue, Item, ItemMention, Person, Utterance
from tests.annotation import judging_scenes as scenes
from tests.annotation.judging_client import Judge

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NEVER = ("amber", "basalt", "secret", "gpt", "Planning", "worker-9", "Reviewed", "dataset", "exhibit")


@pytest.fixture(autouse=True, params=["en", "zh-hans"])
def language(request: pytest.FixtureRequest, settings: Any) -> None:
    """In each language of the interface: where words are put together anew, something might slip in."""
    settings.LANGUAGE_CODE = request.param


def betray(dataset: Dataset) -> None:
    """Everything a dataset may carry beside its words; in one of the two only."""
    person = Person.objects.create(dataset=dataset, external_id="worker-9", profile="secret profile")
    item = Item.objects.create(dataset=dataset, external_id="secret-item", title="A calm film")
    Dialogue.objects.filter(dataset=dataset).update(
        partner="secret-gpt",
        task="secret task",
        situation="secret",
        labels={"rating": 2, "assistant_says_human": "secret"},
        metadata={"gpt": 4, "generated": {"interview": [{"asked": "user", "question": "secret", "answer": "secret"}]}},
        person=person,
    )
    for utterance in Utterance.objects.filter(dialogue__dataset=dataset):
        utterance.labels, utterance.metadata = {"intent": "Planning"}, {"secret": 1}
        utterance.translations = {"zh": "秘密 secret"}
        utterance.save()
    ItemMention.objects.create(utterance=Utterance.objects.filter(dialogue__dataset=dataset).first(), item=item)


@pytest.fixture
def alike() -> Study:
    """One dialogue of each of two datasets, word for word the same; one dataset carries a lot beside."""
    talk = scenes.talks(1)
    scenes.dataset("amber", talk)
    betray(scenes.dataset("basalt", talk))
    more = scenes.SAMPLE.format(slug="amber", size=1) + scenes.SAMPLE.format(slug="basalt", size=1)
    return scenes.opened(
        target="dialogue", instrument="utterance-quality", design="panel", annotators=2, reveal="whole", more=more
    )


@pytest.fixture
def alike_pairs() -> Study:
    """A pair of the same words on both sides; which dataset is left differs between the two seats."""
    talk = scenes.talks(1)
    scenes.dataset("amber", talk)
    betray(scenes.dataset("basalt", talk))
    more = scenes.SAMPLE.format(slug="amber", size=1) + scenes.SAMPLE.format(slug="basalt", size=1)
    more += '[block.pairing]\nmethod = "random"\nsize = 1\n'
    return scenes.opened(
        target="pair", instrument="overall-preference", design="panel", annotators=2, reveal="whole", more=more
    )


@pytest.fixture
def alike_beside() -> Study:
    """The same words also beside the dialogue: one task and one profile, of two people."""
    study_of = {"amber": "worker-9", "basalt": "reviewer-3"}
    talk = scenes.talks(1)
    for slug, name in study_of.items():
        made = scenes.dataset(slug, talk)
        if slug == "basalt":
            betray(made)
        person = Person.objects.create(
            dataset=made, external_id=f"{name}-{slug}", kind="reviewer", profile="1. Age: 40"
        )
        made.dialogues.update(situation="Find a calm film.", person=person)
    more = scenes.SAMPLE.format(slug="amber", size=1) + scenes.SAMPLE.format(slug="basalt", size=1)
    return scenes.opened(
        target="dialogue", instrument="recllmsim-quality", design="panel", annotators=2, reveal="whole", more=more
    )


def masked(response: HttpResponse) -> tuple[str, dict[str, str]]:
    """The page and its headers, every random id in them replaced by a mark of the same kind."""
    body = response.content.decode()
    body = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID", body)
    body = re.sub(r"/judge/[0-9a-f]{24}/", "/judge/ADDRESS/", body)
    body = re.sub(r'"key": "[0-9a-f]{24}"', '"key": "ADDRESS"', body)
    body = re.sub(r'"X-CSRFToken": "\w{64}"', '"X-CSRFToken": "TOKEN"', body)
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w{64}"', 'name="csrfmiddlewaretoken" value="TOKEN"', body)
    body = re.sub(r"/j/[\w-]{22}/", "/j/TOKEN/", body)
    headers = {name: value for name, value in response.headers.items() if name not in {"X-Request-ID", "Expires"}}
    headers["Set-Cookie"] = ",".join(sorted(response.cookies))
    return body, headers


def seated(study: Study) -> list[Judge]:
    """The two annotators of the panel, each with their first unit in hand."""
    judges = [Judge(scenes.personal_link(study)) for _ in range(2)]
    for judge in judges:
        judge.next()
    return judges


@pytest.mark.parametrize("study", ["alike", "alike_beside"])
def test_the_two_datasets_pages_do_not_differ(
    study: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Annotator, "rotation", 0)  # which question comes first is the seat's, not the dataset's
    first, second = seated(request.getfixturevalue(study))
    shown = [judge.assignment().unit.first.dataset.slug for judge in (first, second)]
    assert sorted(shown) == ["amber", "basalt"], "each seat should begin with another dataset"
    assert masked(first.page()) == masked(second.page())
    assert masked(first.screen()) == masked(second.screen())
    assert ("Find a calm film." in first.page().content.decode()) == (study == "alike_beside")


def test_the_two_sides_of_a_pair_do_not_differ(alike_pairs: Study) -> None:
    first, second = seated(alike_pairs)
    assert {first.assignment().side, second.assignment().side} == {
        Assignment.Side.FIRST_LEFT,
        Assignment.Side.SECOND_LEFT,
    }
    assert masked(first.page()) == masked(second.page())
    left, right = re.findall(r'<ol class="dialogue">(.*?)</ol>', first.page().content.decode(), re.DOTALL)
    assert left == right


@pytest.mark.parametrize("study", ["alike", "alike_pairs", "alike_beside"])
def test_nothing_beside_the_words_is_sent(study: str, request: pytest.FixtureRequest) -> None:
    for judge in seated(request.getfixturevalue(study)):
        answers = judge.answer_everything()
        seen = [judge.page(), judge.screen(), judge.next(), answers, judge.submit(), judge.page()]
        for response in seen:
            body, headers = masked(response)  # a random id may spell anything, also the name of a model
            text = body + json.dumps(headers)
            assert not [word for word in NEVER if word.lower() in text.lower()]


def test_no_row_of_the_database_is_numbered_in_a_page(alike: Study) -> None:
    (judge, _other) = seated(alike)
    Annotator.objects.filter(pk=judge.annotator.pk).update(pseudonym="annotator-88")
    text = masked(judge.page())[0] + judge.answer_everything().content.decode()
    data = re.search(r'<script id="screen-data"[^>]*>(.*?)</script>', text, re.DOTALL)
    assert data is not None
    assert set(json.loads(data[1])) == {
        "mode", "pair", "reveal", "criteria", "steps", "answers", "assignment", "active_seconds", "previous",
        "amendment", "report",
    }  # fmt: skip


def test_a_translation_that_one_dataset_lacks_is_not_offered(alike: Study) -> None:
    for judge in seated(alike):
        assert "data-language" not in judge.page().content.decode()


def test_addresses_say_nothing(alike: Study) -> None:
    annotator = join(link=scenes.personal_link(alike))
    assert re.fullmatch(r"/judge/[0-9a-f]{24}/", reverse("annotation:judge", args=[Judge.address(annotator)]))
    assert Client().get(reverse("annotation:judge", args=[Judge.address(annotator)])).status_code == 401
