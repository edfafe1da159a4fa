"""Amending an open study: what may change, then the changes in words with a reason, then it is done."""

import json
from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from annotation.forms.amending import AmendForms, ReasonForm
from annotation.models import Study
from annotation.protocol import Protocol, from_dict, to_dict
from annotation.services.amending import amend_study, changes_of
from annotation.services.errors import AmendError
from annotation.services.material import protocol_of
from annotation.word_diff import shown_changes
from crsapp.accounts.access import ResearcherRequest, researcher_required


@researcher_required
@require_http_methods(["GET", "POST"])
def study_amend(request: ResearcherRequest, slug: str) -> HttpResponseBase:
    study = get_object_or_404(Study, slug=slug)
    if study.state != Study.State.OPEN:
        messages.info(request, _("Only an open study is amended. A draft is simply changed; a closed one is copied."))
        return redirect("annotation:study-detail", slug)
    in_force, do = protocol_of(study), request.POST.get("do", "")
    if do in {"confirm", "back"}:
        wanted = _wanted(request)
        if wanted is None or len(wanted.blocks) != len(in_force.blocks):
            messages.error(request, _("The changes could not be read. Please make them again."))
            return redirect("annotation:study-amend", slug)
        if do == "confirm":
            return _confirm(request, study, wanted)
        return _form(request, study, AmendForms(in_force, shown=wanted))
    if do != "review":
        return _form(request, study, AmendForms(in_force))
    page = AmendForms(in_force, request.POST)
    if not page.is_valid():
        return _form(request, study, page, status=422)
    return _review(request, study, page.protocol(), ReasonForm())


def _wanted(request: ResearcherRequest) -> Protocol | None:
    """The protocol that the page of changes brings back."""
    try:
        return from_dict(json.loads(request.POST.get("wanted", "")), draft=True)
    except (ValueError, RecursionError):  # ProtocolError is a ValueError
        return None


def _confirm(request: ResearcherRequest, study: Study, wanted: Protocol) -> HttpResponseBase:
    form, seen = ReasonForm(request.POST), request.POST.get("seen", "")
    if not form.is_valid():
        return _review(request, study, wanted, form, status=422)
    try:
        amendment = amend_study(
            study=study, protocol=wanted, reason=form.cleaned_data["reason"], by=request.user, seen=seen
        )
    except AmendError as error:
        study.refresh_from_db()
        if study.state != Study.State.OPEN:
            messages.error(request, str(error))
            return redirect("annotation:study-detail", study.slug)
        return _review(request, study, wanted, form, status=409, problem=str(error))
    messages.success(request, _("Amendment %(n)s is in force, and on record.") % {"n": amendment.number})
    return redirect("annotation:study-detail", study.slug)


def _form(request: ResearcherRequest, study: Study, page: AmendForms, *, status: int = 200) -> HttpResponse:
    context = {"nav": "studies", "study": study, "page": page, "has_errors": status != 200}
    return render(request, "annotation/study_amend.html", context, status=status)


def _review(
    request: ResearcherRequest,
    study: Study,
    wanted: Protocol,
    form: ReasonForm,
    *,
    status: int = 200,
    problem: str = "",
) -> HttpResponse:
    found = changes_of(study, wanted)
    more = _places_more(study, wanted)
    context = {
        "nav": "studies",
        "study": study,
        "changes": shown_changes(asdict(change) for change in found),
        "refused": any(change.refusal for change in found),
        "more": more,
        "texts_changed": any(change.path in {("guidelines",), ("consent",)} for change in found),
        "form": form,
        "problem": problem,
        "wanted": json.dumps(to_dict(wanted)),
    }
    return render(request, "annotation/study_amend_review.html", context, status=status)


def _places_more(study: Study, wanted: Protocol) -> str:
    """How many more judgments of a unit this asks for."""
    before = sum(block.units * block.annotators for block in protocol_of(study).blocks)
    more = sum(block.units * block.annotators for block in wanted.blocks) - before
    if more <= 0:
        return ""
    words = ngettext("%(n)s more unit is to be judged.", "%(n)s more units are to be judged.", more)
    return words % {"n": f"{more:,}"}
