"""Something is wrong with a dialogue: an annotator says so, and a researcher decides without seeing answers."""

import re
from itertools import pairwise
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Assignment, Exhibit, Flag, Study, Unit
from annotation.services.excluding import exclude_unit
from annotation.services.flagged import first_left, flagged_unit
from annotation.services.flagging import report_unit
from annotation.services.participants import create_personal_links
from annotation.services.studies import close_study
from crsapp.accounts.models import User
from tests.annotation import judging_scenes as scenes
from tests.annotation.judging_client import Judge
from tests.annotation.stories import judge_all, opened, pairs, people, quality

pytestmark = pytest.mark.django_db


def report(judge: Judge, assignment: str = "", **more: object) -> dict[str, object]:
    body = {"assignment": assignment or judge.data()["assignment"], "client_key": str(uuid4()), "text": "", **more}
    answer = judge.client.post(judge.path("judge-report"), body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    said: dict[str, object] = answer.json()
    return said


@pytest.fixture
def study(db: None) -> Study:
    return scenes.study_of_pairs(pairs=4)


@pytest.fixture
def anna(study: Study) -> Judge:
    judge = Judge(scenes.personal_link(study))
    judge.next()
    return judge


@pytest.fixture
def desk(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def at(name: str, study: Study, *unit: int) -> str:
    return reverse(f"annotation:{name}", args=[study.slug, *unit])


def unit_of(judge: Judge) -> Unit:
    return judge.assignment().unit


def test_anna_reports_goes_on_and_sees_that_it_was_sent(anna: Judge) -> None:
    key = str(uuid4())
    for _ in range(2):
        assert report(anna, text="A stops early", client_key=key) == {"saved": [key], "refused": [], "state": "leased"}
    assert anna.data()["report"] == {"key": key, "text": "A stops early"}
    taken_back = str(uuid4())
    assert report(anna, client_key=taken_back, withdraws=key)["saved"] == [taken_back]
    assert anna.data()["report"] is None
    assert Flag.objects.count() == 1


def test_anna_reports_one_that_she_has_finished(anna: Judge) -> None:
    finished = str(anna.assignment().public_id)
    anna.answer_everything()
    anna.submit(finished)
    assert report(anna, finished, text="On second thought")["state"] == "submitted"
    assert Flag.objects.get().assignment.state == "submitted"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"assignment": "x"}',
        b'{"assignment": "00000000-0000-0000-0000-000000000007", "client_key": 7}',
        b'{"assignment": "00000000-0000-0000-0000-000000000007", "client_key": '
        b'"00000000-0000-0000-0000-000000000008", "text": 4}',
    ],
)
def test_what_the_page_does_not_send_is_refused_in_words(anna: Judge, body: bytes) -> None:
    answer = anna.client.post(anna.path("judge-report"), body, content_type="application/json")
    assert answer.status_code == 400
    assert "This is not what" in answer.json()["problem"] or "should be text" in answer.json()["problem"]


def test_mallory_reports_nothing_of_annas(study: Study, anna: Judge) -> None:
    mallory = Judge(create_personal_links(study=study, count=1)[0])
    mallory.next()
    said = report(mallory, str(anna.assignment().public_id), text="hers")
    assert (said["saved"], said["state"]) == ([], "gone")
    assert not Flag.objects.exists()


def test_anna_is_told_when_it_was_taken_out_and_goes_on(anna: Judge) -> None:
    gone = anna.assignment()
    exclude_unit(unit=gone.unit, reason="Cut off")
    assert "This one was taken out" in anna.screen().content.decode()
    assert anna.answer_everything_of(gone).json()["state"] == "returned"
    finished = anna.submit(str(gone.public_id)).content.decode()
    assert "The researchers took the last one out of the study meanwhile" in finished
    assert unit_of(anna) != gone.unit


def test_a_unit_half_answered_when_it_was_taken_out_need_not_be_finished(anna: Judge) -> None:
    gone = anna.assignment()
    exclude_unit(unit=gone.unit, reason="Cut off")
    shown = anna.submit(str(gone.public_id)).content.decode()
    assert "The researchers took the last one out of the study meanwhile" in shown
    assert unit_of(anna) != gone.unit


def test_amira_finds_reports_on_home_on_the_study_and_in_one_line_a_unit(
    desk: Client, study: Study, anna: Judge
) -> None:
    ben = Judge(scenes.personal_link(study))
    ben.next()
    for judge, text in ((anna, "A <b>stops</b> early"), (ben, "")):
        report(judge, text=text)
    units = {unit_of(anna), unit_of(ben)}
    assert f"Annotators reported {len(units)} unit" in desk.get("/").content.decode()
    assert "something is wrong with" in desk.get(at("study-detail", study)).content.decode()
    page = desk.get(at("flag-list", study)).content.decode()
    assert page.count('<th scope="row">') == len(units)
    assert "A &lt;b&gt;stops&lt;/b&gt; early" in page
    assert not re.search("amber|basalt", page, re.IGNORECASE)
    assert "annotator-01" in page


def test_many_reports_of_one_unit_are_one_line(desk: Client, study: Study, anna: Judge) -> None:
    for assignment in Assignment.objects.all():
        report(anna, str(assignment.public_id), text="first")
    ben = Judge(scenes.personal_link(study))
    while True:
        ben.next()
        if unit_of(ben) == unit_of(anna):
            break
        ben.answer_everything()
        ben.submit()
    report(ben, text="second")
    page = desk.get(at("flag-list", study)).content.decode()
    assert page.count('<th scope="row">') == 1
    assert '<td class="number">2<span' in page


