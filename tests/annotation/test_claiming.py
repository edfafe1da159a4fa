"""Ben and Carla ask for work: never more than k, never the same twice, nothing lost when somebody walks away."""

from collections import Counter

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from annotation.models import Annotator, Assignment, Slot, Study
from annotation.services.assignments import claim, current_assignment, release_expired, submit
from annotation.services.checking import check_study
from annotation.services.errors import SubmitError
from annotation.services.judging import record_answers
from tests.annotation.stories import (
    answers_to,
    crowd,
    expire,
    judge_all,
    judge_one,
    opened,
    pairs,
    people,
    quality,
    unfilled,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]
State = Assignment.State


def claimed(annotator: Annotator) -> Assignment:
    assignment = claim(annotator=annotator)
    assert assignment is not None
    return assignment


def test_asking_twice_gives_the_same_unit_and_a_longer_lease() -> None:
    (ben,) = people(opened(quality()), 1)
    first = claimed(ben)
    Assignment.objects.update(lease_until=first.started)
    again = claimed(ben)
    assert again == first == current_assignment(ben)
    assert again.lease_until
    assert again.lease_until > first.started


def test_the_lease_is_as_long_as_the_protocol_says() -> None:
    (ben,) = people(opened(quality(), lease_minutes=30), 1)
    assignment = claimed(ben)
    assert assignment.lease_until
    assert (assignment.lease_until - assignment.started).total_seconds() == 30 * 60


def test_a_seat_is_judged_in_its_own_order_and_filled_to_the_end() -> None:
    study = opened(quality(annotators=2, size=4))
    ben, carla = people(study, 2)
    for annotator in (ben, carla):
        assert [assignment.position for assignment in judge_all(annotator)] == list(range(8))
    orders = [list(one.assignments.order_by("position").values_list("unit", flat=True)) for one in (ben, carla)]
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]
    assert unfilled(study) == 0


def test_the_blocks_come_one_after_the_other() -> None:
    (ben,) = people(opened(quality(annotators=1, size=2), pairs(annotators=1, size=2)), 1)
    assert [assignment.unit.block.number for assignment in judge_all(ben)] == [1, 1, 1, 1, 2, 2]


def test_a_seat_beyond_a_smaller_panel_has_no_part_in_it() -> None:
    study = opened(quality(annotators=2, size=2), pairs(annotators=1, size=3))
    ben, carla = people(study, 2)
    assert (len(judge_all(ben)), len(judge_all(carla))) == (7, 4)


def test_an_overlap_is_never_filled_beyond_k() -> None:
    study = opened(quality(design="overlap", annotators=2, size=5))
    done = [judge_all(annotator) for annotator in crowd(study, 4)]
    assert sum(map(len, done)) == 20
    assert set(Counter(Assignment.objects.values_list("unit", flat=True)).values()) == {2}
    assert check_study(study).ok


def test_nobody_gets_a_unit_twice_even_if_nobody_else_comes() -> None:
    study = opened(quality(design="overlap", annotators=2, size=5))
    (ben,) = crowd(study, 1)
    assert len(judge_all(ben)) == 10
    assert unfilled(study) == 10


def test_in_an_overlap_of_pairs_everybody_sees_both_sides_about_equally() -> None:
    study = opened(pairs(design="overlap", annotators=3, size=12))
    for number, annotator in enumerate(crowd(study, 5)):
        judge_all(annotator)
        sides = Counter(annotator.assignments.values_list("side", flat=True))
        if number < 2:  # while open pairs still offer the side that is wanted
            assert abs(sides[1] - sides[2]) <= 1
    assert unfilled(study) == 0
    assert check_study(study).counts["slots_filled"] == 36


def test_a_lease_that_ran_out_goes_to_somebody_else() -> None:
    study = opened(quality(design="overlap", annotators=1, size=1), dialogues=1)
    ben, carla = crowd(study, 2)
    taken = [claimed(ben)]
    expire(taken[0])
    units = {assignment.unit_id for assignment in judge_all(carla)}
    assert taken[0].unit_id in units
    taken[0].refresh_from_db()
    assert taken[0].state == State.RETURNED
    assert claim(annotator=ben) is None
    assert check_study(study).ok


def test_somebody_who_comes_back_takes_back_their_own_unit() -> None:
    study = opened(quality(annotators=1, size=2))
    (ben,) = people(study, 1)
    first = claimed(ben)
    expire(first)
    assert release_expired(study=study) == 1
    assert Slot.objects.filter(assignment__isnull=False).count() == 0
    again = claimed(ben)
    assert again == first
    assert (again.state, again.slot.unit_id) == (State.LEASED, first.unit_id)
    assert len(judge_all(ben)) == 4


