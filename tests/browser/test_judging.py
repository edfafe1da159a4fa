"""The judging page in a real browser: keys, mouse and touch."""

import re

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Assignment, Judgment
from tests.annotation import judging_scenes as scenes
from tests.browser.judging import expected, press, recorded, saved, start

pytestmark = pytest.mark.browser

FORTY = "0120120121201201202n10210212021021021020"


def test_ten_utterances_and_four_questions_take_41_keys(page: Page, live_site: str) -> None:
    study = scenes.study_of_dialogues(size=1)
    start(page, study)
    page.evaluate("addEventListener('keydown', () => { window.pressed = (window.pressed ?? 0) + 1; }, true)")
    press(page, FORTY)
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("1 of 2")
    assert page.evaluate("window.pressed") == 41
    assert recorded(study) == expected(FORTY)
    assert Assignment.objects.filter(state="submitted").count() == 1


def test_a_pair_takes_one_key_and_undo_brings_it_back(page: Page, live_site: str) -> None:
    study = scenes.study_of_pairs()
    start(page, study)
    page.wait_for_timeout(350)
    page.keyboard.press("1")
    expect(page.locator("#progress")).to_contain_text("1 of 4")
    expect(page.locator("[data-where]")).to_have_text("A chosen: undo with u")
    page.wait_for_timeout(350)
    page.keyboard.press("u")
    expect(page.locator("#notices")).to_contain_text("one you finished")
    expect(page.locator("[data-value='1']")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(350)
    page.keyboard.press("2")
    expect(page.locator("#notices")).to_be_empty()
    expect(page.locator("#progress")).to_contain_text("1 of 4")
    saved(page)
    rows = Judgment.objects.order_by("assignment", "sequence")
    assert list(rows.values_list("value", "superseded")) == [(1, True), (2, False)]
    assert Assignment.objects.filter(state="leased").count() == 1


def test_a_key_meant_for_the_last_pair_does_not_decide_the_next(page: Page, live_site: str) -> None:
    start(page, scenes.study_of_pairs())
    page.wait_for_timeout(350)
    page.evaluate(
        """() => new MutationObserver((changes, observer) => {
            observer.disconnect();
            const key = new KeyboardEvent("keydown", {key: "1", bubbles: true});
            setTimeout(() => document.body.dispatchEvent(key), 100);
        }).observe(document.querySelector("main"), {childList: true})"""
    )
    press(page, "111")
    expect(page.locator("#progress")).to_contain_text("1 of 4")
    page.wait_for_timeout(600)
    assert Judgment.objects.count() == 1


def test_going_back_undoing_and_looking_for_what_is_missing(page: Page, live_site: str) -> None:
    study = scenes.study_of_dialogues(size=1, turns=2)
    start(page, study)
    title = page.locator("[data-question]:not([hidden]) h2")
    expect(title).to_have_text("Fluency")
    press(page, "21")
    expect(title).to_have_text("Logicality")
    page.keyboard.press("u")
    expect(title).to_have_text("Informativeness")
    expect(page.locator("[data-question]:not([hidden]) [data-was]")).to_have_count(1)
    press(page, "0")
    press(page, "22")
    expect(page.locator("[data-where]")).to_contain_text("utterance 2")
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-where]")).to_contain_text("utterance 1")
    expect(title).to_have_text("Fluency")
    page.keyboard.press("ArrowRight")
    press(page, "2")
    expect(page.locator("[data-where]")).to_contain_text("utterance 2")
    page.keyboard.press("Enter")
    expect(title).to_have_text("Fluency")
    assert Assignment.objects.filter(state="submitted").count() == 0
    press(page, "2222")
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("1 of 2")
    assert dict.fromkeys(recorded(study)).keys() == set(expected("22222222"))
    assert Judgment.objects.filter(superseded=True).count() == 2


def test_later_utterances_are_hidden_until_this_one_is_rated(page: Page, live_site: str) -> None:
    start(page, scenes.study_of_dialogues(size=1))
    visible = page.locator(".turn:visible")
    expect(visible).to_have_count(1)
    press(page, "222")
    page.keyboard.press("ArrowDown")
    expect(visible).to_have_count(1)
    press(page, "2")
    expect(visible).to_have_count(2)
    expect(page.locator(".turn[data-place='0'] .figures")).to_have_text("✓ 2 2 2 2")
    press(page, "2222" * 9)
    expect(visible).to_have_count(10)


def test_whole_shows_all_at_once(page: Page, live_site: str) -> None:
    start(page, scenes.study_of_dialogues(size=1, reveal="whole"))
    expect(page.locator(".turn:visible")).to_have_count(10)
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-where]")).to_contain_text("utterance 2")


