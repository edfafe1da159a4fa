"""Before she opens it, Amira is told what is missing and what would give a dataset away."""

import re
from html import unescape

import pytest
from django.test import Client

from annotation import protocol
from annotation.models import Study, Unit
from annotation.services.studies import create_study, preflight
from crsapp.accounts.models import User
from generation.models import Dataset, Dialogue, Person, Utterance
from tests.annotation.stories import make_dataset, pairs, protocol_of_blocks, quality

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def draft(db: None) -> Study:
    make_dataset("north", 9)
    make_dataset("south", 9)
    whole = protocol_of_blocks(quality(size=4), pairs(size=5), guidelines='"Be fair."', consent='"Yes."')
    return create_study(protocol=whole)


def texts(study: Study, level: str) -> list[str]:
    return [finding.text for finding in preflight(study) if finding.level == level]


def test_a_sound_study_has_no_findings_and_nothing_is_written(draft: Study) -> None:
    assert preflight(draft) == []
    assert not Unit.objects.exists()


def test_what_is_missing_is_an_error() -> None:
    empty = create_study(protocol=protocol.from_dict({"title": "Later"}, draft=True))
    assert texts(empty, "error") == ["The study has no block yet; add at least one [[block]]."]


def test_too_few_dialogues_are_an_error(draft: Study) -> None:
    Dialogue.objects.filter(dataset__slug="north", number__gt=5).delete()
    (error,) = texts(draft, "error")
    assert "block 2, sample 1: 5 dialogues of “north” are needed, 1 are available" in error


def test_missing_guidelines_are_a_warning(draft: Study) -> None:
    draft.protocol["guidelines"] = draft.protocol["consent"] = ""
    assert len(texts(draft, "warning")) == 2


def test_names_in_the_dialogues_are_found_and_the_dialogue_named(draft: Study) -> None:
    Dialogue.objects.filter(dataset__slug="south").update(partner="Parrot-2")
    Utterance.objects.filter(dialogue__dataset__slug="south", index=2).update(text="I am Parrot-2, at your service.")
    warnings = texts(draft, "warning")
    assert any(
        w.startswith("Block 1: 4 of “The south collection” name a dataset or system (“Parrot-2”)") for w in warnings
    )
    assert any("“south-" in warning for warning in warnings)


def test_an_item_left_as_a_number_is_found(draft: Study) -> None:
    Utterance.objects.filter(dialogue__dataset__slug="north", index=0).update(text="I liked @99.")
    assert any("item's number" in warning for warning in texts(draft, "warning"))


def test_dialogues_without_the_studys_language_are_found(draft: Study) -> None:
    Dataset.objects.filter(slug="south").update(language="zh")
    warnings = texts(draft, "warning")
    assert any("4 dialogues of “The south collection” have no text in the study's language (en)" in w for w in warnings)
    Utterance.objects.filter(dialogue__dataset__slug="south").update(translations={"en": "Hello"})
    assert texts(draft, "warning") == []


def test_a_title_that_names_what_is_compared_is_found(draft: Study) -> None:
    draft.protocol["guidelines"] = "Choose between The south collection and the other."
    (warning,) = texts(draft, "warning")
    assert "see the guidelines, and it names what is compared: “The south collection”" in warning
    draft.protocol["title"] = "Is the North collection better?"
    assert "see the title, and it names what is compared: “the North collection”" in texts(draft, "warning")[0]


def test_what_one_dataset_alone_has_to_show_beside_its_dialogues_is_a_leak(draft: Study) -> None:
    south = Dataset.objects.get(slug="south")
    Dialogue.objects.filter(dataset=south).update(
        situation="Find a film.", person=Person.objects.create(dataset=south, external_id="1", profile="1. Age: 40")
    )
    metrics = quality(size=4).replace("utterance-quality", "recllmsim-quality")
    draft = create_study(protocol=protocol_of_blocks(metrics, guidelines='"Be fair."', consent='"Yes."'), slug="seven")
    assert texts(draft, "warning") == [
        f"Block 1: A {part} is shown for 0 of 4 dialogues of “The north collection”, for 4 of 4 dialogues of “The "
        "south collection”: whoever misses it knows the dataset."
        for part in ("task", "profile")
    ]