def test_a_lease_that_ran_out_unnoticed_is_simply_resumed() -> None:
    (ben,) = people(opened(quality()), 1)
    assignment = claimed(ben)
    expire(assignment)
    assert claimed(ben) == assignment
    assert release_expired() == 0


def test_releasing_twice_does_no_harm_and_leaves_fresh_leases_alone() -> None:
    study = opened(quality())
    ben, carla = people(study, 2)
    old, fresh = claimed(ben), claimed(carla)
    expire(old)
    assert (release_expired(study=study), release_expired(study=study)) == (1, 0)
    fresh.refresh_from_db()
    assert fresh.state == State.LEASED


def test_a_unit_is_submitted_only_when_everything_is_answered() -> None:
    (ben,) = people(opened(quality()), 1)
    assignment = claimed(ben)
    answers = answers_to(assignment)
    record_answers(assignment=assignment, answers=answers[:-1], active_seconds=5)
    with pytest.raises(SubmitError) as refused:
        submit(assignment=assignment, active_seconds=6)
    (missing,) = refused.value.missing
    assert (missing.criterion, missing.place) == (answers[-1].criterion, answers[-1].place)
    record_answers(assignment=assignment, answers=answers[-1:], active_seconds=7)
    assert submit(assignment=assignment, active_seconds=8).state == State.SUBMITTED


def test_submitting_twice_does_no_harm() -> None:
    (ben,) = people(opened(quality()), 1)
    done = judge_one(ben)
    assert done
    again = submit(assignment=done, active_seconds=999)
    assert (again.submitted, again.active_seconds) == (done.submitted, 21)


def _lost_unit_of(study: Study, ben: Annotator) -> Assignment:
    """Ben answers everything, then his lease runs out and is taken back."""
    assignment = claimed(ben)
    record_answers(assignment=assignment, answers=answers_to(assignment), active_seconds=5)
    expire(assignment)
    release_expired(study=study)
    assignment.refresh_from_db()
    return assignment


def test_a_late_submission_still_counts_if_the_place_is_free() -> None:
    study = opened(quality(design="overlap", annotators=2, size=2))
    ben, _ = crowd(study, 2)
    late = submit(assignment=_lost_unit_of(study, ben), active_seconds=9)
    assert late.state == State.SUBMITTED
    assert late.slot.unit_id == late.unit_id
    assert check_study(study).ok


def test_a_late_submission_is_kept_but_not_counted_if_others_took_the_places() -> None:
    study = opened(quality(design="overlap", annotators=1, size=2))
    ben, carla = crowd(study, 2)
    lost = _lost_unit_of(study, ben)
    judge_all(carla)
    late = submit(assignment=lost, active_seconds=9)
    assert late.state == State.LATE
    assert not Assignment.objects.counted().filter(pk=late.pk).exists()
    assert late.judgments.count() > 0
    assert unfilled(study) == 0
    assert check_study(study).ok


def test_a_late_submission_does_not_take_the_other_side() -> None:
    study = opened(pairs(design="overlap", annotators=2, size=1), dialogues=1)
    ben, carla = crowd(study, 2)
    lost = _lost_unit_of(study, ben)
    other = Slot.objects.exclude(side=lost.side).get()
    Slot.objects.filter(side=lost.side).update(assignment=Assignment.objects.create(
        unit=lost.unit, block=lost.block, annotator=carla, side=lost.side, position=0, started=lost.started,
        state=State.SUBMITTED, submitted=lost.started,
    ))  # fmt: skip
    assert submit(assignment=lost, active_seconds=9).state == State.LATE
    other.refresh_from_db()
    assert other.assignment is None


def test_the_database_itself_refuses_a_second_lease_and_a_unit_twice() -> None:
    (ben,) = people(opened(quality()), 1)
    first = claimed(ben)
    other = Slot.objects.exclude(unit=first.unit).filter(seat=ben.seat)[0]
    same = {
        "annotator": ben,
        "block": first.block,
        "position": 0,
        "started": first.started,
        "lease_until": first.lease_until,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(unit=other.unit, **same)
    Assignment.objects.filter(pk=first.pk).update(state=State.RETURNED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(unit=first.unit, **same)


def test_a_claim_an_answer_and_a_submission_take_a_fixed_number_of_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    (ben,) = crowd(opened(pairs(design="overlap", annotators=2, size=10)), 1)
    for _ in range(2):
        with django_assert_max_num_queries(20):
            assignment = claimed(ben)
        with django_assert_max_num_queries(16):
            record_answers(assignment=assignment, answers=answers_to(assignment), active_seconds=1)
        with django_assert_max_num_queries(14):
            submit(assignment=assignment, active_seconds=1)
