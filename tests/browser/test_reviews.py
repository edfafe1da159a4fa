"""Amira tries settings of preprocessing in a real browser, and takes the one that helps."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from crsapp.accounts.models import User
from crsapp.jobs.services import run
from generation.models import Preparation
from generation.services.importing_here import import_path
from tests.generation.review_files import everybody_on_everything, review_file

pytestmark = pytest.mark.browser


def test_from_nothing_left_to_people_with_dialogues(page: Page, amira: User, tmp_path: Path) -> None:
    import_path(kind="reviews", path=review_file(tmp_path, everybody_on_everything(4, 5)), dataset_name="Music")
    page.goto("/accounts/sign-in/")
    page.get_by_label("Username").fill("amira")
    page.get_by_label("Password").fill("amira's long password")
    page.keyboard.press("Enter")
    expect(page.locator("summary", has_text="amira")).to_be_visible()

    page.goto("/datasets/music/reviews/")
    expect(page.get_by_role("alert")).to_contain_text("Nothing is left after the step “Active people and items”")
    assert not Axe().run(page).response["violations"]
    page.get_by_role("link", name="Reviews of each person and item, at least (k): 4").click()
    expect(page.locator(".outcome")).to_contain_text("4 people can be given 4 dialogues.")

    page.get_by_label("Share of likes held out").fill("0.5")
    page.keyboard.press("Tab")
    expect(page.locator(".outcome")).to_contain_text("4 people can be given 8 dialogues.")
    expect(page.locator("#announcer")).to_contain_text("4 people, 8 dialogues")
    assert not Axe().run(page).response["violations"]

    page.get_by_role("button", name="Prepare with these settings").click()
    expect(page.get_by_text("The reviews are being prepared.")).to_be_visible()
    made = Preparation.objects.get()
    run(made.job_id)  # type: ignore[arg-type]
    expect(page.get_by_text("This is in use.")).to_be_visible()
    page.reload()
    page.get_by_role("link", name="See the people").click()
    page.get_by_role("link", name="p0").click()
    expect(page.get_by_role("heading", name="Might like 2")).to_be_visible()
    assert not Axe().run(page).response["violations"]
