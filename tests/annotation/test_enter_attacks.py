"""Mallory at the door: planted cookies, impatient clicks, two tabs, many at once."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from annotation.models import Annotator, Link, Study
from annotation.services.relinking import renew_link
from tests.annotation import judging_scenes as scenes
from tests.annotation.judging_client import Judge

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


@pytest.fixture
def study() -> Study:
    return scenes.study_of_dialogues(annotators=3)


def path(link: Link) -> str:
    return reverse("annotation:enter", args=[link.token])


def form_of(link: Link) -> dict[str, str]:
    """What the page's form would send."""
    page = Client().get(path(link)).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', page))


def test_a_planted_session_is_worth_nothing_once_ben_has_joined(study: Study) -> None:
    mallory, ben = Client(), Client()
    mallory.post(path(scenes.personal_link(study)))
    planted = mallory.cookies["sessionid"].value
    ben.cookies["sessionid"] = planted
    link = scenes.personal_link(study)
    ben.post(path(link))
    link.refresh_from_db()
    assert ben.cookies["sessionid"].value != planted
    address = reverse("annotation:judge", args=[Judge.address(link.annotator)]) if link.annotator else ""
    assert ben.get(address).status_code == 200
    assert mallory.get(address).status_code == 401


def test_whoever_came_by_a_link_in_wrong_hands_is_nobody_once_it_is_replaced(study: Study) -> None:
    link = scenes.personal_link(study)
    mallory = Judge(link)
    mallory.next()
    data = mallory.data()
    new = renew_link(annotator=mallory.annotator, instead_of=link.pk)
    assert mallory.page().status_code == 401
    assert mallory.answer(assignment=data["assignment"]).status_code == 401
    assert mallory.next().status_code == 401
    ben = Judge(new)
    assert ben.annotator == mallory.annotator
    assert ben.page().status_code == 200


def test_whoever_holds_the_old_page_goes_on_with_the_new_link(study: Study) -> None:
    link = scenes.personal_link(study)
    ben = Judge(link)
    new = renew_link(annotator=ben.annotator, instead_of=link.pk)
    pasted = {"link": f"https://example.org{path(new)}"}
    assert ben.client.post(ben.path("enter-again"), pasted, content_type="application/json").status_code == 200
    assert ben.page().status_code == 200
    assert ben.client.post(path(new)).status_code == 302


def test_an_impatient_second_click_is_the_same_person(study: Study) -> None:
    link = scenes.open_link(study, cap=1)
    form = form_of(link)
    answers = [Client().post(path(link), form) for _click in range(3)]
    assert Annotator.objects.count() == 1
    assert {answer.headers["Location"] for answer in answers} == {answers[0].headers["Location"]}
    link.refresh_from_db()
    assert link.used == 1
    assert "All places are taken" in Client().post(path(link), form_of(scenes.open_link(study))).content.decode()


def test_two_people_with_forms_of_their_own_are_two(study: Study) -> None:
    link = scenes.open_link(study, cap=5)
    for _person in range(2):
        Client().post(path(link), form_of(link))
    assert Annotator.objects.count() == 2
    ways_back = set(Link.objects.filter(opened_by=link).values_list("token", flat=True))
    assert len(ways_back) == 2
    assert all(len(token) == 22 for token in ways_back)


def test_the_form_of_one_link_is_no_way_into_what_another_gave(study: Study) -> None:
    one, other = scenes.open_link(study), scenes.open_link(study)
    form = form_of(one)
    Client().post(path(one), form)
    Client().post(path(other), form)
    assert Annotator.objects.count() == 2


def test_twenty_at_once_are_as_many_as_were_wanted(study: Study) -> None:
    link = scenes.open_link(study, cap=2)
    forms = [form_of(link) for _person in range(10)]

    def click(form: dict[str, str]) -> int:
        try:
            return Client().post(path(link), form).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as people:
        codes = list(people.map(click, [*forms, *forms]))
    link.refresh_from_db()
    assert (Annotator.objects.count(), link.used) == (2, 2)
    assert sorted(set(codes)) == [302, 409]
    assert codes.count(302) == 4


def test_a_personal_link_in_two_tabs_at_once_is_one_person(study: Study) -> None:
    link = scenes.personal_link(study)

    def click(_tab: int) -> int:
        try:
            return Client().post(path(link)).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as tabs:
        assert set(tabs.map(click, range(8))) == {302}
    assert Annotator.objects.count() == 1