def test_nothing_reported_says_what_would_be_here(desk: Client, study: Study) -> None:
    assert "Nobody has reported anything" in desk.get(at("flag-list", study)).content.decode()


def test_amira_sees_the_unit_as_annotators_do_and_no_name_and_no_answer(
    desk: Client, study: Study, anna: Judge
) -> None:
    unit = unit_of(anna)
    report(anna, text="A stops early")
    anna.answer_everything()
    page = desk.get(at("study-unit", study, 1, unit.number)).content.decode()
    assert "A stops early" in page
    assert page.index(unit_shown_left(unit)) >= 0
    main = page[page.index("<main") :]
    assert not re.search("amber|basalt|chosen|prefer", main, re.IGNORECASE)


def unit_shown_left(unit: Unit) -> str:
    text: str = unit.first.content["turns"][0]["text"]
    return text


def test_whose_a_is_b_here_is_said(desk: Client) -> None:
    study = opened(pairs(annotators=2))
    for annotator in people(study, 2):
        judge_all(annotator)
    unit = next(unit for unit in Unit.objects.all() if unit.second and differ(unit.first, unit.second))
    one, other = unit.assignments.order_by("pk")
    report_unit(assignment=one, client_key=uuid4(), text="A is cut off")
    report_unit(assignment=other, client_key=uuid4(), text="B is cut off")
    page = desk.get(at("study-unit", study, 1, unit.number)).content.decode()
    assert page.count("their A is B here") == (one.side != other.side)
    left = unit.first if one.side == Assignment.Side.FIRST_LEFT else unit.second
    assert left is not None
    assert f"at {left.dialogue.number}." in page[page.index('id="side-A"') : page.index('id="side-B"')]


def differ(first: Exhibit, second: Exhibit) -> bool:
    return first.dialogue.number != second.dialogue.number


def test_amira_takes_it_out_with_a_reason_and_in_again(desk: Client, study: Study, anna: Judge) -> None:
    unit = unit_of(anna)
    report(anna, text="A stops early")
    refused = desk.post(at("unit-exclude", study, 1, unit.number), {"reason": " "})
    assert refused.status_code == 400
    assert "Say why this unit is excluded" in refused.content.decode()
    for _ in range(2):
        desk.post(at("unit-exclude", study, 1, unit.number), {"reason": "Cut <off>"})
    unit.refresh_from_db()
    assert unit.excluded is not None
    assert "Cut &lt;off&gt;" in desk.get(at("flag-list", study)).content.decode()
    assert "Cut &lt;off&gt;" in desk.get(at("study-unit", study, 1, unit.number)).content.decode()
    assert "Unit excluded</td>" in desk.get(at("study-record", study)).content.decode()
    desk.post(at("unit-include", study, 1, unit.number))
    unit.refresh_from_db()
    assert unit.excluded is None


def test_amira_keeps_it(desk: Client, study: Study, anna: Judge) -> None:
    report(anna)
    answer = desk.post(at("unit-keep", study, 1, unit_of(anna).number), follow=True)
    assert "Kept, and 1 report settled" in answer.content.decode()
    assert Flag.objects.get().outcome == "kept"


def test_amira_finds_any_unit_and_is_told_when_there_is_none(desk: Client, study: Study) -> None:
    assert desk.get(at("unit-find", study), {"block": 1, "unit": 3})["Location"] == at("study-unit", study, 1, 3)
    for asked in ({"block": 1, "unit": 99}, {"block": "x"}, {}):
        page = desk.get(at("unit-find", study), asked, follow=True).content.decode()
        assert "There is no such unit" in page
        last = study.blocks.get(number=1).units.count()
        assert f", 1 to {last}</option>" in page
    assert desk.get(at("study-unit", study, 1, 99)).status_code == 404


def test_whoever_judges_reads_nothing_here_while_the_study_is_open(desk: Client, study: Study, amira: User) -> None:
    judge = Judge(scenes.personal_link(study), desk)
    judge.next()
    for path in (at("flag-list", study), at("study-unit", study, 1, 1)):
        answer = judge.client.get(path)
        assert answer.status_code == 403
        assert "You judge in this study" in answer.content.decode()
    assert judge.client.post(at("unit-exclude", study, 1, 1), {"reason": "x"}).status_code == 403
    close_study(study=study)
    assert judge.client.get(at("flag-list", study)).status_code == 200


def test_the_list_asks_no_more_of_the_database_for_more_reports(
    desk: Client, django_assert_max_num_queries: object
) -> None:
    study = opened(pairs(annotators=2, size=12))
    for annotator in people(study, 2):
        for assignment in judge_all(annotator):
            report_unit(assignment=assignment, client_key=uuid4(), text="odd")
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        desk.get(at("flag-list", study))


def test_the_number_of_a_unit_names_no_dataset_to_whoever_decides(db: None) -> None:
    """Reports are read by number while the study is open: those of one dataset must not stand together."""
    opened(quality(size=24), pairs(size=24), dialogues=48)
    datasets = list(Unit.objects.filter(block__number=1).order_by("number").values_list("first__dataset", flat=True))
    changes = sum(one != other for one, other in pairwise(datasets))
    assert changes > 12
    straight = [first_left(flagged_unit(unit)) for unit in Unit.objects.filter(block__number=2).order_by("number")]
    assert 6 <= sum(straight) <= 18
    assert straight != [number % 2 == 1 for number in range(1, 25)]
