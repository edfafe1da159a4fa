"""Templates as files: taken away, and brought along."""

import json

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import ngettext

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.forms.templates import TemplateFileForm, TemplateFilterForm
from generation.reviews.template_files import TemplateFileError, as_csv, as_json, read_templates
from generation.services.templates import Brought, bring_templates

LAYOUTS = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "json": ("application/json", lambda templates: json.dumps(as_json(templates), ensure_ascii=False, indent=2)),
}
SHOWN_PROBLEMS = 20


@researcher_required
def template_export(request: ResearcherRequest, layout: str) -> HttpResponse:
    """The templates that the filters of the browser leave."""
    if layout not in LAYOUTS:
        raise Http404("Templates are written as csv or json.")
    kind, written = LAYOUTS[layout]
    templates = [one.template for one in TemplateFilterForm(request.GET).wanted().found()]
    response = HttpResponse(written(templates), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="templates.{layout}"'
    return response


@researcher_required
def template_import(request: ResearcherRequest) -> HttpResponse:
    form = TemplateFileForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            brought = bring_templates(templates=read_templates(form.cleaned_data["file"]), by=request.user)
        except TemplateFileError as error:
            problems = error.problems
        else:
            messages.success(request, in_words(brought))
            return redirect(f"{reverse('generate:template-list')}?kind=own")
    context = {
        "nav": "generate",
        "form": form,
        "problems": problems[:SHOWN_PROBLEMS],
        "more": max(0, len(problems) - SHOWN_PROBLEMS),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "generation/template_import.html", context, status=status)


def in_words(brought: Brought) -> str:
    made, unfinished = len(brought.made), brought.unfinished
    said = [ngettext("%(n)d template imported.", "%(n)d templates imported.", made) % {"n": made}]
    if brought.known:
        said.append(
            ngettext("%(n)d was here already.", "%(n)d were here already.", brought.known) % {"n": brought.known}
        )
    if unfinished:
        said.append(
            ngettext(
                "%(n)d needs changes before dialogues can be made from it.",
                "%(n)d need changes before dialogues can be made from them.",
                unfinished,
            )
            % {"n": unfinished}
        )
    return " ".join(said)
