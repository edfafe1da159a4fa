"""`check_study` finds nothing in a study that ran as it should, and finds each thing that Mallory changed."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from annotation.instruments import canonical_digest
from annotation.models import Annotator, Assignment, Block, Exhibit, Judgment, Slot, Study, Unit
from annotation.protocol import Protocol, to_dict
from annotation.services import studies
from annotation.services.amending import amend_study
from annotation.services.assignments import claim
from annotation.services.checking import check_study
from annotation.services.material import protocol_of
from annotation.services.studies import create_study
from generation.models import Utterance
from tests.annotation.stories import judge_all, judge_one, opened, pairs, people, protocol_of_blocks, quality

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def study(db: None) -> Study:
    """Three people who are done, and one more who has just begun."""
    study = opened(quality(annotators=4, size=2), pairs(annotators=4, size=3))
    *finished, beginner = people(study, 4)
    for annotator in finished:
        judge_all(annotator)
    judge_one(beginner)
    claim(annotator=beginner)
    return study


def test_a_study_that_ran_as_it_should_is_clean(study: Study) -> None:
    report = check_study(study)
    assert (report.ok, report.problems, report.notes) == (True, [], [])
    assert report.counts["units"] == 7
    assert report.counts["slots"] == 28
    assert report.counts["slots_filled"] == 22
    assert report.counts["judgments"] == 3 * (4 * 8 + 3) + 8


def test_a_study_opened_by_an_earlier_version_is_not_taken_for_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a key was known it stood in no protocol, nor in its digest; an amendment may bring it."""

    def as_then(protocol: Protocol) -> dict[str, Any]:
        data = to_dict(protocol)
        for block in data["block"]:
            del block["carry_over"]
        return data

    monkeypatch.setattr(studies, "to_dict", as_then)
    monkeypatch.setattr(studies, "digest", lambda protocol: canonical_digest(as_then(protocol)))
    study = opened(quality())
    assert "carry_over" not in study.protocol["block"][0]
    assert check_study(study).problems == []
    monkeypatch.undo()
    amend_study(study=study, protocol=replace(protocol_of(study), guidelines="Read."), reason="Clearer.")
    assert "carry_over" in study.protocol["block"][0]
    assert check_study(study).problems == []


def test_a_study_whose_protocol_was_swapped_with_its_digest_is_found_by_its_record(study: Study) -> None:
    study.protocol["seed"] += 1
    study.digest = canonical_digest(study.protocol)
    study.save()
    assert "The study opened with the protocol" in "\n".join(check_study(study).problems)


def test_a_draft_has_nothing_to_check() -> None:
    assert not check_study(create_study(protocol=protocol_of_blocks(quality()))).ok


def submitted() -> Assignment:
    return Assignment.objects.filter(state="submitted", unit__block__number=1)[0]


def change_protocol(study: Study) -> None:
    study.protocol["guidelines"] = "Prefer the north."
    study.save()


def swap_sides(study: Study) -> None:
    Slot.objects.filter(block__number=2, unit__number=1).update(side=1)


def change_what_was_shown(study: Study) -> None:
    exhibit = Exhibit.objects.all()[0]
    exhibit.content["turns"][0]["text"] = "Something else"
    exhibit.save()


def change_digest_of_unit(study: Study) -> None:
    Unit.objects.filter(number=1).update(digest="0" * 64)


def drop_slot(study: Study) -> None:
    Slot.objects.filter(assignment__isnull=True)[0].delete()


def add_slot(study: Study) -> None:
    slot = Slot.objects.filter(assignment__isnull=True)[0]
    Slot.objects.create(unit=slot.unit, block=slot.block, n=5, side=slot.side, position=slot.position)


def same_position_twice(study: Study) -> None:
    Slot.objects.filter(block__number=1, seat__number=2, position=1).update(position=0)


def drop_answer(study: Study) -> None:
    submitted().judgments.all()[0].delete()


def supersede_without_successor(study: Study) -> None:
    Judgment.objects.filter(pk=submitted().judgments.all()[0].pk).update(superseded=True)


def impossible_value(study: Study) -> None:
    Judgment.objects.filter(pk=submitted().judgments.all()[0].pk).update(value=7)


def answer_not_asked(study: Study) -> None:
    Judgment.objects.filter(pk=submitted().judgments.all()[0].pk).update(place=40)


def free_a_counted_slot(study: Study) -> None:
    Slot.objects.filter(assignment=submitted()).update(assignment=None)


def return_a_held_unit(study: Study) -> None:
    Assignment.objects.filter(state="leased").update(state="returned", lease_until=None)


def wrong_side_shown(study: Study) -> None:
    Assignment.objects.filter(unit__block__number=2, side=1).update(side=2)


def seat_swapped(study: Study) -> None:
    seat = study.seats.get(number=1)
    Annotator.objects.filter(seat=seat).update(seat=None)


def forget_to_return(study: Study) -> None:
    study.state = Study.State.CLOSED
    study.save()


def more_annotators_than_planned(study: Study) -> None:
    Block.objects.filter(number=2).update(annotators_per_unit=9)


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (change_protocol, "protocol was changed after the study opened"),
        (swap_sides, "block 2, unit 1: its two sides differ by 4"),
        (change_what_was_shown, "was changed afterwards"),
        (change_digest_of_unit, "its digest is not that of what it shows"),
        (drop_slot, "has 3 slots instead of exactly 4"),
        (add_slot, "has 5 slots instead of exactly 4"),
        (same_position_twice, "seat 2: it does not hold every unit once"),
        (drop_answer, "submitted with 1 questions unanswered"),
        (supersede_without_successor, "has only superseded answers"),
        (impossible_value, "cannot be answered with 7"),
        (answer_not_asked, "was answered, but not asked"),
        (free_a_counted_slot, "submitted, but no slot holds it"),
        (return_a_held_unit, "returned, yet a slot holds it"),
        (wrong_side_shown, "are not those of its slot"),
        (seat_swapped, "fills a slot of another seat"),
        (forget_to_return, "closed, but a unit is still out"),
        (more_annotators_than_planned, "not those of the protocol"),
    ],
)
def test_every_broken_promise_is_found(study: Study, tamper: Callable[[Study], None], words: str) -> None:
    tamper(study)
    report = check_study(Study.objects.get(pk=study.pk))
    assert not report.ok
    assert any(words in problem for problem in report.problems), report.problems


def test_what_the_constraints_forbid_is_found_even_without_them(study: Study) -> None:
    """A database that was restored without its indexes: two answers to one question, two leases of one person."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX annotation_judgment_one_current")
        cursor.execute("DROP INDEX annotation_assignment_one_lease")
    double = submitted().judgments.all()[0]
    double.pk, double.client_key, double.sequence = None, uuid4(), 99
    double.save(force_insert=True)
    held = Assignment.objects.get(state="leased")
    unit = Unit.objects.exclude(assignments__annotator=held.annotator)[0]
    held.pk, held.public_id, held.unit = None, uuid4(), unit
    held.save(force_insert=True)
    found = "\n".join(check_study(study).problems)
    assert "has 2 current answers by one annotator" in found
    assert "holds 2 units at once" in found


def test_a_dialogue_that_was_edited_later_is_a_note_and_no_breach(study: Study) -> None:
    exhibit = Exhibit.objects.all()[0]
    Utterance.objects.filter(dialogue=exhibit.dialogue, index=0).update(text="Good morning!")
    report = check_study(study)
    assert report.ok
    assert "would look different today" in report.notes[0]
