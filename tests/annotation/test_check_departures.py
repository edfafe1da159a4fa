"""`check_study` finds what Mallory changed about those who left."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from annotation.models import Annotator, Assignment, Judgment, Link, RemovalReason, Study
from annotation.services.assignments import claim
from annotation.services.checking import check_study
from annotation.services.departures import remove_annotator
from annotation.services.withdrawals import withdraw
from crsapp.accounts.models import User
from tests.annotation.stories import crowd, judge_all, opened, quality

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def study(db: None) -> Study:
    """One was removed and set aside, one removed and kept, one withdrew, and one is still there."""
    study = opened(quality(design="overlap", annotators=2, size=2))
    aside, kept, withdrawn, here = crowd(study, 4)
    judge_all(aside)
    remove_annotator(annotator=aside, reason="Random", keep=False)
    judge_all(kept)
    remove_annotator(annotator=kept, reason="Ill", keep=True)
    judge_all(withdrawn)
    withdraw(annotator=withdrawn, delete=False)
    claim(annotator=here)
    return study


def test_a_study_that_people_left_is_clean(study: Study) -> None:
    report = check_study(study)
    assert report.problems == []
    assert report.counts["annotators_removed"] == 2
    assert report.counts["annotators_withdrawn"] == 1
    assert report.counts["assignments_set_aside"] == 4


def kept() -> Annotator:
    return Annotator.objects.filter(departure="removed", assignments__state="submitted").distinct().get()


def forget_to_take_back(study: Study) -> None:
    Assignment.objects.filter(annotator=kept(), pk=kept().assignments.all()[0].pk).update(
        state="leased", lease_until=timezone.now()
    )


def reopen_the_link(study: Study) -> None:
    Link.objects.filter(annotator=kept()).update(revoked=None)


def answer_afterwards(study: Study) -> None:
    Judgment.objects.filter(assignment__annotator=kept()).update(received=timezone.now() + timedelta(minutes=1))


def remember_who_it_was(study: Study) -> None:
    user = User.objects.create_user("ben", password="ben's long password")
    Annotator.objects.filter(departure="withdrawn").update(user=user)


def leave_a_way_back(study: Study) -> None:
    gone = Annotator.objects.get(departure="withdrawn")
    Link.objects.create(study=study, kind="personal", annotator=gone, revoked=timezone.now())


def keep_the_name(study: Study) -> None:
    Annotator.objects.filter(departure="withdrawn").update(pseudonym="annotator-03")


def set_aside_what_was_never_finished(study: Study) -> None:
    Assignment.objects.filter(state="set_aside").update(submitted=None)


def set_aside_what_a_slot_holds(study: Study) -> None:
    Assignment.objects.filter(annotator=kept()).update(state="set_aside")


def drop_an_answer_set_aside(study: Study) -> None:
    Judgment.objects.filter(assignment__state="set_aside")[0].delete()


def reword_a_reason(study: Study) -> None:
    RemovalReason.objects.filter(text="Ill").update(text="Lazy")


def lose_a_reason(study: Study) -> None:
    RemovalReason.objects.filter(text="Ill").delete()


def remember_why(study: Study) -> None:
    Annotator.objects.filter(removal_reasons__text="Ill").update(departure="withdrawn", pseudonym="withdrawn-1")


@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        (forget_to_take_back, "left the study, but still holds a unit"),
        (reopen_the_link, "their link still lets them in"),
        (answer_afterwards, "has answers that came after they left"),
        (remember_who_it_was, "an account or a link still leads to them"),
        (leave_a_way_back, "an account or a link still leads to them"),
        (keep_the_name, "still called by the pseudonym"),
        (reword_a_reason, "the reason for the removal is not what was written"),
        (lose_a_reason, "the reason for the removal is missing"),
        (remember_why, "the reason is still there, but the annotator withdrew"),
        (set_aside_what_was_never_finished, "set aside, but it was never submitted"),
        (set_aside_what_a_slot_holds, "set_aside, yet a slot holds it"),
        (drop_an_answer_set_aside, "submitted with 1 questions unanswered"),
    ],
)
def test_each_is_found(study: Study, tamper: Callable[[Study], None], words: str) -> None:
    tamper(study)
    report = check_study(study)
    assert any(words in problem for problem in report.problems), report.problems