def test_a_button_for_the_rest_is_missed_where_the_dialogue_shows_step_by_step(draft: Study) -> None:
    labels = quality(size=4).replace("utterance-quality", "hallucination")
    study = create_study(protocol=protocol_of_blocks(labels, guidelines='"Be fair."', consent='"Yes."'), slug="labels")
    (warning,) = texts(study, "warning")
    assert "“None in the rest of this dialogue” is offered where the dialogue is shown whole" in warning


def ways(client: Client, amira: User, study: Study) -> dict[str, str]:
    """The links beside what was found: their words, and where they lead. Each leads to a page and a place on it."""
    client.force_login(amira)
    page = client.get(f"/studies/{study.slug}/edit/open/").content.decode()
    found = {words: unescape(address) for address, words in re.findall(r'class="way" href="([^"]+)">([^<]+)<', page)}
    for address in found.values():
        path, _hash, place = address.partition("#")
        answer = client.get(path)
        assert answer.status_code == 200, address
        assert not place or f'id="{place}"' in answer.content.decode(), address
    return found


def test_each_warning_leads_to_where_it_is_mended(draft: Study, client: Client, amira: User) -> None:
    south = Dataset.objects.get(slug="south")
    Dialogue.objects.filter(dataset=south).update(partner="Parrot-2")
    Utterance.objects.filter(dialogue__dataset=south, index=2).update(text="I am Parrot-2, at your service.")
    Dataset.objects.filter(slug="north").update(language="zh")
    draft.protocol |= {"guidelines": "", "consent": "", "title": "Is the north collection better?", "leaves_out": ["x"]}
    draft.save()
    assert ways(client, amira, draft) == {
        "Write guidelines": f"/studies/{draft.slug}/edit/ask/#id_guidelines",
        "Write a consent text": f"/studies/{draft.slug}/edit/ask/#id_consent",
        "Change the title": f"/studies/{draft.slug}/edit/compare/#id_title",
        "Change what is left out": f"/studies/{draft.slug}/edit/compare/#left-out",
        "Read them": "/datasets/south/dialogues/?search=Parrot-2",
        "Change the sample": f"/studies/{draft.slug}/edit/compare/#block-1",
        "Have them translated": "/datasets/north/languages/",
    }


def test_a_button_that_is_never_offered_leads_to_how_the_block_shows(client: Client, amira: User) -> None:
    make_dataset("north", 9)
    make_dataset("south", 9)
    labels = quality(size=4).replace("utterance-quality", "hallucination")
    study = create_study(protocol=protocol_of_blocks(labels, guidelines='"Be fair."', consent='"Yes."'), slug="labels")
    assert ways(client, amira, study) == {"Change how it shows": "/studies/labels/edit/ask/#block-0"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, {"Write the title": "#id_title", "Change what is compared": ""}),
        ({"title": "Later", "block": [{"name": "One"}]}, {"Change what is asked": "#block-0"}),
    ],
)
def test_what_is_missing_leads_to_its_step(
    client: Client, amira: User, said: dict[str, object], expected: dict[str, str]
) -> None:
    study = create_study(protocol=protocol.from_dict(said, draft=True), slug="empty")
    found = ways(client, amira, study)
    for words, place in expected.items():
        step = "ask" if words.endswith("asked") else "compare"
        assert found[words] == f"/studies/empty/edit/{step}/{place}"


def test_a_deadline_that_has_passed_and_a_sample_too_large_lead_to_their_steps(
    draft: Study, client: Client, amira: User
) -> None:
    draft.protocol["deadline"] = "2020-01-01"
    draft.save()
    assert ways(client, amira, draft) == {"Change the deadline": f"/studies/{draft.slug}/edit/who/#id_deadline"}
    Dialogue.objects.filter(dataset__slug="north", number__gt=5).delete()
    assert ways(client, amira, draft) == {"Change the sample": f"/studies/{draft.slug}/edit/compare/"}
