"""The preview is the annotator's screen on the very dialogues of the study, and saves nothing."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from annotation.instruments import canonical_digest
from annotation.models import Assignment, Judgment, Study
from annotation.services.looking import unit_to_look_at
from annotation.services.participants import create_personal_links, join
from annotation.services.studies import close_study, create_study, open_study
from annotation.starts import start
from crsapp.accounts.models import User
from generation.models import Dialogue, Utterance
from tests.annotation.stories import make_dataset, pairs, protocol_of_blocks, quality

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(db: None) -> Study:
    make_dataset("north", 12)
    make_dataset("south", 12)
    return create_study(protocol=protocol_of_blocks(quality(), pairs()))


def preview(client: Client, study: Study, **query: int | str) -> str:
    return client.get(reverse("annotation:study-preview", args=[study.slug]), query).content.decode()


def test_amira_looks_at_a_draft_as_an_annotator_would(client: Client, amira: User, draft: Study) -> None:
    client.force_login(amira)
    page = preview(client, draft)
    assert "Preview: nothing is saved." in page
    assert "Fluency" in page
    assert "of 6" in page
    pair = preview(client, draft, block=2, unit=4)
    assert "Which dialogue is better, all in all?" in pair
    assert "Overall" not in page
    assert not Assignment.objects.exists()
    assert not Judgment.objects.exists()


def test_the_preview_names_no_dataset(client: Client, amira: User, draft: Study) -> None:
    Study.objects.filter(pk=draft.pk).update(title="Films", slug="films")
    client.force_login(amira)
    for unit in range(1, 5):
        page = preview(client, Study.objects.get(slug="films"), block=2, unit=unit)
        assert "north" not in page
        assert "south" not in page


def test_what_the_draft_shows_is_what_is_drawn_when_it_opens(draft: Study) -> None:
    before = [unit_to_look_at(draft, block=1, unit=unit).contents for unit in range(1, 7)]
    after = open_study(study=draft)
    shown = [unit_to_look_at(after, block=1, unit=unit).contents for unit in range(1, 7)]
    assert sorted(map(canonical_digest, before)) == sorted(map(canonical_digest, shown))


@pytest.mark.parametrize("lacking", [0, 1])
def test_the_preview_offers_the_languages_that_annotators_are_offered(
    client: Client, amira: User, draft: Study, lacking: int
) -> None:
    Utterance.objects.update(translations={"zh": "你好"})
    for dialogue in Dialogue.objects.filter(dataset__slug="south") if lacking else []:
        dialogue.utterances.filter(index=0).update(translations={})
    client.force_login(amira)
    for study in (draft, open_study(study=draft)):
        for unit in range(1, 7):
            page = preview(client, study, block=1, unit=unit)
            assert ('data-next-language="zh"' in page) is not bool(lacking), (study.state, unit)


def test_whoever_judges_in_a_study_sees_nothing_beforehand(client: Client, amira: User, draft: Study) -> None:
    study = open_study(study=draft)
    client.force_login(amira)
    assert "Fluency" in preview(client, study)
    join(link=create_personal_links(study=study, count=1)[0], user=amira)
    page = client.get(reverse("annotation:study-preview", args=[study.slug]))
    assert page.status_code == 403
    assert "You judge in this study" in page.content.decode()
    assert "Fluency" not in page.content.decode()
    close_study(study=study)
    assert "Fluency" in preview(client, study)


@pytest.mark.parametrize("query", [{"block": 9}, {"unit": 99}, {"unit": 0}, {"block": 0}, {"unit": "<x>"}])
def test_what_is_not_there_is_said_and_never_an_error(
    client: Client, amira: User, draft: Study, query: dict[str, int | str]
) -> None:
    client.force_login(amira)
    response = client.get(reverse("annotation:study-preview", args=[draft.slug]), query)
    assert response.status_code == 200
    assert "There is nothing to preview here" in response.content.decode() or query == {"unit": "<x>"}


def test_an_empty_draft_has_nothing_to_preview(client: Client, amira: User) -> None:
    client.force_login(amira)
    study = create_study(protocol=start("blank"), slug="films")
    assert "The study has no block 1." in preview(client, study)


def test_a_block_that_asks_nothing_says_where_to_ask(client: Client, amira: User) -> None:
    make_dataset("north", 3)
    make_dataset("south", 3)
    client.force_login(amira)
    protocol = protocol_of_blocks(quality(size=2))
    block = replace(protocol.blocks[0], instruments=())
    study = create_study(protocol=replace(protocol, blocks=(block,), instruments=()))
    assert "Choose an instrument in step 2" in preview(client, study)


def test_samples_that_are_too_large_are_said(client: Client, amira: User, draft: Study) -> None:
    client.force_login(amira)
    study = create_study(protocol=protocol_of_blocks(quality(size=50)), slug="large")
    assert "50 dialogues of “north” are needed" in preview(client, study)
