"""People come by links: a personal one is one person's, an open one lets in as many as were wanted."""

from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction

from annotation.models import Annotator, Link, Study
from annotation.services.assignments import claim
from annotation.services.errors import JoinError, StudyError
from annotation.services.participants import create_open_link, create_personal_links, join, revoke_link
from annotation.services.studies import close_study, create_study
from crsapp.accounts.models import User
from tests.annotation.stories import opened, people, protocol_of_blocks, quality

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def study(db: None) -> Study:
    """A panel of three."""
    return opened(quality(), guidelines='"Be fair."', consent='"We keep your answers."')


def test_each_personal_link_has_a_seat_of_its_own(study: Study) -> None:
    links = create_personal_links(study=study, count=3)
    assert [link.seat.number for link in links if link.seat] == [1, 2, 3]
    assert len({link.token for link in links}) == 3
    assert all(len(link.token) >= 22 for link in links)


def test_more_links_than_seats_are_refused(study: Study) -> None:
    create_personal_links(study=study, count=2)
    with pytest.raises(StudyError, match="Links wanted: 2; free seats: 1"):
        create_personal_links(study=study, count=2)
    assert Link.objects.count() == 2


def test_ben_comes_back_as_himself_by_his_personal_link(study: Study) -> None:
    (link,) = create_personal_links(study=study, count=1)
    ben = join(link=link)
    assert join(link=link) == ben
    assert ben.seat == link.seat
    assert Annotator.objects.count() == 1


def test_what_was_accepted_is_on_record(study: Study) -> None:
    (ben,) = people(study, 1)
    assert ben.guidelines_digest == sha256(b"Be fair.").hexdigest()
    assert ben.consent_digest == sha256(b"We keep your answers.").hexdigest()
    assert ben.consented


def test_an_open_link_gives_everybody_a_pseudonym_and_a_way_back(study: Study) -> None:
    link = create_open_link(study=study, cap=2)
    ben, carla = join(link=link), join(link=link)
    assert (ben.pseudonym, carla.pseudonym) == ("annotator-01", "annotator-02")
    assert join(link=ben.link) == ben
    assert ben.link.kind == Link.Kind.PERSONAL
    assert ben.link.opened_by == link
    with pytest.raises(JoinError, match="As many people as were wanted"):
        join(link=link)
    link.refresh_from_db()
    assert link.used == 2


def test_an_open_link_is_full_when_the_seats_are(study: Study) -> None:
    link = create_open_link(study=study, cap=None)
    create_personal_links(study=study, count=1)
    for _ in range(2):
        join(link=link)
    with pytest.raises(JoinError, match="All places"):
        join(link=link)
    link.refresh_from_db()
    assert link.used == 2


def test_somebody_with_an_account_takes_part_once(study: Study, ben: User) -> None:
    link = create_open_link(study=study, cap=None)
    first = join(link=link, user=ben)
    assert join(link=link, user=ben) == first
    assert join(link=create_personal_links(study=study, count=1)[0], user=ben) == first
    link.refresh_from_db()
    assert link.used == 1


def test_a_withdrawn_link_lets_nobody_in_and_frees_its_seat(study: Study, amira: User) -> None:
    links = create_personal_links(study=study, count=3)
    for _ in range(2):
        revoke_link(link=links[1], by=amira)
    with pytest.raises(JoinError, match="withdrawn"):
        join(link=links[1])
    (again,) = create_personal_links(study=study, count=1)
    assert again.seat == links[1].seat
    assert study.events.filter(kind="link revoked").count() == 1


def test_whoever_is_already_judging_goes_on_when_the_open_link_is_withdrawn(study: Study) -> None:
    link = create_open_link(study=study, cap=None)
    ben = join(link=link)
    revoke_link(link=link)
    assert claim(annotator=ben) is not None
    assert join(link=ben.link) == ben


def test_nobody_joins_a_closed_study_but_ben_still_finds_his_page(study: Study) -> None:
    links = create_personal_links(study=study, count=2)
    ben = join(link=links[0])
    close_study(study=study)
    assert join(link=links[0]) == ben
    with pytest.raises(JoinError, match="takes no more"):
        join(link=links[1])


def test_a_draft_has_no_links() -> None:
    draft = create_study(protocol=protocol_of_blocks(quality()))
    for make in (lambda: create_open_link(study=draft, cap=3), lambda: create_personal_links(study=draft, count=1)):
        with pytest.raises(StudyError, match="Open it first"):
            make()


@pytest.mark.parametrize("count", [0, -1, 501])
def test_links_are_made_in_reasonable_numbers(study: Study, count: int) -> None:
    with pytest.raises(StudyError):
        create_personal_links(study=study, count=count)
    with pytest.raises(StudyError):
        create_open_link(study=study, cap=count * 1_000)


def test_an_overlap_needs_no_seats() -> None:
    study = opened(quality(design="overlap", annotators=2))
    links = create_personal_links(study=study, count=5)
    assert all(link.seat is None for link in links)
    assert join(link=links[4]).seat is None


def test_the_database_itself_refuses_too_many_by_one_link(study: Study) -> None:
    link = create_open_link(study=study, cap=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Link.objects.filter(pk=link.pk).update(used=2)
