"""Who is at work in a study, who stopped, what is out, and what nobody is left to judge. Counted when asked."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from statistics import median
from typing import Final

from django.db.models import Count, F, Q, QuerySet

from annotation.models import Annotator, Assignment, Block, Link, Slot, Study
from annotation.monitoring import NEED_A_HAND, Facts, Standing, nobodys_places, standing
from annotation.services.clock import database_now

State = Assignment.State
FINISHED: Final = (State.SUBMITTED, State.LATE)
EVER_FINISHED: Final = (*FINISHED, State.SET_ASIDE)
RECENT: Final = 5_000
AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Person:
    """What the table says of an annotator; less than the row, as there may be a hundred thousand."""

    pk: int
    pseudonym: str
    seat_id: int | None
    seat: int | None
    joined: datetime
    last_seen: datetime | None
    left: datetime | None
    departure: str


PERSON: Final = ("pk", "pseudonym", "seat_id", "seat__number", "joined", "last_seen", "left", "departure")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One annotator: units finished of those that are theirs, and `aside` that were finished and do not count; `open`
    that they could be given now, seconds a unit, and the unit they hold."""

    annotator: Person
    standing: Standing
    done: int
    total: int
    aside: int
    open: int
    pace: float | None
    seen: datetime
    silent: timedelta
    held: Assignment | None

    @property
    def needs_a_hand(self) -> bool:
        return self.standing in NEED_A_HAND

    @property
    def run_out(self) -> bool:
        """Whether the lease of what they hold ran out."""
        return self.held is not None and self.standing == Standing.STUCK


@dataclass(frozen=True)
class VacantSeat:
    """A seat that nobody sits in, how many units wait there, and the unused link that leads to it, if there is one."""

    number: int
    places: int
    link: Link | None


@dataclass(frozen=True)
class Monitor:
    """A whole study. `nobodys` are free places of an overlap that nobody present can fill; `open_links` says whether
    one still lets people in, who are given the free seats first."""

    people: list[PersonLine]
    vacant: list[VacantSeat]
    not_come: list[Link]
    nobodys: int
    open_links: bool

    @property
    def ways_in(self) -> bool:
        """Whether a link can still bring somebody who is not there."""
        return self.open_links or bool(self.not_come)

    @property
    def present(self) -> int:
        return sum(line.annotator.left is None for line in self.people)

    @property
    def leases(self) -> int:
        return sum(line.held is not None for line in self.people)

    @property
    def run_out(self) -> int:
        return sum(line.run_out for line in self.people)

    @property
    def need_a_hand(self) -> int:
        return sum(line.needs_a_hand for line in self.people)

    @property
    def standings(self) -> dict[Standing, int]:
        """How many stand how; only those that occur, in order."""
        counts = Counter(line.standing for line in self.people)
        return {one: counts[one] for one in Standing if counts[one]}

    @property
    def deserted(self) -> list[VacantSeat]:
        """Seats that nobody sits in and no link leads to, once anybody was sent a link at all."""
        begun = self.people or self.ways_in
        return [seat for seat in self.vacant if seat.link is None] if begun and not self.open_links else []

    @property
    def is_stuck(self) -> bool:
        """Whether the study cannot be finished by those who are there or have a link."""
        return bool(self.deserted or (self.nobodys and not self.ways_in))


def monitor(study: Study) -> Monitor:
    """Everybody in the study and everything that is free, in a dozen queries however many they are."""
    people = _people(study.annotators.order_by("pseudonym"))
    here = {one.pk for one in people if one.left is None}
    work = _work(study, len(here))
    lines = [_line(one, work) for one in people]
    not_come = list(_unused_links(study).select_related("seat"))
    return Monitor(
        people=lines,
        vacant=_vacant(study, people, work.free_of_seat, not_come),
        not_come=not_come,
        nobodys=_nobodys(work, here),
        open_links=_open_links(study).exists(),
    )


def person_line(annotator: Annotator) -> PersonLine:
    """One annotator alone."""
    (person,) = _people(Annotator.objects.filter(pk=annotator.pk))
    return _line(person, _work(annotator.study, annotator.study.annotators.filter(left__isnull=True).count()))


def _people(annotators: QuerySet[Annotator]) -> list[Person]:
    return [Person(*row) for row in annotators.values_list(*PERSON).iterator(chunk_size=AT_ONCE)]


@dataclass(frozen=True)
class _Work:
    """What was counted, by annotator and by seat; `free_of_unit` are the free places of each unit of an overlap that
    has one, and `had` who had which of these units already."""

    now: datetime
    present: int
    free_of_seat: Counter[int]
    free_of_unit: Counter[int]
    had: set[tuple[int, int]]
    had_by: Counter[int]
    done: Counter[int]
    aside: Counter[int]
    held: dict[int, Assignment]
    out: int
    pace: dict[int, float]

    @cached_property
    def share(self) -> int:
        """Of the free places of overlaps, those of each who is here."""
        return math.ceil(self.free_of_unit.total() / max(1, self.present))


