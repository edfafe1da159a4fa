"""Nothing is lost and nothing doubled: slow links, no link, closed tabs, second tabs, lost sessions."""

import os
import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from annotation.models import Assignment, Judgment
from annotation.services.assignments import release_expired
from annotation.services.participants import join
from annotation.services.studies import close_study
from tests.annotation import judging_scenes as scenes
from tests.annotation.judging_client import quality
from tests.browser.judging import Line, enter, expected, press, recorded, saved, start

pytestmark = pytest.mark.browser

FORTY = "0120120121201201202n10210212021021021020"
OFFLINE_SECONDS = float(os.environ.get("TEST_OFFLINE_SECONDS", "8"))


def test_ten_keys_a_second_on_a_slow_link_then_none(page: Page, live_site: str) -> None:
    study = scenes.study_of_dialogues(size=1)
    start(page, study)
    line = Line(page)
    line.be(delay=500)
    began = time.monotonic()
    for number, key in enumerate(FORTY[:20]):
        page.keyboard.press(key)
        page.wait_for_timeout(max(0.0, began + (number + 1) * 0.1 - time.monotonic()) * 1000)
    line.be(cut=True)
    press(page, FORTY[20:])
    expect(page.locator("#saved")).to_contain_text("kept on this device, trying again", timeout=20_000)
    page.wait_for_timeout(OFFLINE_SECONDS * 1000)
    expect(page.locator("#saved")).to_have_attribute("data-state", "kept")
    line.be(delay=500)
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("1 of 2", timeout=60_000)
    assert recorded(study) == expected(FORTY)
    assert Judgment.objects.count() == 40, "an answer was doubled"
    assert line.sent < 30, "answers should travel together while a request is on its way"


def test_an_answer_whose_receipt_got_lost_is_not_doubled(page: Page, live_site: str) -> None:
    study = scenes.study_of_dialogues(size=1)
    start(page, study)
    lost = 0

    def lose(route: Route) -> None:
        nonlocal lost
        if lost < 2:
            lost += 1
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/answers/", lose)
    press(page, "2101")
    saved(page)
    assert lost == 2
    assert recorded(study) == expected("2101")
    assert Judgment.objects.count() == 4


def test_only_the_servers_word_is_saved(page: Page, live_site: str) -> None:
    start(page, scenes.study_of_dialogues(size=1))
    page.route("**/answers/", lambda route: route.fulfill(status=500))
    press(page, "210")
    expect(page.locator("#saved")).to_have_text("Not saved yet: 3 answers kept on this device, trying again")
    page.wait_for_timeout(1500)
    expect(page.locator("#saved")).to_have_attribute("data-state", "kept")
    page.unroute("**/answers/")
    saved(page)
    expect(page.locator("#saved")).to_contain_text("Saved")
    assert Judgment.objects.count() == 3


def test_a_tab_closed_midway_and_opened_again(page: Page, live_site: str) -> None:
    study = scenes.study_of_dialogues(size=1)
    start(page, study)
    page.route("**/answers/", lambda route: route.abort())
    press(page, "21021")
    address = page.url
    page.close()
    assert not Judgment.objects.exists()
    again = page.context.new_page()
    again.goto(address)
    expect(again.locator(".turn[data-place='0'] .figures")).to_have_text("✓ 2 1 0 2")
    expect(again.locator("[data-where]")).to_contain_text("utterance 2")
    expect(again.locator("[data-question]:not([hidden]) h2")).to_have_text("Informativeness")
    saved(again)
    assert recorded(study) == expected("21021")


def test_a_finish_that_had_not_left_goes_out_when_one_comes_back(page: Page, live_site: str) -> None:
    start(page, scenes.study_of_dialogues(size=1, turns=2))
    page.route("**/submit/", lambda route: route.abort())
    press(page, "22222222")
    page.keyboard.press("Enter")
    expect(page.locator("[data-hold]")).to_contain_text("as soon as this one is saved")
    address = page.url
    page.close()
    again = page.context.new_page()
    again.goto(address)
    expect(again.locator("#progress")).to_contain_text("1 of 2")
    assert Assignment.objects.filter(state="submitted").count() == 1


def test_a_second_tab_shows_the_same_and_doubles_nothing(page: Page, live_site: str) -> None:
    study = scenes.study_of_dialogues(size=1, turns=2)
    start(page, study)
    second = page.context.new_page()
    second.goto(page.url)
    press(page, "21")
    expect(second.locator("[data-question]:not([hidden]) h2")).to_have_text("Logicality")
    press(second, "02")
    expect(page.locator(".turn[data-place='0'] .figures")).to_have_text("✓ 2 1 0 2")
    press(page, "1111")
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("1 of 2")
    expect(second.locator("#progress")).to_contain_text("1 of 2")
    assert recorded(study) == expected("21021111")
    assert Judgment.objects.count() == 8
    press(second, "2")
    expect(page.locator("[data-question]:not([hidden]) h2")).to_have_text("Informativeness")


def test_two_tabs_finish_at_once(page: Page, live_site: str) -> None:
    start(page, scenes.study_of_dialogues(size=1, turns=2))
    press(page, "22222222")
    saved(page)
    second = page.context.new_page()
    second.goto(page.url)
    page.keyboard.press("Enter")
    second.keyboard.press("Enter")
    for tab in (page, second):
        expect(tab.locator("#progress")).to_contain_text("1 of 2")
        expect(tab.locator("[data-where]")).to_contain_text("utterance 1")
    assert Assignment.objects.filter(state="submitted").count() == 1
    assert Assignment.objects.filter(state="leased").count() == 1


