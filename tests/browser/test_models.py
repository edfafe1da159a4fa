"""Amira sets up an endpoint and tries it, in a real browser with a real worker."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pytest_httpserver import HTTPServer

from generation.models import Call
from tests.browser.test_building import sign_in
from tests.generation.llm.scenes import PATH, answer

pytestmark = pytest.mark.browser
VIEWS = [(1280, "light"), (360, "dark")]


def looks_well(page: Page) -> None:
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        assert Axe().run(page).response["violations"] == []
        wide = "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth)"
        assert page.evaluate(f"{wide}.map(e => e.outerHTML.slice(0, 80))") == []


def test_an_endpoint_is_added_and_tried(page: Page, live_worker: None, httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_json(answer("ready"))
    sign_in(page)
    page.get_by_role("link", name="Models").click()
    looks_well(page)
    page.get_by_role("link", name="Add an endpoint").click()
    page.get_by_label("Name", exact=True).fill("Ours")
    page.get_by_label("Base URL").fill(httpserver.url_for("/v1"))
    page.get_by_label("Model", exact=True).fill("m")
    looks_well(page)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("It answers.")).to_be_visible()
    expect(page.get_by_text("12 asked, 5 answered")).to_be_visible()
    looks_well(page)
    assert Call.objects.get().answer == "ready"
    httpserver.clear()
    httpserver.expect_request(PATH).respond_with_json({"error": {"message": "no such model"}}, status=404)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Check the base URL")).to_be_visible()
    looks_well(page)
