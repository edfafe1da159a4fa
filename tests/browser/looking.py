"""Pages looked at as people see them, narrow and wide, light and dark. A picture of each where `TEST_PICTURES` says."""

import os
import re
from pathlib import Path
from typing import Final, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PICTURES: Final = os.environ.get("TEST_PICTURES", "")
VIEWS: Final[list[tuple[int, Literal["light", "dark"]]]] = [(1280, "light"), (360, "dark")]
"""Each width and each scheme once: no style depends on both, and contrast takes most of the time."""

in_each_view = pytest.mark.parametrize(("width", "scheme"), VIEWS, ids=[f"{width}-{scheme}" for width, scheme in VIEWS])


def look(page: Page, name: str) -> None:
    """No violation of axe's rules, and nothing wider than the window."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    if PICTURES:
        view = page.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light']")
        named = "-".join(map(str, (*filter(None, re.split(r"[/?=&]", name)), *view)))
        page.screenshot(path=Path(PICTURES) / f"{named}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the window"


def look_in_each_view(page: Page, name: str) -> None:
    """The same in every view; the page ends as wide as it was, and light."""
    size = page.viewport_size
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        look(page, name)
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    if size:
        page.set_viewport_size(size)


def look_at(page: Page, *paths: str) -> None:
    """Go to each of these pages, and look at it in each view once it has all that it asks for."""
    for path in paths:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        look_in_each_view(page, path)
