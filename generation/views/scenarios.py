"""The tasks there are, and the scenarios of one: browsed, and ticked to be simulated."""

from dataclasses import replace
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.forms.scenarios import SampleForm, ScenarioFileForm, WantedScenarios, filters_of
from generation.models import OwnTask, TickedScenario
from generation.services.simulation.scenarios import key_of, tick
from generation.services.simulation.tasks import TaskError, archive_task, bring_scenarios, restore_task
from generation.simulation.scenario_files import FiledScenario, ScenarioFileError, read_scenarios, write_scenarios
from generation.simulation.scenarios import PLACEHOLDER, Scenario, Task, sample, scenarios_of
from generation.simulation.tasks import BUILT_IN, built_in_in, told_in
from generation.views.fragments import draw

PER_PAGE: Final = 30
SHOWN_PROBLEMS: Final = 20


def get_task(slug: str) -> tuple[Task, OwnTask | None]:
    """A task, with its row where it is somebody's own; archived ones as well."""
    if slug in BUILT_IN:
        return BUILT_IN[slug], None
    row = get_object_or_404(OwnTask.objects.select_related("created_by"), slug=slug)
    return row.task, row


@researcher_required
def task_list(request: ResearcherRequest) -> HttpResponse:
    ticked: dict[str, int] = {}
    for slug in TickedScenario.objects.ticked().values_list("task", flat=True):
        ticked[slug] = ticked.get(slug, 0) + 1
    rows = list(OwnTask.objects.select_related("created_by"))
    own = [(row.task, row) for row in rows if row.archived is None]
    tasks = [*((task, None) for task in BUILT_IN.values()), *own]
    context = {
        "nav": "generate",
        "part": "scenarios",
        "tasks": [_card(task, row, ticked.get(task.slug, 0)) for task, row in tasks],
        "archived": [row for row in rows if row.archived is not None],
        "total": sum(ticked.values()),
    }
    return render(request, "generation/task_list.html", context)


def _card(task: Task, row: OwnTask | None, ticked: int) -> dict[str, Any]:
    return {
        "task": shown(task),
        "row": row,
        "ticked": ticked,
        "size": sum(1 for _scenario in scenarios_of(task)),
        "pieces": pieces(shown(task)),
    }


def shown(task: Task) -> Task:
    """A built-in task in the interface's language, where it is told in it; any other as it was written."""
    if task.slug not in BUILT_IN:
        return task
    told = built_in_in(get_language() or "").get(task.slug, task)
    variables = tuple(replace(one, title=_(one.title)) for one in told.variables)
    return replace(told, title=_(told.title), variables=variables)


def pieces(task: Task) -> list[tuple[str, bool]]:
    """The description cut at its variables: texts, and the titles of variables."""
    titles = {one.name: one.title or one.name for one in task.variables}
    parts = PLACEHOLDER.split(task.description)
    return [(titles.get(part, part) if place % 2 else part, bool(place % 2)) for place, part in enumerate(parts)]


@researcher_required
def task_detail(request: ResearcherRequest, slug: str) -> HttpResponse:
    task, row = get_task(slug)
    wanted = WantedScenarios.of(request.GET, task)
    context = {
        "nav": "generate",
        "task": shown(task),
        "row": row,
        "pieces": pieces(shown(task)),
        "filters": filters_of(shown(task), wanted),
        "sample_form": SampleForm(initial={"count": min(5, task.size)}),
        **_shown(request, task, wanted),
    }
    return draw(request, "generation/task_detail.html", {"scenarios": "generation/_scenarios.html"}, context)


def _shown(request: ResearcherRequest, task: Task, wanted: WantedScenarios) -> dict[str, Any]:
    every = list(scenarios_of(task))
    ticked = _ticked(task)
    found = wanted.found(every, ticked)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    numbers = dict(TickedScenario.objects.filter(task=task.slug).values_list("key", "number"))
    return {
        "page": page,
        "lines": [_line(task, one, ticked, numbers) for one in page],
        "query": wanted.query,
        "wanted": wanted,
        "found": len(found),
        "size": len(every),
        "ticked": sum(key_of(one) in ticked for one in every),
    }


def _ticked(task: Task) -> set[str]:
    return set(TickedScenario.objects.ticked().filter(task=task.slug).values_list("key", flat=True))


