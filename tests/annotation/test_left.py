"""Ben's browser after his part ended: a clear page, and late answers refused in words."""

import json
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from annotation.access import address_of
from annotation.models import Annotator, Assignment, Judgment, Study
from annotation.services.assignments import claim
from annotation.services.departures import readmit_annotator, remove_annotator
from annotation.services.material import protocol_of
from annotation.services.participants import create_open_link, create_personal_links, join
from annotation.services.texts import texts_of
from annotation.services.withdrawals import withdraw
from tests.annotation.stories import answers_to, judge_one, opened, quality
from tests.annotation.test_amend_study import amended

pytestmark = pytest.mark.django_db


@pytest.fixture
def annotator(client: Client) -> Annotator:
    """Ben, who came by a personal link, judged one and holds the next."""
    [link] = create_personal_links(study=opened(quality()), count=1)
    client.post(reverse("annotation:enter", args=[link.token]))
    ben = join(link=link)
    judge_one(ben)
    claim(annotator=ben)
    return ben


def at(name: str, annotator: Annotator, *more: object) -> str:
    return reverse(f"annotation:{name}", args=[address_of(annotator), *more])


def sent(assignment: Assignment) -> str:
    answer = answers_to(assignment)[0]
    given = {
        "client_key": str(answer.client_key),
        "instrument": answer.instrument,
        "criterion": answer.criterion,
        "place": answer.place,
        "value": 1,
    }
    return json.dumps({"assignment": str(assignment.public_id), "active_seconds": 3, "answers": [given]})


def leave(annotator: Annotator, how: str) -> None:
    if how == "removed":
        remove_annotator(annotator=annotator, reason="Never came back", keep=True)
    else:
        withdraw(annotator=annotator, delete=how == "deleted")


@pytest.mark.parametrize("how", ["removed", "pseudonymised", "deleted"])
def test_every_request_is_answered_in_words(client: Client, annotator: Annotator, how: str) -> None:
    held = Assignment.objects.get(state="leased")
    done = Assignment.objects.get(state="submitted")
    body = sent(held)
    before = Judgment.objects.filter(assignment=held).count()
    leave(annotator, how)
    page = client.get(at("judge", annotator))
    assert page.status_code == 200
    assert "You no longer take part in this study" in page.content.decode()
    for name in ("judge-next", "judge-submit"):
        answer = client.post(at(name, annotator), body, content_type="application/json")
        assert (answer.status_code, "no longer take part" in answer.content.decode()) == (200, True)
    assert "no longer take part" in client.get(at("judge-screen", annotator)).content.decode()
    receipt = client.post(at("judge-answers", annotator), body, content_type="application/json").json()
    assert (receipt["saved"], len(receipt["refused"])) == ([], 1)
    assert receipt["state"] in {"left", "gone"}
    assert client.get(at("judge-earlier", annotator, done.public_id)).status_code in {200, 404}
    assert client.get(at("judge-ticket", annotator)).status_code == 200
    assert Judgment.objects.filter(assignment=held).count() == before


def test_who_finished_something_is_told_that_it_is_kept(client: Client, annotator: Annotator) -> None:
    leave(annotator, "removed")
    assert "the 1 you finished is kept" in client.get(at("judge-screen", annotator)).content.decode()


def test_who_finished_nothing_is_only_thanked(client: Client) -> None:
    [link] = create_personal_links(study=opened(quality()), count=1)
    client.post(reverse("annotation:enter", args=[link.token]))
    carla = join(link=link)
    leave(carla, "removed")
    page = client.get(at("judge-screen", carla)).content.decode()
    assert "Thank you for coming." in page
    assert "you finished" not in page


@pytest.mark.parametrize("how", ["removed", "deleted"])
def test_who_left_is_not_asked_to_read_amended_texts(client: Client, annotator: Annotator, how: str) -> None:
    study = Study.objects.get(pk=annotator.study_id)
    amended(study, replace(protocol_of(study), guidelines="Be kind."), reason="They were not.")
    assert "Be kind." in client.get(at("judge", annotator)).content.decode()
    seen = texts_of(protocol_of(Study.objects.get(pk=study.pk))).together
    leave(annotator, how)
    page = client.post(at("judge-accept", annotator), {"seen": seen}, follow=True).content.decode()
    assert "You no longer take part in this study" in page
    assert not study.events.filter(kind="texts accepted").exists()


@pytest.mark.parametrize(("how", "words"), [("removed", "no longer take part"), ("deleted", "no longer works")])
def test_the_link_says_so_to_a_fresh_browser(annotator: Annotator, how: str, words: str) -> None:
    token = annotator.link.token
    leave(annotator, how)
    for answer in (Client().get(f"/j/{token}/"), Client().post(f"/j/{token}/")):
        assert answer.status_code in {200, 409}
        assert words in answer.content.decode()


def test_the_browser_of_somebody_removed_does_not_join_again_by_an_open_link(
    client: Client, annotator: Annotator
) -> None:
    link = create_open_link(study=annotator.study, cap=5)
    leave(annotator, "removed")
    answer = client.post(f"/j/{link.token}/", follow=True)
    assert "no longer take part" in answer.content.decode()
    assert annotator.study.annotators.count() == 1


def test_a_fresh_personal_link_lets_the_same_browser_begin_as_somebody_new(
    client: Client, annotator: Annotator
) -> None:
    leave(annotator, "removed")
    [link] = create_personal_links(study=annotator.study, count=1)
    page = client.post(f"/j/{link.token}/", follow=True).content.decode()
    assert "no longer take part" not in page
    assert annotator.study.annotators.count() == 2


def test_readmitted_ben_judges_on_in_the_page_he_has_open(client: Client, annotator: Annotator) -> None:
    leave(annotator, "removed")
    readmit_annotator(annotator=annotator)
    answer = client.post(at("judge-next", annotator), "{}", content_type="application/json")
    assert "data-unit" in answer.content.decode()


@pytest.mark.parametrize("how", ["removed", "deleted"])
def test_who_left_after_passing_the_door_is_told_when_it_comes_to_writing(
    client: Client, annotator: Annotator, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    known = Annotator.objects.select_related("study", "link").get(pk=annotator.pk)
    held = Assignment.objects.select_related("annotator", "unit__block__study").get(state="leased")
    body = sent(held)
    leave(annotator, how)
    monkeypatch.setattr("annotation.access.annotator_at", lambda request, address: known)
    monkeypatch.setattr("annotation.views.judging._own", lambda annotator, public_id: held)
    receipt = client.post(at("judge-answers", annotator), body, content_type="application/json").json()
    assert (receipt["saved"], receipt["state"]) == ([], "left")
    answer = client.post(at("judge-submit", annotator), body, content_type="application/json")
    assert "no longer take part" in answer.content.decode()
    known.left = None
    assert "no longer take part" in client.post(at("judge-next", annotator)).content.decode()
