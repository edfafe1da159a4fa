"""Another language in a real browser: nothing that was typed or answered is lost on the way."""

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Assignment
from crsapp.accounts.models import User
from tests.annotation import judging_scenes as scenes
from tests.browser.judging import expected, press, recorded, saved, start

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("compiled")]


def chosen(page: Page, name: str, language: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_an_annotator_goes_on_in_chinese_and_finishes(page: Page, live_site: str) -> None:
    study = scenes.study_of_dialogues(size=1)
    start(page, study)
    press(page, "0120")
    address = page.url
    chosen(page, "简体中文", "zh-hans")
    assert page.url == address
    expect(page.locator("[data-where]")).to_contain_text("第 2 条话语")
    expect(page.get_by_role("button", name="指南")).to_be_visible()
    press(page, "120120120120120120120120120120120120")
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("1 / 2")
    saved(page)
    expect(page.locator("#saved")).to_contain_text("保存")
    assert recorded(study) == expected("0120" + "120" * 12)
    assert Assignment.objects.filter(state="submitted").count() == 1
    chosen(page, "English", "en")
    expect(page.locator("#progress")).to_contain_text("1 of 2")


def test_a_form_keeps_what_was_typed_and_its_place(page: Page, live_site: str, olga: User) -> None:
    page.goto("/accounts/sign-in/?next=/accounts/people/new/")
    chosen(page, "简体中文", "zh-hans")
    page.get_by_label("用户名").fill("olga")
    chosen(page, "English", "en")
    expect(page.get_by_label("Username")).to_have_value("olga")
    page.get_by_label("Password").fill("olga's long password")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/accounts/people/new/")
    page.get_by_label("First name").fill("小明")
    page.locator("summary").click()
    chosen(page, "简体中文", "zh-hans")
    assert page.url.endswith("/accounts/people/new/")
    expect(page.locator("[name=first_name]")).to_have_value("小明")
    page.locator("[name=username]").fill("olga")
    page.locator("main button[type=submit]").click()
    expect(page.locator(".errors")).to_be_visible()
    page.locator("summary").click()
    chosen(page, "English", "en")
    expect(page.locator("[name=first_name]")).to_have_value("小明")


def test_a_password_is_not_kept(page: Page, live_site: str) -> None:
    page.goto("/accounts/sign-in/")
    page.get_by_label("Password").fill("a secret of mine")
    chosen(page, "简体中文", "zh-hans")
    expect(page.locator("[name=password]")).to_have_value("")
