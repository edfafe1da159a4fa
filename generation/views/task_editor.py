"""Tasks of one's own, written in the browser: each variable that is named gets its fields, with a preview at once."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.models import OwnTask, TickedScenario
from generation.services.simulation.scenarios import all_tasks
from generation.services.simulation.tasks import TaskChangedError, TaskError, change_task, create_task, state_of
from generation.simulation.drafts import MOST_FIELDS, TaskDraft, draft_of, examples_of, read_draft
from generation.simulation.scenarios import scenarios_of

FIRST = TaskDraft(description="You want to … {{what}}. You ask an assistant …")
LOOK, SAVE = "look", "save"


@researcher_required
def task_new(request: ResearcherRequest) -> HttpResponse:
    """A new task, from scratch or from a copy (`from`, a slug)."""
    if request.method == "POST":
        return _posted(request, None)
    source = all_tasks().get(request.GET.get("from", ""))
    if source is None:
        return _draw(request, None, FIRST.completed())
    copied = draft_of(source)
    title = _("Copy of %(name)s") % {"name": source.title}
    return _draw(request, None, TaskDraft(title, copied.description, copied.variables, copied.language))


@researcher_required
def task_edit(request: ResearcherRequest, slug: str) -> HttpResponse:
    row = get_object_or_404(OwnTask, slug=slug)
    if request.method == "POST":
        return _posted(request, row)
    return _draw(request, row, draft_of(row.task).completed())


@require_POST
@researcher_required
def task_draft(request: ResearcherRequest) -> HttpResponse:
    """What the fields would make, and fields for variables that were named just now. Nothing is kept."""
    said = read_draft(request.POST.dict())
    draft = said.completed()
    there, wanted = {one.name for one in said.variables}, {one.name for one in draft.variables}
    free = next(place for place in range(MOST_FIELDS, -1, -1) if place == 0 or f"v{place - 1}-name" in request.POST)
    new = [one for one in draft.variables if one.name not in there]
    context = {**_preview(draft), "new": list(enumerate(new, free)), "gone": sorted(there - wanted), "live": True}
    return render(request, "generation/_task_preview.html", context)


def _posted(request: ResearcherRequest, row: OwnTask | None) -> HttpResponse:
    draft = read_draft(request.POST.dict()).completed()
    if request.POST.get("do", SAVE) == LOOK:
        return _draw(request, row, draft)
    try:
        if found := draft.problems():
            raise TaskError(found)
        if row is None:
            saved = create_task(task=draft.task(), by=request.user)
        else:
            saved = change_task(row=row, task=draft.task(), seen=request.POST.get("seen", ""))
    except TaskError as error:
        return _draw(request, row, draft, status=422, problems=error.problems)
    except TaskChangedError:
        return _draw(request, row, draft, status=409, conflict=True)
    messages.success(request, _("Saved. Tick the scenarios that are to be simulated."))
    return redirect("generate:task-detail", saved.slug)


def _preview(draft: TaskDraft, problems: list[str] | None = None) -> dict[str, Any]:
    found = draft.problems() if problems is None else problems
    texts = [] if found else [one.text for one in scenarios_of(draft.task())]
    return {"problems": found, "count": len(texts), "examples": examples_of(texts)}


def _draw(
    request: ResearcherRequest,
    row: OwnTask | None,
    draft: TaskDraft,
    *,
    status: int = 200,
    problems: list[str] | None = None,
    conflict: bool = False,
) -> HttpResponse:
    context = {
        "nav": "generate",
        "row": row,
        "draft": draft,
        "variables": list(enumerate(draft.variables)),
        "seen": state_of(row) if row else "",
        "conflict": conflict,
        "refused": status == 422,
        "ticked": TickedScenario.objects.ticked().filter(task=row.slug).count() if row else 0,
        **_preview(draft, problems),
    }
    return render(request, "generation/task_edit.html", context, status=status)
