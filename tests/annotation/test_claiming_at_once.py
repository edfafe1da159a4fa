"""Many people at the same moment: never over k, never the same twice, nothing lost, nothing left unfilled."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connection

from annotation.models import Annotator, Assignment, Judgment, Link, Slot, Study
from annotation.services.assignments import claim, release_expired, submit
from annotation.services.checking import check_study
from annotation.services.errors import JoinError, StudyError
from annotation.services.judging import record_answers
from annotation.services.participants import create_open_link, join
from annotation.services.studies import close_study, create_study, open_study
from tests.annotation.stories import (
    answers_to,
    crowd,
    expire,
    make_dataset,
    opened,
    pairs,
    people,
    protocol_of_blocks,
    quality,
    unfilled,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
T = TypeVar("T")


def at_once(*work: Callable[[], T]) -> list[T]:
    """Run each in a thread and connection of its own, all at the same time."""

    def alone(one: Callable[[], T]) -> T:
        try:
            return one()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return [future.result() for future in [pool.submit(alone, one) for one in work]]


def restless(annotator: Annotator, seed: int) -> Callable[[], list[tuple[int, int]]]:
    """Somebody who judges until nothing is left, sends everything twice and sometimes falls asleep over a unit.

    Returns every answer that the server said it kept: the assignment, and the number of its answers.
    """
    rng = random.Random(seed)

    def judge() -> list[tuple[int, int]]:
        kept = []
        while (assignment := claim(annotator=annotator)) is not None:
            answers = answers_to(assignment, value=rng.choice((1, 2)))
            for _ in range(2):
                receipt = record_answers(assignment=assignment, answers=answers, active_seconds=1)
            kept.append((assignment.pk, len(receipt.saved)))
            if rng.random() < 0.15:
                expire(assignment)
                release_expired(study=annotator.study)
                if rng.random() < 0.5:
                    continue
            for _ in range(2):
                submit(assignment=assignment, active_seconds=2)
        return kept

    return judge


def prove(study: Study, k: int, kept: list[list[tuple[int, int]]]) -> None:
    counted = Counter(Assignment.objects.filter(state="submitted").values_list("unit", flat=True))
    assert max(counted.values()) <= k
    pairs_of = Counter(Assignment.objects.values_list("unit", "annotator"))
    assert set(pairs_of.values()) == {1}
    for assignment_id, answers in {pair for one in kept for pair in one}:
        assert Judgment.objects.current().filter(assignment=assignment_id).count() == answers
    report = check_study(study)
    assert report.ok, report.problems


def test_thirty_two_people_fill_an_overlap_of_pairs() -> None:
    study = opened(pairs(design="overlap", annotators=3, size=40), dialogues=40)
    kept = at_once(*(restless(one, seed) for seed, one in enumerate(crowd(study, 32))))
    assert unfilled(study) == 0
    prove(study, 3, kept)
    sides = Counter(Slot.objects.values_list("side", flat=True))
    assert sides[1] == sides[2] == 60


def test_sixteen_people_fill_an_overlap_of_dialogues() -> None:
    study = opened(quality(design="overlap", annotators=2, size=15), dialogues=15)
    kept = at_once(*(restless(one, seed) for seed, one in enumerate(crowd(study, 16))))
    assert unfilled(study) == 0
    prove(study, 2, kept)


def test_exactly_k_people_still_finish_everything() -> None:
    study = opened(quality(design="overlap", annotators=3, size=6))
    kept = at_once(*(restless(one, seed) for seed, one in enumerate(crowd(study, 3))))
    assert unfilled(study) == 0
    prove(study, 3, kept)


def test_of_exactly_k_people_only_one_who_came_too_late_leaves_a_pair_open() -> None:
    """Somebody slept, another took the side they had seen, and what they then sent, if they did, cannot count on the
    other side."""
    study = opened(pairs(design="overlap", annotators=3, size=12))
    kept = at_once(*(restless(one, seed) for seed, one in enumerate(crowd(study, 3))))
    open_units = Slot.objects.filter(assignment__isnull=True).values_list("unit", flat=True)
    left = Assignment.objects.filter(state__in=["late", "returned"])
    assert sorted(open_units) == sorted(left.values_list("unit", flat=True))
    prove(study, 3, kept)


def test_a_panel_of_seven_with_two_tabs_each_judges_everything_once() -> None:
    study = opened(quality(annotators=7, size=3), pairs(annotators=7, size=4))
    seven = people(study, 7)
    tabs = [(one, tab) for one in seven for tab in range(2)]
    kept = at_once(*(_tab(one, tab) for one, tab in tabs))
    assert unfilled(study) == 0
    prove(study, 7, kept)


def _tab(annotator: Annotator, tab: int) -> Callable[[], list[tuple[int, int]]]:
    """One of two tabs of the same person: what one submits, the other may be answering."""

    def judge() -> list[tuple[int, int]]:
        kept = []
        while (assignment := claim(annotator=annotator)) is not None:
            answers = answers_to(assignment, value=tab + 1)
            receipt = record_answers(assignment=assignment, answers=answers, active_seconds=1)
            assert not receipt.refused
            submit(assignment=assignment, active_seconds=2)
            kept.append((assignment.pk, len(answers)))
        return kept

    return judge


def test_one_person_in_eight_tabs_holds_one_unit() -> None:
    (ben,) = crowd(opened(quality(design="overlap", annotators=3, size=10)), 1)
    held = at_once(*(lambda: claim(annotator=ben) for _ in range(8)))
    assert len({assignment.pk for assignment in held if assignment}) == 1
    assert Assignment.objects.count() == 1


def test_the_same_answers_sent_eight_times_at_once_are_kept_once() -> None:
    (ben,) = people(opened(quality()), 1)
    assignment = claim(annotator=ben)
    assert assignment
    answers = answers_to(assignment)
    receipts = at_once(
        *(lambda: record_answers(assignment=assignment, answers=answers, active_seconds=1) for _ in range(8))
    )
    assert all(len(receipt.saved) == len(answers) for receipt in receipts)
    assert assignment.judgments.count() == len(answers)


def test_an_open_link_lets_in_as_many_as_were_wanted_however_many_come() -> None:
    study = opened(quality(design="overlap"))
    link = create_open_link(study=study, cap=10)

    def come() -> bool:
        try:
            return bool(join(link=Link.objects.get(pk=link.pk)))
        except JoinError:
            return False

    assert sum(at_once(*(come for _ in range(24)))) == 10
    names = set(study.annotators.values_list("pseudonym", flat=True))
    assert names == {f"annotator-{n:02}" for n in range(1, 11)}


def test_seats_are_given_once_however_many_come() -> None:
    study = opened(quality(annotators=5))
    link = create_open_link(study=study, cap=None)

    def come() -> int | None:
        try:
            return join(link=Link.objects.get(pk=link.pk)).seat_id
        except JoinError:
            return None

    seats = [seat for seat in at_once(*(come for _ in range(12))) if seat]
    assert len(seats) == len(set(seats)) == 5


def test_a_study_that_closes_under_everybodys_hands_is_clean() -> None:
    study = opened(quality(design="overlap", annotators=3, size=12))
    people_there = crowd(study, 8)

    def until_closed(annotator: Annotator) -> Callable[[], int]:
        def judge() -> int:
            done = 0
            while (assignment := claim(annotator=annotator)) is not None:
                receipt = record_answers(assignment=assignment, answers=answers_to(assignment), active_seconds=1)
                if receipt.state == "closed":
                    break
                try:
                    submit(assignment=assignment, active_seconds=2)
                except Exception as error:
                    assert "closed" in str(error)  # noqa: PT017
                    break
                done += 1
            return done

        return judge

    def close() -> int:
        while Assignment.objects.filter(state="submitted").count() < 15:
            pass
        close_study(study=Study.objects.get(pk=study.pk))
        return 0

    done = at_once(close, *(until_closed(one) for one in people_there))
    assert Assignment.objects.filter(state="submitted").count() == sum(done)
    assert not Assignment.objects.filter(state="leased").exists()
    assert check_study(Study.objects.get(pk=study.pk)).ok


def test_a_study_opens_once_however_often_the_button_is_pressed() -> None:
    make_dataset("north", 6)
    make_dataset("south", 6)
    draft = create_study(protocol=protocol_of_blocks(quality()))

    def press() -> bool:
        try:
            open_study(study=Study.objects.get(pk=draft.pk))
        except StudyError:
            return False
        return True

    assert sum(at_once(*(press for _ in range(4)))) == 1
    assert Slot.objects.count() == 18
