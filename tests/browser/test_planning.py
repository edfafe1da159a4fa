"""What to expect of a study's size, beside the form that decides it."""

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.test_building import sign_in, two_datasets

pytestmark = pytest.mark.browser


def test_the_interval_follows_the_form_and_nothing_is_changed_by_looking(page: Page) -> None:
    two_datasets()
    sign_in(page)
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.get_by_role("link", name="Studies").click()
    page.get_by_role("link", name="New study").click()
    page.get_by_label("Title of the study").first.fill("How large?")
    page.get_by_role("button", name="Start with this design").click()
    page.locator("[name=do][value=go-who]").click()
    beside, figures = page.locator("#plan-short"), page.locator("#plan-figures")
    expect(beside).to_contain_text("Expect a win rate to within ± 12 points")
    expect(figures).to_contain_text("With 7 annotators no number of pairs comes below")
    page.reload()
    assert asked == []

    page.locator("[name=b1-annotators]").fill("20")
    expect(beside).to_contain_text("± 8.1 points")
    expect(page.locator("#consequences")).to_contain_text("50 × 20")
    expect(beside).to_contain_text("± 8.1 points")
    page.get_by_label("Wanted: to within ±").fill("8")
    expect(figures).to_contain_text("The cheapest design that comes to ± 8.0")
    page.get_by_label("Wanted: to within ±").fill("80")
    expect(figures).to_contain_text("less than or equal to 50")