def test_everything_also_by_mouse(page: Page, live_site: str) -> None:
    study = scenes.study_of_dialogues(size=1, turns=2)
    start(page, study)
    for _ in range(8):
        page.locator("[data-question]:not([hidden]) [data-value='1']").click()
        page.wait_for_timeout(320)
    page.locator(".turn[data-place='0'] .figures button").click()
    page.wait_for_timeout(320)
    page.locator("[data-question]:not([hidden]) [data-cannot]").click()
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("1 of 2")
    assert recorded(study)[-1] == (0, "fluency", None)
    assert Judgment.objects.count() == 9


def test_a_double_click_answers_once(page: Page, live_site: str) -> None:
    study = scenes.study_of_dialogues(size=1, turns=2)
    start(page, study)
    page.locator("[data-question]:not([hidden]) [data-value='2']").dblclick()
    saved(page)
    assert recorded(study) == [(0, "fluency", 2)]


def test_a_key_held_down_answers_once(page: Page, live_site: str) -> None:
    study = scenes.study_of_dialogues(size=1, turns=2)
    start(page, study)
    for _ in range(5):
        page.keyboard.down("2")
    page.keyboard.up("2")
    saved(page)
    assert recorded(study) == [(0, "fluency", 2)]


def test_a_reason_is_written_without_answering(page: Page, live_site: str) -> None:
    study = scenes.study_of_dialogues(size=1, turns=2)
    start(page, study)
    page.keyboard.press("r")
    page.keyboard.type("2 typing errors, u and n too")
    assert not Judgment.objects.exists()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.locator("[data-question]:not([hidden]) h2")).to_have_text("Informativeness")
    saved(page)
    judgment = Judgment.objects.get()
    assert (judgment.value, judgment.reason) == (1, "2 typing errors, u and n too")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("r")
    page.keyboard.type(" indeed")
    page.keyboard.press("Escape")
    saved(page)
    assert Judgment.objects.current().get().reason.endswith("too indeed")


def test_keys_are_shown_and_can_be_switched_off(page: Page, live_site: str) -> None:
    start(page, scenes.study_of_dialogues(size=1, turns=2))
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("2")
    page.locator("[data-keys-switch]").uncheck()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.reload()
    press(page, "2?")
    expect(page.locator("#keys")).to_be_hidden()
    assert not Judgment.objects.exists()
    page.locator("[data-open=keys]").click()
    page.locator("[data-keys-switch]").check()
    page.locator("#keys button[type=submit]").click()
    page.keyboard.press("g")
    expect(page.locator("#guidelines")).to_contain_text("in its context")


def test_an_open_link_shows_the_way_back_and_copies_it(page: Page, live_site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    link = scenes.open_link(scenes.study_of_dialogues(size=1))
    page.goto(f"/j/{link.token}/")
    page.get_by_role("button", name="I agree, start").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("You are annotator-01")
    page.get_by_role("button", name="Copy").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"http://[^/]+/j/[\w-]{22}/", copied)
    assert link.token not in copied
    page.get_by_role("link", name="Start judging").click()
    expect(page.locator("[data-unit]")).to_be_visible()


def test_the_last_page_thanks(page: Page, live_site: str) -> None:
    start(page, scenes.study_of_pairs(pairs=2))
    for number in (1, 2):
        page.wait_for_timeout(350)
        page.keyboard.press("1")
        expect(page.locator("#progress")).to_contain_text(f"{number} of 2")
    expect(page.get_by_role("heading", name="All done. Thank you!")).to_be_visible()
    expect(page.locator(".judge-card")).to_contain_text("You judged all 2")
    page.keyboard.press("u")
    expect(page.locator("#notices")).to_contain_text("one you finished")


def test_the_other_language_is_one_key_away_and_remembered(page: Page, live_site: str) -> None:
    start(page, scenes.study_of_dialogues(size=1, turns=2, translated=True))
    text = page.locator(".turn[data-place='0'] .prose:visible")
    expect(text).not_to_contain_text("中文")
    switch = page.locator("button[data-language]")
    expect(switch).to_contain_text("简体中文")
    page.keyboard.press("l")
    expect(text).to_contain_text("中文")
    expect(text).to_have_attribute("lang", "zh")
    page.reload()
    expect(text).to_contain_text("中文")
    expect(switch.locator("span:visible")).to_have_text("as it was written")
    switch.click()
    expect(text).not_to_contain_text("中文")
    expect(switch.locator("span:visible")).to_have_text("简体中文")
    expect(switch, "so that Enter finishes instead of pressing it again").not_to_be_focused()
