"""A unit is taken out: nobody is asked about it, nothing of it is lost, and no figure counts it."""

from uuid import uuid4

import pytest

from annotation.models import Assignment, Flag, Judgment, Slot, Study, Unit
from annotation.services.assignments import claim, submit
from annotation.services.checking import check_study
from annotation.services.errors import StudyError
from annotation.services.excluding import exclude_unit, exclusions, include_unit, keep_unit
from annotation.services.flagging import MOST_TEXT, report_unit, withdraw_report
from annotation.services.judging import record_answers
from annotation.services.listing import study_lines
from annotation.services.monitoring import monitor
from annotation.services.progress import annotator_progress, study_progress
from annotation.services.recording import LOOKED, record
from annotation.services.studies import close_study
from crsapp.accounts.models import User
from tests.annotation.stories import answers_to, crowd, judge_all, judge_one, opened, pairs, people, quality, unfilled

pytestmark = [pytest.mark.django_db, pytest.mark.database]
WHY = "The dialogue stops in the middle of a word."


def held(assignment: Assignment) -> Assignment:
    return Assignment.objects.get(pk=assignment.pk)


def proven(study: Study) -> None:
    report = check_study(Study.objects.get(pk=study.pk))
    assert report.ok, report.problems


def test_nobody_is_given_a_unit_that_is_out(amira: User) -> None:
    study = opened(pairs(annotators=2))
    first, second = people(study, 2)
    judge_one(first)
    unit = Unit.objects.get(number=2)
    exclude_unit(unit=unit, reason=WHY, by=amira)
    assert {one.unit.number for one in judge_all(first) + judge_all(second)} <= {1, 3, 4}
    assert not Assignment.objects.filter(unit=unit, state="leased").exists()
    assert not Slot.objects.filter(unit=unit).free().exists()
    assert unfilled(study) == Slot.objects.filter(unit=unit, assignment__isnull=True).count()
    assert (study_progress(study).done, study_progress(study).total, study_progress(study).excluded) == (6, 6, 1)
    assert study_lines().object_list[0].total == 6
    proven(study)


def test_whoever_judges_it_loses_it_and_keeps_their_answers() -> None:
    study = opened(quality(annotators=2))
    anna, _ben = people(study, 2)
    assignment = claim(annotator=anna)
    assert assignment is not None
    record_answers(assignment=assignment, answers=answers_to(assignment)[:2], active_seconds=3)
    exclude_unit(unit=assignment.unit, reason=WHY)
    assert held(assignment).state == "returned"
    receipt = record_answers(assignment=assignment, answers=answers_to(assignment), active_seconds=5)
    assert receipt.state == "returned"
    assert not receipt.refused
    finished = submit(assignment=assignment, active_seconds=6)
    assert finished.state == "late"
    assert finished.unit.excluded is not None
    assert Judgment.objects.filter(assignment=assignment).count() == 2 + len(answers_to(assignment))
    following = claim(annotator=anna)
    assert following is not None
    assert following.unit != assignment.unit
    proven(study)


def test_nobody_has_to_finish_what_is_out() -> None:
    study = opened(quality(annotators=1))
    assignment = claim(annotator=people(study, 1)[0])
    assert assignment is not None
    exclude_unit(unit=assignment.unit, reason=WHY)
    some = answers_to(assignment)[:3]
    assert submit(assignment=assignment, active_seconds=1, answers=some).state == "returned"
    assert Judgment.objects.filter(assignment=assignment).count() == 3


def test_what_was_submitted_is_counted_again_when_the_unit_is_back() -> None:
    study = opened(pairs(annotators=2))
    anna, ben = people(study, 2)
    before, during = judge_one(anna), claim(annotator=ben)
    assert before is not None
    assert during is not None
    for unit in {before.unit, during.unit}:
        exclude_unit(unit=unit, reason=WHY)
    assert not Assignment.objects.counted().exists()
    record_answers(assignment=during, answers=answers_to(during), active_seconds=1)
    assert submit(assignment=during, active_seconds=1).state == "late"
    for unit in {before.unit, during.unit}:
        include_unit(unit=unit)
    assert set(Assignment.objects.counted()) == {before, during}
    judge_all(anna)
    judge_all(ben)
    assert unfilled(study) == 0
    assert exclusions(study) == []
    proven(study)


def test_k_holds_when_others_took_its_place_before_it_came_back() -> None:
    study = opened(quality(design="overlap", annotators=1, size=2))
    anna, ben = crowd(study, 2)
    assignment = claim(annotator=anna)
    assert assignment is not None
    exclude_unit(unit=assignment.unit, reason=WHY)
    record_answers(assignment=assignment, answers=answers_to(assignment), active_seconds=1)
    include_unit(unit=assignment.unit)
    judge_all(ben)
    assert submit(assignment=assignment, active_seconds=1).state == "late"
    assert unfilled(study) == 0
    proven(study)


def test_progress_counts_only_units_in_use() -> None:
    study = opened(quality(annotators=2), pairs(annotators=2, design="overlap"))
    anna, _ben = people(study, 2)
    judge_all(anna)
    done = annotator_progress(anna)
    for unit in Unit.objects.filter(number=1):
        exclude_unit(unit=unit, reason=WHY)
    after = annotator_progress(anna)
    assert (done.done, done.total) == (after.done, after.total) == (10, 10)
    assert [(line.done, line.total) for line in monitor(study).people] == [(8, 8), (0, 7)]


