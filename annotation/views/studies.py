"""A study as its researcher sees it: in the list, on its own page, and from draft to closed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from annotation.forms.starting import OpenLinkForm, PersonalLinksForm
from annotation.models import Study
from annotation.services.drafts import delete_draft
from annotation.services.errors import StudyError
from annotation.services.flagged import waiting_units
from annotation.services.frames import dataset_choices
from annotation.services.gate import standing
from annotation.services.listing import study_lines
from annotation.services.material import protocol_of
from annotation.services.participants import seats_left
from annotation.services.progress import study_progress
from annotation.services.studies import close_study, copy_study, open_study
from annotation.views.annotators import summary
from annotation.views.dataset_links import blocks_with, dataset_links
from annotation.views.links import link_lines
from annotation.views.studies_pilot import pilot_context
from crsapp.accounts.access import ResearcherRequest, researcher_required


@researcher_required
@require_GET
def study_list(request: ResearcherRequest) -> HttpResponse:
    search = request.GET.get("search", "").strip()
    page = study_lines(search=search, page=request.GET.get("page", "1"))
    context: dict[str, Any] = {"nav": "studies", "page": page, "lines": page.object_list, "search": search}
    if not page.object_list and not search:
        context["dataset_count"] = len(dataset_choices())
    return render(request, "annotation/study_list.html", context)


@researcher_required
@require_GET
def study_detail(request: ResearcherRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(Study.objects.select_related("pilot_of"), slug=slug)
    protocol = protocol_of(study)
    context: dict[str, Any] = {"nav": "studies", "study": study, "protocol": protocol, **pilot_context(study)}
    if study.state != Study.State.OPEN:  # while it is, nobody learns in passing what is compared
        named = dataset_links(protocol)
        context |= {"datasets": list(named.values()), "blocks": blocks_with(named, protocol.blocks)}
    if study.state != Study.State.DRAFT:
        context |= _progress(study) | summary(study)
        links = link_lines(request, study)
        context |= {
            "over": standing(study) == "over",
            "links": links,
            "full": seats_left(study) == 0,
            "personal_form": PersonalLinksForm(initial={"count": max(1, protocol.seats - links.in_use)}),
            "open_form": OpenLinkForm(initial={"cap": 20}),
        }
    return render(request, "annotation/study_detail.html", context)


@researcher_required
@require_GET
def study_progress_part(request: ResearcherRequest, slug: str) -> HttpResponse:
    """The part of the study's page that counts; it asks for itself again while the study is open."""
    study = get_object_or_404(Study, slug=slug)
    return render(request, "annotation/_study_progress.html", {"study": study, **_progress(study)})


def _progress(study: Study) -> dict[str, Any]:
    return {"progress": study_progress(study), "flagged": waiting_units(study)}


@researcher_required
@require_POST
def study_open(request: ResearcherRequest, slug: str) -> HttpResponseBase:
    """Open a draft. A second press finds it open, and says nothing."""
    study = get_object_or_404(Study, slug=slug)
    if study.state == Study.State.DRAFT:
        try:
            open_study(study=study, by=request.user)
        except StudyError as error:
            now = Study.objects.filter(pk=study.pk).first()
            if now is None or now.state == Study.State.DRAFT:
                messages.error(request, str(error))
                return redirect("annotation:study-edit", slug, "open") if now else redirect("annotation:study-list")
        else:
            messages.success(request, _("The study is open. Make links below and send them to your annotators."))
    return redirect("annotation:study-detail", slug)


@researcher_required
@require_POST
def study_close(request: ResearcherRequest, slug: str) -> HttpResponseBase:
    """Close an open study. A second press finds it closed, and says nothing."""
    study = get_object_or_404(Study, slug=slug)
    if study.state != Study.State.CLOSED:
        try:
            close_study(study=study, by=request.user)
        except StudyError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The study is closed. Nobody can answer any more; the results are ready."))
    return redirect("annotation:study-detail", slug)


@researcher_required
@require_POST
def study_copy(request: ResearcherRequest, slug: str) -> HttpResponseBase:
    study = get_object_or_404(Study, slug=slug)
    try:
        copied = copy_study(study=study, by=request.user)
    except StudyError as error:
        messages.error(request, str(error))
        return redirect("annotation:study-detail", slug)
    messages.success(request, _("This is a copy: change what you like, the original stays as it is."))
    return redirect("annotation:study-edit", copied.slug, "compare")


@researcher_required
@require_POST
def study_delete(request: ResearcherRequest, slug: str) -> HttpResponseBase:
    """Delete a draft. A second press finds nothing to delete, and says nothing."""
    study = Study.objects.filter(slug=slug).first()
    if study is not None:
        try:
            delete_draft(study=study)
        except StudyError as error:
            messages.error(request, str(error))
            return redirect("annotation:study-detail", slug)
        messages.success(request, _("The draft “%(title)s” was deleted.") % {"title": study.title or study.slug})
    return redirect("annotation:study-list")
