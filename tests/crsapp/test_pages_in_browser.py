"""The roof's own pages, looked at as people do: narrow and wide, light and dark, without an accessibility error."""

import pytest
from playwright.sync_api import Page, expect

from crsapp.accounts.models import User
from tests.browser.looking import look_in_each_view

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PAGES = ("/", "/accounts/password/", "/accounts/people/", "/accounts/people/new/", "/no/such/page/")


def sign_in(page: Page, person: User) -> None:
    page.goto("/accounts/sign-in/")
    page.get_by_label("Username").fill(person.username)
    page.get_by_label("Password").fill(f"{person.username}'s long password")
    page.keyboard.press("Enter")
    expect(page.locator("summary", has_text=person.username)).to_be_visible()


def test_signed_out_pages(page: Page) -> None:
    for path in ("/", "/accounts/sign-in/", "/accounts/password/xx/yy/"):
        page.goto(path)
        look_in_each_view(page, path)


def test_olgas_pages(page: Page, olga: User, amira: User) -> None:
    sign_in(page, olga)
    for path in (*PAGES, f"/accounts/people/{amira.pk}/link/"):
        page.goto(path)
        look_in_each_view(page, path)


def test_the_theme_is_chosen_once(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/accounts/sign-in/")
    page.get_by_role("button", name="Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
