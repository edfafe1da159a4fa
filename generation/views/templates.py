"""The browser of templates, built-in ones and own, and one of them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.forms.templates import TemplateFilterForm
from generation.models import DialogueTemplate
from generation.reviews.grammar import BUILT_IN
from generation.reviews.templates import Template
from generation.services.runs.acceptance import accepted_by_template
from generation.services.templates import archive_template, restore_template
from generation.template_scripts import goal_groups, script
from generation.views.fragments import draw

PER_PAGE = 24


@researcher_required
def template_list(request: ResearcherRequest) -> HttpResponse:
    form = TemplateFilterForm(request.GET)
    wanted = form.wanted()
    page = Paginator(wanted.found(), PER_PAGE).get_page(request.GET.get("page"))
    accepted = accepted_by_template([one.template.id for one in page])
    context = {
        "nav": "generate",
        "form": form,
        "wanted": wanted,
        "groups": goal_groups(),
        "page": page,
        "query": wanted.query,
        "scripts": [(one.kept, script(one.template), accepted.get(one.template.id)) for one in page],
        "any_own": DialogueTemplate.objects.exists(),
    }
    return draw(request, "generation/template_list.html", {"templates": "generation/_templates.html"}, context)


@researcher_required
def template_built_in(request: ResearcherRequest, name: str) -> HttpResponse:
    if name not in BUILT_IN:
        raise Http404("There is no such template.")
    return _detail(request, BUILT_IN[name], source=name)


@researcher_required
def template_detail(request: ResearcherRequest, pk: int) -> HttpResponse:
    kept = get_object_or_404(DialogueTemplate.objects.select_related("created_by"), pk=pk)
    return _detail(request, kept.template, source=kept.pk, kept=kept)


def _detail(request: ResearcherRequest, template: Template, **context: object) -> HttpResponse:
    accepted = accepted_by_template([template.id]).get(template.id)
    page = {"nav": "generate", "script": script(template), "accepted": accepted, **context}
    return render(request, "generation/template_detail.html", page)


@researcher_required
@require_POST
def template_archive(request: ResearcherRequest, pk: int) -> HttpResponse:
    archive_template(pk=get_object_or_404(DialogueTemplate, pk=pk).pk)
    return redirect("generate:template-detail", pk)


@researcher_required
@require_POST
def template_restore(request: ResearcherRequest, pk: int) -> HttpResponse:
    restore_template(pk=get_object_or_404(DialogueTemplate, pk=pk).pk)
    messages.success(request, _("The template is in use again."))
    return redirect("generate:template-detail", pk)
