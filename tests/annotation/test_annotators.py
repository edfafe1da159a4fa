"""The page of a study's annotators, and that of one of them: looked at, reminded, removed, withdrawn."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.models import Annotator, Assignment, Judgment, Link, Study
from annotation.services.assignments import claim
from annotation.services.departures import remove_annotator
from annotation.services.participants import create_open_link, create_personal_links, join
from annotation.services.studies import close_study, create_study
from annotation.services.withdrawals import withdraw
from crsapp.accounts.models import User
from tests.annotation.stories import crowd, expire, judge_one, opened, people, protocol_of_blocks, quality

pytestmark = pytest.mark.django_db
ONE = ("release", "link", "remove", "readmit", "withdraw")


def listed(study: Study) -> str:
    return reverse("annotation:study-annotators", args=[study.slug])


def at(name: str, annotator: Annotator) -> str:
    return reverse(f"annotation:annotator-{name}", args=[annotator.study.slug, annotator.pk])


def seat_link(study: Study, number: int) -> str:
    return reverse("annotation:seat-link", args=[study.slug, number])


@pytest.fixture
def desk(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


@pytest.fixture
def study(db: None) -> Study:
    return opened(quality(annotators=3, size=2))


def text(client: Client, path: str, **data: Any) -> str:
    return client.get(path, data).content.decode()


def test_amira_sees_who_stands_how(desk: Client, study: Study) -> None:
    ben, carla = people(study, 2)
    judge_one(ben)
    claim(annotator=carla)
    page = text(desk, listed(study))
    for words in (ben.pseudonym, "1 / 4", "between two", "judging", "Take back", "of Quality, taken"):
        assert words in page
    assert "north collection" not in page


def test_she_finds_those_who_may_need_a_hand(desk: Client, study: Study) -> None:
    ben, carla = people(study, 2)
    judge_one(ben)
    judge_one(carla)
    Annotator.objects.filter(pk=carla.pk).update(last_seen=timezone.now() - timedelta(days=5))
    page = text(desk, listed(study), standing="need-a-hand")
    assert "quiet for 5 days" in page
    assert at("detail", carla) in page
    assert at("detail", ben) not in page
    assert at("detail", ben) in text(desk, listed(study), search=ben.pseudonym)
    assert "Nobody stands like this" in text(desk, listed(study), standing="paused")


@pytest.mark.parametrize("sort", ["standing", "pseudonym", "-pseudonym", "seat", "done", "-done", "pace", "seen", "x"])
def test_the_table_sorts(desk: Client, study: Study, sort: str) -> None:
    ben, carla, dora = people(study, 3)
    judge_one(carla)
    page = text(desk, listed(study), sort=sort)
    places = [page.index(at("detail", one)) for one in (ben, carla, dora)]
    if sort == "-pseudonym":
        assert places == sorted(places, reverse=True)
    if sort == "-done":
        assert min(places) == places[1]


def test_two_hundred_annotators_take_as_many_queries_as_two(
    desk: Client, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    study = opened(quality(design="overlap", annotators=3, size=2))
    rows = [Annotator(study=study, pseudonym=f"annotator-{n:03}") for n in range(200)]
    Annotator.objects.bulk_create(rows)
    with django_assert_max_num_queries(18):
        page = text(desk, listed(study))
    assert "Page 1 of 2" in page
    assert page.count("<tr>") == 101


def test_links_of_people_who_came_by_an_open_link_are_not_shown(desk: Client) -> None:
    study = opened(quality(design="overlap"))
    [ben] = [join(link=link) for link in create_personal_links(study=study, count=1)]
    (carla,) = crowd(study, 1)
    page = text(desk, listed(study))
    assert ben.link.token in page
    assert carla.link.token not in page
    assert carla.link.token not in text(desk, at("detail", carla))
    assert "Their way back is theirs alone" in text(desk, at("detail", carla))


def test_links_nobody_came_by_are_there_to_be_sent_again(desk: Client, study: Study) -> None:
    create_personal_links(study=study, count=2)
    page = text(desk, listed(study))
    assert "Have not come yet" in page
    assert all(link.token in page for link in Link.objects.all())


def test_a_lost_link_is_replaced_and_shown(desk: Client) -> None:
    study = opened(quality(design="overlap"))
    (ben,) = crowd(study, 1)
    old = ben.link
    for _ in range(2):
        page = desk.post(at("link", ben), {"instead_of": str(old.pk)}, follow=True).content.decode()
    ben = Annotator.objects.get(pk=ben.pk)
    assert ben.link.token in page
    assert old.token not in page
    assert study.events.filter(kind="link renewed").count() == 1
    assert "This link no longer works" in Client().get(f"/j/{old.token}/").content.decode()
    assert desk.post(at("link", ben), {"instead_of": "x"}, follow=True).status_code == 200


def test_a_unit_is_taken_back_by_hand(desk: Client, study: Study) -> None:
    (ben,) = people(study, 1)
    claim(annotator=ben)
    for _ in range(2):
        assert desk.post(at("release", ben)).status_code == 302
    assert Assignment.objects.get().state == "returned"
    assert study.events.filter(kind="lease released").count() == 1


def test_leases_that_ran_out_are_seen_and_taken_back(desk: Client, study: Study) -> None:
    (ben,) = people(study, 1)
    held = claim(annotator=ben)
    assert held
    expire(held)
    for page in (text(desk, listed(study)), text(desk, reverse("annotation:study-detail", args=[study.slug]))):
        assert "1 unit is out although its time ran out" in page
    page = desk.post(reverse("annotation:leases-release", args=[study.slug]), follow=True).content.decode()
    assert "1 unit is free again" in page
    assert "although its time ran out" not in page


def test_ben_is_removed_replaced_and_the_seat_filled(desk: Client, study: Study) -> None:
    ben, _, _ = people(study, 3)
    judge_one(ben)
    reply = desk.post(at("remove", ben), {"reason": "Never <b>came</b> back", "finished": "keep"}, follow=True)
    page = reply.content.decode()
    assert "Never &lt;b&gt;came&lt;/b&gt; back" in page
    assert "Seat 1 is free" in page
    assert "Seat 1 has 3 to judge" in text(desk, listed(study))
    for _ in range(2):
        page = desk.post(seat_link(study, 1), follow=True).content.decode()
    link = Link.objects.get(seat__number=1, revoked=None)
    assert link.token in page
    assert link.token in text(desk, at("detail", ben))
    join(link=link)
    assert "Seat 1 is free" not in text(desk, at("detail", ben))
    assert "Seat 1 is taken" in desk.post(seat_link(study, 1), follow=True).content.decode()


def test_all_seats_that_nobody_reaches_get_their_links_at_once(desk: Client, study: Study) -> None:
    assert "nobody sits there" not in text(desk, listed(study))
    people(study, 1)
    assert "Seats 2, 3 have 8 to judge" in text(desk, listed(study))
    for _ in range(2):
        page = desk.post(reverse("annotation:seats-link", args=[study.slug]), follow=True).content.decode()
    assert "nobody sits there" not in page
    assert study.links.filter(annotator=None).count() == 2


def test_an_open_link_leads_to_free_seats(desk: Client, study: Study) -> None:
    people(study, 1)
    create_open_link(study=study, cap=5)
    assert "nobody sits there" not in text(desk, listed(study))


def test_removing_wants_a_reason_and_a_decision(desk: Client, study: Study) -> None:
    (ben,) = people(study, 1)
    for data in ({"finished": "keep"}, {"reason": " ", "finished": "keep"}, {"reason": "Ill"}, {}):
        answer = desk.post(at("remove", ben), data)
        assert (answer.status_code, "This field is required" in answer.content.decode()) == (422, True)
    ben.refresh_from_db()
    assert ben.left is None


def test_a_removal_is_taken_back(desk: Client, study: Study) -> None:
    (ben,) = people(study, 1)
    desk.post(at("remove", ben), {"reason": "Ill", "finished": "again"})
    for _ in range(2):
        desk.post(at("readmit", ben))
    ben.refresh_from_db()
    assert ben.left is None
    withdraw(annotator=ben, delete=False)
    assert "withdrew" in desk.post(at("readmit", ben), follow=True).content.decode()


def test_withdrawing_wants_the_pseudonym_typed(desk: Client, study: Study) -> None:
    (ben,) = people(study, 1)
    judge_one(ben)
    for typed in ("", "annotator-99", ben.pseudonym.upper()):
        assert desk.post(at("withdraw", ben), {"answers": "delete", "pseudonym": typed}).status_code == 422
    assert Judgment.objects.exists()
    for _ in range(2):
        page = desk.post(at("withdraw", ben), {"answers": "delete", "pseudonym": ben.pseudonym}, follow=True)
        assert page.status_code == 200
    assert "Their answers are deleted" in page.content.decode()
    assert not Judgment.objects.exists()
    assert ben.pseudonym not in text(desk, listed(study))


def test_pseudonymised_the_old_name_is_nowhere(desk: Client, study: Study) -> None:
    (ben,) = people(study, 1)
    judge_one(ben)
    remove_annotator(annotator=ben, reason="Asked to stop", keep=True)
    desk.post(at("withdraw", ben), {"answers": "pseudonymise", "pseudonym": ben.pseudonym})
    for path in (listed(study), at("detail", ben), reverse("annotation:study-record", args=[study.slug])):
        page = text(desk, path)
        assert ben.pseudonym not in page
        assert "withdrawn-" in page
    assert Judgment.objects.exists()


def test_when_nobody_is_left_to_judge_the_page_says_what_helps(desk: Client) -> None:
    study = opened(quality(design="overlap", annotators=2, size=1))
    [ben] = [join(link=link) for link in create_personal_links(study=study, count=1)]
    while judge_one(ben):
        pass
    assert "Nobody is left who could fill 2 places" in text(desk, listed(study))
    create_open_link(study=study, cap=5)
    assert "2 places wait for people who have not come yet" in text(desk, listed(study))


def test_of_a_closed_study_only_leaving_is_offered(desk: Client, study: Study) -> None:
    (ben,) = people(study, 1)
    judge_one(ben)
    close_study(study=study)
    page = text(desk, at("detail", ben))
    assert "End their part" in page
    assert "Replace the link" not in page
    assert "Make links" not in text(desk, listed(study))
    assert desk.post(seat_link(study, 2), follow=True).content.decode().count("study is closed")


def test_a_draft_has_no_annotators(desk: Client) -> None:
    draft = create_study(protocol=protocol_of_blocks(quality()))
    assert desk.get(listed(draft)).status_code == 404
    assert desk.post(seat_link(draft, 1)).status_code == 404


def test_an_annotator_of_another_study_is_not_found(desk: Client, study: Study) -> None:
    (ben,) = people(study, 1)
    other = create_study(protocol=protocol_of_blocks(quality(), slug='"another"'))
    assert desk.get(reverse("annotation:annotator-detail", args=[other.slug, ben.pk])).status_code == 404


def test_ben_and_mallory_do_none_of_it(client: Client, ben: User, study: Study) -> None:
    (annotator,) = people(study, 1)
    judge_one(annotator)
    claim(annotator=annotator)
    data = {"reason": "x", "finished": "again", "answers": "delete", "pseudonym": annotator.pseudonym}
    for user in (None, ben):
        if user:
            client.force_login(user)
        for name in ONE:
            assert client.post(at(name, annotator), data).status_code in {302, 403}
        assert client.get(listed(study)).status_code in {302, 403}
    annotator.refresh_from_db()
    assert annotator.left is None
    assert Assignment.objects.filter(state="leased").exists()


def test_a_get_changes_nothing(desk: Client, study: Study) -> None:
    (ben,) = people(study, 1)
    for path in [at(name, ben) for name in ONE] + [seat_link(study, 2)]:
        assert desk.get(path).status_code == 405
