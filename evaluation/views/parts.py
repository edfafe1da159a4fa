"""Parts of the results page that tell systems apart: within the page, or alone for whoever has no scripts."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from annotation.models import Study
from crsapp.accounts.access import ResearcherRequest
from evaluation.access import Sight
from evaluation.views.results import withheld


def turned_away(request: HttpRequest, study: Study, sight: Sight, *, why: str) -> HttpResponse | None:
    """What whoever may not see it gets instead: nothing while judging, the results page before a look."""
    if sight is Sight.NOTHING:
        return withheld(request, study)
    if sight is Sight.BLINDED or study.state == Study.State.DRAFT:
        messages.info(request, why)
        return redirect("evaluation:results", study.slug)
    return None


def is_within(request: ResearcherRequest) -> bool:
    """Whether it was asked for by the results page, to be put into it."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def part(request: ResearcherRequest, name: str, study: Study, context: Mapping[str, Any]) -> HttpResponse:
    """`_<name>.html` within the results page, `results_<name>.html` alone."""
    template = f"evaluation/_{name}.html" if is_within(request) else f"evaluation/results_{name}.html"
    response = render(request, template, {"study": study, "nav": "studies", **context})
    response["Vary"] = "HX-Request"
    return response
