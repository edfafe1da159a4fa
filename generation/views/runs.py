"""Runs of generation: all of them, a new one after a look at what it would come to, one with how it stands."""

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from crsapp.accounts.access import ResearcherRequest, researcher_required
from crsapp.jobs.status import in_words, status_of
from generation.checks.table import CONVERSATION_FILTERS, FILTERS
from generation.forms.runs import LimitsForm, RunForm
from generation.llm.money import money
from generation.models import Attempt, Budget, Dataset, Dialogue, Endpoint, GenerationRun, Planned, Preparation
from generation.services.datasets import DatasetError
from generation.services.runs import steering
from generation.services.runs.figures import figures_of, seconds_left
from generation.services.runs.from_reviews.planning import Estimate, estimate
from generation.services.runs.from_reviews.starting import preparation_of, start_run
from generation.services.runs.keeping import LATE, NO_ANSWER
from generation.services.runs.kinds import maker_of
from generation.services.runs.settings import RunError
from generation.services.runs.simulated.filling import filled
from generation.services.runs.simulated.interviews import is_interviewed, tallies_of
from generation.services.runs.simulated.settings import ROLE_CHECK
from generation.services.runs.spending import shares_of
from generation.translation import stored_text
from generation.views.fragments import draw

PER_PAGE: Final = 50
LOOKED_AT: Final = 120
EXAMPLES: Final = 3
POLL_SECONDS: Final = 2
MOST_OTHERS: Final = 200
MATRIX_SECONDS: Final = 4
OTHER_CODES: Final = {NO_ANSWER: gettext_lazy("Not answered"), LATE: gettext_lazy("Kept meanwhile")}
TITLES: Final[dict[str, Any]] = {
    **{code: one.title for code, one in FILTERS.items()},
    **{code: one.title for code, one in CONVERSATION_FILTERS.items()},
    ROLE_CHECK: gettext_lazy("Roles not kept, a person says"),
    **OTHER_CODES,
}
BADGES: Final = {"running": "accent", "paused": "warn", "cancelled": "", "complete": "good"}


def get_run(pk: int) -> GenerationRun:
    found = GenerationRun.objects.select_related("dataset", "source", "budget", "job", "created_by")
    found = found.prefetch_related("parts__endpoint")
    return get_object_or_404(found, pk=pk)


@researcher_required
def run_list(request: ResearcherRequest) -> HttpResponse:
    kept = Count("planned", filter=Q(planned__state=Planned.State.KEPT))
    possible = Count("planned", filter=~Q(planned__state=Planned.State.IMPOSSIBLE))
    runs = (
        GenerationRun.objects.select_related("dataset")
        .prefetch_related("parts__endpoint")
        .annotate(kept=kept, possible=possible)
        .order_by("-pk")
    )
    page = Paginator(runs, PER_PAGE).get_page(request.GET.get("page"))
    context = {"nav": "generate", "page": page, "badges": BADGES, "has_sources": _sources().exists()}
    return render(request, "generation/run_list.html", context)


@researcher_required
def run_new(request: ResearcherRequest) -> HttpResponse:
    """First what it would come to, then the start."""
    source = _sources().filter(slug=request.GET.get("source", "")).first()
    initial = {"source": source, "domain": source.domain if source else "", "endpoint": _only_endpoint()}
    form = RunForm(request.POST or None, sources=_sources(), initial=initial)
    looked: Estimate | None = None
    if request.method == "POST" and form.is_valid():
        try:
            if "start" in request.POST:
                said = form.cleaned_data
                run = start_run(
                    source=said["source"],
                    name=said["name"],
                    endpoint=said["endpoint"],
                    settings=form.settings,
                    limits=form.limits,
                    by=request.user,
                )
                return redirect("generate:run-detail", run.pk)
            looked = _look(form)
        except (RunError, DatasetError) as error:
            form.add_error(None, str(error))
    context = {
        "nav": "generate",
        "form": form,
        "looked": looked,
        "costs": _costs(looked) if looked else None,
        "has_sources": _sources().exists(),
    }
    status = 422 if form.errors else 200
    return render(request, "generation/run_new.html", context, status=status)


def _sources() -> QuerySet[Dataset]:
    return Dataset.objects.visible().filter(preparations__state=Preparation.State.COMPLETE).order_by("name")


def _only_endpoint() -> Endpoint | None:
    """Where there is no choice, it is made."""
    found = list(Endpoint.objects.in_use()[:2])
    return found[0] if len(found) == 1 else None


def _look(form: RunForm) -> Estimate:
    said = form.cleaned_data
    preparation = preparation_of(said["source"])
    return estimate(preparation=preparation, endpoint=said["endpoint"], settings=form.settings, most=LOOKED_AT)


def _costs(looked: Estimate) -> dict[str, Any]:
    return {"likely": money(looked.money), "most": money(looked.most_money)}


