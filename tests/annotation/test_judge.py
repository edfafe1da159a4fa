"""The judging page over HTTP: looking writes nothing, answers are kept, finishing brings the next."""

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotation.models import Assignment, Judgment, Study
from annotation.services.assignments import release_expired
from annotation.services.studies import close_study
from crsapp.accounts.models import User
from tests.annotation import judging_scenes as scenes
from tests.annotation.judging_client import Judge, one, quality

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def study() -> Study:
    return scenes.study_of_dialogues()


@pytest.fixture
def ben_judges(study: Study) -> Judge:
    return Judge(scenes.personal_link(study))


def writes(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in queries if re.match(r"\s*(INSERT|UPDATE|DELETE)", query["sql"])]


def test_looking_writes_nothing(ben_judges: Judge) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert 'data-screen="start"' in ben_judges.page().content.decode()
        assert ben_judges.screen().status_code == 200
    assert not writes(queries)
    assert not Assignment.objects.exists()


def test_the_page_asks_few_questions_of_the_database(ben_judges: Judge) -> None:
    ben_judges.next()
    ben_judges.answer_everything()
    with CaptureQueriesContext(connection) as queries:
        ben_judges.page()
    assert len(queries) <= 20, [query["sql"][:120] for query in queries]


def test_a_unit_is_taken_and_taken_again_is_the_same(ben_judges: Judge) -> None:
    assert "data-unit" in ben_judges.next().content.decode()
    ben_judges.next()
    assert Assignment.objects.count() == 1


def test_answers_are_kept_and_said_to_be(ben_judges: Judge) -> None:
    ben_judges.next()
    answer = quality(0, 2)
    said = json.loads(ben_judges.answer(answer).content)
    assert said == {"saved": [answer["client_key"]], "refused": [], "state": "leased"}
    again = json.loads(ben_judges.answer(answer).content)
    assert again["saved"] == [answer["client_key"]]
    assert Judgment.objects.get().value == 2
    assert ben_judges.data()["answers"][0]["value"] == 2


def test_a_revision_supersedes(ben_judges: Judge) -> None:
    ben_judges.next()
    ben_judges.answer(quality(0, 2), quality(0, 1))
    assert [judgment.superseded for judgment in Judgment.objects.order_by("sequence")] == [True, False]


def test_an_answer_to_no_question_is_refused_in_words(ben_judges: Judge) -> None:
    ben_judges.next()
    good, bad = quality(0, 2), quality(0, 9)
    said = json.loads(ben_judges.answer(good, bad).content)
    assert said["saved"] == [good["client_key"]]
    assert said["refused"][0]["client_key"] == bad["client_key"]
    assert said["refused"][0]["reason"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"assignment": "x", "answers": []}',
        b'{"assignment": "00000000-0000-0000-0000-000000000000", "answers": [1]}',
        b'{"assignment": "00000000-0000-0000-0000-000000000000", "active_seconds": "long"}',
        b'{"assignment": "00000000-0000-0000-0000-000000000000", "active_seconds": NaN}',
        b'{"assignment": "00000000-0000-0000-0000-000000000000", "active_seconds": 1e999}',
        b'{"assignment": "00000000-0000-0000-0000-000000000000", "active_seconds": 1' + b"0" * 5_000 + b"}",
        b"[" * 50_000,
    ],
)
def test_what_no_page_sends_is_refused(ben_judges: Judge, body: bytes) -> None:
    for name in ("judge-answers", "judge-submit"):
        answer = ben_judges.client.post(ben_judges.path(name), body, content_type="application/json")
        assert answer.status_code == 400
        assert "judging page" in answer.json()["problem"] or "should be" in answer.json()["problem"]


@pytest.mark.parametrize("reason", ["a\x00b", "a\ud83db", "\x00"])
def test_a_reason_that_no_database_keeps_holds_no_answer_up(ben_judges: Judge, reason: str) -> None:
    ben_judges.next()
    answer = quality(0, 2, reason=reason)
    said = json.loads(ben_judges.answer(answer, quality(0, 1, "coherence")).content)
    assert (said["saved"][0], said["refused"]) == (answer["client_key"], [])
    assert Judgment.objects.get(criterion="fluency").reason in {"ab", ""}


def test_no_time_is_too_long_to_be_written_down(ben_judges: Judge) -> None:
    ben_judges.next()
    assert json.loads(ben_judges.answer(quality(0, 2), seconds=10**400).content)["refused"] == []


