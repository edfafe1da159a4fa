"""Amending on the study's page: a form with locks, the changes in words, a reason, done."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Amendment, Study
from annotation.protocol import to_dict
from annotation.services.material import protocol_of
from annotation.services.studies import close_study
from crsapp.accounts.models import User
from tests.annotation.stories import opened, pairs, people, quality
from tests.annotation.test_amend_study import amended, reworded

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(client: Client, amira: User) -> Study:
    client.force_login(amira)
    return opened(quality(annotators=3), pairs(annotators=3), guidelines='"Read each message."')


def address(study: Study) -> str:
    return reverse("annotation:study-amend", args=[study.slug])


def form_of(html: str) -> dict[str, str]:
    """What a browser would send back of the page's fields as they are."""
    sent = {}
    for tag in re.findall(r"<input [^>]*>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and "disabled" not in tag and ('type="radio"' not in tag or "checked" in tag):
            sent[name[1]] = unescape(value[1]) if value else ""
    for name_, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\s*(.*?)</textarea>', html, re.S):
        sent[name_] = unescape(text)
    return sent


def review(client: Client, study: Study, **changed: Any) -> str:
    sent = form_of(client.get(address(study)).content.decode())
    return client.post(address(study), {**sent, **changed, "do": "review"}).content.decode()


def test_the_form_as_it_stands_changes_nothing(client: Client, study: Study) -> None:
    assert "Nothing is changed" in review(client, study)


def test_what_may_not_change_is_locked_with_the_reason(client: Client, study: Study) -> None:
    html = unescape(client.get(address(study)).content.decode())
    assert re.search(r'<input[^>]*name="seed"[^>]*disabled', html)
    assert "orders and sides were drawn from it" in html
    assert "Who judges what was laid out for the design" in html
    assert "The dialogues are drawn, and their probabilities with them." in html
    assert "Only the words" in html


def test_amira_corrects_a_wording_and_asks_two_more_people(client: Client, study: Study) -> None:
    people(study, 1)
    html = review(client, study, **{"i0-c1-question": "Is it informative?", "b0-annotators": "5"})
    assert "<ins>" in html
    assert "12 more units are to be judged." in html
    sent = form_of(html) | {"reason": "Two thought of politeness."}
    answer = client.post(address(study), {**sent, "do": "confirm"}, follow=True)
    assert "Amendment 1 is in force" in answer.content.decode()
    amendment = Amendment.objects.get()
    assert amendment.reason == "Two thought of politeness."
    assert amendment.by is not None
    assert amendment.by.username == "amira"
    study.refresh_from_db()
    assert study.blocks.get(number=1).annotators_per_unit == study.seats.count() == 5
    page = unescape(client.get(reverse("annotation:study-protocol", args=[study.slug])).content.decode())
    assert "What was changed after opening" in page
    assert "Two thought of politeness." in page
    file = client.get(reverse("annotation:study-protocol-file", args=[study.slug]) + "?amendment=0")
    assert "Is it informative?" not in file.content.decode()


def test_without_a_reason_nothing_happens(client: Client, study: Study) -> None:
    sent = form_of(review(client, study, guidelines="Read twice."))
    answer = client.post(address(study), {**sent, "reason": " ", "do": "confirm"})
    assert answer.status_code == 422
    assert not Amendment.objects.exists()


def test_fewer_people_are_refused_in_words(client: Client, study: Study) -> None:
    html = unescape(review(client, study, **{"b0-annotators": "2"}))
    assert "Places that were promised cannot be taken away" in html
    assert 'value="confirm"' not in html


def test_going_back_keeps_what_was_written(client: Client, study: Study) -> None:
    sent = form_of(review(client, study, guidelines="Read twice."))
    assert "Read twice." in client.post(address(study), {**sent, "do": "back"}).content.decode()


def test_a_deadline_is_locked_where_people_were_told_of_none(client: Client, study: Study) -> None:
    html = unescape(client.get(address(study)).content.decode())
    assert re.search(r'<input[^>]*name="deadline"[^>]*disabled', html)
    assert "people were told of none" in html


def test_a_deadline_there_is_can_be_moved(client: Client, amira: User) -> None:
    client.force_login(amira)
    study = opened(quality(annotators=3), deadline='"2099-01-01"')
    html = review(client, study, deadline="2099-03-01")
    assert "2099-03-01" in html
    assert 'value="confirm"' in html


def test_a_field_left_empty_is_marked(client: Client, amira: User) -> None:
    client.force_login(amira)
    study = opened(quality(annotators=3), deadline='"2099-01-01"')
    sent = form_of(client.get(address(study)).content.decode())
    answer = client.post(address(study), {**sent, "i0-c0-question": "", "deadline": "tomorrow", "do": "review"})
    assert answer.status_code == 422
    assert "2026-12-01" in answer.content.decode()


def test_an_amendment_of_somebody_else_meanwhile_is_told(client: Client, study: Study) -> None:
    sent = form_of(review(client, study, guidelines="Read twice."))
    amended(study, reworded(study, "Does it read well?"))
    answer = client.post(address(study), {**sent, "reason": "Clearer.", "do": "confirm"})
    assert answer.status_code == 409
    html = unescape(answer.content.decode())
    assert "amended meanwhile" in html
    assert "Does it" in html  # what confirming now would put back is in the list
    assert Amendment.objects.count() == 1


def test_mallory_cannot_confirm_what_may_not_be_amended(client: Client, study: Study) -> None:
    wanted = json.dumps({**to_dict(protocol_of(study)), "seed": 1})
    for sent in (wanted, "[" * 10_000, '{"block": 3}', ""):
        answer = client.post(address(study), {"wanted": sent, "seen": study.digest, "reason": "x", "do": "confirm"})
        assert answer.status_code in {302, 409}
    assert not Amendment.objects.exists()


def test_only_an_open_study_is_amended(client: Client, study: Study) -> None:
    close_study(study=study)
    assert client.get(address(study)).status_code == 302


def test_a_passed_deadline_is_said_on_the_page(client: Client, study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(deadline=study.opened)
    page = client.get(reverse("annotation:study-detail", args=[study.slug])).content.decode()
    assert "The deadline has passed" in page
