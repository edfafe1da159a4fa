"""The interface's language: the browser's, until somebody chooses another; every page has the switch."""

from datetime import datetime

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import Client
from django.utils import timezone, translation
from django.utils.formats import number_format

from crsapp.accounts.models import User
from tests.annotation import judging_scenes as scenes

pytestmark = pytest.mark.django_db

CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}


def language_of(page: str) -> str:
    return page.partition('<html lang="')[2].partition('"')[0]


def choose(client: Client, language: str, back: str = "/") -> str:
    """Where the switch leads to."""
    return client.post("/language/", {"language": language, "next": back}).headers["Location"]


@pytest.mark.parametrize(
    ("accepted", "shown"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.5", "zh-hans"),
        ("zh-Hans", "zh-hans"),
        ("en-GB,en", "en"),
        ("fi,sv;q=0.8", "en"),
        ("", "en"),
    ],
)
def test_a_page_comes_in_the_language_that_the_browser_asks_for(client: Client, accepted: str, shown: str) -> None:
    page = client.get("/accounts/sign-in/", headers={"Accept-Language": accepted})
    assert language_of(page.text) == shown
    assert page.headers["Content-Language"] == shown


def test_a_stranger_chooses_on_the_sign_in_page_and_stays_there(client: Client) -> None:
    page = client.get("/accounts/sign-in/?next=/jobs/", headers={"Accept-Language": "en"})
    assert (
        '<button class="quiet" type="submit" name="language" value="zh-hans" lang="zh-hans">简体中文</button>'
        in page.text
    )
    assert '<input type="hidden" name="next" value="/accounts/sign-in/?next=/jobs/">' in page.text
    assert choose(client, "zh-hans", "/accounts/sign-in/?next=/jobs/") == "/accounts/sign-in/?next=/jobs/"
    page = client.get("/accounts/sign-in/?next=/jobs/", headers={"Accept-Language": "en"})
    assert language_of(page.text) == "zh-hans"
    assert 'value="en" lang="en">English</button>' in page.text


def test_what_was_chosen_outweighs_the_browser_and_outlives_it(client: Client) -> None:
    choose(client, "en")
    assert language_of(client.get("/", headers=CHINESE).text) == "en"
    cookie = client.cookies["django_language"]
    assert cookie["max-age"] == settings.LANGUAGE_COOKIE_AGE
    assert cookie["samesite"] == "Lax"
    assert cookie["httponly"]


@pytest.mark.parametrize("person", ["olga", "amira", "ben"])
def test_whoever_signs_in_finds_the_switch_in_the_menu(
    client: Client, person: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(person))
    assert "简体中文</button>" in client.get("/").text
    choose(client, "zh-hans")
    assert language_of(client.get("/").text) == "zh-hans"
    assert ">English</button>" in client.get("/").text


def test_annotators_have_it_on_the_way_in_and_while_they_judge(client: Client) -> None:
    enter = f"/j/{scenes.personal_link(scenes.study_of_dialogues()).token}/"
    assert "简体中文</button>" in client.get(enter).text
    choose(client, "zh-hans", enter)
    assert language_of(client.get(enter).text) == "zh-hans"
    judging = client.post(enter, follow=True)
    assert 'class="judge-foot"' in judging.text
    assert language_of(judging.text) == "zh-hans"
    assert f'name="next" value="{judging.request["PATH_INFO"]}"' in judging.text


@pytest.mark.parametrize("path", ["/nowhere/", "/j/unknown-token-of-nobody/", "/a/unknown/"])
def test_pages_that_are_not_there_have_it_too(client: Client, path: str) -> None:
    assert "简体中文</button>" in client.get(path).text


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_mallory_leads_nobody_elsewhere(client: Client, back: str) -> None:
    assert choose(client, "zh-hans", back) == "/"


@pytest.mark.parametrize("language", ["de", "../../etc", "zh-hans\0", ""])
def test_a_language_that_is_not_offered_changes_nothing(client: Client, language: str) -> None:
    choose(client, language)
    assert language_of(client.get("/").text) == "en"


def test_looking_at_an_address_chooses_nothing(client: Client) -> None:
    client.get("/language/", {"language": "zh-hans", "next": "/"})
    assert "django_language" not in client.cookies


def test_a_form_from_elsewhere_chooses_nothing() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/language/", {"language": "zh-hans"}).status_code == 403
    assert "django_language" not in client.cookies


def test_from_the_answer_to_a_form_one_comes_back_to_the_form(client: Client, olga: User) -> None:
    client.force_login(olga)
    there = "http://testserver/accounts/people/new/?for=a&b=c#last"
    refused = client.post("/accounts/people/new/", {"username": ""}, headers={"Referer": there})
    assert 'name="next" value="/accounts/people/new/?for=a&amp;b=c"' in refused.text
    refused = client.post("/accounts/people/new/", {"username": ""}, headers={"Referer": "http://elsewhere.example/x"})
    assert 'name="next" value="/accounts/people/new/"' in refused.text


@pytest.mark.parametrize(
    ("language", "day", "moment", "number"),
    [
        ("en", "21 Nov 2026", "21 Nov 2026, 14:05", "12,345,678.5"),
        ("zh-hans", "2026年11月21日", "2026年11月21日 14:05", "12,345,678.5"),
    ],
)
def test_dates_and_numbers_follow_the_language(language: str, day: str, moment: str, number: str) -> None:
    when = timezone.make_aware(datetime(2026, 11, 21, 14, 5))
    with translation.override(language):
        template = Template('{{ when|date:"DATE_FORMAT" }}|{{ when|date:"DATETIME_FORMAT" }}')
        assert template.render(Context({"when": when})) == f"{day}|{moment}"
        assert number_format(12_345_678.5, force_grouping=True) == number
