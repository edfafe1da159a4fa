"""A study's own page: how far it is, who judges, and the buttons that open, close and copy it."""

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Study
from annotation.services.assignments import claim
from annotation.services.recording import record
from annotation.services.studies import close_study, copy_study, create_study
from crsapp.accounts.models import User
from generation.models import Dataset
from tests.annotation.stories import judge_one, opened, pairs, people, protocol_of_blocks, quality

pytestmark = pytest.mark.django_db


def at(name: str, study: Study) -> str:
    return reverse(f"annotation:study-{name}", args=[study.slug])


@pytest.fixture
def desk(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def test_nobody_has_come_in_yet(desk: Client) -> None:
    page = desk.get(at("detail", opened(quality(), pairs()))).content.decode()
    assert "Nobody has come in yet" in page
    assert "nobody can come in until you make one" in page


def test_amira_sees_how_far_each_block_and_annotator_is(desk: Client) -> None:
    study = opened(quality(annotators=2, size=2), pairs(annotators=2, size=3))
    first, second = people(study, 2)
    judge_one(first)
    claim(annotator=second)
    page = desk.get(at("detail", study)).content.decode()
    assert "1 / 8" in page
    assert "0 / 6" in page
    assert "Look at all 2 annotators" in page
    assert "1 judging" in page
    assert "1 between two" in page
    assert reverse("evaluation:results", args=[study.slug]) in page


def test_the_open_page_tells_nothing_of_the_datasets(desk: Client) -> None:
    study = opened(quality(annotators=2, size=2), title='"Two of them"')
    judge_one(people(study, 1)[0])
    page = desk.get(at("detail", study)).content.decode()
    for name in ("north", "south", "The north collection"):
        assert name not in page


@pytest.mark.parametrize("page", ["detail", "protocol"])
def test_a_draft_and_a_closed_study_name_the_datasets_and_lead_to_them(desk: Client, page: str) -> None:
    study = opened(quality(annotators=2, size=2))
    Dataset.objects.filter(slug="north").update(name="Talks & <b>more</b>")
    close_study(study=study)
    for one in (study, copy_study(study=study)):
        shown = desk.get(at(page, one)).content.decode()
        assert '<a href="/datasets/north/">Talks &amp; &lt;b&gt;more&lt;/b&gt;</a>' in shown
        assert "<b>more" not in shown


def test_a_dataset_that_is_not_here_stands_by_what_the_study_calls_it(desk: Client) -> None:
    study = create_study(protocol=protocol_of_blocks(quality(size=2)))
    shown = desk.get(at("detail", study)).content.decode()
    assert "north, south" in shown
    assert "/datasets/north/" not in shown


def test_progress_asks_for_itself_while_the_study_is_open(desk: Client) -> None:
    study = opened(quality())
    part = desk.get(at("progress", study)).content.decode()
    assert 'hx-trigger="every 10s"' in part
    assert "<html" not in part
    desk.post(at("close", study))
    assert "hx-trigger" not in desk.get(at("progress", study)).content.decode()


def test_closing_twice_does_no_harm(desk: Client) -> None:
    study = opened(quality())
    for _ in range(2):
        assert desk.post(at("close", study))["Location"] == at("detail", study)
    study.refresh_from_db()
    assert study.state == Study.State.CLOSED
    assert study.events.filter(kind="closed").count() == 1
    assert "Closed" in desk.get(at("detail", study)).content.decode()


def test_a_draft_is_not_closed(desk: Client) -> None:
    study = create_study(protocol=protocol_of_blocks(quality()))
    page = desk.post(at("close", study), follow=True).content.decode()
    assert "Only an open study can be closed" in page


def test_a_copy_becomes_a_draft_to_be_changed(desk: Client) -> None:
    study = opened(quality())
    answer = desk.post(at("copy", study))
    copied = Study.objects.exclude(pk=study.pk).get()
    assert copied.state == Study.State.DRAFT
    assert answer["Location"] == reverse("annotation:study-edit", args=[copied.slug, "compare"])


def test_the_record_says_who_did_what(desk: Client, amira: User) -> None:
    study = opened(quality())
    record(study=study, kind="looked", by=amira, reason="A pilot <b>only</b>")
    desk.post(at("close", study))
    page = desk.get(at("record", study)).content.decode()
    assert "Looked at the datasets by name" in page
    assert "A pilot &lt;b&gt;only&lt;/b&gt;" in page
    assert "Opened" in page
    assert "Closed" in page
    assert "amira" in page
    assert study.digest in page


def test_ben_changes_nothing(client: Client, ben: User) -> None:
    study = opened(quality())
    client.force_login(ben)
    for name in ("detail", "progress", "record", "protocol", "protocol-file", "preview"):
        assert client.get(at(name, study)).status_code == 403
    for name in ("close", "copy", "open", "delete"):
        assert client.post(at(name, study)).status_code == 403
    study.refresh_from_db()
    assert study.state == Study.State.OPEN
    assert Study.objects.count() == 1


def test_a_get_changes_nothing(desk: Client) -> None:
    study = opened(quality())
    for name in ("close", "copy", "open", "delete"):
        assert desk.get(at(name, study)).status_code == 405
    study.refresh_from_db()
    assert study.state == Study.State.OPEN


def test_the_page_asks_as_often_for_many_annotators_as_for_one(
    desk: Client, django_assert_max_num_queries: object
) -> None:
    study = opened(quality(annotators=12, size=2))
    for annotator in people(study, 12):
        judge_one(annotator)
    with django_assert_max_num_queries(22):  # type: ignore[operator]
        desk.get(at("detail", study))
