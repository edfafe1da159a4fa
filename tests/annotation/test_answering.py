"""Ben answers: every answer is kept the moment it comes, once, and nothing he said is ever overwritten."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from annotation.models import Annotator, Assignment, Judgment
from annotation.services.assignments import claim, release_expired, submit
from annotation.services.checking import check_study
from annotation.services.errors import SubmitError
from annotation.services.judging import Answer, record_answers
from annotation.services.studies import close_study
from tests.annotation.stories import answers_to, crowd, expire, judge_all, judge_one, opened, pairs, people, quality

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def ben(db: None) -> Annotator:
    """An annotator of a panel of two."""
    (ben,) = people(opened(quality(annotators=2), pairs(annotators=2)), 1)
    return ben


@pytest.fixture
def unit(ben: Annotator) -> Assignment:
    assignment = claim(annotator=ben)
    assert assignment is not None
    return assignment


def test_an_answer_is_kept(unit: Assignment) -> None:
    answer = replace(answers_to(unit)[0], value=2, reason="Clear.", answered=timezone.now())
    receipt = record_answers(assignment=unit, answers=[answer], active_seconds=3)
    judgment = unit.judgments.get()
    assert receipt.saved == [answer.client_key]
    assert (judgment.value, judgment.reason, judgment.place, judgment.sequence) == (2, "Clear.", 0, 1)
    assert receipt.state == "leased"
    assert not receipt.refused


def test_a_repeated_request_is_recognised(unit: Assignment) -> None:
    answers = answers_to(unit)
    for _ in range(3):
        receipt = record_answers(assignment=unit, answers=[*answers, answers[0]], active_seconds=3)
        assert len(receipt.saved) == len(answers) + 1
    assert unit.judgments.count() == len(answers)


def test_a_revision_supersedes_and_the_earlier_answer_stays(unit: Assignment) -> None:
    first = answers_to(unit, value=0)[0]
    second, third = replace(first, client_key=uuid4(), value=1), replace(first, client_key=uuid4(), value=2)
    record_answers(assignment=unit, answers=[first], active_seconds=3)
    record_answers(assignment=unit, answers=[second, third], active_seconds=4)
    rows = unit.judgments.order_by("sequence").values_list("value", "superseded")
    assert list(rows) == [(0, True), (1, True), (2, False)]


def test_answers_after_submission_are_revisions_while_the_study_is_open(ben: Annotator) -> None:
    done = judge_one(ben)
    assert done
    answer = answers_to(done, value=2)[0]
    receipt = record_answers(assignment=done, answers=[answer], active_seconds=5)
    assert (receipt.state, receipt.saved) == ("submitted", [answer.client_key])
    assert done.judgments.current().get(criterion=answer.criterion, place=answer.place).value == 2
    assert check_study(ben.study).ok


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": 3}, "cannot be answered with 3; offered are 0, 1, 2"),
        ({"value": True}, "cannot be answered with True"),
        ({"value": None}, "cannot be answered with None"),
        ({"value": 1, "cannot_judge": True}, "goes with no other answer"),
        ({"place": 99}, "does not ask"),
        ({"place": -1}, "does not ask"),
        ({"criterion": "charm"}, "does not ask “charm”"),
        ({"instrument": "overall-preference"}, "does not ask"),
        ({"text": "two"}, "not answered in words"),
        ({"span_start": 0, "span_end": 2}, "marks no passage"),
        ({"reason": "x" * 5_001}, "at most 5,000"),
    ],
)
def test_a_bad_answer_is_refused_in_words_and_the_good_ones_are_kept(
    unit: Assignment, change: dict[str, object], words: str
) -> None:
    good, other, *_ = answers_to(unit)
    bad = replace(other, **change)  # type: ignore[arg-type]
    receipt = record_answers(assignment=unit, answers=[bad, good], active_seconds=3)
    assert receipt.saved == [good.client_key]
    assert [refusal.client_key for refusal in receipt.refused] == [bad.client_key]
    assert words in receipt.refused[0].reason
    assert unit.judgments.count() == 1


@pytest.fixture
def claims(db: None) -> Assignment:
    """A unit whose agent's turn, “1: I think of The Long Walk (2019) at 1.”, may hold a hallucination."""
    (ben,) = people(opened(quality(annotators=1).replace("utterance-quality", "hallucination")), 1)
    assignment = claim(annotator=ben)
    assert assignment is not None
    return assignment


