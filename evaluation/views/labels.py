"""One label for each unit: how many have which, as a part of the results page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from annotation.models import Study
from crsapp.accounts.access import ResearcherRequest, researcher_required
from evaluation.access import Sight, study_and_sight
from evaluation.label_words import label_tables
from evaluation.reports.labels import study_labels
from evaluation.views.results import withheld


@researcher_required
@require_safe
def results_labels(request: ResearcherRequest, slug: str) -> HttpResponse:
    """Within the results page, or alone for whoever has no scripts."""
    study, sight = study_and_sight(request, slug)
    if sight is Sight.NOTHING:
        return withheld(request, study)
    if sight is Sight.BLINDED or study.state == Study.State.DRAFT:
        messages.info(request, _("Labels tell systems apart. While the study is open, look at the results first."))
        return redirect("evaluation:results", study.slug)
    within = bool(request.htmx) and not request.htmx.history_restore_request
    context = {"study": study, "nav": "studies", "blocks": label_tables(study_labels(study))}
    response = render(request, "evaluation/_labels.html" if within else "evaluation/results_labels.html", context)
    response["Vary"] = "HX-Request"
    return response
