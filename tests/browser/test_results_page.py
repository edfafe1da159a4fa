"""The results in a real browser: readable at any width, in light and dark, without a violation."""

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect

from annotation.models import Event, Study
from crsapp.accounts.models import User
from tests.evaluation.conftest import answers
from tests.evaluation.factories import make_dataset, make_study, rate, vote

pytestmark = pytest.mark.browser


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
    page = amiras_page
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            for path in ("/studies/film-talk/results/", "/studies/film-talk/judgments/"):
                page.goto(path)
                page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
                assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (path, width)
                found = Axe().run(page)
                assert found.violations_count == 0, found.generate_report()


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