@researcher_required
def run_detail(request: ResearcherRequest, pk: int) -> HttpResponse:
    run = get_run(pk)
    figures, maker = figures_of(run), maker_of(run)
    left = seconds_left(run, figures)
    budget = run.budget
    stopping = run.state != GenerationRun.State.RUNNING and run.job is not None and not run.job.is_over
    context = {
        "nav": "generate",
        "run": run,
        "seen": request.GET.get("seen", ""),
        "badge": BADGES[run.state],
        "figures": figures,
        "maker": maker,
        "unjudged": ", ".join(maker.settings.unjudged()),
        "steps": [(title_of(step.code), step) for step in figures.funnel],
        "time_left": in_words(left) if left is not None else "",
        "spent": money(budget.money_spent),
        "reserved": money(budget.money_reserved),
        "limit": None if budget.money_limit is None else money(budget.money_limit),
        "budget": budget,
        "each": _each(budget, figures.kept),
        "shares": shares_of(run),
        "limits": LimitsForm(initial=LimitsForm.initial_of(budget)),
        "rejects": _rejects(run),
        "reasons": _reasons(run),
        "stopping": stopping,
        "again": figures.given_up and Planned.objects.filter(run=run).can_be_tried_again().count(),
        "moving": run.state == GenerationRun.State.RUNNING or stopping,
        "status": status_of(run.job) if run.job else None,
        "poll_seconds": POLL_SECONDS,
        "others": _with_dialogues().exclude(pk=run.dataset_id).order_by("name")[:MOST_OTHERS],
    }
    if is_interviewed(run):
        context["tallies"] = tallies_of(run)
    if run.kind == GenerationRun.Kind.SIMULATION and not request.htmx:
        context |= {"matrix": filled(run), "matrix_seconds": MATRIX_SECONDS}
    return draw(request, "generation/run_detail.html", {"run": "generation/_run.html"}, context)


def _each(budget: Budget, kept: int) -> dict[str, Any] | None:
    """What a kept dialogue came to so far, the rejected ones paid with it."""
    if not kept:
        return None
    return {"money": money(budget.money_spent // kept), "tokens": round(budget.tokens_spent / kept)}


def _with_dialogues() -> QuerySet[Dataset]:
    """Those that a study could compare a run's dataset with."""
    return Dataset.objects.filter(Exists(Dialogue.objects.visible().filter(dataset=OuterRef("pk"))))


def _rejects(run: GenerationRun) -> list[dict[str, Any]]:
    """By the code under which they were rejected, the last few attempts."""
    place = Window(RowNumber(), partition_by=[F("code")], order_by=[F("pk").desc()])
    rejected = Attempt.objects.filter(run=run).exclude(code="").select_related("planned")
    of: dict[str, list[Attempt]] = {}
    for attempt in rejected.annotate(place=place).filter(place__lte=EXAMPLES).order_by("-pk"):
        of.setdefault(attempt.code, []).append(attempt)
    return [
        {
            "code": code,
            "is_filter": code not in OTHER_CODES,
            "title": title_of(code),
            "examples": [(one, reason_of(one)) for one in of[code]],
        }
        for code in TITLES
        if code in of
    ]


def title_of(code: str) -> str:
    return _(str(TITLES.get(code, code)))


def reason_of(attempt: Attempt) -> str:
    """What was found first under the code that rejects it."""
    return next((stored_text(one, "reason") for one in attempt.findings if one["code"] == attempt.code), "")


def _reasons(run: GenerationRun) -> list[tuple[str, int]]:
    rows = Planned.objects.filter(run=run, state=Planned.State.IMPOSSIBLE).order_by().values_list("reason")
    return list(rows.annotate(count=Count("pk")).order_by("-count")[:5])


@require_POST
@researcher_required
def run_pause(request: ResearcherRequest, pk: int) -> HttpResponse:
    run = get_run(pk)
    steering.pause(run, why=_("Paused by %(name)s.") % {"name": request.user})
    return redirect("generate:run-detail", pk)


@require_POST
@researcher_required
def run_resume(request: ResearcherRequest, pk: int) -> HttpResponse:
    return _steered(request, pk, lambda run: steering.resume(run, by=request.user))


@require_POST
@researcher_required
def run_retry(request: ResearcherRequest, pk: int) -> HttpResponse:
    """Everything that was given up."""
    return _steered(request, pk, lambda run: steering.retry_given_up(run, by=request.user))


@require_POST
@researcher_required
def run_cancel(request: ResearcherRequest, pk: int) -> HttpResponse:
    return _steered(request, pk, steering.cancel)


@require_POST
@researcher_required
def run_limits(request: ResearcherRequest, pk: int) -> HttpResponse:
    form = LimitsForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A limit is a number above 0, or empty."))
        return redirect("generate:run-detail", pk)
    words = _("The limits are changed. Resume to go on.")
    return _steered(request, pk, lambda run: steering.raise_limits(run, form.limits), words)


def _steered(request: ResearcherRequest, pk: int, steer: Any, done: str = "") -> HttpResponse:
    run = get_run(pk)
    try:
        steer(run)
        if done:
            messages.success(request, done)
    except RunError as error:
        messages.error(request, capfirst(str(error)))
    return redirect("generate:run-detail", pk)
