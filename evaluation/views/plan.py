"""What a study may expect, as the third step of its builder shows it: a fragment that the page asks for."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from annotation.models import Study
from annotation.services.material import protocol_of
from annotation.steps import Who
from crsapp.accounts.access import ResearcherRequest, researcher_required
from evaluation.access import Sight, study_and_sight
from evaluation.forms import PlanForm
from evaluation.plan_words import plan_page
from evaluation.reports.plans import latest_pilot, study_plans


@researcher_required
@require_safe
def plan(request: ResearcherRequest, slug: str) -> HttpResponse:
    """The plan of the draft with what the builder's form says now, whether it has been saved or not."""
    study = get_object_or_404(Study, slug=slug)
    pilot = latest_pilot(study)
    usable = pilot if pilot and study_and_sight(request, pilot.slug)[1] is not Sight.NOTHING else None
    step = Who(protocol_of(study), request.GET)
    step.is_valid()  # so that what is readable is read, whatever else is wrong
    protocol = step.protocol()
    form = PlanForm(request.GET, pilot=str(usable or ""))
    pay = step.head.read("pay")
    context = {"study": study, "form": form}
    if form.is_valid():
        plans = study_plans(study, protocol, pay_per_hour=None if pay is None else float(pay), **form.asked())
        context["plans"] = [plan_page(one) for one in plans]
    return render(request, "evaluation/_plan.html", context)