def test_another_device_goes_on_where_the_first_stopped(page: Page, chromium: Browser, live_site: str) -> None:
    link = start(page, scenes.study_of_dialogues(size=1, turns=2))
    press(page, "210")
    saved(page)
    phone = chromium.new_context(base_url=live_site, viewport={"width": 360, "height": 740}, has_touch=True).new_page()
    enter(phone, link)
    expect(phone.locator("[data-question]:not([hidden]) h2")).to_have_text("Coherence")
    phone.locator("[data-question]:not([hidden]) [data-value='2']").tap()
    expect(phone.locator(".turn[data-place='0'] .figures")).to_have_text("✓ 2 1 0 2")
    phone.context.close()


def test_a_lost_session_is_mended_in_place(page: Page, live_site: str) -> None:
    study = scenes.study_of_dialogues(size=1, turns=2)
    link = start(page, study)
    press(page, "2")
    saved(page)
    Session.objects.all().delete()
    page.context.clear_cookies()
    press(page, "1")
    dialog = page.locator("#way-back")
    expect(dialog).to_contain_text("Nothing is lost")
    dialog.get_by_label("Your personal link").fill(f"{live_site}/j/wrong-wrong-wrong-wrong/")
    dialog.get_by_role("button", name="Go on").click()
    expect(dialog.locator("[data-problem]")).to_contain_text("not your personal link")
    dialog.get_by_label("Your personal link").fill(f"{live_site}/j/{link.token}/")
    dialog.get_by_role("button", name="Go on").click()
    expect(dialog).to_be_hidden()
    saved(page)
    assert recorded(study) == expected("21")
    press(page, "222222")
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("1 of 2")


def test_coming_back_in_another_tab_is_enough(page: Page, live_site: str) -> None:
    study = scenes.study_of_dialogues(size=1, turns=2)
    link = start(page, study)
    page.context.clear_cookies()
    press(page, "2")
    expect(page.locator("#way-back")).to_be_visible()
    other = page.context.new_page()
    enter(other, link)
    page.bring_to_front()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#way-back")).to_be_hidden()
    saved(page)
    assert recorded(study) == expected("2")


def test_a_lost_lease_is_said_when_somebody_took_the_place(page: Page, live_site: str) -> None:
    study = scenes.study_of_dialogues(size=1, turns=2, annotators=1, design="overlap")
    start(page, study)
    press(page, "210")
    saved(page)
    Assignment.objects.update(lease_until=timezone.now() - timedelta(minutes=1))
    release_expired()
    carla = join(link=scenes.open_link(study))
    lost = Assignment.objects.get()
    taken = Assignment.objects.create(
        unit=lost.unit,
        block=lost.block,
        annotator=carla,
        side=lost.side,
        position=lost.position,
        started=timezone.now(),
        lease_until=timezone.now() + timedelta(hours=1),
    )
    lost.unit.slots.update(assignment=taken)
    press(page, "1")
    card = page.locator(".judge-card")
    expect(card).to_contain_text("went back to the queue after 2 hours; your 4 answers were kept")
    card.get_by_role("button", name="Continue").click()
    expect(page.locator("[data-unit]")).to_be_visible()
    assert lost.judgments.count() == 4


def test_a_study_closed_in_the_middle(page: Page, live_site: str) -> None:
    study = scenes.study_of_dialogues(size=1, turns=2)
    start(page, study)
    press(page, "21")
    saved(page)
    close_study(study=study)
    press(page, "0")
    expect(page.get_by_role("heading", name="This study is closed")).to_be_visible()
    expect(page.locator(".judge-card")).to_contain_text("your 2 last answers were kept")
    expect(page.locator("#notices")).to_contain_text("Not kept: 1")


def test_active_time_leaves_idleness_out(page: Page, live_site: str) -> None:
    page.clock.install()
    start(page, scenes.study_of_dialogues(size=1, turns=2))
    page.clock.run_for(10_000)
    press(page, "2")
    page.clock.run_for(600_000)
    press(page, "2")
    page.clock.run_for(2_000)
    press(page, "2")
    page.clock.resume()
    saved(page)
    seconds = Assignment.objects.get().active_seconds
    assert 70 <= seconds <= 80, f"10 s, 60 of 600 idle ones, 2 s; not {seconds}"


def test_answers_given_elsewhere_meanwhile_are_not_overwritten_by_a_reload(page: Page, live_site: str) -> None:
    study = scenes.study_of_dialogues(size=1, turns=2)
    start(page, study)
    press(page, "2")
    saved(page)
    page.evaluate(
        """async ([path, body]) => {
            const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
            await fetch(path, {method: "POST", headers: {"X-CSRFToken": token}, body: JSON.stringify(body)});
        }""",
        [
            page.url + "answers/",
            {
                "assignment": str(Assignment.objects.get().public_id),
                "active_seconds": 3,
                "answers": [quality(0, 0)],
            },
        ],
    )
    page.reload()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-question]:not([hidden]) [data-value='0']")).to_have_attribute("aria-pressed", "true")
    assert Judgment.objects.count() == 2
