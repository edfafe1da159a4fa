"""Amira reads her lists on a phone: rows are short, nothing is left out, nothing goes out of sight."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from annotation.services.studies import close_study
from crsapp.jobs.models import Job
from tests.browser.test_annotators import busy_study
from tests.browser.test_building import sign_in

pytestmark = pytest.mark.browser

TALLEST = 230  # With two buttons that a thumb can meet.
LOOK = """() => ({
  heights: [...document.querySelectorAll('.lines tbody tr')].map(row => row.getBoundingClientRect().height),
  cells: [...document.querySelectorAll('.lines tbody :is(th, td)')].map(cell =>
    cell.checkVisibility() ? cell.innerText.replace(/\\s+/g, ' ').trim() : ''),
  links: [...document.querySelectorAll('.lines thead a')].filter(link => link.checkVisibility()).length,
  low: [...document.querySelectorAll('.lines tbody :is(button, .button)')].filter(one => one.offsetHeight < 44).length,
  beyond: [...document.querySelectorAll('.table-scroll:has(.lines)')].some(box => box.scrollWidth > box.clientWidth)
    || document.documentElement.scrollWidth > innerWidth,
})"""


def looked(page: Page, width: int) -> dict[str, Any]:
    page.set_viewport_size({"width": width, "height": 740})
    found: dict[str, Any] = page.evaluate(LOOK)
    return found


def is_short_and_whole(page: Page, *addresses: str) -> None:
    for address in addresses:
        page.goto(address)
        wide, phone = looked(page, 1280), looked(page, 360)
        assert phone["heights"], address
        assert max(phone["heights"]) <= TALLEST, address
        assert phone["cells"] == wide["cells"], address
        assert phone["links"] == wide["links"], address
        assert (phone["low"], phone["beyond"]) == (0, False), address
        assert Axe().run(page).response["violations"] == []


def test_a_list_is_short_and_whole_on_a_phone(page: Page) -> None:
    study, _everybody = busy_study()
    Job.objects.create(kind="generation.import", title="Importing dialogues-of-the-second-season.jsonl")
    sign_in(page)
    own = f"/studies/{study.slug}"
    is_short_and_whole(page, f"{own}/annotators/", f"{own}/record/", "/jobs/")
    close_study(study=study)
    is_short_and_whole(page, f"{own}/judgments/", f"{own}/judgments/1/1/")


def test_templates_and_scenarios_are_short_on_a_phone(page: Page) -> None:
    sign_in(page)
    page.set_viewport_size({"width": 360, "height": 740})
    for address, rows in (("templates/", ".templates > .card"), ("scenarios/travel/", ".scenario-lines > li")):
        page.goto(f"/generate/{address}")
        heights = [row.bounding_box()["height"] for row in page.locator(rows).all()]  # type: ignore[index]
        assert heights
        assert max(heights) <= TALLEST, address
    text = page.locator(".scenario-text").first
    is_whole = "node => node.scrollHeight <= node.clientHeight"
    assert not text.evaluate(is_whole)
    page.locator(".scenario-lines input[type=checkbox]").first.focus()
    assert text.evaluate(is_whole)
