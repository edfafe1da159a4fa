"""Amira ends somebody's part in a study, gives the seat to another, and changes her mind."""

from uuid import uuid4

import pytest

from annotation.models import Annotator, Assignment, Link, Slot, Study
from annotation.services.assignments import claim, release_lease, submit
from annotation.services.checking import check_study
from annotation.services.departures import readmit_annotator, remove_annotator
from annotation.services.errors import JoinError, LeftError, StudyError
from annotation.services.judging import Answer, record_answers
from annotation.services.participants import create_personal_links, join, revoke_link
from annotation.services.relinking import create_seat_link, renew_link
from annotation.services.studies import close_study
from crsapp.accounts.models import User
from tests.annotation.stories import (
    answers_to,
    crowd,
    judge_all,
    judge_one,
    opened,
    pairs,
    people,
    quality,
    unfilled,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def remove(annotator: Annotator, *, keep: bool = True, reason: str = "Never came back") -> Annotator:
    return remove_annotator(annotator=annotator, reason=reason, keep=keep)


def clean(study: Study) -> None:
    report = check_study(Study.objects.get(pk=study.pk))
    assert report.ok, report.problems


def states(annotator: Annotator) -> list[str]:
    return sorted(annotator.assignments.values_list("state", flat=True))


def test_what_ben_finished_stays_and_what_he_holds_goes_back(amira: User) -> None:
    study = opened(quality(annotators=2, size=2))
    ben, _ = people(study, 2)
    judge_one(ben)
    held = claim(annotator=ben)
    assert held
    gone = remove_annotator(annotator=ben, reason="Moved away", keep=True, by=amira)
    assert (gone.departure, gone.left is not None, gone.seat_id) == ("removed", True, ben.seat_id)
    assert states(ben) == ["returned", "submitted"]
    assert Slot.objects.filter(seat=ben.seat, assignment__isnull=False).count() == 1
    event = study.events.get(kind="annotator removed")
    assert event.by == amira
    sealed = event.detail.pop("reason_sha256")
    assert event.detail == {"annotator": ben.pk, "kept": True, "units_set_aside": 0, "counted_again": 0}
    assert (event.removal_reason.text, len(sealed)) == ("Moved away", 64)
    clean(study)


def test_without_keeping_it_is_set_aside_and_its_places_are_free() -> None:
    study = opened(quality(annotators=2, size=2))
    ben, carla = people(study, 2)
    judge_all(ben)
    judge_all(carla)
    before = study.judgment_revision
    remove(ben, keep=False)
    assert states(ben) == ["set_aside"] * 4
    assert unfilled(study) == 4
    assert study.judgment_revision > before
    assert Assignment.objects.counted().count() == 4
    clean(study)


def test_what_came_late_stays_late() -> None:
    study = opened(quality(annotators=2, size=2))
    (ben,) = people(study, 1)
    judged = judge_one(ben)
    assert judged
    Slot.objects.filter(assignment=judged).update(assignment=None)
    Assignment.objects.filter(pk=judged.pk).update(state="late")
    remove(ben, keep=False)
    assert states(ben) == ["late"]


def test_a_reason_is_wanted() -> None:
    (ben,) = people(opened(quality()), 1)
    with pytest.raises(StudyError, match="Say why"):
        remove(ben, reason="  ")
    ben.refresh_from_db()
    assert ben.left is None


def test_removed_twice_is_removed_once() -> None:
    study = opened(quality())
    (ben,) = people(study, 1)
    judge_one(ben)
    remove(ben)
    remove(ben, keep=False, reason="Another reason")
    assert states(ben) == ["submitted"]
    assert study.events.filter(kind="annotator removed").count() == 1


def test_nothing_of_somebody_who_left_is_written_any_more() -> None:
    study = opened(quality())
    (ben,) = people(study, 1)
    held = claim(annotator=ben)
    assert held
    kept, late = answers_to(held)[:2]
    record_answers(assignment=held, answers=[kept], active_seconds=1)
    remove(ben)
    receipt = record_answers(assignment=held, answers=[kept, late], active_seconds=2)
    assert (receipt.saved, receipt.state) == ([kept.client_key], "left")
    assert [one.client_key for one in receipt.refused] == [late.client_key]
    assert "no longer take part" in receipt.refused[0].reason
    with pytest.raises(LeftError):
        submit(assignment=held, active_seconds=3)
    assert claim(annotator=ben) is None
    assert held.judgments.count() == 1
    clean(study)


def test_the_link_lets_nobody_in_and_the_account_does_not_join_again(ben: User) -> None:
    study = opened(quality())
    first, second = create_personal_links(study=study, count=2)
    remove(join(link=first, user=ben))
    first.refresh_from_db()
    assert first.revoked
    for link in (first, second):
        with pytest.raises(JoinError, match="no longer take part"):
            join(link=link, user=ben)
    assert study.annotators.count() == 1


def test_a_replacement_judges_exactly_what_is_left_in_the_same_order_on_the_same_sides() -> None:
    study = opened(pairs(annotators=2, size=6))
    ben, _ = people(study, 2)
    done = [judge_one(ben), judge_one(ben)]
    claim(annotator=ben)
    remove(ben)
    assert ben.seat
    link = create_seat_link(study=study, number=ben.seat.number)
    assert create_seat_link(study=study, number=ben.seat.number) == link
    dora = join(link=link)
    assert dora.seat == ben.seat
    judged = judge_all(dora)
    expected = Slot.objects.filter(seat=ben.seat).exclude(assignment__in=done).order_by("position")
    assert [(one.unit_id, one.side) for one in judged] == [(slot.unit_id, slot.side) for slot in expected]
    assert len(judged) == 4
    assert study.events.filter(kind="seat reopened").count() == 1
    clean(study)


def test_of_somebody_set_aside_the_replacement_judges_everything() -> None:
    study = opened(quality(annotators=2, size=2))
    ben, carla = people(study, 2)
    judge_all(ben)
    judge_all(carla)
    remove(ben, keep=False)
    assert ben.seat
    assert len(judge_all(join(link=create_seat_link(study=study, number=ben.seat.number)))) == 4
    assert unfilled(study) == 0
    clean(study)


def test_in_an_overlap_others_take_what_is_free() -> None:
    study = opened(quality(design="overlap", annotators=2, size=3))
    ben, carla, dora = crowd(study, 3)
    judge_all(ben)
    judge_all(carla)
    assert judge_all(dora) == []
    remove(ben, keep=False)
    assert len(judge_all(dora)) == 6
    assert unfilled(study) == 0
    clean(study)


def test_a_seat_that_is_taken_gets_no_second_link() -> None:
    study = opened(quality(annotators=2))
    (ben,) = people(study, 1)
    assert ben.seat
    with pytest.raises(StudyError, match="Seat 1 is taken"):
        create_seat_link(study=study, number=ben.seat.number)
    with pytest.raises(StudyError, match="Seat 9 is taken"):
        create_seat_link(study=study, number=9)


def test_after_closing_somebody_can_be_set_aside_but_nobody_replaces_them() -> None:
    study = opened(quality(annotators=2, size=2))
    ben, _ = people(study, 2)
    judge_all(ben)
    close_study(study=study)
    remove(ben, keep=False, reason="Answered at random")
    assert Assignment.objects.counted().count() == 0
    with pytest.raises(StudyError, match="closed"):
        create_seat_link(study=study, number=1)
    with pytest.raises(StudyError, match="closed"):
        readmit_annotator(annotator=ben)
    clean(study)


def test_readmitting_does_not_revive_a_link_that_was_revoked_before() -> None:
    (ben,) = people(opened(quality()), 1)
    revoke_link(link=ben.link)
    remove_annotator(annotator=ben, reason="Never came back", keep=True)
    readmit_annotator(annotator=ben)
    assert Link.objects.get(annotator=ben).revoked is not None


def test_readmitted_ben_goes_on_where_he_was() -> None:
    study = opened(quality(annotators=2, size=2))
    (ben,) = people(study, 1)
    judge_one(ben)
    held = claim(annotator=ben)
    remove(ben, keep=False)
    again = readmit_annotator(annotator=ben)
    assert (again.left, again.departure) == (None, "")
    assert readmit_annotator(annotator=ben).left is None
    assert states(ben) == ["returned", "submitted"]
    assert claim(annotator=ben) == held
    assert join(link=ben.link) == ben
    assert study.events.filter(kind="annotator readmitted").count() == 1
    clean(study)


def test_what_others_judged_meanwhile_stays_set_aside() -> None:
    study = opened(quality(design="overlap", annotators=1, size=2))
    ben, carla = crowd(study, 2)
    judge_all(ben)
    remove(ben, keep=False)
    judge_one(carla)
    readmit_annotator(annotator=ben)
    assert states(ben) == ["set_aside", "submitted", "submitted", "submitted"]
    clean(study)


def test_nobody_is_readmitted_to_a_seat_that_is_promised_or_taken() -> None:
    study = opened(quality(annotators=2))
    ben, _ = people(study, 2)
    remove(ben)
    link = create_seat_link(study=study, number=1)
    with pytest.raises(StudyError, match="has a link for somebody else"):
        readmit_annotator(annotator=ben)
    join(link=link)
    with pytest.raises(StudyError, match="seat is taken"):
        readmit_annotator(annotator=ben)
    ben.refresh_from_db()
    assert ben.left is not None


def test_a_lost_link_is_replaced_once_however_often_it_is_pressed(amira: User) -> None:
    study = opened(quality())
    (ben,) = people(study, 1)
    old = ben.link
    new = renew_link(annotator=ben, instead_of=old.pk, by=amira)
    assert renew_link(annotator=ben, instead_of=old.pk) == new
    assert new.token != old.token
    with pytest.raises(JoinError, match="withdrawn"):
        join(link=old)
    assert join(link=new) == ben
    assert study.events.filter(kind="link renewed").count() == 1
    assert new.seat == ben.seat


def test_the_way_back_of_somebody_from_an_open_link_becomes_the_researchers_link() -> None:
    study = opened(quality(design="overlap"))
    (ben,) = crowd(study, 1)
    assert ben.link.opened_by
    assert renew_link(annotator=ben, instead_of=ben.link.pk).opened_by is None


def test_who_left_gets_no_new_link() -> None:
    (ben,) = people(opened(quality()), 1)
    remove(ben)
    with pytest.raises(StudyError, match="no longer take part"):
        renew_link(annotator=ben, instead_of=ben.link.pk)


def test_a_released_unit_is_free_until_ben_answers_again(amira: User) -> None:
    study = opened(quality(design="overlap", annotators=1, size=1))
    ben, carla = crowd(study, 2)
    held = claim(annotator=ben)
    assert held
    assert release_lease(assignment=held, by=amira)
    assert not release_lease(assignment=held, by=amira)
    assert study.events.filter(kind="lease released").count() == 1
    taken = claim(annotator=carla)
    assert taken
    assert taken.unit == held.unit
    answer = answers_to(held)[0]
    assert record_answers(assignment=held, answers=[answer], active_seconds=1).state == "returned"
    release_lease(assignment=taken)
    answer = Answer(uuid4(), answer.instrument, answer.criterion, answer.place, 0)
    assert record_answers(assignment=held, answers=[answer], active_seconds=1).state == "leased"
    clean(study)
