"""Every page that links lead to in the demo, walked in Chinese by its people."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import resolve, reverse

from annotation.models import Annotator, Link
from crsapp.accounts.models import User
from tests.test_access import ADDRESSES, PUBLIC

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("compiled")]

CHINESE = re.compile(r"[一-鿿]")
AT_LEAST = 60


class Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href")
        if tag == "a" and target:
            self.found.append(target)


@pytest.fixture
def demo() -> None:
    call_command("demo", verbosity=0)


def chinese(person: User | None) -> Client:
    client = Client(headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
    if person:
        client.force_login(person)
    return client


def walked(client: Client, *starts: str) -> set[str]:
    """One page of each name of an address, from these on, each with its headings in Chinese; their names."""
    names: set[str] = set()
    waiting = list(starts)
    while waiting:
        here = waiting.pop(0)
        name = resolve(urlsplit(here).path).view_name
        if name in names:
            continue
        names.add(name)
        page = client.get(here, follow=True)
        assert page.status_code == 200, here
        if not page.headers["Content-Type"].startswith("text/html"):
            continue
        assert '<html lang="zh-hans"' in page.text, here
        assert CHINESE.search(re.sub(r"<[^>]*>", "", page.text)), here
        there = (urlsplit(urljoin(here, link)) for link in Links(page.text).found)
        waiting += [link.path + (f"?{link.query}" if link.query else "") for link in there if not link.netloc]
    return names


def test_olga_the_owner_walks_through_everything(olga: User, demo: None) -> None:
    assert len(walked(chinese(olga), "/")) >= AT_LEAST


def test_an_annotator_walks_from_the_link_to_the_work(demo: None) -> None:
    client = chinese(None)
    enter = reverse("annotation:enter", args=[Link.objects.filter(study__slug="demo-open", kind="open").get().token])
    assert "我同意" in client.get(enter).text
    welcome = client.post(enter, follow=True)
    assert Annotator.objects.filter(study__slug="demo-open", consented__isnull=False).exists()
    assert CHINESE.search(welcome.text)
    assert "annotation:judge" in walked(client, welcome.request["PATH_INFO"])


def test_ben_the_annotator_and_a_stranger_find_their_pages(ben: User) -> None:
    assert "accounts:change-password" in walked(chinese(ben), "/")
    assert "accounts:sign-in" in walked(chinese(None), "/")


def test_no_address_breaks_in_chinese(olga: User, ben: User) -> None:
    for person in (olga, ben):
        client = chinese(person)
        for name, path in ADDRESSES:
            if name not in PUBLIC:
                assert client.get(f"/{path}").status_code < 500, (person, name)