def test_done_twice_it_does_no_harm(amira: User) -> None:
    study = opened(pairs())
    unit = Unit.objects.get(number=1)
    for _ in range(2):
        exclude_unit(unit=unit, reason=WHY, by=amira)
    for _ in range(2):
        include_unit(unit=unit, by=amira)
    assert list(study.events.values_list("kind", flat=True)) == ["created", "opened", "unit excluded", "unit included"]
    study.refresh_from_db()
    assert study.revision == 2
    proven(study)


def test_a_unit_is_not_taken_out_without_a_reason() -> None:
    opened(pairs())
    for reason in ("  ", "x" * 501):
        with pytest.raises(StudyError):
            exclude_unit(unit=Unit.objects.get(number=1), reason=reason)
    assert not Unit.objects.exclude(excluded=None).exists()


def test_the_record_says_what_was_known_by_then(amira: User) -> None:
    study = opened(pairs())
    judge_all(people(study, 1)[0])
    exclude_unit(unit=Unit.objects.get(number=1), reason=WHY, by=amira)
    record(study=study, kind=LOOKED, by=amira, reason="A pilot")
    exclude_unit(unit=Unit.objects.get(number=2), reason="Second thoughts", by=amira)
    close_study(study=study, by=amira)
    exclude_unit(unit=Unit.objects.get(number=3), reason="Too late", by=amira)
    include_unit(unit=Unit.objects.get(number=1))
    found = exclusions(study)
    assert [(one.unit, one.reason, one.who, one.after_look, one.after_closing) for one in found] == [
        (2, "Second thoughts", "amira", True, False),
        (3, "Too late", "amira", True, True),
    ]
    proven(study)


def test_the_check_finds_a_slot_that_is_counted_although_its_unit_is_out() -> None:
    study = opened(pairs())
    exclude_unit(unit=Unit.objects.get(number=1), reason=WHY)
    Slot.objects.filter(unit__number=1, n=1).update(withheld=False)
    Slot.objects.filter(unit__number=2, n=2).update(withheld=True)
    Unit.objects.filter(number=3).update(excluded="2026-11-02T12:00Z")
    found = "\n".join(check_study(study).problems)
    assert "unit 1: it is excluded, but slot 1 is given out and counted" in found
    assert "unit 2: slot 2 is withheld, but the unit is not excluded" in found
    assert "unit 3: it is excluded, and the record does not say why" in found
    Unit.objects.filter(number=1).update(excluded=None)
    assert "unit 1: the record says that it is excluded, and it is not" in "\n".join(check_study(study).problems)


def test_the_check_finds_somebody_judging_what_is_out() -> None:
    study = opened(pairs())
    assignment = claim(annotator=people(study, 1)[0])
    assert assignment is not None
    Unit.objects.filter(pk=assignment.unit_id).update(excluded="2026-11-02T12:00Z")
    assert any("they hold it, but it is excluded" in problem for problem in check_study(study).problems)


@pytest.fixture
def mine(db: None) -> Assignment:
    """What Anna is judging."""
    assignment = claim(annotator=people(opened(pairs(annotators=2)), 2)[0])
    assert assignment is not None
    return assignment


def test_a_report_is_kept_once_and_the_unit_stays_with_whoever_reported(mine: Assignment) -> None:
    key = uuid4()
    for _ in range(2):
        receipt = report_unit(assignment=mine, client_key=key, text=" A is cut off\x00 ")
        assert (receipt.saved, receipt.state) == ([key], "leased")
    assert [flag.text for flag in Flag.objects.waiting()] == ["A is cut off"]


def test_a_second_report_replaces_the_first_and_one_can_be_taken_back(mine: Assignment) -> None:
    first, second = uuid4(), uuid4()
    report_unit(assignment=mine, client_key=first, text="A is cut off")
    report_unit(assignment=mine, client_key=second, text="B is cut off")
    assert [flag.text for flag in Flag.objects.waiting()] == ["B is cut off"]
    for _ in range(2):
        withdraw_report(assignment=mine, client_key=uuid4(), report=second)
    assert not Flag.objects.waiting().exists()
    assert Flag.objects.count() == 2


def test_a_report_too_long_too_often_or_too_late_is_refused_in_words(mine: Assignment) -> None:
    assert report_unit(assignment=mine, client_key=uuid4(), text="x" * (MOST_TEXT + 1)).refused
    for _ in range(50):
        assert not report_unit(assignment=mine, client_key=uuid4(), text="again").refused
    assert "often enough" in report_unit(assignment=mine, client_key=uuid4(), text="again").refused[0].reason
    close_study(study=mine.annotator.study)
    late = report_unit(assignment=mine, client_key=uuid4(), text="still")
    assert (late.saved, late.state) == ([], "closed")


def test_reports_are_settled_with_their_unit(mine: Assignment, amira: User) -> None:
    report_unit(assignment=mine, client_key=uuid4(), text="A is cut off")
    assert keep_unit(unit=mine.unit, by=amira) == 1
    assert keep_unit(unit=mine.unit, by=amira) == 0
    report_unit(assignment=mine, client_key=uuid4(), text="No, really")
    exclude_unit(unit=mine.unit, reason=WHY, by=amira)
    report_unit(assignment=mine, client_key=uuid4(), text="Still cut off")
    outcomes = Flag.objects.order_by("pk").values_list("outcome", "settled_by__username")
    assert list(outcomes) == [("kept", "amira"), ("excluded", "amira"), ("excluded", None)]
    include_unit(unit=mine.unit, by=amira)
    assert set(Flag.objects.values_list("outcome", flat=True)) == {"kept"}
    assert exclusions(mine.annotator.study) == []
    assert list(mine.annotator.study.events.values_list("kind", flat=True))[-3:] == [
        "unit kept",
        "unit excluded",
        "unit included",
    ]
