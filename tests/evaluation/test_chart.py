"""One figure of a study as a file: to whom, in which form, and what of an open study."""

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Annotator, Study
from crsapp.accounts.models import User
from evaluation.charts import Chart, charts_of
from evaluation.reports import study_figures
from evaluation.services.drawing import DrawingError
from evaluation.views import chart as view

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was to be drawn: nobody draws here."""
    found: list[Any] = []

    def drawn(chart: Chart, theme: str, form: str) -> bytes:
        found.append((chart.name, theme, form))
        return b"drawn"

    monkeypatch.setattr(view, "drawn", drawn)
    return found


def address(study: Study, name: str, form: str, query: str = "") -> str:
    return reverse("evaluation:chart", args=[study.slug, name, form]) + query


def test_amira_takes_a_figure_in_every_form(client: Client, amira: User, study: Study, asked: list[Any]) -> None:
    client.force_login(amira)
    for form in ("svg", "pdf", "png"):
        answer = client.get(address(study, "block-1-means", form, "?theme=dark"))
        assert answer.content == b"drawn"
        assert answer["Content-Disposition"] == f'attachment; filename="film-talk-block-1-means-dark.{form}"'
    assert asked == [("block-1-means", "dark", form) for form in ("svg", "pdf", "png")]
    rows = list(csv.DictReader(io.StringIO(client.get(address(study, "block-1-means", "csv")).content.decode())))
    mean = study_figures(study, unblinded=True).blocks[0].criteria[0].means[0].estimates
    assert mean is not None
    assert float(rows[0]["any_panel_low"]) == mean.any_panel.low


def test_every_figure_of_the_page_has_its_links_and_they_lead_somewhere(
    client: Client, amira: User, study: Study
) -> None:
    client.force_login(amira)
    text = client.get(reverse("evaluation:results", args=[study.slug])).content.decode()
    links = re.findall(rf'href="(/studies/{study.slug}/figures/[^"]+)"', text)
    names = {link.rpartition("/")[2].partition(".")[0] for link in links}
    assert names == {chart.name for chart in charts_of(study_figures(study, unblinded=True))}
    assert {client.get(link).status_code for link in links} == {200}


def test_what_is_not_there_is_not_found(client: Client, amira: User, study: Study) -> None:
    client.force_login(amira)
    for wrong in (
        address(study, "block-9-means", "svg"),
        address(study, "block-1-means", "exe"),
        address(study, "block-1-means", "svg", "?theme=sepia"),
    ):
        assert client.get(wrong).status_code == 404


def test_an_open_study_gives_no_figure_of_its_systems(client: Client, amira: User, study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(state=Study.State.OPEN, closed=None)
    client.force_login(amira)
    assert client.get(address(study, "block-1-means", "csv")).status_code == 404
    assert client.get(address(study, "block-1-agreement", "csv")).status_code == 200
    client.post(reverse("evaluation:look", args=[study.slug]), {"reason": "the deadline"})
    assert client.get(address(study, "block-1-means", "csv")).status_code == 200
    Annotator.objects.filter(pk=study.annotators.order_by("pk")[0].pk).update(user=amira)
    assert client.get(address(study, "block-1-agreement", "csv")).status_code == 403


def test_what_cannot_be_drawn_is_said(
    client: Client, amira: User, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*chart: object) -> bytes:
        raise DrawingError("The figures could not be drawn: no font")

    monkeypatch.setattr(view, "drawn", fail)
    client.force_login(amira)
    answer = client.get(address(study, "block-1-means", "svg"))
    assert (answer.status_code, answer.content.decode()) == (503, "The figures could not be drawn: no font")
