"""What somebody finished without a place counts as soon as a place of its unit and side comes free."""

import pytest

from annotation.models import Annotator, Assignment, Slot, Study
from annotation.services.assignments import claim, release_expired, submit
from annotation.services.checking import check_study
from annotation.services.departures import readmit_annotator, remove_annotator
from annotation.services.excluding import exclude_unit, include_unit
from annotation.services.withdrawals import withdraw
from tests.annotation.stories import answers_to, crowd, expire, judge_all, judge_one, opened, people, quality, unfilled
from tests.annotation.test_amend_study import amended, with_annotators

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def proven(study: Study) -> None:
    report = check_study(Study.objects.get(pk=study.pk))
    assert report.ok, report.problems


@pytest.fixture
def study() -> Study:
    """One place a unit, and two units."""
    return opened(quality(design="overlap", annotators=1, size=1))


@pytest.fixture
def late(study: Study) -> Assignment:
    """What Ben submitted after Cem had been given its only place and had finished it."""
    ben, cem = crowd(study, 2)
    held = claim(annotator=ben)
    assert held is not None
    expire(held)
    release_expired(study=study)
    cems = judge_one(cem)
    assert cems is not None
    assert cems.unit == held.unit
    finished = submit(assignment=held, active_seconds=1, answers=answers_to(held))
    assert finished.state == Assignment.State.LATE
    return finished


def cem_in(study: Study) -> Annotator:
    return study.annotators.get(assignments__state=Assignment.State.SUBMITTED)


def counts(assignment: Assignment) -> bool:
    assignment.refresh_from_db()
    return Slot.objects.filter(assignment=assignment).exists() and assignment.state == Assignment.State.SUBMITTED


def test_when_whoever_had_the_place_is_removed_and_set_aside(study: Study, late: Assignment) -> None:
    remove_annotator(annotator=cem_in(study), reason="A robot", keep=False)
    assert counts(late)
    proven(study)


def test_when_whoever_had_the_place_withdraws_and_is_deleted(study: Study, late: Assignment) -> None:
    withdraw(annotator=cem_in(study), delete=True)
    assert counts(late)
    proven(study)


def test_when_the_study_gets_more_places(study: Study, late: Assignment) -> None:
    amended(study, with_annotators(study, 2))
    assert counts(late)
    proven(study)


def test_never_of_somebody_who_left(study: Study, late: Assignment) -> None:
    remove_annotator(annotator=late.annotator, reason="A robot", keep=True)
    remove_annotator(annotator=cem_in(study), reason="Another robot", keep=False)
    assert not counts(late)
    proven(study)


def test_never_in_a_closed_study(study: Study, late: Assignment) -> None:
    Study.objects.filter(pk=study.pk).update(state=Study.State.CLOSED)
    remove_annotator(annotator=cem_in(study), reason="A robot", keep=False)
    assert not counts(late)


def test_a_unit_of_somebody_let_in_again_that_was_out_meanwhile() -> None:
    """Set aside, let in again while the unit is excluded, and the unit taken in: nobody else could fill that seat."""
    study = opened(quality(annotators=2, size=2))
    ben, cem = people(study, 2)
    judge_all(ben)
    judge_all(cem)
    unit = study.blocks.get().units.get(number=1)
    exclude_unit(unit=unit, reason="Cut off")
    remove_annotator(annotator=ben, reason="A robot", keep=False)
    readmit_annotator(annotator=ben)
    include_unit(unit=unit)
    assert unfilled(study) == 0
    proven(study)
