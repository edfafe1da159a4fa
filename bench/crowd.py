"""Annotators who judge as fast as they are answered, and how long each of their steps took."""

import asyncio
import json
import random
import re
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

import httpx
from judging_site import RATINGS

DATA = re.compile(r'<script id="screen-data"[^>]*>(.*?)</script>', re.DOTALL)
FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
MOST_STEPS = 5_000


class Judge(Protocol):
    """One annotator of some tool."""

    async def come(self) -> None: ...

    async def step(self) -> bool:
        """Rate the dialogue in hand and get the next; False when there is none."""
        ...

    async def go(self) -> None: ...


@dataclass
class Crowd:
    """What a crowd did: the seconds of every step, by when the crowd stopped, and failures by what they said."""

    seconds: float
    steps: list[float] = field(default_factory=list)
    failures: dict[str, int] = field(default_factory=dict)
    processor: float = 0.0
    database: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.steps) / self.seconds

    def percentile(self, percent: int) -> float:
        """Of a step, in milliseconds."""
        return statistics.quantiles(self.steps, n=100)[percent - 1] * 1_000 if len(self.steps) > 1 else float("nan")


async def judging(judges: Sequence[Judge], seconds: float) -> Crowd:
    """Let all of them judge side by side for so long, without a pause."""
    for judge in judges:
        await judge.come()
    crowd = Crowd(seconds)
    end = time.perf_counter() + seconds

    async def one(judge: Judge) -> None:
        for _ in range(MOST_STEPS):
            begun = time.perf_counter()
            if begun >= end:
                return
            try:
                if not await judge.step():
                    return
            except (httpx.HTTPError, RuntimeError) as error:
                crowd.failures[str(error)[:80]] = crowd.failures.get(str(error)[:80], 0) + 1
                await asyncio.sleep(0.05)
            else:
                crowd.steps.append(time.perf_counter() - begun)

    begun = time.perf_counter()
    await asyncio.gather(*(one(judge) for judge in judges))
    crowd.seconds = time.perf_counter() - begun
    for judge in judges:
        await judge.go()
    return crowd


class OurJudge:
    """A browser at our judging page: four ratings and the next dialogue in one request."""

    def __init__(self, site: str, token: str) -> None:
        self.browser = httpx.AsyncClient(base_url=site, timeout=60, trust_env=False, follow_redirects=True)
        self.token = token
        self.draw = random.Random(str(uuid4()))
        self.unit: dict[str, Any] | None = None

    async def come(self) -> None:
        if self.unit is not None:
            return
        page = await self.browser.get(f"/j/{self.token}/")
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        page = await self.browser.post(f"/j/{self.token}/", data=hidden)
        found = re.search(r"/judge/[\w-]+/", str(page.url))
        if found is None:
            raise RuntimeError(f"not let in: {page.status_code}")
        self.address = found[0]
        self.unit = self._read(await self._post("next", {}))

    async def step(self) -> bool:
        if self.unit is None:
            return False
        self.unit = self._read(await self._post("submit", self._answers(self.unit)))
        return self.unit is not None

    async def answer_one(self) -> None:
        """One rating by itself, as the page sends each the moment it is given."""
        assert self.unit is not None
        body = self._answers(self.unit)
        await self._post("answers", {**body, "answers": self.draw.sample(body["answers"], 1)})

    async def go(self) -> None:
        pass

    def _answers(self, unit: dict[str, Any]) -> dict[str, Any]:
        answers = [
            {
                "client_key": str(uuid4()),
                "instrument": "four-ratings",
                "criterion": key,
                "place": -1,
                "value": self.draw.randint(0, 2),
            }
            for key in RATINGS
        ]
        return {"assignment": unit["assignment"], "answers": answers, "active_seconds": 20}

    async def _post(self, name: str, body: dict[str, Any]) -> httpx.Response:
        headers = {"X-CSRFToken": self.browser.cookies.get("csrftoken", "")}
        answer = await self.browser.post(f"{self.address}{name}/", json=body, headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(f"{name}: {answer.status_code} {answer.text[:60]}")
        return answer

    @staticmethod
    def _read(answer: httpx.Response) -> dict[str, Any] | None:
        found = DATA.search(answer.text)
        data = json.loads(found[1]) if found else {}
        return data if data.get("assignment") else None