def _work(study: Study, present: int) -> _Work:
    free = Slot.objects.free().filter(block__study=study).order_by()
    free_of_unit = _counter(free.filter(seat__isnull=True).values_list("unit").annotate(n=Count("pk")))
    had = _had(study) if free_of_unit else set()
    held = {one.annotator_id: one for one in _leased(study)}
    finished = _finished(study)
    return _Work(
        now=database_now(),
        present=present,
        free_of_seat=_counter(free.filter(seat__isnull=False).values_list("seat").annotate(n=Count("pk"))),
        free_of_unit=free_of_unit,
        had=had,
        had_by=Counter(annotator for annotator, _unit in had),
        done=Counter({annotator: done for annotator, done, _aside in finished}),
        aside=Counter({annotator: aside for annotator, _done, aside in finished}),
        held=held,
        out=sum(one.block.design == Block.Design.OVERLAP for one in held.values()),
        pace=_paces(study),
    )


def _line(one: Person, work: _Work) -> PersonLine:
    held, seen = work.held.get(one.pk), one.last_seen or one.joined
    own = work.free_of_seat[one.seat_id] if one.seat_id and one.left is None else 0
    shared = len(work.free_of_unit) - work.had_by[one.pk] if one.left is None else 0
    share = min(shared, work.share)
    done, aside = work.done[one.pk], work.aside[one.pk]
    facts = Facts(done + aside, own + shared, seen, held.lease_until if held else None, one.departure)
    return PersonLine(
        annotator=one,
        standing=standing(facts, work.now, others_hold=work.out > 0),
        done=done,
        total=done + (held is not None) + own + share,
        aside=aside,
        open=facts.open,
        pace=work.pace.get(one.pk),
        seen=seen,
        silent=work.now - seen,
        held=held,
    )


def _of(study: Study) -> QuerySet[Assignment]:
    return Assignment.objects.filter(block__study=study).order_by()


def _finished(study: Study) -> list[tuple[int, int, int]]:
    """Each annotator with the units finished, and with those that were set aside."""
    finished = _of(study).filter(state__in=EVER_FINISHED, unit__excluded__isnull=True)
    done, aside = Q(state__in=FINISHED), Q(state=State.SET_ASIDE)
    counts = {"done": Count("pk", filter=done), "aside": Count("pk", filter=aside)}
    return list(finished.values_list("annotator").annotate(**counts))


def _leased(study: Study) -> QuerySet[Assignment]:
    return _of(study).filter(state=State.LEASED).select_related("block", "unit")


def _had(study: Study) -> set[tuple[int, int]]:
    """Annotators and the units of an overlap with a free place that they had and cannot be given again.

    Whole lists are asked for, as SQLite would look each unit up among all slots that hold nothing.
    """
    free = Slot.objects.free().filter(block__study=study, seat__isnull=True).order_by()
    returned = _of(study).filter(state=State.RETURNED)
    comes_back = set(free.filter(unit__in=returned.values("unit")).values_list("unit", "side"))
    rows = _of(study).filter(unit__in=free.values("unit")).values_list("annotator", "unit", "state", "side")
    return {
        (annotator, unit)
        for annotator, unit, state, side in rows
        if state != State.RETURNED or (unit, side) not in comes_back
    }


def _paces(study: Study) -> dict[int, float]:
    """Seconds a unit: the median of each one's share of the last few thousand units of the study."""
    times: dict[int, list[float]] = defaultdict(list)
    rows = _of(study).filter(state__in=EVER_FINISHED).order_by("-submitted")
    for annotator, seconds in rows.values_list("annotator", "active_seconds")[:RECENT]:
        times[annotator].append(seconds)
    return {annotator: median(one) for annotator, one in times.items()}


def _counter(rows: Iterable[tuple[int, int]]) -> Counter[int]:
    return Counter(dict(rows))


def _unused_links(study: Study) -> QuerySet[Link]:
    return study.links.filter(kind=Link.Kind.PERSONAL, annotator__isnull=True, revoked__isnull=True).order_by("pk")


def _open_links(study: Study) -> QuerySet[Link]:
    room = Q(cap__isnull=True) | Q(used__lt=F("cap"))
    return study.links.filter(room, kind=Link.Kind.OPEN, revoked__isnull=True)


def _vacant(study: Study, people: list[Person], free: Counter[int], links: list[Link]) -> list[VacantSeat]:
    taken = {one.seat_id for one in people if one.left is None}
    by_seat = {link.seat_id: link for link in links if link.seat_id}
    seats = study.seats.order_by("number").values_list("pk", "number")
    return [VacantSeat(number, free[pk], by_seat.get(pk)) for pk, number in seats if free[pk] and pk not in taken]


def _nobodys(work: _Work, here: set[int]) -> int:
    """Of the free places in overlaps, those that nobody present may fill."""
    had = Counter(unit for annotator, unit in work.had if annotator in here)
    return nobodys_places(((free, had[unit]) for unit, free in work.free_of_unit.items()), len(here))
