"""All studies at a glance, and how far annotators agree so far in one of them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotation.models import Study
from annotation.services.listing import study_lines
from crsapp.accounts.access import ResearcherRequest, researcher_required
from evaluation.access import Sight, study_and_sight
from evaluation.agreed import agreed
from evaluation.reports import figures_now


@researcher_required
@require_safe
def dashboard(request: ResearcherRequest) -> HttpResponse:
    """Progress, pace and end of every study that has begun; agreement is asked for line by line."""
    search = request.GET.get("search", "").strip()
    page = study_lines(search=search, page=request.GET.get("page", "1"), begun=True)
    context = {"nav": "studies", "page": page, "lines": page.object_list, "search": search}
    return render(request, "evaluation/dashboard.html", context)


@researcher_required
@require_safe
def agreement_so_far(request: ResearcherRequest, slug: str) -> HttpResponse:
    """Over all systems together, so that it tells none of them apart, whoever looks."""
    study, sight = study_and_sight(request, slug)
    context = {"study": study, "withheld": sight is Sight.NOTHING, "blocks": []}
    if study.state != Study.State.DRAFT and sight is not Sight.NOTHING:
        context["blocks"] = agreed(figures_now(study, unblinded=False))
    return render(request, "evaluation/_agreement_so_far.html", context)
