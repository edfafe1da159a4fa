"""Thirty-two people judge one study over HTTP against real web processes, carelessly: they send everything twice, work
in two tabs, fall asleep over a unit and come back. None over k, none twice, no answer lost."""

import json
import random
import re
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookiejar import CookieJar
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from annotation.models import Assignment, Judgment, Slot, Study
from annotation.services.checking import check_study
from annotation.services.participants import create_open_link
from annotation.services.studies import close_study
from tests.annotation.stories import opened, pairs, quality, unfilled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

PEOPLE = 32
DATA = re.compile(r'<script id="screen-data"[^>]*>(.*?)</script>', re.DOTALL)
SCREEN = re.compile(r'data-screen="(\w+)"')


@dataclass
class Answered:
    """An answer that the server said it kept."""

    key: str
    assignment: str
    criterion: str
    place: int
    value: int


@dataclass
class Browser:
    """One person's browser: its cookies, and everything the server confirmed to it."""

    site: str
    seed: int
    jar: CookieJar = field(default_factory=CookieJar)
    kept: list[Answered] = field(default_factory=list)
    address: str = ""

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> tuple[str, str]:
        with self.opener.open(self.site + path, timeout=90) as response:
            return response.read().decode(), response.url

    def post(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, str, str]:
        token = next((cookie.value for cookie in self.jar if cookie.name == "csrftoken"), "")
        headers = {"X-CSRFToken": token or "", "Content-Type": "application/json"}
        sent = urllib.request.Request(self.site + path, json.dumps(body or {}).encode(), headers, method="POST")
        try:
            with self.opener.open(sent, timeout=90) as response:
                return response.status, response.read().decode(), response.url
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), self.site + path

    def join(self, token: str) -> None:
        self.get(f"/j/{token}/")
        status, text, url = self.post(f"/j/{token}/")
        found = re.search(r"/judge/([\w-]+)/", url)
        assert found, (status, text[:500])
        self.address = f"/judge/{found[1]}"

    def next_unit(self) -> dict[str, Any] | None:
        """The unit in hand or a new one, as the page's script reads it; None when everything is done."""
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            status, text, _ = self.post(f"{self.address}/next/")
            assert status == 200, (status, text[:500])
            screen = SCREEN.search(text)
            assert screen, text[:500]
            if screen[1] == "unit":
                return unit_on(text)
            if screen[1] == "done":
                return None
            time.sleep(0.2)
        raise TimeoutError("there was always something left, and never anything free")

    def answer(self, unit: dict[str, Any], *, twice: bool) -> None:
        """Every question, in two requests, each perhaps sent again as a page does that heard no reply."""
        answers = []
        for number, place in unit["steps"]:
            asked = unit["criteria"][number]
            value = self.draw.choice([option["value"] for option in asked["options"]])
            one = {"client_key": str(uuid4()), "instrument": asked["instrument"], "criterion": asked["key"]}
            answers.append({**one, "place": place, "value": value})
        half = len(answers) // 2
        for part in filter(None, (answers[:half], answers[half:])):
            body = {"assignment": unit["assignment"], "active_seconds": 5, "answers": part}
            for _ in range(2 if twice else 1):
                status, text, _ = self.post(f"{self.address}/answers/", body)
                assert status == 200, (status, text[:500])
                receipt = json.loads(text)
                assert not receipt["refused"], receipt
                assert set(receipt["saved"]) == {one["client_key"] for one in part}
            self.kept += [
                Answered(one["client_key"], unit["assignment"], one["criterion"], one["place"], one["value"])
                for one in part
            ]

    def submit(self, unit: dict[str, Any]) -> None:
        body = {"assignment": unit["assignment"], "active_seconds": 9}
        status, text, _ = self.post(f"{self.address}/submit/", body)
        assert status == 200, (status, text[:500])


def unit_on(text: str) -> dict[str, Any]:
    found = DATA.search(text)
    assert found, text[:500]
    data: dict[str, Any] = json.loads(found[1])
    return data


def fall_asleep(unit: dict[str, Any]) -> None:
    """Two hours pass over this unit; whoever asks next sends it back to the queue."""
    try:
        leased = Assignment.objects.filter(public_id=unit["assignment"], state=Assignment.State.LEASED)
        leased.update(lease_until=timezone.now() - timedelta(hours=1))
    finally:
        connection.close()


def judge(browser: Browser) -> Browser:
    """A whole working day."""
    while (unit := browser.next_unit()) is not None:
        habit = browser.draw.random()
        if habit < 0.1:
            fall_asleep(unit)
            time.sleep(0.3)
        browser.answer(unit, twice=habit < 0.5)
        if habit < 0.05:
            fall_asleep(unit)
            continue
        if habit > 0.8:
            in_two_tabs(browser, unit)
        else:
            browser.submit(unit)
            if habit < 0.4:
                browser.submit(unit)
    return browser


def in_two_tabs(browser: Browser, unit: dict[str, Any]) -> None:
    """A second tab has the same unit open, answers it again, and both send it off at the same moment."""
    tab = Browser(browser.site, browser.draw.randrange(10**6), browser.jar, address=browser.address)
    tab.answer(unit, twice=False)
    browser.kept += tab.kept
    sending = [threading.Thread(target=one.submit, args=[unit]) for one in (browser, tab)]
    for one in sending:
        one.start()
    for one in sending:
        one.join()


def all_at_once(work: Callable[[Browser], Browser], browsers: list[Browser]) -> list[Browser]:
    with ThreadPoolExecutor(len(browsers)) as pool:
        return list(pool.map(work, browsers))


def prove(study: Study, browsers: list[Browser]) -> None:
    finished = Assignment.objects.filter(unit__block__study=study, state=Assignment.State.SUBMITTED)
    k = dict(study.blocks.values_list("pk", "annotators_per_unit"))
    for (block, _), count in Counter(finished.values_list("unit__block", "unit")).items():
        assert count == k[block]
    assert set(Counter(Assignment.objects.values_list("unit", "annotator")).values()) == {1}
    assert unfilled(study) == 0
    said = {answer.key: answer for browser in browsers for answer in browser.kept}
    rows = {str(row.client_key): row for row in Judgment.objects.select_related("assignment")}
    assert rows.keys() == said.keys()
    for key, answer in said.items():
        row = rows[key]
        assert str(row.assignment.public_id) == answer.assignment
        assert (row.criterion, row.place, row.value) == (answer.criterion, answer.place, answer.value)


def test_thirty_two_annotators_over_http(live_site: str) -> None:
    study = opened(
        quality(design="overlap", annotators=2, size=12), pairs(design="overlap", annotators=3, size=30), dialogues=42
    )
    link = create_open_link(study=study, cap=PEOPLE)
    browsers = [Browser(live_site, seed) for seed in range(PEOPLE)]

    def arrive(browser: Browser) -> Browser:
        browser.join(link.token)
        return browser

    all_at_once(arrive, browsers)
    assert study.annotators.count() == PEOPLE
    started = time.monotonic()
    all_at_once(judge, browsers)
    took = time.monotonic() - started
    prove(study, browsers)
    sides = Slot.objects.filter(block__target="pair", assignment__state="submitted").values_list("unit", "side")
    left = Counter(unit for unit, side in sides if side == 1)
    assert all(left[unit] in {1, 2} for unit, _ in sides)
    close_study(study=study)
    study.refresh_from_db()
    report = check_study(study)
    assert report.ok, report.problems
    assert took < 300
