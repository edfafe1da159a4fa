"""What an annotator sees of an amendment: new texts once, a later deadline, nothing lost."""

from dataclasses import replace
from unicodedata import normalize

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Event, Judgment, Study
from annotation.services.checking import check_study
from annotation.services.material import protocol_of
from annotation.services.participants import create_open_link, create_personal_links
from tests.annotation.judging_client import Judge
from tests.annotation.stories import opened, quality
from tests.annotation.test_amend_study import amended, reworded

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(db: None) -> Study:
    return opened(quality(), guidelines='"Read it **once**."', consent='"I agree."', deadline='"2099-01-01"')


@pytest.fixture
def ben(study: Study) -> Judge:
    judge = Judge(create_personal_links(study=study, count=1)[0])
    judge.next()
    return judge


def html(response: object) -> str:
    return normalize("NFC", response.content.decode())  # type: ignore[attr-defined]


def seen(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0]


def test_ben_finishes_his_unit_reads_the_new_guidelines_once_and_goes_on(study: Study, ben: Judge) -> None:
    data, assignment = ben.data(), ben.assignment()
    amended(study, replace(protocol_of(study), guidelines="Read it **twice**."))
    ben.answer_everything_of(assignment)
    page = html(ben.submit(data["assignment"]))
    assert "<strong>twice</strong>" in page
    assert "I have read it, go on" in page
    assert not ben.annotator.assignments.filter(state="leased").exists()
    assert "Your consent" not in page
    assert Judgment.objects.count() == len(data["steps"])
    assert "twice" in html(ben.screen())
    answer = ben.client.post(ben.path("judge-accept"), {"seen": seen(page)})
    assert answer.headers["Location"] == ben.path("judge")
    assert "data-unit" in html(ben.next())
    line = Event.objects.get(study=study, kind="texts accepted")
    assert line.detail["annotator"] == ben.annotator.pk
    ben.client.post(ben.path("judge-accept"), {"seen": seen(page)})
    assert Event.objects.filter(kind="texts accepted").count() == 1
    assert check_study(Study.objects.get(pk=study.pk)).ok


def test_an_amended_consent_is_agreed_to_again(study: Study, ben: Judge) -> None:
    amended(study, replace(protocol_of(study), consent="I agree, and may be quoted."))
    page = html(ben.screen())
    assert "may be quoted" in page
    assert "I agree, go on" in page
    assert "Read it" not in page


def test_texts_that_were_amended_again_meanwhile_are_shown_again(study: Study, ben: Judge) -> None:
    amended(study, replace(protocol_of(study), guidelines="Read it twice."))
    first = seen(html(ben.screen()))
    amended(study, replace(protocol_of(study), guidelines="Read it three times."))
    ben.client.post(ben.path("judge-accept"), {"seen": first})
    assert "three times" in html(ben.screen())
    assert 'data-screen="amended"' in html(ben.next())


def test_a_corrected_question_interrupts_nobody_and_its_number_comes_back(study: Study, ben: Judge) -> None:
    data = ben.data()
    assert data["amendment"] == 0
    amended(study, reworded(study, "Does it read well?"))
    assert ben.data()["amendment"] == 1
    assert "Does it read well?" in html(ben.screen())


def test_whoever_comes_after_the_amendment_is_shown_nothing_twice(study: Study) -> None:
    amended(study, replace(protocol_of(study), guidelines="Read it twice."))
    clara = Judge(create_personal_links(study=study, count=1)[0])
    assert "data-unit" in html(clara.next())


def test_after_the_deadline_answers_are_left_on_the_device_and_the_page_says_so(study: Study, ben: Judge) -> None:
    assignment = ben.assignment()
    Study.objects.filter(pk=study.pk).update(deadline=study.opened)
    said = ben.answer_everything_of(assignment)
    assert said.json() == {"saved": [], "refused": [], "state": "over"}
    submitted = ben.submit(str(assignment.public_id))
    assert submitted.status_code == 409
    assert submitted.json()["state"] == "over"
    assert 'data-screen="over"' in html(ben.screen())
    assert 'data-screen="over"' in html(ben.next())


def test_the_deadline_is_told_at_the_door_and_closes_it(client: Client, study: Study) -> None:
    link = create_open_link(study=study, cap=None)
    address = reverse("annotation:enter", args=[link.token])
    assert "You can answer until" in html(client.get(address))
    Study.objects.filter(pk=study.pk).update(deadline=study.opened)
    assert "The time for this study is over" in html(client.get(address))
    assert "annotators" not in client.session
    client.post(address)
    assert study.annotators.count() == 0
