"""Amira fills a pool and ticks scenarios in a real browser: live, with the mouse and by keyboard, wide and narrow."""

from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from generation.models import Endpoint, OwnTask, RoleCheck
from generation.services.simulation.pools import profiles_of
from generation.services.simulation.profiles import bring_profiles
from generation.services.simulation.scenarios import scenarios_ticked, tick
from generation.simulation.profile_files import Filed
from generation.simulation.profiles import Profile
from generation.simulation.tasks import BUILT_IN
from tests.browser.looking import look_in_each_view
from tests.browser.test_building import sign_in, tab_to
from tests.generation.simulation import talks
from tests.generation.simulation.people import ANNA, PAUL, pool_of, row

pytestmark = pytest.mark.browser


def test_a_pool_fills_up_before_her_eyes(page: Page, live_worker: None) -> None:
    Endpoint.objects.create(name="Offline", kind="scripted", model="scripted")
    sign_in(page)
    page.get_by_role("link", name="Generate").click()
    page.get_by_role("link", name="Profiles").click()
    page.get_by_role("link", name="Make the first pool").click()
    page.get_by_label("Name").fill("Thirty")
    page.get_by_role("button", name="Make it").click()
    page.get_by_role("link", name="Have a model write").first.click()
    page.get_by_label("Profiles in all").fill("30")
    page.get_by_role("button", name="Start writing").click()
    expect(page.get_by_text("30 of 30 profiles have no finding.")).to_be_visible()
    expect(page.locator("#people").get_by_text("30 profiles")).to_be_visible()
    page.get_by_label("Search").press_sequentially("retired")
    expect(page.locator("#people").get_by_text("Show all")).to_be_visible()
    assert "search=retired" in page.url


def test_findings_come_as_she_types(page: Page) -> None:
    pool = pool_of(ANNA, PAUL)
    sign_in(page)
    page.goto(f"/generate/profiles/{pool.pk}/people/{row(pool, 1).pk}/edit/")
    findings = page.locator("#findings")
    expect(findings).to_contain_text("Nothing to change")
    page.get_by_label("Age", exact=True).fill("sixty")
    expect(findings).to_contain_text("“sixty” is no age")
    expect(page.locator("#announcer")).to_contain_text("1 finding")
    page.get_by_label("Age", exact=True).fill("60")
    expect(findings).to_contain_text("Nothing to change")
    tab_to(page, page.get_by_role("button", name="Save"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert profiles_of(pool)[1].years == 60


def test_scenarios_are_ticked_and_stay_so(page: Page) -> None:
    sign_in(page)
    page.goto("/generate/scenarios/")
    page.get_by_role("link", name="Finding a gift").click()
    page.get_by_text("birthday of your young nephew").click()
    expect(page.locator("#ticked")).to_contain_text("1 of 12 scenarios are ticked")
    tab_to(page, page.locator("input[name=ticked]").nth(1))
    page.keyboard.press("Space")
    expect(page.locator("#ticked")).to_contain_text("2 of 12 scenarios are ticked")
    page.get_by_label("For whom", exact=True).select_option("partner")
    expect(page.locator("input[name=ticked]")).to_have_count(3)
    page.get_by_role("button", name="Tick all 3 shown").click()
    expect(page.locator("#ticked")).to_contain_text("5 of 12 scenarios are ticked")
    page.get_by_text("Tick a sample").click()
    page.get_by_label("Scenarios", exact=True).fill("1")
    page.get_by_role("button", name="Tick them").click()
    expect(page.locator("#ticked")).to_contain_text("3 of 12 scenarios are ticked")
    assert [one.values["recipient"] for one in scenarios_ticked()] == ["teacher", "nephew", "partner"]


def test_a_reason_is_typed_and_only_then_answered_by_a_key(page: Page) -> None:
    run = talks.finished(talks.matrix("gifts/0-1", profiles=2))
    sign_in(page)
    page.goto(f"/generate/runs/{run.pk}/roles/")
    reason = page.get_by_label("Reason")
    reason.fill("Step 1 and 2 are planned by the user.")
    reason.press("Enter")
    expect(reason).not_to_be_focused()
    page.keyboard.press("2")
    progress = page.locator("label[for=role-progress]")
    expect(progress).to_have_text("1 of 4 looked at · 1 not kept")
    check = RoleCheck.objects.get()
    assert (check.roles_kept, check.reason) == (False, "Step 1 and 2 are planned by the user.")
    page.keyboard.press("u")
    expect(progress).to_have_text("0 of 4 looked at")
    page.keyboard.press("1")
    expect(progress).to_have_text("1 of 4 looked at")
    assert RoleCheck.objects.get(undone=None).roles_kept


def test_a_task_is_written_with_its_scenarios_beside_it(page: Page) -> None:
    sign_in(page)
    page.goto("/generate/scenarios/new/")
    preview = page.locator("#preview")
    page.get_by_label("Title").fill("choosing a film")
    description = page.get_by_label("What the person comes for")
    description.fill("You watch a film with {{company}}.")
    options = page.locator("#variable-company textarea")
    expect(options).to_be_visible()
    expect(page.locator("#variable-what")).to_have_count(0)
    expect(description).to_be_focused()
    expect(preview).to_contain_text("it needs an option")
    options.fill("alone: nobody else\nfriends: {{number}} friends")
    expect(page.locator("#variable-number textarea")).to_be_visible()
    page.locator("#variable-number textarea").fill("two\nthree")
    expect(preview).to_contain_text("3 scenarios")
    expect(preview).to_contain_text("You watch a film with two friends.")
    description.fill("You watch a film with {{company}} [TONIGHT].")
    expect(preview).to_contain_text("“[TONIGHT]” is still to be filled in")
    description.fill("You watch a film with {{company}} tonight.")
    expect(preview).to_contain_text("3 scenarios")
    assert Axe().run(page).response["violations"] == []
    page.locator(".editor-end").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Choosing a film")).to_be_visible()
    assert OwnTask.objects.get().slug == "choosing-a-film"


def test_pages_are_clean_and_fit(page: Page) -> None:
    sign_in(page)
    pool, empty = pool_of(ANNA, PAUL, name="Both " + "long " * 15), pool_of(name="Empty")
    empty.profiles.all().delete()
    broken = Profile(gender="Female", age="old", occupation="Very" * 30)
    bring_profiles(pool=pool, filed=[Filed(None, replace(ANNA, age="36")), Filed(None, broken)])
    tick(task=BUILT_IN["gifts"], numbers=[1, 2], on=True)
    one = f"profiles/{pool.pk}/people/{row(pool, 3).pk}/"
    for address in (
        "profiles/",
        "profiles/new/",
        "profiles/examples/",
        "profiles/examples/en/",
        f"profiles/{empty.pk}/",
        f"profiles/{pool.pk}/",
        f"profiles/{pool.pk}/write/",
        f"profiles/{pool.pk}/import/",
        f"profiles/{pool.pk}/delete/",
        one,
        f"{one}edit/",
        "scenarios/",
        "scenarios/gifts/",
        "scenarios/new/?from=gifts",
        "scenarios/import/",
    ):
        page.goto(f"/generate/{address}")
        look_in_each_view(page, address)
