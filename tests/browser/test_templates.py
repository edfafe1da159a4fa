"""Amira makes a template of her own in a real browser: with the mouse, with the keyboard alone, wide and narrow."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from crsapp.accounts.models import User
from generation.models import DialogueTemplate
from generation.reviews.validation import is_legal
from tests.browser.looking import look_in_each_view
from tests.browser.test_building import sign_in, tab_to

pytestmark = pytest.mark.browser
NEW = "/generate/templates/new/"


def choose(page: Page, utterance: int, goal: int, words: str) -> None:
    page.get_by_label(f"Utterance {utterance}, goal {goal}").select_option(label=words)


def press(page: Page, label: str) -> None:
    """With the keyboard: the control is reached by Tab and Enter is pressed."""
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.press("Enter")


def test_a_built_in_one_is_found_copied_and_changed(page: Page) -> None:
    sign_in(page)
    page.get_by_role("link", name="Generate").click()
    expect(page.get_by_text("168 templates")).to_be_visible()
    page.get_by_label("Suggestions", exact=True).select_option("1")
    expect(page.locator("#templates").get_by_text("56 templates")).to_be_visible()
    page.get_by_role("link", name="T1a-L-L0").click()
    page.get_by_role("link", name="Make a copy to change").click()
    findings = page.locator("#findings")
    expect(findings).to_contain_text("Nothing to change")

    choose(page, 3, 1, "declines (SG17)")
    expect(page.locator("#says-3")).to_contain_text("Accept it here (SG14, SG15 or SG25)")
    expect(findings).to_contain_text("things to change")
    expect(page.locator("#announcer")).to_contain_text("things to change")
    choose(page, 3, 1, "accepts and says why (SG15)")
    expect(findings).to_contain_text("Nothing to change")

    page.get_by_label("Who speaks in utterance 3").focus()
    with page.expect_response("**/draft/**"):
        page.get_by_label("Who speaks in utterance 3").select_option("system")
    expect(page.locator("#says-3")).to_contain_text("speaks twice in a row")
    expect(page.get_by_label("Who speaks in utterance 3")).to_be_focused()
    expect(page.locator(".htmx-request, .htmx-settling, .htmx-swapping, .htmx-added")).to_have_count(0)
    with page.expect_response("**/draft/**"):
        page.get_by_label("Who speaks in utterance 3").select_option("user")
    expect(findings).to_contain_text("Nothing to change")

    page.get_by_label("Remove utterance 4").click()
    expect(findings).to_contain_text("Add 1.")
    page.get_by_role("button", name="Undo the last step").click()
    expect(findings).to_contain_text("Nothing to change")
    assert Axe().run(page).response["violations"] == []

    page.get_by_role("textbox", name="Name").fill("My first")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="My first")).to_be_visible()
    kept = DialogueTemplate.objects.get()
    assert str(kept.template) == "My first U:SG02 S:SG08+SG11 U:SG15 S:SG06 U:SG26 S:SG28"
    page.get_by_role("button", name="Archive").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The template is in use again.")).to_be_visible()


def test_two_quick_choices_are_both_kept(page: Page) -> None:
    """The second is made before the first has been answered."""
    sign_in(page)
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + f"{NEW}?from=T1a-L-L0")

    def slowly(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/draft/**", slowly)
    page.get_by_label("Who speaks in utterance 3").select_option("system")
    page.get_by_label("Who speaks in utterance 4").select_option("user")
    expect(page.locator("#says-3")).to_contain_text("speaks twice in a row")
    expect(page.get_by_label("Who speaks in utterance 3")).to_have_value("system")
    expect(page.get_by_label("Who speaks in utterance 4")).to_have_value("user")


def test_one_is_made_without_a_mouse(page: Page) -> None:
    sign_in(page)
    page.goto(NEW)
    tab_to(page, page.get_by_role("textbox", name="Name"))
    page.keyboard.type("By keys")
    choose(page, 1, 1, "opens with an item they liked, and why (SG02)")
    choose(page, 2, 1, "suggests the item that will be accepted (SG11)")
    press(page, "Add a goal to utterance 2")
    expect(page.get_by_label("Utterance 2, goal 2")).to_be_focused()
    choose(page, 2, 2, "replies briefly (SG08)")
    press(page, "Utterance 2: goal 2 first")
    expect(page.get_by_label("Utterance 2, goal 1")).to_have_value("SG08")
    press(page, "Add an utterance after 2")
    expect(page.get_by_label("Utterance 3, goal 1")).to_be_focused()
    page.keyboard.type("accepts (")
    for number, words in ((4, "makes small talk (SG19)"), (5, "thanks (SG27)"), (6, "closes the talk (SG28)")):
        tab_to(page, page.get_by_role("button", name="Add an utterance", exact=True))
        page.keyboard.press("Enter")
        expect(page.get_by_label(f"Utterance {number}, goal 1")).to_be_focused()
        choose(page, number, 1, words)
    expect(page.locator("#findings")).to_contain_text("Nothing to change")
    press(page, "Move utterance 4 down")
    expect(page.get_by_label("Move utterance 5 down")).to_be_focused()
    press(page, "Move utterance 5 up")
    expect(page.locator("#findings")).to_contain_text("Nothing to change")
    tab_to(page, page.locator(".editor-end").get_by_role("button", name="Save"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="By keys")).to_be_visible()
    assert is_legal(DialogueTemplate.objects.get().template)


def test_pages_are_clean_and_fit(page: Page) -> None:
    sign_in(page)
    by = User.objects.get(username="amira")
    broken = DialogueTemplate.objects.create(
        name="Broken " + "long " * 15, utterances=[{"speaker": "user", "goals": ["SG17", "SG30"]}], created_by=by
    )
    for address in ("", "?kind=own", "?kind=archived", f"{broken.pk}/", f"{broken.pk}/edit/", "import/"):
        page.goto(f"/generate/templates/{address}")
        look_in_each_view(page, f"templates-{address}")
