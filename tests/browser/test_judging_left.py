"""Somebody's part ends while they have the judging page open in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from annotation.models import Annotator, Judgment
from annotation.services.departures import remove_annotator
from annotation.services.withdrawals import withdraw
from tests.annotation import judging_scenes as scenes
from tests.browser.judging import press, saved, start

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("how", ["removed", "deleted"])
def test_the_next_key_says_so_and_nothing_waits_for_ever(page: Page, live_site: str, how: str) -> None:
    start(page, scenes.study_of_dialogues(size=1))
    press(page, "012")
    saved(page)
    ben = Annotator.objects.get()
    if how == "removed":
        remove_annotator(annotator=ben, reason="Too fast", keep=True)
    else:
        withdraw(annotator=ben, delete=True)
    page.keyboard.press("1")
    expect(page.get_by_role("heading", name="You no longer take part in this study")).to_be_visible()
    assert Judgment.objects.count() == (3 if how == "removed" else 0)
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('outbox')).length") == 0
    assert Axe().run(page).violations_count == 0
    page.reload()
    expect(page.get_by_role("heading", name="You no longer take part in this study")).to_be_visible()


def test_a_pair_finished_after_the_end_is_refused_in_words(page: Page, live_site: str) -> None:
    start(page, scenes.study_of_pairs())
    remove_annotator(annotator=Annotator.objects.get(), reason="Too fast", keep=True)
    page.wait_for_timeout(400)
    page.keyboard.press("1")
    expect(page.get_by_role("heading", name="You no longer take part in this study")).to_be_visible()
    assert not Judgment.objects.exists()
