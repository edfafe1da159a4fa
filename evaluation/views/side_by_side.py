"""Several studies beside each other."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crsapp.accounts.access import ResearcherRequest, researcher_required
from evaluation.access import Sight, study_and_sight
from evaluation.forms import SideBySideForm
from evaluation.reports import figures_now
from evaluation.reports.designs import designs
from evaluation.side_by_side import shared_questions


@researcher_required
@require_safe
def side_by_side(request: ResearcherRequest) -> HttpResponse:
    """Of an open study only what its own page would show to this browser."""
    form = SideBySideForm(request.GET if "study" in request.GET else None)
    context = {"nav": "studies", "form": form, "there": form.fields["study"].queryset.exists()}  # type: ignore[attr-defined]
    if form.is_valid():
        chosen = form.cleaned_data["study"].order_by("opened", "pk")
        seen = [study_and_sight(request, study.slug) for study in chosen]
        studies = [study for study, sight in seen if sight is not Sight.NOTHING]
        figures = [figures_now(study, unblinded=sight is Sight.EVERYTHING) for study, sight in seen if study in studies]
        shared, alone = shared_questions(figures)
        instruments = {one.question.instrument for one in shared}
        context |= {
            "studies": studies,
            "withheld": [study for study, sight in seen if sight is Sight.NOTHING],
            "shared": shared,
            "alone": alone,
            "designs": designs(studies, instruments) if shared else [],
        }
    return render(request, "evaluation/side_by_side.html", context, status=400 if form.errors else 200)
