"""Intents by digit, and a hallucination by its key, its words and a reason: in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from annotation.models import Assignment, Judgment
from generation.rendering import shown_text
from tests.annotation import judging_scenes as scenes
from tests.browser.judging import Line, press, recorded, saved, start

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(chromium: Browser, live_site: str) -> Iterator[Page]:
    """A page under a thumb. A script's error fails the test."""
    context = chromium.new_context(base_url=live_site, viewport={"width": 360, "height": 740}, has_touch=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors


def test_intents_take_one_digit_an_utterance_of_the_user(page: Page, live_site: str) -> None:
    study = scenes.study_of_labels("user-intent")
    start(page, study)
    press(page, "245")
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("1 of 2")
    assert recorded(study) == [(0, "intent", 2), (2, "intent", 4), (4, "intent", 5)]


def test_a_hallucination_is_marked_and_explained_by_keyboard_alone(page: Page, live_site: str) -> None:
    study = scenes.study_of_labels("hallucination")
    start(page, study)
    expect(page.locator("[data-where]")).to_contain_text("utterance 2")
    page.keyboard.press("0")
    page.keyboard.press("h")
    marks = page.locator(".turn[data-place='3'] mark")
    expect(page.locator("[data-mark-how]")).to_be_visible()
    expect(marks).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_contain_text("Mark the words")
    press(page, ["ArrowRight", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight"])
    expect(page.locator("[data-mark-words]")).to_have_text("The Tall Oven")
    expect(marks).to_have_text(["The Tall Oven"])
    expect(page.locator("#announcer")).to_have_text("Marked: The Tall Oven")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Why? This answer needs a reason.")).to_be_focused()
    page.keyboard.type("0h: there is no such film")
    assert Judgment.objects.count() == 1, "nothing but the first answer is an answer yet"
    page.keyboard.press("Escape")
    expect(page.locator("[data-where]")).to_contain_text("utterance 6")
    expect(page.locator(".turn[data-place='3'] .figures")).to_have_text("✓ h")
    page.keyboard.press("0")
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("1 of 2")
    assert recorded(study) == [(1, "hallucination", 0), (3, "hallucination", 1), (5, "hallucination", 0)]
    judgment = Judgment.objects.get(value=1)
    text = shown_text(judgment.assignment.unit.first.content["turns"][3]["text"])
    assert text[judgment.span_start : judgment.span_end] == "The Tall Oven"
    assert judgment.reason == "0h: there is no such film"


def test_words_are_drawn_over_or_clicked_and_another_answer_drops_them(page: Page, live_site: str) -> None:
    study = scenes.study_of_labels("hallucination")
    start(page, study)
    page.locator("[data-question]:not([hidden]) [data-value='1']").click()
    text = page.locator(".turn[data-place='1'] .prose")
    box = text.bounding_box()
    assert box
    page.mouse.move(box["x"] + 2, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 12, steps=5)
    page.mouse.up()
    expect(page.locator("[data-mark-words]")).to_contain_text("Something slow")
    page.mouse.click(box["x"] + 20, box["y"] + 12)
    expect(page.locator("[data-mark-words]")).to_have_text("Something")
    page.mouse.click(box["x"] + 110, box["y"] + 12)
    expect(text.locator("mark")).to_contain_text("Something slow")
    page.locator("[data-marked]").click()
    page.keyboard.type("It is fast.")
    page.wait_for_timeout(320)
    page.locator("[data-question]:not([hidden]) [data-value='0']").click()
    expect(page.locator("[data-where]")).to_contain_text("utterance 4")
    expect(page.locator("mark:visible")).to_have_count(0)
    saved(page)
    assert recorded(study) == [(1, "hallucination", 0)]
    judgment = Judgment.objects.get()
    assert (judgment.reason, judgment.span_start) == ("", None)


def test_by_touch_the_first_word_is_tapped_then_the_last(phone: Page, live_site: str) -> None:
    study = scenes.study_of_labels("hallucination")
    start(phone, study)
    phone.locator("[data-question]:not([hidden]) [data-value='1']").tap()
    expect(phone.locator("[data-mark-how] .by-touch")).to_be_visible()
    text = phone.locator(".turn[data-place='1'] .prose p")
    text.tap(position={"x": 20, "y": 10})
    text.tap(position={"x": 110, "y": 10})
    expect(phone.locator("[data-mark-words]")).to_contain_text("Something slow")
    phone.locator("[data-marked]").tap()
    phone.keyboard.type("It is fast.")
    phone.locator("[data-reason-done]").tap()
    saved(phone)
    assert Judgment.objects.get().reason == "It is fast."


def test_none_in_the_rest_of_the_dialogue_is_one_key_and_one_undo(page: Page, live_site: str) -> None:
    study = scenes.study_of_labels("user-intent", "hallucination")
    start(page, study)
    page.keyboard.press("1")
    page.keyboard.press("d")
    expect(page.locator("[data-where]")).to_contain_text("utterance 3")
    saved(page)
    assert [(place, value) for place, key, value in recorded(study) if key == "hallucination"] == [
        (1, 0), (3, 0), (5, 0)
    ]  # fmt: skip
    page.keyboard.press("u")
    expect(page.locator("[data-finish-label]")).to_have_text("Answer 5 more")
    page.keyboard.press("d")
    press(page, "11")
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("1 of 2")


def test_nothing_is_said_of_a_rest_that_is_not_in_sight(page: Page, live_site: str) -> None:
    start(page, scenes.study_of_labels("hallucination", reveal="progressive"))
    expect(page.locator("[data-value='0']:visible")).to_have_count(1)
    expect(page.locator("[data-rest]")).to_be_hidden()
    page.keyboard.press("d")
    page.wait_for_timeout(300)
    assert not Judgment.objects.exists()


def test_half_an_answer_survives_a_reload_and_does_not_finish_the_unit(page: Page, live_site: str) -> None:
    study = scenes.study_of_labels("hallucination", turns=2)
    start(page, study)
    page.keyboard.press("0")
    saved(page)
    page.keyboard.press("ArrowUp")
    press(page, ["h", "ArrowRight", "Shift+ArrowRight"])
    page.reload()
    expect(page.locator("[data-mark-words]")).to_have_text("Something slow")
    expect(page.locator("[data-finish-label]")).to_have_text("Answer 1 more")
    page.keyboard.press("Escape")
    expect(page.locator("[data-finish-label]")).to_have_text("Finish")
    assert recorded(study) == [(1, "hallucination", 0)]


def test_marks_and_reasons_wait_for_the_line_and_arrive(page: Page, live_site: str) -> None:
    study = scenes.study_of_labels("hallucination", turns=2)
    start(page, study)
    line = Line(page)
    line.be(cut=True)
    press(page, ["h", "ArrowDown", "Shift+ArrowDown", "Enter"])
    page.keyboard.type("No.")
    page.keyboard.press("Escape")
    expect(page.locator("#saved")).to_have_attribute("data-state", "kept")
    assert not Judgment.objects.exists()
    page.keyboard.press("Enter")
    line.be()
    expect(page.locator("#progress")).to_contain_text("1 of 2", timeout=40_000)
    judgment = Judgment.objects.get()
    assert (judgment.span_start, judgment.reason, judgment.assignment.state) == (0, "No.", Assignment.State.SUBMITTED)


def test_the_browser_reads_the_characters_that_the_server_counts(page: Page, live_site: str) -> None:
    texts = [
        "**a** & <b> `c`\n\n- d\n- e",
        "x&#13;&#10;y",
        "😀 1. é\n\n1. z\n2. w",
        "|a|b|\n|-|-|\n|c|d|",
        "> q\n\n    code\n",
    ]
    scenes.dataset("amber", [[("user", "Hi."), *(("system", text) for text in texts)]])
    more = "merge_turns = false\n" + scenes.SAMPLE.format(slug="amber", size=1)
    study = scenes.opened(
        target="dialogue", instrument="hallucination", design="panel", annotators=1, reveal="whole", more=more
    )
    start(page, study)
    turns = study.blocks.get().units.get().first.content["turns"]
    read = page.locator(".turn .prose").evaluate_all("all => all.map((one) => one.textContent)")
    assert read == [shown_text(turn["text"]) for turn in turns]
    press(page, ["ArrowDown", "ArrowDown", "h", "ArrowRight"])
    expect(page.locator("[data-mark-words]")).to_have_text("1")


def test_seven_metrics_are_judged_with_the_user_in_sight(page: Page, live_site: str) -> None:
    study = scenes.study_of_metrics()
    start(page, study)
    beside = page.locator(".beside-body")
    expect(beside).to_contain_text("not longer than two hours")
    expect(beside.locator("ol li")).to_have_text(["Age: 40", "Diet: no onions"])
    expect(beside.get_by_role("heading", name="Liked")).to_be_visible()
    expect(beside).to_contain_text("The Long Harvest")
    expect(page.locator(".turn:visible")).to_have_count(6)
    assert page.locator("[data-scroll]").evaluate("room => room.scrollTop") == 0, "one reads from the beginning"
    expect(page.locator("[data-where]")).to_have_text("About the whole dialogue · question 1 of 7")
    press(page, "212")
    expect(page.locator("[data-where]")).to_contain_text("question 4 of 7")
    page.locator("[data-whole-figures] button").first.click()
    expect(page.locator("[data-where]")).to_contain_text("question 1 of 7")
    press(page, "01221")
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("1 of 2")
    assert {criterion: value for _, criterion, value in recorded(study)} == {
        "preference-alignment": 0,
        "additional-preferences": 1,
        "role-playing-completeness": 2,
        "memorization": 1,
        "detail-level": 2,
        "practical-usefulness": 2,
        "diversity": 1,
    }
