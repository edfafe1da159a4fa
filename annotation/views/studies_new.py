"""Where a study begins: from scratch, from the paper's design, from a protocol file, or as a copy."""

import secrets
from dataclasses import replace
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from annotation.forms.starting import CopyForm, FileForm, PaperForm, ScratchForm
from annotation.models import Study
from annotation.protocol import Protocol
from annotation.services.drafts import free_slug
from annotation.services.errors import StudyError
from annotation.services.frames import dataset_choices
from annotation.services.studies import copy_study, create_study
from annotation.starts import start, with_datasets
from crsapp.accounts.access import ResearcherRequest, researcher_required

PAPER_START: Final = "llm_redial"


@researcher_required
@require_http_methods(["GET", "POST"])
def study_new(request: ResearcherRequest) -> HttpResponseBase:
    datasets = dataset_choices()
    chosen = request.POST.get("start", "")
    all_forms = _forms(request, datasets, chosen)
    if chosen in all_forms and all_forms[chosen].is_valid():
        try:
            study = _begin(request, all_forms[chosen])
        except StudyError as error:
            all_forms[chosen].add_error(None, str(error))
        else:
            return redirect("annotation:study-edit", study.slug, "compare")
    context = {
        "nav": "studies",
        "forms": all_forms,
        "chosen": chosen,
        "datasets": datasets,
        "has_studies": Study.objects.exists(),
        "paper": start(PAPER_START),
    }
    return render(request, "annotation/study_new.html", context, status=422 if chosen else 200)


def _forms(request: ResearcherRequest, datasets: list[tuple[str, str]], chosen: str) -> dict[str, forms.Form]:
    posted = {chosen: request.POST}
    known = [slug for slug, _name in datasets]
    asked = [slug for name in ("first", "second") if (slug := request.GET.get(name)) in known]
    own = list(dict.fromkeys([*asked, *known]))[:2]
    pairing = request.GET.get("pairing", "random")
    initial = {
        "title": start(PAPER_START).title,
        "pairing": pairing,
        **dict(zip(("first", "second"), own, strict=False)),
    }
    return {
        "paper": PaperForm(posted.get("paper"), prefix="paper", datasets=datasets, initial=initial),
        "scratch": ScratchForm(posted.get("scratch"), prefix="scratch"),
        "file": FileForm(posted.get("file"), request.FILES if chosen == "file" else None, prefix="file"),
        "copy": CopyForm(posted.get("copy"), prefix="copy"),
    }


def _begin(request: ResearcherRequest, form: forms.Form) -> Study:
    if isinstance(form, CopyForm):
        return copy_study(study=form.cleaned_data["study"], by=request.user)
    if isinstance(form, FileForm) and form.protocol is not None:
        slug = free_slug(form.protocol.slug or form.protocol.title)
        study = create_study(protocol=form.protocol, by=request.user, slug=slug)
        messages.success(request, _("The protocol was read. Look through it; nothing is open yet."))
        return study
    protocol = _protocol(form)
    return create_study(protocol=protocol, by=request.user, slug=free_slug(protocol.title))


def _protocol(form: forms.Form) -> Protocol:
    """A new draft; its seed is drawn once, here, and then part of the protocol."""
    title, seed = form.cleaned_data["title"], secrets.randbelow(1_000_000)
    if isinstance(form, PaperForm):
        datasets = [form.cleaned_data["first"], form.cleaned_data["second"]]
        made = with_datasets(start(PAPER_START), datasets, matched_by=form.matched_by)
        return replace(made, title=title, seed=seed)
    return replace(start("blank"), title=title, seed=seed)