@pytest.mark.parametrize("moment", ["2026-13-45T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_clock_gone_mad_holds_no_answer_up(ben_judges: Judge, moment: str) -> None:
    ben_judges.next()
    answer = quality(0, 2, answered=moment)
    assert json.loads(ben_judges.answer(answer).content)["saved"] == [answer["client_key"]]
    assert abs(Judgment.objects.get().answered - timezone.now()) < timedelta(minutes=1)


def test_an_incomplete_unit_is_not_finished(ben_judges: Judge) -> None:
    ben_judges.next()
    ben_judges.answer(quality(0, 2))
    answer = ben_judges.submit()
    assert answer.status_code == 409
    assert answer.json()["missing"] == 39


def test_finishing_brings_the_next(ben_judges: Judge) -> None:
    ben_judges.next()
    first = ben_judges.data()["assignment"]
    ben_judges.answer_everything()
    text = ben_judges.submit().content.decode()
    assert "1 of 4" in text
    assert first != ben_judges.data()["assignment"]
    assert ben_judges.data()["previous"] == first
    ben_judges.submit(first)
    assert ben_judges.annotator.assignments.filter(state="submitted").count() == 1


def test_everything_done_is_thanked_for(ben_judges: Judge) -> None:
    ben_judges.next()
    for _ in range(4):
        ben_judges.answer_everything()
        text = ben_judges.submit().content.decode()
        assert ("C-TALL-OVEN" in text) == ('data-screen="done"' in text), "the code is for whoever is done"
    assert 'data-screen="done"' in text
    assert "4 of 4" in text


def test_a_finished_unit_can_be_looked_at_and_changed(ben_judges: Judge) -> None:
    ben_judges.next()
    first = ben_judges.data()["assignment"]
    ben_judges.answer_everything()
    ben_judges.submit()
    text = ben_judges.client.get(ben_judges.path("judge-earlier", first)).content.decode()
    assert '"mode": "revise"' in text
    ben_judges.answer(quality(3, 2), assignment=first)
    assert Judgment.objects.current().get(assignment__public_id=first, place=3, criterion="fluency").value == 2
    assert Judgment.objects.filter(superseded=True).count() == 1
    assert Assignment.objects.get(public_id=first).state == "submitted"


def test_a_unit_in_hand_is_no_earlier_one(ben_judges: Judge) -> None:
    ben_judges.next()
    assert ben_judges.client.get(ben_judges.path("judge-earlier", ben_judges.data()["assignment"])).status_code == 404


def test_a_lost_lease_is_said_and_given_back(ben_judges: Judge) -> None:
    ben_judges.next()
    ben_judges.answer(quality(0, 2))
    Assignment.objects.update(lease_until=timezone.now() - timedelta(minutes=1))
    release_expired()
    text = ben_judges.page().content.decode()
    assert "went back to the queue after 2 hours; your 1 answer was kept" in text
    assert "data-unit" in ben_judges.next().content.decode()
    assert ben_judges.data()["answers"][0]["value"] == 2


def test_a_study_closed_in_the_middle_thanks(ben_judges: Judge, study: Study) -> None:
    ben_judges.next()
    held = ben_judges.data()["assignment"]
    ben_judges.answer(quality(0, 2))
    close_study(study=study)
    said = ben_judges.answer(quality(1, 2), assignment=held).json()
    assert (said["saved"], said["state"]) == ([], "closed")
    text = ben_judges.submit(held).content.decode()
    assert 'data-screen="closed"' in text
    assert "1 last answer was kept" in text


def test_nothing_free_while_others_hold_the_rest() -> None:
    study = scenes.study_of_dialogues(size=1, annotators=1, design="overlap")
    ben, carla, dan = (Judge(scenes.open_link(study)) for _ in range(3))
    ben.next(), carla.next()
    assert 'data-screen="waiting"' in dan.next().content.decode()
    for judge in (ben, carla):
        judge.answer_everything()
        judge.submit()
    assert 'data-screen="done"' in dan.next().content.decode()


def test_mallory_gets_nothing_of_ben(ben_judges: Judge, study: Study) -> None:
    ben_judges.next()
    held = ben_judges.data()["assignment"]
    stranger = Client()
    assert stranger.get(ben_judges.path("judge")).status_code == 401
    for name in ("judge-next", "judge-answers", "judge-submit"):
        assert stranger.post(ben_judges.path(name)).status_code == 401
    mallory = Judge(scenes.personal_link(study))
    said = mallory.answer(quality(0, 0), assignment=held).json()
    assert (said["saved"], said["state"]) == ([], "gone")
    mallory.submit(held)
    assert not Judgment.objects.exists()
    assert Assignment.objects.get(public_id=held).state == "leased"
    assert mallory.client.get(mallory.path("judge-earlier", held)).status_code == 404


def test_ben_signed_in_needs_no_session_of_the_link(study: Study, ben: User) -> None:
    client = Client()
    client.force_login(ben)
    judge = Judge(scenes.personal_link(study), client)
    assert judge.annotator.user == ben
    judge.client = Client()
    assert judge.page().status_code == 401
    judge.client.force_login(ben)
    assert judge.page().status_code == 200


def test_the_ticket_says_whether_one_is_welcome(ben_judges: Judge) -> None:
    assert ben_judges.client.get(ben_judges.path("judge-ticket")).json()["welcome"] is True
    said = Client().get(ben_judges.path("judge-ticket")).json()
    assert said["welcome"] is False
    assert said["token"]


def test_a_pair_is_stored_as_it_was_shown() -> None:
    judge = Judge(scenes.personal_link(scenes.study_of_pairs()))
    judge.next()
    assert '"pair": true' in judge.screen().content.decode()
    assert [option["key"] for option in judge.data()["criteria"][0]["options"]] == ["1", "2"]
    judge.answer(one("overall-preference", "preference", -1, 2))
    judge.submit()
    assert Judgment.objects.get().value == 2


def test_a_tie_is_offered_where_it_is_allowed() -> None:
    judge = Judge(scenes.personal_link(scenes.study_of_pairs(ties=True)))
    judge.next()
    assert [option["key"] for option in judge.data()["criteria"][0]["options"]] == ["1", "2", "0"]


def test_unknown_assignments_do_no_harm(ben_judges: Judge) -> None:
    assert ben_judges.submit(str(uuid.uuid4())).status_code == 200
    assert not Judgment.objects.exists()
