"""The annotator's screen, exactly, on one unit of a study; nothing that is answered there is saved."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from annotation.access import has_judged_in
from annotation.models import Study
from annotation.services.errors import StudyError
from annotation.services.looking import unit_to_look_at
from annotation.services.material import protocol_of
from annotation.views.judging_screens import preview_context
from crsapp.accounts.access import ResearcherRequest, researcher_required


@researcher_required
@require_GET
def study_preview(request: ResearcherRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(Study, slug=slug)
    protocol = protocol_of(study)
    block, unit = _number(request, "block"), _number(request, "unit")
    is_draft = study.state == Study.State.DRAFT
    way_out = reverse("annotation:study-edit", args=[slug, "open"]) if is_draft else study_address(study)
    context = {"nav": "studies", "study": study, "protocol": protocol, "way_out": way_out, "block_number": block}
    if study.state == Study.State.OPEN and has_judged_in(request, study):
        problem = _("You judge in this study: you see its dialogues when it is their turn, not before.")
        return render(request, "annotation/study_preview_none.html", {**context, "problem": problem}, status=403)
    if protocol.origin is not None:
        problem = _("These judgments were given elsewhere: nothing was shown here.")
        return render(request, "annotation/study_preview_none.html", {**context, "problem": problem})
    try:
        shown = unit_to_look_at(study, block=block, unit=unit)
    except StudyError as error:
        return render(request, "annotation/study_preview_none.html", {**context, "problem": str(error)})
    instruments = protocol.instruments_of(shown.block)
    if not instruments:
        problem = _("Block %(block)s asks nothing yet. Choose an instrument in step 2.") % {"block": block}
        return render(request, "annotation/study_preview_none.html", {**context, "problem": problem})
    context |= preview_context(
        title=study.title,
        instruments=instruments,
        contents=shown.contents,
        languages=shown.languages,
        reveal=shown.block.reveal,
        ties=shown.block.ties,
        guidelines=protocol.guidelines,
        way_out=way_out,
    )
    context |= {
        "unit_number": unit,
        "units": shown.units,
        "before": unit - 1,
        "after": unit + 1 if unit < shown.units else None,
    }
    return render(request, "annotation/study_preview.html", context)


def study_address(study: Study) -> str:
    return reverse("annotation:study-detail", args=[study.slug])


def _number(request: ResearcherRequest, name: str) -> int:
    text = request.GET.get(name, "1")
    return int(text) if text.isdecimal() and len(text) < 7 else 1