def hallucination(**more: object) -> Answer:
    whole = {"value": 1, "reason": "Nobody walks that far.", "span_start": 14, "span_end": 27, **more}
    return Answer(uuid4(), "hallucination", "hallucination", 1, **whole)  # type: ignore[arg-type]


def test_marked_words_and_the_reason_are_kept_with_the_answer(claims: Assignment) -> None:
    receipt = record_answers(assignment=claims, answers=[hallucination()], active_seconds=1)
    assert not receipt.refused
    judgment = claims.judgments.get()
    assert (judgment.value, judgment.reason) == (1, "Nobody walks that far.")
    assert (judgment.span_start, judgment.span_end) == (14, 27)
    assert submit(assignment=claims, active_seconds=1).state == Assignment.State.SUBMITTED
    assert check_study(claims.annotator.study).ok


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": ""}, "“Hallucination”: “Hallucination” wants a reason."),
        ({"reason": " \n"}, "wants a reason"),
        ({"span_start": None, "span_end": None}, "wants words marked in the text"),
        ({"span_end": None}, "needs a start and an end"),
        ({"span_start": -1}, "not within the text, which has 40 characters"),
        ({"span_start": 27}, "The passage 27–27 is not within the text"),
        ({"span_end": 41}, "The passage 14–41 is not within the text"),
        ({"value": 0, "reason": ""}, "“Hallucination”: “None” marks no passage."),
        ({"value": 0, "span_start": None, "span_end": None}, "“Hallucination”: “None” takes no reason."),
        ({"value": None, "cannot_judge": True}, "goes with no other answer"),
    ],
)
def test_a_hallucination_without_its_words_or_reason_is_refused_and_the_unit_cannot_be_finished(
    claims: Assignment, change: dict[str, object], words: str
) -> None:
    receipt = record_answers(assignment=claims, answers=[hallucination(**change)], active_seconds=1)
    assert words in receipt.refused[0].reason
    assert not claims.judgments.exists()
    with pytest.raises(SubmitError) as refused:
        submit(assignment=claims, active_seconds=1)
    assert [one.criterion for one in refused.value.missing] == ["hallucination"]


def test_words_are_counted_as_they_are_read_not_as_they_are_written(claims: Assignment) -> None:
    """Of “\\(2019\\)” the two backslashes are Markdown, which nobody sees."""
    assert len(claims.unit.first.content["turns"][1]["text"]) == 42
    receipt = record_answers(assignment=claims, answers=[hallucination(span_start=0, span_end=40)], active_seconds=1)
    assert not receipt.refused


def test_a_note_why_one_cannot_judge_is_taken(claims: Assignment) -> None:
    note = hallucination(value=None, cannot_judge=True, span_start=None, span_end=None)
    assert not record_answers(assignment=claims, answers=[note], active_seconds=1).refused


def test_not_being_able_to_judge_is_an_answer(unit: Assignment) -> None:
    answer = replace(answers_to(unit)[0], value=None, cannot_judge=True, reason="Half of it is missing.")
    record_answers(assignment=unit, answers=[answer], active_seconds=3)
    assert unit.judgments.get().cannot_judge


@pytest.mark.parametrize(("ties", "kept"), [("false", 0), ("true", 1)])
def test_ties_are_refused_unless_the_block_allows_them(ties: str, kept: int) -> None:
    (ben,) = people(opened(pairs().replace('design = "panel"', f'design = "panel"\nties = {ties}')), 1)
    unit = claim(annotator=ben)
    assert unit
    receipt = record_answers(assignment=unit, answers=answers_to(unit, value=0), active_seconds=3)
    assert (len(receipt.saved), len(receipt.refused)) == (kept, 1 - kept)


def test_every_answer_renews_the_lease_and_notes_the_writing(unit: Assignment) -> None:
    Assignment.objects.update(lease_until=timezone.now() + timedelta(seconds=5))
    before = unit.annotator.study.judgment_revision
    receipt = record_answers(assignment=unit, answers=answers_to(unit)[:1], active_seconds=3)
    assert receipt.lease_until
    assert receipt.lease_until > timezone.now() + timedelta(minutes=100)
    assert unit.annotator.study.judgment_revision == before + 1


def test_time_is_the_longest_that_was_reported(unit: Assignment) -> None:
    for seconds in (5.0, 30.0, 12.0):
        record_answers(assignment=unit, answers=[], active_seconds=seconds)
    unit.refresh_from_db()
    assert unit.active_seconds == 30


