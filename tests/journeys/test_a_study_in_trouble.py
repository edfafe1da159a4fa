"""A study as it really goes: people drop out, come back late, send everything twice, are removed, replaced and
withdrawn; a unit is excluded under their hands, and the protocol is amended twice. Every answer is accounted for."""

import csv
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from annotation.models import Annotator, Assignment, Judgment, Link, Slot, Study, Unit
from annotation.protocol import Protocol, from_dict, to_dict
from annotation.services.amending import amend_study
from annotation.services.assignments import release_lease
from annotation.services.checking import check_study
from annotation.services.departures import remove_annotator
from annotation.services.excluding import exclude_unit
from annotation.services.participants import create_open_link, create_personal_links
from annotation.services.studies import close_study
from annotation.services.withdrawals import withdraw
from tests.annotation.stories import opened, pairs, quality
from tests.journeys.commands import command
from tests.journeys.test_thirty_two_annotators import SCREEN, Answered, Browser, fall_asleep, unit_on

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

State = Assignment.State
GONE = {"left", "closed", "gone"}


@dataclass
class Wanderer(Browser):
    """Somebody who judges until there is nothing left, unless they vanish in the middle of a unit."""

    token: str = ""
    vanishes: float = 0.0
    trouble: list[str] = field(default_factory=list)

    def day(self, evening: threading.Event) -> None:
        try:
            self.join(self.token)
            while not evening.is_set() and self.one_unit():
                pass
        except Exception as error:  # in a thread nobody would see it
            self.trouble.append(repr(error))

    def one_unit(self) -> bool:
        """Whether they go on afterwards."""
        status, text, _ = self.post(f"{self.address}/next/")
        screen = SCREEN.search(text)
        assert status == 200, (status, text[:300])
        assert screen, text[:300]
        if screen[1] in {"left", "closed"}:
            return False
        if screen[1] != "unit":
            time.sleep(0.2)
            return True
        unit, habit = unit_on(text), self.draw.random()
        if self.draw.random() < 0.1:
            fall_asleep(unit)
        if not self.say(unit, twice=habit < 0.4):
            return False
        if self.draw.random() < self.vanishes:
            return False
        if habit > 0.9:
            self.report(unit)
        for _ in range(2 if habit < 0.3 else 1):
            self.send_off(unit)
        return True

    def say(self, unit: dict[str, Any], *, twice: bool) -> bool:
        """Answer everything, in two parts; False when the server says that they no longer take part."""
        answers = [self.opinion(unit, number, place) for number, place in unit["steps"]]
        for part in (answers[:1], answers[1:]):
            body = {"assignment": unit["assignment"], "active_seconds": 5, "answers": part}
            for _ in range(2 if twice else 1):
                status, text, _ = self.post(f"{self.address}/answers/", body)
                assert status == 200, (status, text[:300])
                receipt = json.loads(text)
                known = {answer.key for answer in self.kept}
                self.kept += [
                    Answered(one["client_key"], unit["assignment"], one["criterion"], one["place"], one["value"])
                    for one in part
                    if one["client_key"] in receipt["saved"] and one["client_key"] not in known
                ]
                if receipt["state"] in GONE:
                    return False
                assert not receipt["refused"], receipt
        return True

    def opinion(self, unit: dict[str, Any], number: int, place: int) -> dict[str, Any]:
        asked = unit["criteria"][number]
        value = self.draw.choice([option["value"] for option in asked["options"]])
        one = {"client_key": str(uuid4()), "instrument": asked["instrument"], "criterion": asked["key"]}
        return {**one, "place": place, "value": value}

    def send_off(self, unit: dict[str, Any]) -> None:
        status, text, _ = self.post(f"{self.address}/submit/", {"assignment": unit["assignment"], "active_seconds": 9})
        assert status == 200, (status, text[:300])

    def report(self, unit: dict[str, Any]) -> None:
        body = {"assignment": unit["assignment"], "client_key": str(uuid4()), "text": "Half of it is missing."}
        status, text, _ = self.post(f"{self.address}/report/", body)
        assert status == 200, (status, text[:300])


