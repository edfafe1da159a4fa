"""Did both sides keep their roles? One conversation after the other, by two keys."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.forms.roles import RolesForm
from generation.models import Attempt, GenerationRun, Person
from generation.services.runs.settings import RunError
from generation.services.runs.simulated.roles import last_check, looked_at, next_to_check, say_roles, take_back
from generation.services.runs.simulated.settings import situations_of
from generation.views.fragments import draw
from generation.views.simulations import get_simulation, said_of


@researcher_required
def role_check(request: ResearcherRequest, pk: int) -> HttpResponse:
    return _draw(request, get_simulation(pk))


@require_POST
@researcher_required
def role_check_say(request: ResearcherRequest, pk: int) -> HttpResponse:
    run = get_simulation(pk)
    form = RolesForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say whether the roles were kept; a reason has at most 2,000 characters."))
        return redirect("generate:role-check", pk)
    said = form.cleaned_data
    attempt = get_object_or_404(Attempt.objects.select_related("run"), run=run, pk=said["attempt"])
    try:
        say_roles(attempt=attempt, kept=said["kept"] == "yes", reason=said["reason"], by=request.user)
    except RunError as error:
        messages.error(request, str(error))
    return _draw(request, run) if request.htmx else redirect("generate:role-check", pk)


@require_POST
@researcher_required
def role_check_undo(request: ResearcherRequest, pk: int) -> HttpResponse:
    """What this person said last is taken back, and the conversation is the next one again."""
    run = get_simulation(pk)
    if check := last_check(run, request.user):
        take_back(check, by=request.user)
    return _draw(request, run) if request.htmx else redirect("generate:role-check", pk)


def _draw(request: ResearcherRequest, run: GenerationRun) -> HttpResponse:
    attempt = next_to_check(run)
    planned = attempt.planned if attempt else None
    context = {
        "nav": "generate",
        "run": run,
        "attempt": attempt,
        "planned": planned,
        "situation": situations_of(run.settings)[planned.subject] if planned else None,
        "person": Person.objects.filter(dataset=run.dataset_id, external_id=planned.person).first()
        if planned
        else None,
        "said": [one for one in said_of(attempt) if not one["is_end"]] if attempt else [],
        "looked": looked_at(run),
        "last": last_check(run, request.user),
    }
    return draw(request, "generation/role_check.html", {"role-check": "generation/_role_check.html"}, context)
