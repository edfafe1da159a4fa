"""People leave while they and everybody else are at work: never over k, nothing half, nothing twice."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from annotation.models import Annotator, Assignment, Judgment, Slot, Study
from annotation.services.assignments import claim, release_expired, release_lease, submit
from annotation.services.checking import check_study
from annotation.services.departures import readmit_annotator, remove_annotator
from annotation.services.errors import JoinError, LeftError, StudyError
from annotation.services.judging import record_answers
from annotation.services.participants import join
from annotation.services.relinking import create_seat_link
from annotation.services.withdrawals import withdraw
from tests.annotation.stories import answers_to, crowd, expire, judge_all, judge_one, opened, pairs, people, quality
from tests.annotation.stories import unfilled as unfilled_slots
from tests.annotation.test_claiming_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def until_gone(annotator: Annotator, seed: int) -> Callable[[], list[tuple[int, str]]]:
    """Judge until nothing is left or one's part has ended; returns what was submitted, as the server said."""
    rng = random.Random(seed)

    def judge() -> list[tuple[int, str]]:
        done = []
        while (assignment := claim(annotator=annotator)) is not None:
            answers = answers_to(assignment, value=rng.choice((1, 2)))
            receipt = record_answers(assignment=assignment, answers=answers, active_seconds=1)
            if receipt.state == "left":
                assert not receipt.saved
                break
            assert len(receipt.saved) == len(answers)
            if rng.random() < 0.1:
                expire(assignment)
                release_expired(study=annotator.study)
            try:
                done.append((assignment.pk, submit(assignment=assignment, active_seconds=2).state))
            except LeftError:
                break
        return done

    return judge


def after(count: int, some: Sequence[Annotator], work: Callable[[], object]) -> Callable[[], list[tuple[int, str]]]:
    """Do this when so many units are submitted, at least one of them by some of these people."""
    among = {one.pk for one in some}

    def wait() -> list[tuple[int, str]]:
        for _ in range(2_000):
            submitters = Assignment.objects.filter(state="submitted").values_list("annotator", flat=True)
            if len(submitters) >= count and not among.isdisjoint(submitters):
                break
            time.sleep(0.01)
        work()
        return []

    return wait


def prove(study: Study, k: int) -> None:
    held = Counter(Slot.objects.filter(assignment__isnull=False).values_list("unit", flat=True))
    assert max(held.values()) <= k
    assert set(Counter(Assignment.objects.values_list("unit", "annotator")).values()) == {1}
    report = check_study(Study.objects.get(pk=study.pk))
    assert report.ok, report.problems


@pytest.mark.parametrize("keep", [True, False], ids=["kept", "judged again"])
def test_three_are_removed_while_everybody_judges(keep: bool) -> None:
    study = opened(pairs(design="overlap", annotators=3, size=20), dialogues=20)
    everybody = crowd(study, 10)

    def remove_three() -> None:
        for one in everybody[:3]:
            remove_annotator(annotator=one, reason="Too fast", keep=keep)

    at_once(after(15, everybody[:3], remove_three), *(until_gone(one, seed) for seed, one in enumerate(everybody)))
    for one in everybody[3:]:
        judge_all(one)
    prove(study, 3)
    assert unfilled_slots(study) == 0
    gone = Assignment.objects.filter(annotator__in=everybody[:3])
    assert not gone.filter(state="leased").exists()
    assert gone.filter(state="submitted").exists() is keep


@pytest.mark.parametrize("delete", [True, False], ids=["deleted", "pseudonymised"])
def test_two_withdraw_while_everybody_judges(delete: bool) -> None:
    study = opened(quality(design="overlap", annotators=2, size=10), dialogues=10)
    everybody = crowd(study, 6)

    def withdraw_two() -> None:
        for one in everybody[:2]:
            withdraw(annotator=one, delete=delete)

    done = at_once(
        after(10, everybody[:2], withdraw_two), *(until_gone(one, seed) for seed, one in enumerate(everybody))
    )
    for one in everybody[2:]:
        judge_all(one)
    prove(study, 2)
    assert unfilled_slots(study) == 0
    left = Judgment.objects.filter(assignment__annotator__in=everybody[:2])
    assert left.exists() is not delete
    kept = [pk for one in done[3:] for pk, _state in one]
    assert Assignment.objects.filter(pk__in=kept, state__in=["submitted", "late"]).count() == len(kept)


def test_eight_researchers_remove_withdraw_and_readmit_the_same_person_at_once() -> None:
    study = opened(quality(annotators=2, size=3))
    ben, carla = people(study, 2)
    judge_one(ben)
    claim(annotator=ben)

    def remove() -> object:
        return remove_annotator(annotator=ben, reason="Twice", keep=True)

    def readmit() -> object:
        try:
            return readmit_annotator(annotator=ben)
        except StudyError as error:
            return error

    at_once(*(remove for _ in range(4)))
    assert study.events.filter(kind="annotator removed").count() == 1
    at_once(readmit, readmit, remove, lambda: withdraw(annotator=ben, delete=True), until_gone(ben, 1), readmit)
    assert study.events.filter(kind="annotator withdrew").count() == 1
    assert not Judgment.objects.exists()
    judge_all(carla)
    prove(study, 2)


def test_one_of_many_replacements_takes_the_seat_and_judges_exactly_what_is_left() -> None:
    study = opened(quality(annotators=2, size=5))
    ben, _ = people(study, 2)
    finished = [judge_one(ben) for _ in range(4)]
    remove_annotator(annotator=ben, reason="Ill", keep=True)
    links = at_once(*(lambda: create_seat_link(study=study, number=1) for _ in range(6)))
    assert len({link.pk for link in links}) == 1

    def come() -> Annotator | None:
        try:
            return join(link=links[0])
        except JoinError:
            return None

    came = {one.pk for one in at_once(*(come for _ in range(6))) if one}
    assert len(came) == 1
    dora = Annotator.objects.get(pk=came.pop())
    at_once(until_gone(dora, 1), until_gone(dora, 2))
    assert dora.assignments.filter(state="submitted").count() == 10 - len(finished)
    prove(study, 2)


def test_leases_are_released_while_people_judge_on() -> None:
    study = opened(quality(design="overlap", annotators=2, size=8), dialogues=8)
    everybody = crowd(study, 4)

    def release_them() -> list[tuple[int, str]]:
        for _ in range(30):
            for held in Assignment.objects.filter(state="leased").select_related("annotator"):
                release_lease(assignment=held)
        return []

    at_once(release_them, *(until_gone(one, seed) for seed, one in enumerate(everybody)))
    for one in everybody:
        judge_all(one)
    prove(study, 2)
