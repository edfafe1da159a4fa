"""A person who judges over HTTP as the page's script does, and remembers what they saw and said."""

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx

from tests.journeys.originals import Original, Shown, letters

MOST_AT_ONCE = 40  # Outbox.MOST of static/js/annotate/outbox.js
SCREEN = re.compile(r'data-screen="(\w+)"')
DATA = re.compile(r'<script id="screen-data"[^>]*>(.*?)</script>', re.DOTALL)
TURN = re.compile(
    r'<li class="turn (\w+)"[^>]* data-place="\d+">.*?<div class="prose" data-text>(.*?)</div>', re.DOTALL
)
FIELDS = ("value", "cannot_judge", "reason")
REASONS = (
    '=SUM(A1:A9) is not what the "agent" was asked for',
    "It repeats itself,\nand then it stops; I would not have gone on.",
    "自然，像人说的话",
    "<b>bold</b> & not to the point",
)
Question = tuple[str, str, int]
"""Instrument, criterion and place."""


@dataclass
class Said:
    """One answer as its giver remembers it: of which dialogue (or left and right one), where, when and what."""

    seat: int
    seen: tuple[Original, ...]
    position: int
    instrument: str
    criterion: str
    place: int
    value: int | None
    label: str
    cannot_judge: bool
    reason: str
    revision: int
    superseded: bool = False


@dataclass
class Unit:
    """What is on the screen: the parts that the page's script reads, and what a person sees."""

    data: dict[str, Any]
    seen: tuple[Original, ...]
    position: int

    def questions(self) -> Iterator[tuple[dict[str, Any], int]]:
        return ((self.data["criteria"][number], place) for number, place in self.data["steps"])


@dataclass
class Person:
    """A browser, a link, and a memory. `known` tells from what is shown which dialogue it is."""

    site: str
    token: str
    seat: int
    known: dict[Shown, Original]
    said: list[Said] = field(default_factory=list)
    finished: dict[str, Unit] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    standing: defaultdict[str, dict[Question, Said]] = field(default_factory=lambda: defaultdict(dict))

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seat)
        self.seen_of: dict[int, list[str]] = {1: [], 2: []}
        self.open_browser()

    def open_browser(self) -> None:
        """A new browser, which knows nothing of what was done in another; the link opens the door again."""
        self.browser = httpx.Client(base_url=self.site, follow_redirects=True, timeout=90)
        page = self.browser.get(f"/j/{self.token}/")
        assert page.status_code == 200
        form = {"csrfmiddlewaretoken": self._form_token(page.text)}
        page = self.browser.post(f"/j/{self.token}/", data=form)
        assert page.status_code == 200, page.text[:500]
        self.address = page.url.path
        self.csrf = self.browser.cookies["csrftoken"]

    def _form_token(self, text: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)
        assert found, text[:500]
        return found[1]

    def post(self, name: str, body: dict[str, Any] | None = None) -> httpx.Response:
        answer = self.browser.post(f"{self.address}{name}/", json=body or {}, headers={"X-CSRFToken": self.csrf})
        assert answer.status_code == 200, (answer.status_code, answer.text[:500])
        return answer

    # --- a unit ------------------------------------------------------------------------------------------------------
    def next(self) -> Unit | None:
        return self.read(self.post("next").text)

    def read(self, text: str) -> Unit | None:
        """The unit on this screen; None when everything is done."""
        screen = SCREEN.search(text)
        assert screen, text[:500]
        assert screen[1] in {"unit", "done"}, screen[1]
        found = DATA.search(text)
        if screen[1] == "done" or found is None:
            return None
        data = json.loads(found[1])
        seen = tuple(self.known[shown_on(part)] for part in text.split('<div class="side"')[1:])
        units = self.seen_of[len(seen)]
        if data["assignment"] not in units:
            units.append(data["assignment"])
        return Unit(data, seen, units.index(data["assignment"]))

    def give(self, unit: Unit, answers: Sequence[dict[str, Any]]) -> None:
        """Send answers as the page's outbox does; each is remembered once the server says that it has it."""
        for start in range(0, len(answers), MOST_AT_ONCE):
            batch = answers[start : start + MOST_AT_ONCE]
            body = {"assignment": unit.data["assignment"], "active_seconds": self._spend(unit), "answers": batch}
            receipt = self.post("answers", body).json()
            assert receipt["saved"] == [one["client_key"] for one in batch], receipt
            assert not receipt["refused"]
            for one in batch:
                self._remember(unit, one)

    def submit(self, unit: Unit, *, again: bool = False) -> Unit | None:
        """Finish; the answer is the next screen. `again` sends the very same once more."""
        key = unit.data["assignment"]
        body = {"assignment": key, "active_seconds": self.seconds[key] if again else self._spend(unit)}
        following = self.read(self.post("submit", body).text)
        self.finished[key] = unit
        return following

    def look_again(self, assignment: str) -> Unit:
        """A finished unit, to be changed; it shows what was answered."""
        page = self.browser.get(f"{self.address}earlier/{assignment}/")
        unit = self.read(page.text)
        assert unit is not None
        assert unit.data["mode"] == "revise"
        self.recognise(unit)
        return unit

    def recognise(self, unit: Unit) -> None:
        """The screen shows exactly the answers that stand."""
        shown = {(one["instrument"], one["criterion"], one["place"]): one for one in unit.data["answers"]}
        mine = self.standing[unit.data["assignment"]]
        assert shown.keys() == mine.keys()
        for key, one in shown.items():
            assert tuple(one[name] for name in FIELDS) == tuple(getattr(mine[key], name) for name in FIELDS)

    def _spend(self, unit: Unit) -> float:
        key = unit.data["assignment"]
        self.seconds[key] = round(self.seconds.get(key, 0) + self.draw.uniform(1, 9), 2)
        return self.seconds[key]

    def _remember(self, unit: Unit, sent: dict[str, Any]) -> None:
        asked = next(
            one
            for one in unit.data["criteria"]
            if (one["instrument"], one["key"]) == (sent["instrument"], sent["criterion"])
        )
        labels = {option["value"]: option["label"] for option in asked["options"]}
        label = "" if sent["value"] is None else labels[sent["value"]]
        question = (sent["instrument"], sent["criterion"], sent["place"])
        standing = self.standing[unit.data["assignment"]]
        earlier = standing.get(question)
        if earlier:
            earlier.superseded = True
        standing[question] = Said(
            self.seat,
            unit.seen,
            unit.position,
            *question,
            value=sent["value"],
            label=label,
            cannot_judge=sent["cannot_judge"],
            reason=sent["reason"],
            revision=earlier.revision + 1 if earlier else 1,
        )
        self.said.append(standing[question])


def shown_on(part: str) -> Shown:
    """Speakers and letters of the turns of one dialogue on a page."""
    return tuple((speaker, letters(re.sub(r"<[^>]+>", " ", text))) for speaker, text in TURN.findall(part))


def answer(asked: dict[str, Any], place: int, value: int | None, reason: str = "") -> dict[str, Any]:
    """As the page sends it; without a value, “cannot judge”."""
    return {
        "client_key": str(uuid4()),
        "answered": datetime.now(UTC).isoformat(),
        "instrument": asked["instrument"],
        "criterion": asked["key"],
        "place": place,
        "value": value,
        "cannot_judge": value is None,
        "text": "",
        "reason": reason,
    }
