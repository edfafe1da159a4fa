"""The annotator's key for “something is wrong with this dialogue”: sent like answers, offline too, and taken back."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from annotation.models import Assignment, Flag, Judgment
from annotation.services.excluding import exclude_unit
from tests.annotation import judging_scenes as scenes
from tests.browser.judging import Line, press, saved, start

pytestmark = pytest.mark.browser


def report(page: Page, text: str, *, by_keys: bool = False) -> None:
    page.keyboard.press("!")
    expect(page.get_by_role("dialog", name="Something is wrong with this dialogue")).to_be_visible()
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter") if by_keys else page.get_by_role("button", name="Send").click()


def test_anna_reports_with_one_key_and_goes_on(page: Page, live_site: str) -> None:
    start(page, scenes.study_of_dialogues(size=1))
    press(page, "21")
    report(page, "1 stops early: 2 lines are gone!", by_keys=True)
    expect(page.locator("#notices")).to_contain_text("The researchers have your report")
    expect(page.get_by_role("button", name="Reported")).to_have_attribute("aria-pressed", "true")
    press(page, "02")
    saved(page)
    assert [flag.text for flag in Flag.objects.waiting()] == ["1 stops early: 2 lines are gone!"]
    assert Judgment.objects.count() == 4, "what was typed into the report must answer nothing"
    page.reload()
    expect(page.get_by_role("button", name="Reported")).to_be_visible()


def test_undo_takes_the_report_back_before_it_takes_answers_back(page: Page, live_site: str) -> None:
    start(page, scenes.study_of_dialogues(size=1))
    press(page, "2")
    report(page, "cut off")
    expect(page.locator("#notices")).to_contain_text("The researchers have your report")
    page.keyboard.press("u")
    expect(page.locator("#notices")).to_contain_text("Your report is taken back")
    assert not Flag.objects.waiting().exists()
    assert Judgment.objects.current().count() == 1
    report(page, "cut off after all")
    expect(page.locator("#notices")).to_contain_text("The researchers have your report")
    page.keyboard.press("!")
    page.get_by_role("button", name="Take the report back").click()
    expect(page.locator("#notices")).to_contain_text("Your report is taken back")
    assert (Flag.objects.count(), Flag.objects.waiting().count()) == (2, 0)


def test_a_report_made_without_a_connection_is_kept_and_sent_once(page: Page, live_site: str) -> None:
    study = scenes.study_of_pairs(pairs=2)
    start(page, study)
    line = Line(page)
    line.be(cut=True)
    report(page, "A repeats itself")
    expect(page.locator("#saved")).to_have_text("Not sent yet: your report is kept on this device, trying again")
    expect(page.get_by_role("button", name="Reported")).to_be_visible()
    assert not Flag.objects.exists()
    line.be()
    expect(page.locator("#notices")).to_contain_text("The researchers have your report", timeout=30_000)
    assert Flag.objects.count() == 1


def test_a_report_survives_a_reload_before_it_was_sent(page: Page, live_site: str) -> None:
    start(page, scenes.study_of_dialogues(size=1))
    page.route("**/report/", lambda route: route.fulfill(status=500))
    report(page, "cut off")
    expect(page.locator("#saved")).to_have_attribute("data-state", "kept", timeout=20_000)
    page.reload()
    expect(page.get_by_role("button", name="Reported")).to_be_visible()
    page.unroute("**/report/")
    saved(page)
    assert Flag.objects.get().text == "cut off"


def test_escape_leaves_the_dialog_and_sends_nothing(page: Page, live_site: str) -> None:
    start(page, scenes.study_of_dialogues(size=1))
    page.keyboard.press("!")
    page.keyboard.type("never mind")
    page.keyboard.press("Escape")
    expect(page.locator("#report")).not_to_be_visible()
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.locator("#report-text")).to_have_value("")
    page.get_by_role("button", name="Not now").click()
    assert not Flag.objects.exists()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_dialog_can_be_read_by_everybody(page: Page, live_site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    start(page, scenes.study_of_pairs(pairs=2))
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.locator("#report-text")).to_be_focused()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_anna_is_told_when_her_unit_is_taken_out_and_goes_on(page: Page, live_site: str) -> None:
    study = scenes.study_of_dialogues(size=2)
    start(page, study)
    press(page, "2")
    saved(page)
    exclude_unit(unit=Assignment.objects.get().unit, reason="cut off")
    press(page, "1")
    expect(page.get_by_role("heading", name="This one was taken out")).to_be_visible()
    expect(page.locator("[data-report]")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("[data-unit]")).to_be_visible()
    assert Assignment.objects.filter(state="leased").count() == 1
    assert Judgment.objects.count() == 2
