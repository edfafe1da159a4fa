"""Units taken out and in again while a crowd judges: nobody is given one that is out, k holds, nothing is lost."""

import random
import threading
import time

import pytest
from django.db import transaction

from annotation.models import Assignment, Judgment, Slot, Study, Unit
from annotation.services.assignments import claim, submit
from annotation.services.checking import check_study
from annotation.services.excluding import exclude_unit, include_unit
from annotation.services.judging import record_answers
from annotation.services.recording import record_problems
from tests.annotation.stories import answers_to, crowd, opened, pairs, people, quality, unfilled
from tests.annotation.test_claiming_at_once import at_once, restless

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def proven(study: Study) -> None:
    report = check_study(Study.objects.get(pk=study.pk))
    assert report.ok, report.problems


def test_what_is_taken_out_while_a_crowd_judges_is_given_to_nobody_afterwards() -> None:
    study = opened(pairs(design="overlap", annotators=3, size=24), dialogues=24)
    out = list(Unit.objects.filter(number__in=[2, 5, 7, 11, 13, 17, 19, 23]))

    def take_out() -> list[tuple[int, int]]:
        for unit in out:
            exclude_unit(unit=unit, reason="Cut off")
        return []

    kept = at_once(take_out, *(restless(one, seed) for seed, one in enumerate(crowd(study, 12))))
    for assignment_id, answers in {pair for one in kept for pair in one}:
        assert Judgment.objects.current().filter(assignment=assignment_id).count() == answers
    assert not Assignment.objects.filter(unit__in=out, state="leased").exists()
    assert not Slot.objects.filter(block__study=study, withheld=False).exclude(assignment__state="submitted").exists()
    proven(study)


def test_out_and_in_again_under_two_hands_and_everything_is_still_filled() -> None:
    study = opened(quality(design="overlap", annotators=2, size=8))
    units = list(Unit.objects.all())
    done = threading.Event()

    def hesitate(seed: int) -> list[tuple[int, int]]:
        rng = random.Random(seed)
        for _ in range(30):
            unit = rng.choice(units)
            if rng.random() < 0.5:
                exclude_unit(unit=unit, reason="Cut off")
            else:
                include_unit(unit=unit)
        done.set()
        return []

    seven = crowd(study, 7)
    at_once(
        lambda: hesitate(1),
        lambda: hesitate(2),
        *(restless(one, seed) for seed, one in enumerate(seven)),
    )
    assert done.is_set()
    proven(study)
    assert record_problems(study) == []
    for unit in units:
        include_unit(unit=unit)
    at_once(*(restless(one, seed) for seed, one in enumerate(seven)))
    assert unfilled(study) == 0
    proven(study)


def test_whoever_is_just_being_given_it_loses_it_too() -> None:
    """The unit is taken, but not yet for others to see, at the moment in which it is taken out."""
    study = opened(pairs(annotators=1))
    anna = people(study, 1)[0]
    unit = Unit.objects.get(number=Slot.objects.order_by("position")[0].unit.number)
    taken = threading.Event()

    def take() -> None:
        with transaction.atomic():
            assignment = claim(annotator=anna)
            assert assignment is not None
            assert assignment.unit == unit
            taken.set()
            time.sleep(0.5)

    def take_out() -> None:
        taken.wait(10)
        exclude_unit(unit=unit, reason="Cut off")

    at_once(take, take_out)
    assert Assignment.objects.get().state == "returned"
    assert not Slot.objects.filter(unit=unit).free().exists()
    proven(study)


def test_in_a_panel_each_seat_is_still_filled_after_its_unit_came_back_late() -> None:
    study = opened(quality(annotators=3, size=3))
    three = people(study, 3)
    held = [assignment for one in three if (assignment := claim(annotator=one)) is not None]

    def judge(assignment: Assignment) -> str:
        record_answers(assignment=assignment, answers=answers_to(assignment), active_seconds=1)
        return submit(assignment=assignment, active_seconds=1).state

    def take_out() -> str:
        for unit in {assignment.unit for assignment in held}:
            exclude_unit(unit=unit, reason="Cut off")
        return ""

    states = at_once(take_out, *(lambda one=one: judge(one) for one in held))  # type: ignore[misc]
    assert set(states[1:]) <= {"submitted", "late"}
    proven(study)
    for unit in {assignment.unit for assignment in held}:
        include_unit(unit=unit)
    assert {assignment.state for assignment in Assignment.objects.all()} == {"submitted"}
    at_once(*(restless(one, seed) for seed, one in enumerate(three)))
    assert unfilled(study) == 0
    proven(study)
