"""Links into a study: made, copied, revoked."""

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Link, Study
from annotation.services.participants import join
from crsapp.accounts.models import User
from tests.annotation.stories import opened, quality

pytestmark = pytest.mark.django_db


def make(client: Client, study: Study, **data: str) -> str:
    response = client.post(reverse("annotation:link-new", args=[study.slug]), data, follow=True)
    return response.content.decode()


@pytest.fixture
def desk(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


@pytest.fixture
def study(db: None) -> Study:
    return opened(quality(annotators=7))


def test_seven_personal_links_in_one_step_each_with_a_seat(desk: Client, study: Study) -> None:
    page = make(desk, study, kind="personal", count="7")
    links = list(study.links.order_by("pk"))
    assert [link.seat.number for link in links if link.seat] == [1, 2, 3, 4, 5, 6, 7]
    addresses = [f"http://testserver/j/{link.token}/" for link in links]
    assert "\n".join(addresses) in page
    assert "Copy all 7 unused links" in page


def test_a_full_panel_offers_no_more_links_until_one_is_revoked(desk: Client, study: Study) -> None:
    assert "Make personal links" in make(desk, study, kind="personal", count="6")
    page = make(desk, study, kind="personal", count="1")
    assert "Every seat has its link" in page
    assert "Make personal links" not in page
    assert "Make an open link" not in page
    last = study.links.order_by("-pk")[0]
    page = desk.post(reverse("annotation:link-revoke", args=[last.pk]), follow=True).content.decode()
    assert "Make personal links" in page


def test_used_links_say_by_whom(desk: Client, study: Study) -> None:
    make(desk, study, kind="personal", count="2")
    annotator = join(link=study.links.order_by("pk")[0])
    page = desk.get(reverse("annotation:study-detail", args=[study.slug])).content.decode()
    assert f"used by {annotator.pseudonym}" in page
    assert "Copy the 1 unused link" in page


def test_an_open_link_is_capped(desk: Client, study: Study) -> None:
    page = make(desk, study, kind="open", cap="5", label="Mailing <list>")
    [link] = study.links.all()
    assert (link.kind, link.cap) == (Link.Kind.OPEN, 5)
    assert "0 of 5 came in" in page
    assert "Mailing &lt;list&gt;" in page


def test_the_way_back_of_somebody_is_not_shown_to_the_researcher(desk: Client, study: Study) -> None:
    make(desk, study, kind="open", cap="5")
    annotator = join(link=study.links.get())
    page = desk.get(reverse("annotation:study-detail", args=[study.slug])).content.decode()
    assert "1 of 5 came in" in page
    assert annotator.link.token not in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "personal", "count": "0"}, "a number from 1 to 500"),
        ({"kind": "personal", "count": "many"}, "a number from 1 to 500"),
        ({"kind": "personal", "count": "8"}, "free seats: 7"),
        ({"kind": "open", "cap": "-1"}, "a number from 1 to 100,000"),
        ({}, "a number from 1 to 500"),
    ],
)
def test_what_cannot_be_made_is_refused_in_words(desk: Client, study: Study, data: dict[str, str], words: str) -> None:
    assert words in make(desk, study, **data)
    assert not study.links.exists()


def test_revoking_twice_does_no_harm(desk: Client, study: Study) -> None:
    make(desk, study, kind="personal", count="1")
    link = study.links.get()
    for _ in range(2):
        assert desk.post(reverse("annotation:link-revoke", args=[link.pk])).status_code == 302
    link.refresh_from_db()
    assert link.revoked is not None
    assert study.events.filter(kind="link revoked").count() == 1
    page = desk.get(reverse("annotation:study-detail", args=[study.slug])).content.decode()
    assert "Revoked" in page
    assert link.token not in page


def test_ben_and_mallory_make_none(client: Client, ben: User, study: Study) -> None:
    path = reverse("annotation:link-new", args=[study.slug])
    assert client.post(path, {"kind": "personal", "count": "1"}).status_code == 302
    client.force_login(ben)
    assert client.post(path, {"kind": "personal", "count": "1"}).status_code == 403
    assert client.post(reverse("annotation:link-revoke", args=[1])).status_code == 403
    assert not study.links.exists()
