"""Runs of simulated users: a new one, how its matrix fills up, a conversation as it grows."""

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.forms.simulations import SimulationForm
from generation.llm.money import money
from generation.models import Attempt, Endpoint, GenerationRun, Person, Planned, ProfilePool, TickedScenario
from generation.services.datasets import DatasetError
from generation.services.runs.settings import RunError
from generation.services.runs.simulated.estimating import Estimate, estimate
from generation.services.runs.simulated.filling import filled
from generation.services.runs.simulated.settings import situations_of
from generation.services.runs.simulated.starting import start_simulation
from generation.simulation.interview import MARK
from generation.transcript import marked
from generation.views.fragments import draw
from generation.views.runs import MATRIX_SECONDS, reason_of, title_of

CONVERSATION_POLL_SECONDS: Final = 1


def get_simulation(pk: int) -> GenerationRun:
    found = GenerationRun.objects.select_related("dataset", "job").filter(kind=GenerationRun.Kind.SIMULATION)
    return get_object_or_404(found, pk=pk)


@researcher_required
def simulation_new(request: ResearcherRequest) -> HttpResponse:
    """First what it would come to, then the start."""
    form = SimulationForm(request.POST or None, initial={"pool": _pool(request.GET.get("pool", ""))})
    looked: Estimate | None = None
    if request.method == "POST" and form.is_valid():
        try:
            if "start" in request.POST:
                run = start_simulation(
                    name=form.cleaned_data["name"],
                    matrix=form.matrix,
                    settings=form.settings,
                    limits=form.limits,
                    by=request.user,
                )
                return redirect("generate:run-detail", run.pk)
            looked = estimate(form.matrix, form.settings)
        except (RunError, DatasetError) as error:
            form.add_error(None, str(error))
    context = {
        "nav": "generate",
        "form": form,
        "looked": looked,
        "chosen": form.settings if looked else None,
        "unjudged": ", ".join(form.settings.unjudged()) if looked else "",
        "costs": {"likely": money(looked.money), "most": money(looked.most_money)} if looked else None,
        "has_pools": ProfilePool.objects.exists(),
        "has_scenarios": TickedScenario.objects.ticked().exists(),
        "has_endpoints": Endpoint.objects.in_use().exists(),
    }
    return render(request, "generation/simulation_new.html", context, status=422 if form.errors else 200)


@researcher_required
def run_matrix(request: ResearcherRequest, pk: int) -> HttpResponse:
    run = get_simulation(pk)
    stopping = run.job is not None and not run.job.is_over
    context = {
        "nav": "generate",
        "run": run,
        "matrix": filled(run),
        "moving": run.state == GenerationRun.State.RUNNING or stopping,
        "matrix_seconds": MATRIX_SECONDS,
    }
    return draw(request, "generation/run_matrix.html", {"matrix": "generation/_run_matrix.html"}, context)


@researcher_required
def conversation_detail(request: ResearcherRequest, pk: int, n: int) -> HttpResponse:
    """The newest attempt at one conversation, with all that was said so far."""
    run = get_simulation(pk)
    planned = get_object_or_404(Planned, run=run, n=n)
    attempts = list(Attempt.objects.filter(planned=planned).select_related("dialogue").order_by("number"))
    latest = attempts[-1] if attempts else None
    going_on = planned.state == Planned.State.TO_DO and run.state == GenerationRun.State.RUNNING
    context = {
        "nav": "generate",
        "run": run,
        "planned": planned,
        "situation": situations_of(run.settings)[planned.subject],
        "person": Person.objects.filter(dataset=run.dataset_id, external_id=planned.person).first(),
        "attempts": attempts,
        "latest": latest,
        "said": said_of(latest) if latest else [],
        "title": title_of(latest.code) if latest and latest.code else "",
        "reason": reason_of(latest) if latest else "",
        "going_on": going_on,
        "before": Planned.objects.filter(run=run, n=n - 1).exists(),
        "after": Planned.objects.filter(run=run, n=n + 1).exists(),
        "poll_seconds": CONVERSATION_POLL_SECONDS,
    }
    fragments = {"conversation": "generation/_conversation.html"}
    return draw(request, "generation/conversation_detail.html", fragments, context)


def said_of(attempt: Attempt) -> list[dict[str, Any]]:
    """What was said, as it is read; what ended the conversation is told apart, since it is no part of the dialogue."""
    answered = attempt.said.filter(call__state="answered").exclude(call__prompt_name__contains=MARK)
    answers = answered.order_by("place").values_list("call__answer", flat=True)
    kept = len(attempt.utterances) if attempt.verdict != Attempt.Verdict.OPEN and attempt.utterances else len(answers)
    return [
        {"speaker": "system" if place % 2 else "user", "markup": marked(text.strip(), []), "is_end": place >= kept}
        for place, text in enumerate(answers)
    ]


def _pool(name: str) -> ProfilePool | None:
    """The pool of this name; where there is no choice, it is made."""
    some = list(ProfilePool.objects.all()[:2])
    return some[0] if len(some) == 1 else ProfilePool.objects.filter(name=name).first()
