"""An annotator over HTTP, doing what the judging page's script does."""

import json
import re
import uuid
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from annotation.access import address_of
from annotation.models import Annotator, Assignment, Link
from annotation.services.material import questions_of


class Judge:
    """Comes in by a link, accepts, and judges."""

    def __init__(self, link: Link, client: Client | None = None) -> None:
        self.client = client or Client()
        self.client.post(reverse("annotation:enter", args=[link.token]))
        link.refresh_from_db()
        joined = self.client.session["annotators"][str(link.study_id)]
        self.annotator = Annotator.objects.get(pk=joined)

    @staticmethod
    def address(annotator: Annotator) -> str:
        return address_of(annotator)

    def path(self, name: str, *more: object) -> str:
        return reverse(f"annotation:{name}", args=[address_of(self.annotator), *more])

    def page(self) -> HttpResponse:
        return self.client.get(self.path("judge"))

    def screen(self) -> HttpResponse:
        return self.client.get(self.path("judge-screen"))

    def next(self) -> HttpResponse:
        return self.client.post(self.path("judge-next"))

    def assignment(self) -> Assignment:
        return self.annotator.assignments.get(state=Assignment.State.LEASED)

    def data(self) -> dict[str, Any]:
        """What the page's script reads of the unit in hand."""
        found = re.search(r'<script id="screen-data"[^>]*>(.*?)</script>', self.screen().content.decode(), re.DOTALL)
        assert found is not None
        data: dict[str, Any] = json.loads(found[1])
        return data

    def answer(self, *answers: dict[str, Any], assignment: str = "", seconds: float = 5) -> HttpResponse:
        body = {"assignment": assignment or self.data()["assignment"], "active_seconds": seconds, "answers": answers}
        return self.client.post(self.path("judge-answers"), body, content_type="application/json")

    def answer_everything(self, value: int | None = None) -> HttpResponse:
        data = self.data()
        answers = []
        for criterion, place in data["steps"]:
            asked = data["criteria"][criterion]
            given = asked["options"][0]["value"] if value is None else value
            answers.append(one(asked["instrument"], asked["key"], place, given))
        return self.answer(*answers, assignment=data["assignment"])

    def answer_everything_of(self, assignment: Assignment) -> HttpResponse:
        """The same from a tab that still shows it, though it is no longer theirs."""
        answers = [one(asked.instrument, asked.criterion.key, asked.place, 1) for asked in questions_of(assignment)]
        return self.answer(*answers, assignment=str(assignment.public_id))

    def submit(self, assignment: str = "", seconds: float = 30) -> HttpResponse:
        body = {"assignment": assignment or self.data()["assignment"], "active_seconds": seconds}
        return self.client.post(self.path("judge-submit"), body, content_type="application/json")


def one(instrument: str, criterion: str, place: int, value: int | None, **more: Any) -> dict[str, Any]:
    """One answer as the page sends it."""
    answer = {"client_key": str(uuid.uuid4()), "instrument": instrument, "criterion": criterion, "place": place}
    return {**answer, "value": value, "cannot_judge": False, "text": "", "reason": "", **more}


def quality(place: int, value: int, criterion: str = "fluency", **more: Any) -> dict[str, Any]:
    return one("utterance-quality", criterion, place, value, **more)
