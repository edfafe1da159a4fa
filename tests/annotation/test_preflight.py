"""Before she opens it, Amira is told what is missing and what would give a dataset away."""

import pytest

from annotation import protocol
from annotation.models import Study, Unit
from annotation.services.studies import create_study, preflight
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
