"""A study copied as a pilot."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from annotation.forms.starting import PilotForm
from annotation.models import Study
from annotation.services.errors import StudyError
from annotation.services.pilots import copy_as_pilot
from crsapp.accounts.access import ResearcherRequest, researcher_required


@researcher_required
@require_POST
def study_pilot(request: ResearcherRequest, slug: str) -> HttpResponseBase:
    study = get_object_or_404(Study, slug=slug)
    form = PilotForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say how many dialogues of each sample the pilot shows, from 1."))
        return redirect("annotation:study-detail", slug)
    try:
        pilot = copy_as_pilot(study=study, size=form.cleaned_data["size"], by=request.user)
    except StudyError as error:
        messages.error(request, str(error))
        return redirect("annotation:study-detail", slug)
    messages.success(request, _("This is the pilot. Look through it and open it; the study leaves out what it shows."))
    return redirect("annotation:study-edit", pilot.slug, "compare")


def pilot_context(study: Study) -> dict[str, Any]:
    """What `annotation/_study_pilots.html` needs."""
    may_have_one = study.state == Study.State.DRAFT and study.pilot_of is None
    return {"pilots": list(study.pilots.order_by("created")), "pilot_form": PilotForm() if may_have_one else None}
