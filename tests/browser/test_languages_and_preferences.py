"""Amira reads a dialogue in its languages, has one translated, and groups what users prefer, in a real browser."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from crsapp.accounts.models import User
from crsapp.jobs.services import run_inline
from generation.models import Dataset, PhraseGroup
from generation.services.enquiries import steering
from generation.services.enquiries.here import enquire_here
from generation.services.preferences import take_from_file
from tests.browser.looking import look_at
from tests.generation.dataset_scenes import dataset, dialogue
from tests.generation.run_scenes import scripted

pytestmark = pytest.mark.browser

PROFILE = "1. Gender: Female\n2. Age: 40\n6. Travel Habits: Loves road trips, avoids crowds"


@pytest.fixture
def amiras_page(page: Page, amira: User) -> Page:
    page.goto("/accounts/sign-in/")
    page.get_by_label("Username").fill("amira")
    page.get_by_label("Password").fill("amira's long password")
    page.keyboard.press("Enter")
    expect(page.locator("summary", has_text="amira")).to_be_visible()
    return page


@pytest.fixture
def trips(transactional_db: None) -> Dataset:
    made = dataset("Trips")
    person = made.people.create(external_id="7", profile=PROFILE)
    phrases = (["quiet hotel", "road trips"], ["Quiet hotels", "eager"], ["road trips"])
    for number, listed in enumerate(phrases):
        said: dict[int, Any] = {index: {"translations": {"zh": f"第{number}句"}} for index in range(2)}
        talk = ("I love quiet hotels, and road trips.", "1. **One**\n2. Two")
        dialogue(made, talk, said=said, person=person, task="trip", labels={"preference_summary": listed})
    return made


def test_languages_cycle_by_key_and_say_who_translated(amiras_page: Page, trips: Dataset) -> None:
    page = amiras_page
    endpoint = scripted(untranslated=0.2)
    what = {"dataset": trips, "kind": "translation", "endpoint": endpoint, "here": True}
    enquiry = enquire_here(steering.start_enquiry(**what, language="de"))
    enquire_here(steering.start_enquiry(**what, language="zh"))
    page.goto("/datasets/trips/dialogues/1/")
    current = page.locator(".switch a[aria-current]")
    for language in ("Deutsch", "简体中文", "English", "Deutsch"):
        page.keyboard.press("l")
        expect(current).to_have_text(language)
    expect(page.get_by_text("Deutsch was translated by a model")).to_be_visible()
    look_at(page, f"/datasets/trips/enquiries/{enquiry.pk}/", "/datasets/trips/languages/")


def test_synonyms_are_merged_confirmed_and_undone(amiras_page: Page, trips: Dataset) -> None:
    page = amiras_page
    look_at(page, "/datasets/trips/preferences/", "/datasets/trips/synonyms/", "/datasets/trips/preferences/new/")
    run_inline(take_from_file(dataset=trips, here=True))
    page.goto("/datasets/trips/synonyms/")
    page.get_by_role("button", name="Suggest by their words").click()
    expect(page.get_by_text("1 group is suggested.")).to_be_visible()
    page.get_by_role("button", name="Confirm those that are ticked").press("Enter")
    expect(page.get_by_role("heading", name="Confirmed 1")).to_be_visible()
    page.get_by_role("checkbox", name="quiet hotel").check()
    page.get_by_role("checkbox", name="eager").check()
    page.get_by_label("Name of the group").fill("Calm places")
    page.keyboard.press("Enter")
    expect(page.get_by_role("checkbox", name="calm places")).to_be_visible()
    look_at(page, "/datasets/trips/synonyms/", "/datasets/trips/preferences/")
    page.goto("/datasets/trips/preferences/")
    expect(page.get_by_role("img", name="Word cloud of trip")).to_be_visible()
    page.get_by_role("link", name="calm places").click()
    expect(page.get_by_role("row")).to_have_count(4)
    page.goto("/datasets/trips/synonyms/")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: Merged into “calm places”")).to_be_visible()
    assert PhraseGroup.objects.get().name == "quiet hotel"
