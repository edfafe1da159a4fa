"""Amira has dialogues written in a real browser: a look, the start, the end without a reload, a reject kept."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from generation.models import GenerationRun
from tests.browser.test_building import sign_in
from tests.generation import run_scenes as scenes

pytestmark = pytest.mark.browser


def test_from_a_look_to_a_dataset_and_a_study(page: Page, live_worker: None) -> None:
    scenes.prepared()
    scenes.scripted(leaked_slot=0.5)
    sign_in(page)
    page.goto("/generate/runs/")
    page.get_by_role("link", name="Write dialogues").click()
    page.get_by_label("Reviews", exact=True).select_option(label="Reviews")
    page.get_by_label("Name of the new dataset").fill("Mine")
    page.get_by_label("What the items are").fill("Books")
    page.get_by_label("Dialogues", exact=True).fill("6")
    page.get_by_label("Tries after the first").fill("0")
    page.get_by_role("button", name="See what it would come to").click()
    expect(page.get_by_text("6 dialogues can be planned.")).to_be_visible()
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Start writing").click()
    expect(page.get_by_text("6 of 6 done")).to_be_visible(timeout=60_000)
    expect(page.locator("#progress-title")).to_contain_text("Complete")
    expect(page.locator("#run")).not_to_have_attribute("hx-trigger", "every 2s")
    assert Axe().run(page).response["violations"] == []
    run = GenerationRun.objects.get()
    kept = run.dataset.dialogues.count()

    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("link", name="Template residue").click()
    page.locator("tbody a").first.click()
    expect(page.locator("mark").first).to_have_text("[USER_HIS_LIKES_1]")
    assert Axe().run(page).response["violations"] == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.get_by_label("Why it is kept").fill("The user may speak like this.")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Kept by a person")).to_be_visible()
    assert run.dataset.dialogues.count() == kept + 1
