"""The editor of templates: its fields are a form, and each button that changes it works with and without scripts."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.forms.templates import as_fields, chosen, steps_of
from generation.models import DialogueTemplate
from generation.reviews.drafts import Steps, edited
from generation.reviews.goals import GOALS
from generation.reviews.grammar import BUILT_IN
from generation.reviews.template_files import MOST_UTTERANCES
from generation.reviews.templates import Step, Template
from generation.reviews.validation import MOST_GOALS
from generation.services.templates import (
    TemplateChangedError,
    TemplateError,
    change_template,
    create_template,
    free_name,
    state_of,
)
from generation.template_scripts import SPEAKER_NAMES, choices_for, script

SAVE, LOOK, UNDO = "save", "look", "undo"


@researcher_required
def template_new(request: ResearcherRequest) -> HttpResponse:
    """A new template, empty or from a copy (`from`, a built-in name or a row's number)."""
    if request.method == "POST":
        return _posted(request, None)
    source = _source(request.GET.get("from", ""))
    name = free_name(_("Copy of %(name)s") % {"name": source.id}) if source else ""
    return _draw(request, None, name, source.steps if source else ())


@researcher_required
def template_edit(request: ResearcherRequest, pk: int) -> HttpResponse:
    kept = get_object_or_404(DialogueTemplate, pk=pk)
    if request.method == "POST":
        return _posted(request, kept)
    return _draw(request, kept, kept.name, kept.template.steps)


@researcher_required
@require_POST
def template_draft(request: ResearcherRequest) -> HttpResponse:
    """The fields after a button was pressed, or what the rules say of them now. Nothing is kept."""
    action = request.POST.get("do", LOOK)
    if action == LOOK:
        said = {**_drawn(steps_of(request.POST)), "before": request.POST.get("before", ""), "live": True}
        return render(request, "generation/_template_findings.html", said)
    return render(request, "generation/_template_draft.html", _after(request, action))


def _posted(request: ResearcherRequest, kept: DialogueTemplate | None) -> HttpResponse:
    action, name, steps = request.POST.get("do", SAVE), request.POST.get("name", ""), steps_of(request.POST)
    if action != SAVE:
        return _draw(request, kept, name, steps, **_after(request, action))
    try:
        if kept is None:
            saved = create_template(name=name, steps=chosen(steps), by=request.user)
        else:
            seen = request.POST.get("seen", "")
            saved = change_template(pk=kept.pk, name=name, steps=chosen(steps), seen=seen)
    except TemplateError as error:
        return _draw(request, kept, name, steps, status=422, refusal=str(error))
    except TemplateChangedError:
        return _draw(request, kept, name, steps, status=409, conflict=True)
    messages.success(request, _("Saved."))
    return redirect("generate:template-detail", saved.pk)


def _source(said: str) -> Template | None:
    if said in BUILT_IN:
        return BUILT_IN[said]
    kept = DialogueTemplate.objects.filter(pk=int(said)).first() if said.isdecimal() and len(said) < 10 else None
    return kept.template if kept else None


def _after(request: ResearcherRequest, action: str) -> dict[str, Any]:
    """The editor's fields after a button, with the way back."""
    before = steps_of(request.POST)
    if action == UNDO:
        return _drawn(_read(request.POST.get("before", "")), focus="add")
    after = edited(before, action)
    way_back = _written(before) if after.steps != before else request.POST.get("before", "")
    return {**_drawn(after.steps, after.focus), "before": way_back}


def _drawn(steps: Steps, focus: str = "") -> dict[str, Any]:
    """What the fields and what stands beside them are drawn from."""
    fields = as_fields(steps)
    shown = script(Template("", chosen(fields)))
    utterances = [
        {
            "index": index,
            "step": step,
            "line": line,
            "goals": [(goal, focus == f"u{index}-g{place}") for place, goal in enumerate(step.goals)],
            "groups": choices_for(step.speaker, step.goals),
            "focus": focus.removeprefix(f"u{index}-") if focus.startswith(f"u{index}-") else "",
        }
        for index, (step, line) in enumerate(zip(fields, shown.lines, strict=True))
    ]
    return {
        "utterances": utterances,
        "script": shown,
        "focus": focus,
        "speakers": SPEAKER_NAMES.items(),
        "most_goals": MOST_GOALS,
        "full": len(fields) >= MOST_UTTERANCES,
    }


def _draw(
    request: ResearcherRequest,
    kept: DialogueTemplate | None,
    name: str,
    steps: Steps,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    page = {"nav": "generate", "kept": kept, "name": name, "seen": state_of(kept) if kept else "", **_drawn(steps)}
    return render(request, "generation/template_edit.html", page | context, status=status)


def _written(steps: Steps) -> str:
    """Utterances on one line, for the way back."""
    return " ".join(map(str, steps))


def _read(line: str) -> Steps:
    """What was written so; of what was not, nothing."""
    try:
        steps = [Step.parse(token) for token in line.split()[:MOST_UTTERANCES]]
    except ValueError:
        return ()
    return tuple(Step(step.speaker, tuple(goal for goal in step.goals if goal in GOALS)) for step in steps)
