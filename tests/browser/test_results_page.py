"""The results in a real browser: readable at any width, in light and dark, without a violation."""

import re

import numpy as np
import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from annotation.models import Event, Study
from crsapp.accounts.models import User
from tests.browser.looking import look_in_each_view
from tests.evaluation.conftest import answers
from tests.evaluation.factories import make_dataset, make_study, rate, vote

pytestmark = pytest.mark.browser


LABELS_UNLIKE_HEADS = """tables => tables.flatMap(table => {
  const heads = [...table.querySelectorAll("thead th")].map(head => head.firstChild.textContent.trim());
  const cells = [...table.querySelectorAll("tbody td[data-label]")];
  return cells.filter(cell => cell.dataset.label !== heads[cell.cellIndex]).map(cell => cell.outerHTML);
})"""


@pytest.fixture
def film_talk(live_site: str) -> Study:
    datasets = [make_dataset("ours", "Ours", 20), make_dataset("theirs", "Theirs with a rather long name", 20)]
    made = make_study("film-talk", datasets, pairs=20)
    quality, pairs = made.blocks.order_by("number")
    rate(quality, answers())
    vote(pairs, (np.random.default_rng(1).random((20, 7)) < 0.75).astype(float))
    return made


@pytest.fixture
def amiras_page(page: Page, live_site: str, amira: User) -> Page:
    client = Client()
    client.force_login(amira)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_site}])
    return page


def test_results_read_well_everywhere(amiras_page: Page, film_talk: Study) -> None:
    for path in ("/studies/film-talk/results/", "/studies/film-talk/judgments/"):
        amiras_page.goto(path)
        amiras_page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        look_in_each_view(amiras_page, path)


def test_figures_are_read_on_a_phone_without_scrolling_aside(amiras_page: Page, film_talk: Study) -> None:
    page = amiras_page
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/studies/film-talk/results/")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.wait_for_load_state("networkidle")
    boxes = page.locator(".results-body .table-scroll")
    assert boxes.count() > 20
    wide = "all => all.filter(box => box.scrollWidth > box.clientWidth).map(box => box.ariaLabel)"
    assert boxes.evaluate_all(wide) == []
    interval = page.locator(".figures-table td[data-label]").first
    assert "other annotators" in interval.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert page.locator(".figures-table td").filter(has_text=re.compile("^–$")).count() == 0
    empty = page.locator(".figures-table td[data-label]:empty")
    assert empty.count() > 0
    expect(empty.first).to_be_hidden()
    page.set_viewport_size({"width": 1280, "height": 740})
    assert empty.first.evaluate("cell => getComputedStyle(cell, '::after').content") == '"–"'


def test_on_a_phone_each_value_has_the_head_of_its_column_and_is_still_a_cell(
    amiras_page: Page, film_talk: Study
) -> None:
    page = amiras_page
    page.goto("/studies/film-talk/results/")
    page.wait_for_load_state("networkidle")
    unlike = page.locator(".each").evaluate_all(LABELS_UNLIKE_HEADS)
    assert (page.locator(".each").count() > 10, unlike) == (True, [])
    page.set_viewport_size({"width": 360, "height": 740})
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    said = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in tree if "role" in node]
    assert ("rowheader", "Informativeness") in said
    assert any(role == "cell" and re.match(r"Krippendorff's α \(ordinal\) \d", name) for role, name in said)
    assert any(role == "cell" and name.startswith("Finished units ") for role, name in said)


def test_every_mark_stands_where_its_number_says(amiras_page: Page, film_talk: Study) -> None:
    page = amiras_page
    page.set_viewport_size({"width": 360, "height": 900})
    page.goto("/studies/film-talk/results/")
    bar = page.locator("rect.fill-1").first.bounding_box()
    rest = page.locator("rect.fill-2").first.bounding_box()
    assert bar is not None
    assert rest is not None
    shown = page.locator("tr", has_text="Ours preferred").locator("td").first.inner_text()
    share = float(shown.replace("%", "").strip()) / 100
    assert bar["width"] / (bar["width"] + rest["width"]) == pytest.approx(share, abs=0.01)


def frame_of(study: Study, amira: User, monkeypatch: pytest.MonkeyPatch) -> str:
    """The page of a study too large to come with its figures."""
    monkeypatch.setattr("evaluation.views.results.AT_ONCE", 10)
    client = Client()
    client.force_login(amira)
    return client.get(f"/studies/{study.slug}/results/").content.decode()


def test_the_figures_of_a_large_study_come_in_two_parts(
    amiras_page: Page, film_talk: Study, amira: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, frame = amiras_page, frame_of(film_talk, amira, monkeypatch)
    page.route("**/film-talk/results/", lambda route: route.fulfill(body=frame, content_type="text/html"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/results/")[2]))
    page.goto("/studies/film-talk/results/")
    expect(page.locator(".answer")).to_contain_text("preferred to")
    expect(page.locator("#details")).to_contain_text("Krippendorff")
    assert [path for path in asked if path in {"figures/", "details/"}] == ["figures/", "details/"]
    expect(page.locator(".later")).to_have_count(0)
    page.get_by_role("link", name="Annotators", exact=True).click()
    expect(page.get_by_role("link", name="Annotators", exact=True)).to_have_attribute("aria-current", "location")


def test_a_part_that_does_not_come_says_so_in_its_place(
    amiras_page: Page, film_talk: Study, amira: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, frame = amiras_page, frame_of(film_talk, amira, monkeypatch)
    page.route("**/film-talk/results/", lambda route: route.fulfill(body=frame, content_type="text/html"))
    page.route("**/film-talk/results/details/", lambda route: route.abort())
    page.goto("/studies/film-talk/results/")
    expect(page.locator(".answer")).to_contain_text("preferred to")
    expect(page.locator("#details")).to_contain_text("These figures did not come. The judgments are safe")
    expect(page.locator("#details .skeleton").first).to_be_hidden()
    page.unroute("**/film-talk/results/")
    page.unroute("**/film-talk/results/details/")
    page.locator("#details").get_by_role("link", name="Try again").click()
    expect(page.locator("#details")).to_contain_text("Krippendorff")


def test_a_part_of_a_bar_leads_to_its_judgments(amiras_page: Page, film_talk: Study) -> None:
    page = amiras_page
    page.goto("/studies/film-talk/results/")
    part = page.locator(".distribution a[aria-label]").first
    share = float((part.get_attribute("aria-label") or "").rpartition(", ")[2].removesuffix("\u202f%"))
    part.click()
    expect(page.get_by_role("heading", name="Judgments")).to_be_visible()
    shown = page.locator("caption").inner_text()
    assert int(shown.split()[0]) / 210 == pytest.approx(share / 100, abs=0.001)


def test_amira_looks_at_an_open_study_and_it_is_on_record(amiras_page: Page, film_talk: Study) -> None:
    Study.objects.update(state=Study.State.OPEN, closed=None)
    page = amiras_page
    page.goto("/studies/film-talk/results/")
    expect(page.locator("main")).not_to_contain_text("Theirs")
    page.get_by_text("Look all the same").click()
    page.get_by_label("Why do you look now?").fill("to plan the next study")
    page.get_by_role("button", name="Record it and look").click()
    expect(page.locator(".answer")).to_contain_text("preferred to")
    assert Event.objects.get(study=film_talk, kind="looked").detail["reason"] == "to plan the next study"
