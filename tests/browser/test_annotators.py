"""Amira watches a study in a real browser: who stopped, and what she can do about it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from annotation.models import Annotator, Link, Study
from annotation.services.assignments import claim
from annotation.services.departures import remove_annotator
from annotation.services.participants import create_personal_links, join
from annotation.services.withdrawals import withdraw
from tests.annotation.stories import expire, judge_all, judge_one, opened, pairs, people, quality
from tests.browser.looking import in_each_view, look
from tests.browser.test_building import sign_in

pytestmark = pytest.mark.browser


def busy_study() -> tuple[Study, list[Annotator]]:
    """Of nine seats: one finished, one at work, one quiet, one asleep over a unit, one new, two gone, two to come."""
    study = opened(quality(annotators=9, size=3), pairs(annotators=9, size=4))
    everybody = people(study, 7)
    done, working, quiet, asleep, _new, removed, withdrawn = everybody
    judge_all(done)
    for _ in range(4):
        judge_one(working)
    for one in (quiet, removed, withdrawn):
        judge_one(one)
    Annotator.objects.filter(pk=quiet.pk).update(last_seen=timezone.now() - timedelta(days=4))
    remove_annotator(annotator=removed, reason="Never came back", keep=True)
    withdraw(annotator=withdrawn, delete=True)
    create_personal_links(study=study, count=1)
    claim(annotator=working)
    held = claim(annotator=asleep)
    assert held
    expire(held)
    return study, everybody


def test_somebody_who_stopped_is_found_removed_and_replaced(page: Page) -> None:
    study, (_done, _working, quiet, *_others) = busy_study()
    sign_in(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/studies/{study.slug}/")
    page.get_by_role("link", name="Look at all 7 annotators").click()
    page.get_by_role("button", name="Take back now").click()
    expect(page.get_by_text("1 unit is free again")).to_be_visible()

    page.get_by_label("Who", exact=True).select_option("need-a-hand")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("button", name=f"Copy the link of {quiet.pseudonym}").click()
    assert quiet.link.token in page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("link", name=quiet.pseudonym).click()
    page.get_by_text("End their part").click()
    page.get_by_label("Why").fill("Did not answer two reminders")
    page.get_by_role("button", name=f"Remove {quiet.pseudonym}").dblclick()
    expect(page.get_by_text("Did not answer two reminders")).to_be_visible()
    page.get_by_role("button", name="Make a link for a replacement").click()
    expect(page.get_by_text(f"The link to seat {quiet.seat.number} is ready")).to_be_visible()  # type: ignore[union-attr]
    link = Link.objects.get(seat=quiet.seat, revoked=None)
    assert join(link=link).seat == quiet.seat


def test_withdrawing_wants_the_name_and_says_what_is_wrong(page: Page) -> None:
    study, (done, *_others) = busy_study()
    sign_in(page)
    page.goto(f"/studies/{study.slug}/annotators/{done.pk}/")
    page.get_by_text("They withdraw their consent").click()
    page.get_by_label("are deleted, for good").check()
    page.get_by_label("Type their pseudonym").fill("annotator-99")
    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.get_by_text(f"type {done.pseudonym}")).to_be_visible()
    page.get_by_label("Type their pseudonym").fill(done.pseudonym)
    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.get_by_text("Their answers are deleted.").first).to_be_visible()
    assert not done.assignments.exists()


def test_menus_stay_within_a_narrow_window(page: Page) -> None:
    study, _everybody = busy_study()
    page.set_viewport_size({"width": 360, "height": 900})
    sign_in(page)
    page.goto(f"/studies/{study.slug}/")
    menus = page.locator("main details.menu")
    expect(menus).to_have_count(2)
    for menu in menus.all():
        menu.locator("summary").click()
        box = menu.locator(".menu-body").bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        menu.locator("summary").click()


@in_each_view
def test_the_pages_are_accessible_and_fit(chromium: Browser, live_site: str, width: int, scheme: str) -> None:
    study, everybody = busy_study()
    context = chromium.new_context(
        base_url=live_site,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    sign_in(page)
    _done, working, _quiet, asleep, _new, removed, withdrawn = everybody
    at = f"/studies/{study.slug}"
    addresses = {"study": f"{at}/", "annotators": f"{at}/annotators/", "nobody": f"{at}/annotators/?standing=paused"}
    for name, one in {"working": working, "asleep": asleep, "removed": removed, "withdrawn": withdrawn}.items():
        addresses[name] = f"{at}/annotators/{one.pk}/"
    for name, address in addresses.items():
        page.goto(address)
        for fold in page.locator("details.fold").all():
            fold.evaluate("node => { node.open = true; }")
        look(page, name)
    context.close()
