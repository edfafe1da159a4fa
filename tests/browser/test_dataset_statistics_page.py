"""Datasets side by side in a real browser: counted while one looks, copied, and readable at any width."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from crsapp.accounts.models import User
from generation.models import Dataset
from tests.browser.looking import look_in_each_view
from tests.generation import dataset_scenes as scenes

pytestmark = pytest.mark.browser


@pytest.fixture
def talks(live_site: str) -> list[Dataset]:
    names = ("Films", "Books with a rather long name", "Songs", "Games")
    return [scenes.dataset(name, [(f"Do you like old {name}?", "Yes, I do.")]) for name in names]


@pytest.fixture
def amiras_page(page: Page, live_site: str, amira: User) -> Page:
    client = Client()
    client.force_login(amira)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_site}])
    return page


def test_amira_chooses_compares_and_copies(amiras_page: Page, talks: list[Dataset]) -> None:
    page = amiras_page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/datasets/films/")
    page.get_by_role("link", name="Statistics", exact=True).click()
    expect(page.get_by_role("row", name="Dialogues").first).to_be_visible()
    expect(page.get_by_label("Films")).to_be_checked()
    page.get_by_label("Songs").check()
    page.get_by_role("button", name="Show side by side").click()
    expect(page.get_by_role("columnheader", name="Total")).to_be_visible()
    page.get_by_role("button", name="Copy as Markdown").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert "| Dialogues | 1 | 1 | 2 |" in page.evaluate("navigator.clipboard.readText()")


def test_it_reads_well_everywhere(amiras_page: Page, talks: list[Dataset]) -> None:
    every = "&".join(f"dataset={dataset.slug}" for dataset in talks)
    for name, address, waits_for in (("full", f"/statistics/?{every}", "table"), ("empty", "/statistics/", ".empty")):
        amiras_page.goto(address)
        expect(amiras_page.locator(waits_for)).to_be_visible()
        look_in_each_view(amiras_page, f"statistics-{name}")
