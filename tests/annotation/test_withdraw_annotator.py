"""A participant takes back their consent: the answers go, or nothing leads to the person any more."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Annotator, Assignment, Event, Flag, Judgment, Link, RemovalReason, Slot, Study
from annotation.services.assignments import claim, release_lease, submit
from annotation.services.checking import check_study
from annotation.services.departures import readmit_annotator, remove_annotator
from annotation.services.errors import JoinError, LeftError, StudyError
from annotation.services.judging import record_answers
from annotation.services.participants import create_open_link, create_personal_links, join
from annotation.services.relinking import create_seat_link, renew_link
from annotation.services.studies import close_study
from annotation.services.withdrawals import withdraw
from crsapp.accounts.models import User
from tests.annotation.stories import answers_to, crowd, judge_all, judge_one, opened, people, quality, unfilled

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def clean(study: Study) -> None:
    report = check_study(Study.objects.get(pk=study.pk))
    assert report.ok, report.problems


@pytest.fixture
def study(db: None) -> Study:
    return opened(quality(annotators=2, size=2))


def test_pseudonymised_the_answers_stay_and_nothing_leads_to_ben(study: Study, ben: User, amira: User) -> None:
    link, _ = create_personal_links(study=study, count=2)
    annotator = join(link=link, user=ben)
    judge_one(annotator)
    claim(annotator=annotator)
    old = annotator.pseudonym
    gone = withdraw(annotator=annotator, delete=False, by=amira)
    assert (gone.departure, gone.user, gone.last_seen) == ("withdrawn", None, None)
    assert gone.pseudonym.startswith("withdrawn-")
    assert sorted(gone.assignments.values_list("state", flat=True)) == ["returned", "submitted"]
    assert Assignment.objects.counted().count() == 1
    link.refresh_from_db()
    assert (link.annotator, link.seat, link.label, link.revoked is not None) == (None, None, "", True)
    assert old not in json.dumps(list(Event.objects.values_list("detail", flat=True)))
    event = study.events.get(kind="annotator withdrew")
    assert (event.by, event.detail) == (amira, {"how": "pseudonymised", "judgments_deleted": 0})
    clean(study)


def test_deleted_nothing_is_left_but_the_count(study: Study, ben: User) -> None:
    link, other = create_personal_links(study=study, count=2)
    annotator, carla = join(link=link, user=ben), join(link=other)
    judge_all(annotator)
    judge_all(carla)
    Flag.objects.create(
        assignment=annotator.assignments.all()[0], client_key=annotator.link.annotator.assignments.all()[0].public_id,
        raised=annotator.joined, text="Odd",
    )  # fmt: skip
    answers, revision = Judgment.objects.count(), study.judgment_revision
    withdraw(annotator=annotator, delete=True)
    gone = Annotator.objects.get(pk=annotator.pk)
    assert (gone.user, gone.seat, gone.consented, gone.consent_digest) == (None, None, None, "")
    assert Judgment.objects.count() == answers // 2
    assert not Flag.objects.exists()
    assert unfilled(study) == 4
    assert study.annotators.count() == 2
    assert study.judgment_revision > revision
    clean(study)


def test_the_deleted_places_are_judged_again_by_a_replacement(study: Study) -> None:
    ben, carla = people(study, 2)
    judge_all(ben)
    judge_all(carla)
    withdraw(annotator=ben, delete=True)
    dora = join(link=create_seat_link(study=study, number=1))
    assert len(judge_all(dora)) == 4
    assert unfilled(study) == 0
    assert dora.pseudonym not in {ben.pseudonym, carla.pseudonym}
    clean(study)


def test_in_a_closed_study_the_places_stay_empty(study: Study) -> None:
    ben, _ = people(study, 2)
    judge_all(ben)
    close_study(study=study)
    withdraw(annotator=ben, delete=True)
    report = check_study(Study.objects.get(pk=study.pk))
    assert report.ok, report.problems
    assert (report.counts["slots_filled"], report.counts["annotators_withdrawn"]) == (0, 1)


def test_withdrawn_twice_is_withdrawn_once_and_can_still_be_deleted(study: Study) -> None:
    (ben,) = people(study, 1)
    judge_one(ben)
    name = withdraw(annotator=ben, delete=False).pseudonym
    assert withdraw(annotator=ben, delete=False).pseudonym == name
    assert withdraw(annotator=ben, delete=True).pseudonym != name
    withdraw(annotator=ben, delete=True)
    withdraw(annotator=ben, delete=False)
    assert not Judgment.objects.exists()
    assert study.events.filter(kind="annotator withdrew").count() == 2
    clean(study)


def test_no_line_of_the_record_holds_the_name_ben_judged_under(study: Study) -> None:
    (ben,) = people(study, 1)
    link = renew_link(annotator=ben, instead_of=ben.link.pk)
    held = claim(annotator=ben)
    assert held
    release_lease(assignment=held)
    remove_annotator(annotator=ben, reason="Never came back", keep=True)
    readmit_annotator(annotator=ben)
    old = ben.pseudonym
    withdraw(annotator=ben, delete=False)
    told = json.dumps(list(study.events.values_list("kind", "detail")))
    assert old not in told
    assert link.token not in told
    assert {event.detail["annotator"] for event in study.events.all() if "annotator" in event.detail} == {ben.pk}
    clean(study)


@pytest.mark.parametrize("delete", [True, False])
def test_why_ben_was_once_removed_is_forgotten_and_the_record_still_holds(
    client: Client, study: Study, amira: User, delete: bool
) -> None:
    annotator, _other = people(study, 2)
    judge_one(annotator)
    for reason in ("Was ill in March", "Came drunk"):
        remove_annotator(annotator=annotator, reason=reason, keep=True, by=amira)
        readmit_annotator(annotator=annotator, by=amira)
    client.force_login(amira)
    pages = [reverse(f"annotation:{name}", args=[study.slug]) for name in ("study-record", "study-record-file")]
    assert "Came drunk" in client.get(pages[0]).content.decode()
    withdraw(annotator=annotator, delete=delete)
    assert not RemovalReason.objects.exists()
    texts = [b"".join(client.get(pages[1])).decode(), client.get(pages[0]).content.decode()]  # type: ignore[arg-type]
    texts.append(json.dumps(list(study.events.values_list("detail", flat=True))))
    for text in texts:
        assert "ill in March" not in text
        assert "drunk" not in text
    assert check_study(study).problems == []


def test_nothing_leads_from_a_link_that_was_replaced_to_who_withdrew(study: Study) -> None:
    """A researcher's note says that “Person 1” is Ben; no row says any more which answers are Person 1's."""
    ben = people(study, 1)[0]
    first = ben.link.pk
    renew_link(annotator=ben, instead_of=first)
    judge_one(ben)
    withdraw(annotator=ben, delete=False)
    named = Link.objects.exclude(label="")
    assert not named.filter(seat__annotators=ben).exists()
    assert not named.filter(annotator=ben).exists()
    clean(study)


def test_the_old_page_and_links_write_nothing_more(study: Study) -> None:
    (ben,) = people(study, 1)
    link = ben.link
    held = claim(annotator=ben)
    assert held
    answers = answers_to(held)
    withdraw(annotator=ben, delete=True)
    receipt = record_answers(assignment=held, answers=answers, active_seconds=1)
    assert (receipt.saved, receipt.state, len(receipt.refused)) == ([], "left", len(answers))
    with pytest.raises(LeftError):
        submit(assignment=held, active_seconds=1)
    assert claim(annotator=ben) is None
    with pytest.raises(JoinError):
        join(link=link)
    with pytest.raises(StudyError, match="withdrew"):
        readmit_annotator(annotator=ben)
    with pytest.raises(StudyError):
        renew_link(annotator=ben, instead_of=link.pk)


def test_the_form_that_ben_once_sent_does_not_bring_him_back() -> None:
    """His ticket makes the same way back again, and that one is dead."""
    link = create_open_link(study=opened(quality(design="overlap")), cap=5)
    ben = join(link=link, ticket="once")
    withdraw(annotator=ben, delete=False)
    with pytest.raises(JoinError, match="withdrawn"):
        join(link=Link.objects.get(pk=link.pk), ticket="once")
    assert Annotator.objects.count() == 1


def test_in_an_overlap_others_judge_the_deleted_ones_and_never_over_k() -> None:
    study = opened(quality(design="overlap", annotators=2, size=3))
    ben, carla, dora = crowd(study, 3)
    judge_all(ben)
    judge_all(carla)
    withdraw(annotator=ben, delete=True)
    assert len(judge_all(dora)) == 6
    assert Slot.objects.filter(assignment__isnull=True).count() == 0
    clean(study)
