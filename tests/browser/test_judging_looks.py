"""How heavy, how reachable and how well-behaved the annotator's pages are, in light and dark, wide and narrow."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from annotation.models import Study
from tests.annotation import judging_scenes as scenes
from tests.browser.judging import enter, press, saved
from tests.browser.looking import VIEWS, look, look_in_each_view

pytestmark = pytest.mark.browser

LIMIT = 60_000


@pytest.fixture(params=VIEWS, ids=[f"{width}-{scheme}" for width, scheme in VIEWS])
def screen(request: pytest.FixtureRequest, chromium: Browser, live_site: str) -> Iterator[Page]:
    """A page of this width and scheme. Whatever the console says, breaches of the content policy too, fails it."""
    width, scheme = request.param
    context = chromium.new_context(
        base_url=live_site,
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert not said, said


def test_dialogues(screen: Page) -> None:
    link = scenes.personal_link(scenes.study_of_dialogues(size=1))
    screen.goto(f"/j/{link.token}/")
    look(screen, "enter")
    enter(screen, link)
    look(screen, "first")
    press(screen, "2122210")
    saved(screen)
    look(screen, "middle")
    if (fold := screen.locator("[data-fold]")).is_visible():
        fold.click()
        look(screen, "folded")
        fold.click()
    screen.keyboard.press("r")
    screen.keyboard.type("Because")
    look(screen, "reason")
    screen.keyboard.press("Escape")
    press(screen, "2" * 33)
    saved(screen)
    look(screen, "all-answered")
    for name in ("keys", "guidelines"):
        screen.locator(f"[data-open={name}]").click()
        look(screen, name)
        screen.keyboard.press("Escape")


def test_pairs(screen: Page) -> None:
    enter(screen, scenes.personal_link(scenes.study_of_pairs(pairs=2, ties=True, turns=8)))
    look(screen, "pair")
    columns = [box["width"] for side in screen.locator(".side").all() if (box := side.bounding_box())]
    assert columns[0] == columns[1]
    screen.wait_for_timeout(350)
    screen.keyboard.press("1")
    expect(screen.locator("#progress")).to_contain_text("1 of 2")
    look(screen, "pair-next")
    screen.wait_for_timeout(350)
    screen.keyboard.press("u")
    expect(screen.locator("#notices")).to_contain_text("one you finished")
    look(screen, "pair-undone")
    screen.wait_for_timeout(350)
    screen.keyboard.press("2")
    expect(screen.locator("#notices")).to_be_empty()
    screen.wait_for_timeout(350)
    screen.keyboard.press("0")
    expect(screen.locator(".judge-card")).to_be_visible()
    look(screen, "done")


def test_marking_words(screen: Page) -> None:
    enter(screen, scenes.personal_link(scenes.study_of_labels()))
    look(screen, "label")
    press(screen, "1h")
    look(screen, "half")
    press(screen, ["ArrowRight", "Shift+ArrowDown"])
    look(screen, "marked")
    screen.keyboard.press("Enter")
    screen.keyboard.type("Nobody says so.")
    look(screen, "reason-due")
    screen.keyboard.press("Escape")
    press(screen, "2d")
    saved(screen)
    look(screen, "labelled")


def test_metrics_with_the_user_beside(screen: Page) -> None:
    enter(screen, scenes.personal_link(scenes.study_of_metrics()))
    look(screen, "metrics")
    if not screen.locator(".beside-body").is_visible():
        screen.locator("[data-beside] summary").click()
        look(screen, "beside")
        screen.locator("[data-beside] summary").click()
    press(screen, "2101")
    saved(screen)
    look(screen, "metrics-middle")


def test_the_ways_in(screen: Page) -> None:
    study = scenes.study_of_dialogues(size=1)
    link = scenes.open_link(study, cap=1)
    screen.goto(f"/j/{link.token}/")
    screen.get_by_role("button", name="I agree, start").click()
    look(screen, "welcome")
    study.links.filter(opened_by=link)
    screen.context.clear_cookies()
    screen.goto(f"/j/{link.token}/")
    look(screen, "full")
    screen.goto(f"/j/{study.links.get(opened_by=link).token}/")
    look(screen, "welcome-back")


def test_without_a_session(page: Page) -> None:
    page.goto("/judge/0123456789abcdef01234567/")
    look_in_each_view(page, "back")


def test_the_way_back_in_place(page: Page, live_site: str) -> None:
    enter(page, scenes.personal_link(scenes.study_of_dialogues(size=1)))
    page.context.clear_cookies()
    press(page, "2")
    expect(page.locator("#way-back")).to_be_visible()
    look_in_each_view(page, "way-back")


def study_of(kind: str) -> Study:
    return scenes.study_of_pairs() if kind == "pair" else scenes.study_of_dialogues(size=1, turns=2)


@pytest.mark.parametrize("kind", ["dialogue", "pair"])
def test_the_first_load_weighs_little(page: Page, live_site: str, kind: str) -> None:
    enter(page, scenes.personal_link(study_of(kind)))
    address = page.url
    cold = page.context.browser.new_context(base_url=live_site, storage_state=page.context.storage_state())  # type: ignore[union-attr]
    fresh = cold.new_page()
    weights: dict[str, int] = {}
    protocol = cold.new_cdp_session(fresh)
    protocol.send("Network.enable")
    urls: dict[str, str] = {}
    protocol.on("Network.responseReceived", lambda event: urls.update({event["requestId"]: event["response"]["url"]}))
    protocol.on(
        "Network.loadingFinished",
        lambda event: weights.update({urls[event["requestId"]]: int(event["encodedDataLength"])}),
    )
    fresh.goto(address, wait_until="networkidle")
    cold.close()
    total = sum(weights.values())
    assert total <= LIMIT, weights
    assert any(url.endswith(".css") for url in weights)


@pytest.mark.parametrize("kind", ["dialogue", "pair"])
def test_reading_lines_are_neither_long_nor_small(page: Page, live_site: str, kind: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    enter(page, scenes.personal_link(study_of(kind)))
    text = page.locator(".turn:visible .prose p").first
    size, characters = text.evaluate(
        """element => {
            const written = "Somebody who likes slow films about food might also like the sea in winter. ".repeat(20);
            element.textContent = written;
            const style = getComputedStyle(element);
            const lines = element.getBoundingClientRect().height / parseFloat(style.lineHeight);
            return [parseFloat(style.fontSize), written.length / lines];
        }"""
    )
    assert 17 <= size <= 18
    assert 60 <= characters <= 75
