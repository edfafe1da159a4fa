"""What the browser tests of the judging page share."""

from collections.abc import Iterable

from playwright.sync_api import Page, Request, expect

from annotation.models import Judgment, Link, Study
from tests.annotation import judging_scenes as scenes

QUESTIONS = ("fluency", "informativeness", "logicality", "coherence")


def enter(page: Page, link: Link) -> None:
    """Open the link, accept, and wait for the first unit."""
    page.goto(f"/j/{link.token}/")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("[data-unit]")).to_be_visible()


def start(page: Page, study: Study) -> Link:
    link = scenes.personal_link(study)
    enter(page, link)
    return link


def press(page: Page, keys: Iterable[str]) -> None:
    for key in keys:
        page.keyboard.press(key)


def saved(page: Page) -> None:
    """Wait until the server has said that it has everything."""
    expect(page.locator("#saved")).to_have_attribute("data-state", "saved", timeout=30_000)


class Line:
    """The line between the browser and the site, as slow as one likes, or cut; it counts what is sent."""

    def __init__(self, page: Page) -> None:
        self.sent = 0
        self._protocol = page.context.new_cdp_session(page)
        self._protocol.send("Network.enable")
        page.on("request", self._count)

    def be(self, *, delay: int = 0, cut: bool = False) -> None:
        conditions = {"offline": cut, "latency": delay, "downloadThroughput": -1, "uploadThroughput": -1}
        self._protocol.send("Network.emulateNetworkConditions", conditions)

    def _count(self, request: Request) -> None:
        self.sent += request.method == "POST"


def recorded(study: Study) -> list[tuple[int, str, int | None]]:
    """Every current answer: place, criterion, value, in the order of the record."""
    rows = Judgment.objects.current().filter(assignment__annotator__study=study).order_by("assignment", "sequence")
    return list(rows.values_list("place", "criterion", "value"))


def expected(values: str) -> list[tuple[int, str, int | None]]:
    """The answers of one dialogue rated in order with these keys."""
    return [(n // 4, QUESTIONS[n % 4], None if key == "n" else int(key)) for n, key in enumerate(values)]
