"""Amira sets up an endpoint and tries it, in a real browser with a real worker."""

import pytest
from playwright.sync_api import Page, expect
from pytest_httpserver import HTTPServer

from generation.models import Call
from tests.browser.looking import look_in_each_view
from tests.browser.test_building import sign_in
from tests.generation.llm.scenes import PATH, answer

pytestmark = pytest.mark.browser


def test_an_endpoint_is_added_and_tried(page: Page, live_worker: None, httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_json(answer("ready"))
    sign_in(page)
    page.get_by_role("link", name="Models").click()
    look_in_each_view(page, "models-none")
    page.get_by_role("link", name="Add an endpoint").click()
    page.get_by_label("Name", exact=True).fill("Ours")
    page.get_by_label("Base URL").fill(httpserver.url_for("/v1"))
    page.get_by_label("Model", exact=True).fill("m")
    look_in_each_view(page, "models-added")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("It answers.")).to_be_visible()
    expect(page.get_by_text("12 asked, 5 answered")).to_be_visible()
    look_in_each_view(page, "models-tried")
    assert Call.objects.get().answer == "ready"
    httpserver.clear()
    httpserver.expect_request(PATH).respond_with_json({"error": {"message": "no such model"}}, status=404)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Check the base URL")).to_be_visible()
    look_in_each_view(page, "models-calls")
