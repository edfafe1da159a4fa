"""Who is at work, who stopped, and what nobody is left to judge."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from annotation.models import Annotator, Slot, Study
from annotation.monitoring import Facts, Standing, nobodys_places, standing
from annotation.services.assignments import claim
from annotation.services.departures import remove_annotator
from annotation.services.monitoring import Monitor, PersonLine, monitor, person_line
from annotation.services.participants import create_open_link, create_personal_links, join, revoke_link
from annotation.services.queueing import next_slot
from annotation.services.relinking import create_seat_link
from annotation.services.studies import close_study
from annotation.services.withdrawals import withdraw
from tests.annotation.stories import crowd, expire, judge_all, judge_one, opened, pairs, people, quality

NOON = datetime(2026, 11, 2, 12)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(0, 9, NOON), Standing.NOT_BEGUN),
        (Facts(0, 9, NOON - 72 * HOUR), Standing.QUIET),
        (Facts(4, 9, NOON - 3 * HOUR), Standing.ACTIVE),
        (Facts(4, 9, NOON - 72 * HOUR), Standing.QUIET),
        (Facts(4, 0, NOON - 72 * HOUR), Standing.FINISHED),
        (Facts(0, 0, NOON), Standing.WAITING),
        (Facts(4, 9, NOON, NOON + HOUR), Standing.JUDGING),
        (Facts(4, 0, NOON - HOUR, NOON + HOUR), Standing.PAUSED),
        (Facts(4, 9, NOON - 3 * HOUR, NOON - HOUR), Standing.STUCK),
        (Facts(4, 9, NOON, departure="removed"), Standing.REMOVED),
        (Facts(0, 0, NOON, departure="withdrawn"), Standing.WITHDRAWN),
    ],
)
def test_how_somebody_stands(facts: Facts, expected: Standing) -> None:
    assert standing(facts, NOON) == expected


def test_whoever_has_nothing_to_do_while_others_hold_units_waits() -> None:
    assert standing(Facts(4, 0, NOON), NOON, others_hold=True) == Standing.WAITING


@given(
    units=st.lists(st.tuples(st.integers(1, 4), st.sets(st.integers(0, 4))), max_size=5),
    present=st.sets(st.integers(0, 4)),
)
def test_nobodys_places_are_those_left_when_everybody_has_done_all_they_can(
    units: list[tuple[int, set[int]]], present: set[int]
) -> None:
    left = 0
    for free, had in units:
        for _one in present - had:
            free = max(0, free - 1)
        left += free
    assert nobodys_places([(free, len(had & present)) for free, had in units], len(present)) == left


pytestmark = [pytest.mark.django_db, pytest.mark.database]


def lines(found: Monitor) -> dict[str, PersonLine]:
    return {line.annotator.pseudonym: line for line in found.people}


def long_ago(annotator: Annotator, days: int) -> None:
    Annotator.objects.filter(pk=annotator.pk).update(
        last_seen=timezone.now() - timedelta(days=days), joined=timezone.now() - timedelta(days=days)
    )


def test_seven_people_of_a_panel() -> None:
    study = opened(quality(annotators=7, size=2), pairs(annotators=7, size=2))
    done, working, quiet, asleep, new, gone, withdrew = people(study, 7)
    judge_all(done)
    judge_one(working)
    claim(annotator=working)
    judge_one(quiet)
    long_ago(quiet, 4)
    judge_one(gone)
    remove_annotator(annotator=gone, reason="Ill", keep=True)
    withdraw(annotator=withdrew, delete=True)
    held = claim(annotator=asleep)
    assert held
    expire(held)
    found = monitor(study)
    by_key = {line.annotator.pk: line for line in found.people}
    told = {
        "done": by_key[done.pk],
        "working": by_key[working.pk],
        "quiet": by_key[quiet.pk],
        "asleep": by_key[asleep.pk],
        "new": by_key[new.pk],
        "gone": by_key[gone.pk],
        "withdrew": by_key[withdrew.pk],
    }
    assert {name: (line.standing.value, line.done, line.total) for name, line in told.items()} == {
        "done": ("finished", 6, 6),
        "working": ("judging", 1, 6),
        "quiet": ("quiet", 1, 6),
        "asleep": ("stuck", 0, 6),
        "new": ("not-begun", 0, 6),
        "gone": ("removed", 1, 1),
        "withdrew": ("withdrawn", 0, 0),
    }
    assert (found.present, found.leases, found.run_out, found.need_a_hand) == (5, 2, 1, 3)
    assert told["quiet"].silent.days == 4
    assert told["done"].pace == 21
    assert person_line(working).total == 6


def test_a_vacated_seat_is_deserted_until_it_has_a_link() -> None:
    study = opened(quality(annotators=2, size=2))
    ben, _carla = people(study, 2)
    judge_one(ben)
    remove_annotator(annotator=ben, reason="Ill", keep=True)
    found = monitor(study)
    assert [(seat.number, seat.places, seat.link) for seat in found.vacant] == [(1, 3, None)]
    assert found.is_stuck
    link = create_seat_link(study=study, number=1)
    found = monitor(study)
    assert (found.deserted, found.vacant[0].link, found.not_come) == ([], link, [link])
    assert not found.is_stuck
    join(link=link)
    assert monitor(study).vacant == []


def test_in_an_overlap_what_everybody_has_had_waits_for_somebody_new() -> None:
    study = opened(quality(design="overlap", annotators=3, size=2))
    [ben, carla] = [join(link=link) for link in create_personal_links(study=study, count=2)]
    judge_all(ben)
    assert (monitor(study).nobodys, monitor(study).is_stuck) == (4, True)
    judge_all(carla)
    found = monitor(study)
    assert (found.nobodys, found.ways_in, found.is_stuck) == (4, False, True)
    link = create_open_link(study=study, cap=3)
    found = monitor(study)
    assert (found.nobodys, found.ways_in, found.is_stuck) == (4, True, False)
    revoke_link(link=link)
    assert monitor(study).is_stuck


def test_what_one_gave_back_comes_back_and_is_not_nobodys() -> None:
    study = opened(quality(design="overlap", annotators=1, size=1))
    [ben] = [join(link=link) for link in create_personal_links(study=study, count=1)]
    held = claim(annotator=ben)
    assert held
    expire(held)
    assert lines(monitor(study))[ben.pseudonym].standing == Standing.STUCK
    close = Slot.objects.filter(assignment=held)
    close.update(assignment=None)
    held.state, held.lease_until = "returned", None
    held.save()
    found = monitor(study)
    assert (lines(found)[ben.pseudonym].open, found.nobodys) == (2, 0)


@pytest.mark.parametrize("design", ["panel", "overlap"])
def test_what_is_open_to_somebody_is_what_the_queue_gives_them(design: str) -> None:
    study = opened(quality(design=design, annotators=3, size=3), pairs(design="overlap", annotators=2, size=3))
    one, two, three = people(study, 3)
    judge_all(one)
    for _ in range(4):
        judge_one(two)
    remove_annotator(annotator=one, reason="Random", keep=False)
    for annotator in (two, three):
        expected = person_line(annotator).open
        assert len(judge_all(annotator)) == expected
        assert person_line(annotator).open == 0
        assert next_slot(annotator, lock=False) is None


def test_of_a_closed_study_nothing_is_asked() -> None:
    study = opened(quality(design="overlap", annotators=1, size=2))
    (ben,) = crowd(study, 1)
    judge_all(ben)
    close_study(study=study)
    found = monitor(Study.objects.get(pk=study.pk))
    assert (found.leases, found.people[0].standing) == (0, Standing.FINISHED)
