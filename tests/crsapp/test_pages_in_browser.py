"""The roof's own pages, looked at as people do: narrow and wide, light and dark, without an accessibility error."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from crsapp.accounts.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PAGES = ("/", "/accounts/password/", "/accounts/people/", "/accounts/people/new/", "/no/such/page/")


def sign_in(page: Page, person: User) -> None:
    page.goto("/accounts/sign-in/")
    page.get_by_label("Username").fill(person.username)
    page.get_by_label("Password").fill(f"{person.username}'s long password")
    page.keyboard.press("Enter")
    expect(page.locator("summary", has_text=person.username)).to_be_visible()


def look(page: Page) -> None:
    """Nothing sticks out to the side, and axe finds nothing, in light and in dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{page.url} at {width} px"
        found = Axe().run(page)
        assert found.violations_count == 0, f"{page.url} in {scheme}: {found.generate_report()}"


def test_signed_out_pages(page: Page) -> None:
    for path in ("/", "/accounts/sign-in/", "/accounts/password/xx/yy/"):
        page.goto(path)
        look(page)


def test_olgas_pages(page: Page, olga: User, amira: User) -> None:
    sign_in(page, olga)
    for path in (*PAGES, f"/accounts/people/{amira.pk}/link/"):
        page.goto(path)
        look(page)


def test_the_theme_is_chosen_once(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/accounts/sign-in/")
    page.get_by_role("button", name="Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