def _line(task: Task, scenario: Scenario, ticked: set[str], numbers: dict[str, int]) -> dict[str, Any]:
    key = key_of(scenario)
    titles = {one.name: one.title or one.name for one in shown(task).variables}
    return {
        "scenario": scenario,
        "text": told_in(scenario, get_language() or ""),
        "number": numbers.get(key, scenario.number),
        "is_ticked": key in ticked,
        "values": [] if task.is_bare else [(titles[name], slug) for name, slug in scenario.values.items()],
    }


@require_POST
@researcher_required
def task_tick(request: ResearcherRequest, slug: str) -> HttpResponse:
    """Tick what the page shows as it is ticked there, or all, none or a sample of what the filters leave."""
    task, row = get_task(slug)
    if row is not None and row.archived is not None:
        raise Http404("An archived task has no scenarios to tick.")
    wanted = WantedScenarios.of(request.GET, task)
    found = wanted.found(scenarios_of(task), _ticked(task))
    action = request.POST.get("do", "page")
    if action == "page":
        shown = {int(one) for one in request.POST.getlist("shown") if one.isdecimal() and len(one) < 10}
        chosen = {int(one) for one in request.POST.getlist("ticked") if one.isdecimal() and len(one) < 10} & shown
    else:
        shown = {one.number for one in found}
        chosen = _chosen(request, action, found)
    tick(task=task, numbers=shown - chosen, on=False)
    tick(task=task, numbers=chosen, on=True, by=request.user)
    if request.htmx:
        context = {"task": task, "ticked": len(_ticked(task)), "size": sum(1 for _one in scenarios_of(task))}
        return render(request, "generation/_ticked.html", context)
    return redirect(_back(slug, wanted, request.GET.get("page", "")))


def _chosen(request: ResearcherRequest, action: str, found: list[Scenario]) -> set[int]:
    if action == "all":
        return {one.number for one in found}
    if action == "sample":
        form = SampleForm(request.POST)
        if form.is_valid():
            return {one.number for one in sample(found, form.cleaned_data["count"], form.cleaned_data["seed"])}
        messages.error(request, _("A sample needs a number of scenarios and a seed."))
        ticked = _ticked(get_task(found[0].task)[0]) if found else set()
        return {one.number for one in found if key_of(one) in ticked}
    return set()


def _back(slug: str, wanted: WantedScenarios, page: str) -> str:
    query = "&".join(part for part in (wanted.query, f"page={page}" if page.isdecimal() else "") if part)
    return reverse("generate:task-detail", args=[slug]) + (f"?{query}" if query else "")


@require_POST
@researcher_required
def task_archive(request: ResearcherRequest, slug: str) -> HttpResponse:
    archive_task(row=get_object_or_404(OwnTask, slug=slug))
    return redirect("generate:task-detail", slug)


@require_POST
@researcher_required
def task_restore(request: ResearcherRequest, slug: str) -> HttpResponse:
    restore_task(row=get_object_or_404(OwnTask, slug=slug))
    messages.success(request, _("The task is in use again. Tick its scenarios anew."))
    return redirect("generate:task-detail", slug)


@researcher_required
def scenario_export(request: ResearcherRequest) -> HttpResponse:
    """Those that are ticked, with the keys of the published data."""
    rows = TickedScenario.objects.ticked()
    written = write_scenarios(FiledScenario(row.title, row.number, row.text, row.translations) for row in rows)
    response = HttpResponse(written, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="scenarios.json"'
    return response


@researcher_required
def scenario_import(request: ResearcherRequest) -> HttpResponse:
    form = ScenarioFileForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            filed = read_scenarios(form.cleaned_data["file"])
            new = bring_scenarios(filed=filed, by=request.user)
        except (ScenarioFileError, TaskError) as error:
            problems = error.problems
        else:
            known = len(filed) - new
            said = [ngettext("%(n)d scenario imported.", "%(n)d scenarios imported.", new) % {"n": new}]
            if known:
                said.append(ngettext("%(n)d was here already.", "%(n)d were here already.", known) % {"n": known})
            messages.success(request, " ".join(said))
            return redirect("generate:task-list")
    context = {
        "nav": "generate",
        "form": form,
        "problems": problems[:SHOWN_PROBLEMS],
        "more": max(0, len(problems) - SHOWN_PROBLEMS),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "generation/scenario_import.html", context, status=status)