@dataclass
class Town:
    """The people of a study and the researcher who looks after them."""

    study: Study
    site: str
    evening: threading.Event = field(default_factory=threading.Event)
    people: list[tuple[Wanderer, threading.Thread]] = field(default_factory=list)

    def send(self, link: Link, *, vanishes: float = 0.0) -> None:
        person = Wanderer(self.site, len(self.people), token=link.token, vanishes=vanishes)
        thread = threading.Thread(target=person.day, args=[self.evening], daemon=True)
        self.people.append((person, thread))
        thread.start()

    def submitted(self) -> int:
        return Assignment.objects.filter(block__study=self.study, state=State.SUBMITTED).count()

    def wait(self, ready: Callable[[], bool], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < end, "it takes too long"
            assert not (trouble := [word for person, _ in self.people for word in person.trouble]), trouble
            time.sleep(0.1)

    def unfilled(self) -> int:
        slots = Slot.objects.filter(block__study=self.study, withheld=False)
        return slots.exclude(assignment__state=State.SUBMITTED).count()

    def look_after(self) -> None:
        """What a researcher does until everything is judged: take units back, fill seats, let more people in."""
        for annotator in self.study.annotators.filter(left__isnull=True):
            thread = next((thread for person, thread in self.people if self.is_of(person, annotator)), None)
            if thread is None or thread.is_alive():
                continue
            for lease in annotator.assignments.filter(state=State.LEASED):
                release_lease(assignment=lease)
            if annotator.seat_id is not None and self.open_places(annotator):
                remove_annotator(annotator=annotator, reason="Does not come any more.", keep=True)
                for link in create_personal_links(study=self.study, count=1):
                    self.send(link)
        judged_by = Annotator.objects.filter(study=self.study, left__isnull=True)
        if sum(thread.is_alive() for _, thread in self.people) < 6 and judged_by.count() < 40:
            self.send(create_open_link(study=self.study, cap=1))

    def open_places(self, annotator: Annotator) -> bool:
        return Slot.objects.free().filter(seat=annotator.seat_id).exists()

    @staticmethod
    def is_of(person: Wanderer, annotator: Annotator) -> bool:
        link = Link.objects.filter(annotator=annotator).first()
        came_by = link.opened_by or link if link else None
        return came_by is not None and came_by.token == person.token


def reworded(protocol: Protocol) -> Protocol:
    data = to_dict(protocol)
    data["instrument"][0]["criterion"][0]["question"] = "Is the language right, and does it sound natural?"
    return from_dict(data)


def with_two_more(protocol: Protocol) -> Protocol:
    blocks = tuple(replace(block, annotators=block.annotators + 2) for block in protocol.blocks)
    return replace(protocol, blocks=blocks)


def test_a_study_in_trouble_accounts_for_every_answer(live_site: str, tmp_path: Path) -> None:
    study = opened(quality(annotators=2, size=3), pairs(design="overlap", annotators=2, size=10), dialogues=20)
    town = Town(study, live_site)
    seats = create_personal_links(study=study, count=2)
    town.send(seats[0], vanishes=0.3)
    town.send(seats[1])
    for _ in range(4):
        town.send(create_open_link(study=study, cap=1), vanishes=0.15)

    town.wait(lambda: town.submitted() >= 4)
    amend_study(study=study, protocol=reworded(from_dict(study.protocol)), reason="The question read badly.")

    town.wait(lambda: town.submitted() >= 8)
    unseated = study.annotators.filter(seat__isnull=True, left__isnull=True)
    seated = Annotator.objects.get(link=seats[1])
    remove_annotator(annotator=seated, reason="Answers in a second each.", keep=False)
    for link in create_personal_links(study=study, count=1):
        town.send(link)
    remove_annotator(annotator=unseated[0], reason="Asked to stop.", keep=True)
    erased = unseated[0]
    erased_answers = set(Judgment.objects.filter(assignment__annotator=erased).values_list("client_key", flat=True))
    withdraw(annotator=erased, delete=True)
    under_work = Assignment.objects.filter(block__study=study, state=State.LEASED, block__target="pair").first()
    excluded = under_work.unit if under_work else Unit.objects.filter(block__study=study, block__target="pair")[0]
    exclude_unit(unit=excluded, reason="Half of the dialogue is missing.")

    amend_study(study=study, protocol=with_two_more(from_dict(study.protocol)), reason="The intervals were wide.")
    for link in create_personal_links(study=study, count=2):
        town.send(link)

    def done() -> bool:
        town.look_after()
        return town.unfilled() == 0

    town.wait(done, seconds=240)
    town.evening.set()
    for _, thread in town.people:
        thread.join(60)
    town.wait(lambda: True)

    close_study(study=study)
    study.refresh_from_db()
    report = check_study(study)
    assert report.ok, report.problems
    assert study.amendment_number == 2
    none_over_k_and_k_everywhere(study, excluded)
    said = {answer.key: answer for person, _ in town.people for answer in person.kept}
    every_answer_is_in_the_export(study, said, {str(key) for key in erased_answers}, tmp_path / "table.csv")


def none_over_k_and_k_everywhere(study: Study, excluded: Unit) -> None:
    k = dict(study.blocks.values_list("pk", "annotators_per_unit"))
    assert sorted(k.values()) == [4, 4]
    counted = Counter(Assignment.objects.counted().filter(block__study=study).values_list("block", "unit"))
    assert {(block, unit): k[block] for block, unit in counted} == dict(counted)
    assert len(counted) == Unit.objects.filter(block__study=study).count() - 1
    assert all(unit != excluded.pk for _, unit in counted)
    twice = Counter(Assignment.objects.filter(block__study=study).values_list("unit", "annotator"))
    assert set(twice.values()) == {1}


def every_answer_is_in_the_export(study: Study, said: dict[str, Answered], erased: set[str], file: Path) -> None:
    """Each answer that somebody was told is kept stands in the table once, but those that were erased with theirs."""
    kept = Judgment.objects.filter(assignment__block__study=study)
    kept = kept.select_related("assignment__annotator", "assignment__unit")
    rows = {str(row.client_key): row for row in kept}
    assert rows.keys() <= said.keys()
    lost = said.keys() - rows.keys()
    assert erased <= lost
    there = set(map(str, Assignment.objects.filter(block__study=study).values_list("public_id", flat=True)))
    assert there.isdisjoint(said[key].assignment for key in lost)  # they went with all that person did
    told = command("export_judgments", study.slug, "--out", file)
    assert told["rows"] == len(rows)
    assert [one["number"] for one in told["amendments"]] == [1, 2]
    with file.open(newline="", encoding="utf-8-sig") as table:
        exported = Counter(
            (row["annotator"], row["unit"], row["criterion"], row["turn"], row["value"], row["counted"])
            for row in csv.DictReader(table)
        )
    holds = set(Assignment.objects.counted().filter(block__study=study).values_list("pk", flat=True))
    assert exported == Counter(
        (
            row.assignment.annotator.pseudonym,
            str(row.assignment.unit.number),
            row.criterion,
            "" if row.place < 0 else str(row.place),
            str(said[str(row.client_key)].value),
            str(int(row.assignment_id in holds)),
        )
        for row in rows.values()
    )
    withdrawn = study.annotators.get(departure=Annotator.Departure.WITHDRAWN)
    assert withdrawn.pseudonym not in {key[0] for key in exported}