def test_the_moment_of_an_answer_lies_between_the_start_and_now(unit: Assignment) -> None:
    early, late, *_ = answers_to(unit)
    answers = [
        replace(early, answered=unit.started - timedelta(days=9)),
        replace(late, answered=unit.started + timedelta(days=9)),
    ]
    record_answers(assignment=unit, answers=answers, active_seconds=1)
    first, second = unit.judgments.order_by("sequence")
    assert first.answered == unit.started
    assert second.answered <= timezone.now()


def test_answers_after_the_lease_was_lost_take_the_unit_back(unit: Assignment) -> None:
    expire(unit)
    release_expired()
    receipt = record_answers(assignment=unit, answers=answers_to(unit)[:2], active_seconds=1)
    unit.refresh_from_db()
    assert (receipt.state, unit.slot.assignment) == ("leased", unit)


def test_answers_to_a_unit_that_others_finished_are_kept_on_record() -> None:
    study = opened(quality(design="overlap", annotators=1, size=1), dialogues=1)
    ben, carla = crowd(study, 2)
    unit = claim(annotator=ben)
    assert unit
    expire(unit)
    judge_all(carla)
    receipt = record_answers(assignment=unit, answers=answers_to(unit), active_seconds=1)
    assert receipt.state == "returned"
    assert unit.judgments.count() == len(receipt.saved) > 0
    assert check_study(study).ok


def test_a_second_tab_that_holds_an_old_unit_does_not_take_a_second_lease(ben: Annotator, unit: Assignment) -> None:
    expire(unit)
    release_expired()
    other = Assignment.objects.create(
        unit=unit.unit.block.units.exclude(pk=unit.unit_id)[0],
        block=unit.block,
        annotator=ben,
        position=1,
        started=unit.started,
        lease_until=timezone.now() + timedelta(hours=1),
    )
    receipt = record_answers(assignment=unit, answers=answers_to(unit), active_seconds=1)
    assert receipt.state == "returned"
    assert other.annotator.assignments.filter(state="leased").count() == 1


def test_after_closing_nothing_new_is_kept_and_what_was_kept_is_named(unit: Assignment) -> None:
    first, second, *_ = answers_to(unit)
    record_answers(assignment=unit, answers=[first], active_seconds=1)
    close_study(study=unit.annotator.study)
    receipt = record_answers(assignment=unit, answers=[first, second], active_seconds=2)
    assert (receipt.state, receipt.saved) == ("closed", [first.client_key])
    assert "closed before this answer arrived" in receipt.refused[0].reason
    assert unit.judgments.count() == 1
    assert check_study(unit.annotator.study).ok


def test_characters_that_no_database_takes_are_left_out(unit: Assignment) -> None:
    answer = replace(answers_to(unit)[0], reason="a\x00b\ud800c")
    record_answers(assignment=unit, answers=[answer], active_seconds=1)
    assert unit.judgments.get().reason == "abc"


def test_the_database_itself_refuses_two_current_answers_and_a_client_key_twice(unit: Assignment) -> None:
    record_answers(assignment=unit, answers=answers_to(unit)[:1], active_seconds=1)
    row = unit.judgments.get()
    for change in ({"client_key": uuid4()}, {"superseded": True, "place": 1}):
        fields = {"pk": None, "sequence": 9, **change}
        again = Judgment.objects.get(pk=row.pk)
        for name, value in fields.items():
            setattr(again, name, value)
        again._state.adding = True
        with pytest.raises(IntegrityError), transaction.atomic():
            again.save(force_insert=True)


def test_an_answer_says_what_it_answers(unit: Assignment) -> None:
    receipt = record_answers(assignment=unit, answers=[Answer(uuid4(), "nothing", "at all", value=1)], active_seconds=1)
    assert receipt.saved == []
    assert receipt.refused


def test_answers_that_come_with_the_submission_are_kept_by_it(unit: Assignment) -> None:
    answers = answers_to(unit)
    done = submit(assignment=unit, active_seconds=3, answers=answers)
    assert done.state == Assignment.State.SUBMITTED
    assert unit.judgments.count() == len(answers)
    again = submit(assignment=unit, active_seconds=3, answers=answers)
    assert (again.submitted, unit.judgments.count()) == (done.submitted, len(answers))
    assert check_study(unit.annotator.study).ok


def test_a_submission_with_a_bad_answer_changes_nothing(unit: Assignment) -> None:
    good, *others = answers_to(unit)
    bad = replace(good, value=99)
    with pytest.raises(SubmitError, match="99"):
        submit(assignment=unit, active_seconds=3, answers=[*others, bad])
    unit.refresh_from_db()
    assert (unit.state, unit.judgments.count()) == (Assignment.State.LEASED, 0)
