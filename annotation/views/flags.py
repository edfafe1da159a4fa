"""What annotators reported, and the units taken out. Nobody sees answers here: a decision must not know them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from annotation.access import has_judged_in
from annotation.forms.deciding import ExcludeForm, FindUnitForm
from annotation.models import Study, Unit
from annotation.services.excluding import exclude_unit, include_unit, keep_unit
from annotation.services.flagged import FlaggedUnit, first_left, flagged_unit, flagged_units, waiting_units
from annotation.services.material import instruments_of
from annotation.views.unit_screen import unit_screen
from crsapp.accounts.access import ResearcherRequest, researcher_required

P = ParamSpec("P")


def deciding(
    view: Callable[Concatenate[ResearcherRequest, Study, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """For researchers who do not judge in the study themselves: others' words would sway their answers."""

    @wraps(view)
    def guarded(request: ResearcherRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        study = get_object_or_404(Study, slug=slug)
        if study.state == Study.State.OPEN and has_judged_in(request, study):
            return render(request, "annotation/flags_none.html", {"nav": "studies", "study": study}, status=403)
        return view(request, study, *args, **kwargs)

    refusing: Callable[..., HttpResponseBase] = guarded
    return researcher_required(refusing)


@deciding
@require_GET
def flag_list(request: ResearcherRequest, study: Study) -> HttpResponse:
    page = flagged_units(study, page=request.GET.get("page", "1"))
    context = {
        "nav": "studies",
        "study": study,
        "page": page,
        "lines": page.object_list,
        "waiting": waiting_units(study),
        "find": FindUnitForm(study=study),
    }
    return render(request, "annotation/flag_list.html", context)


@deciding
@require_GET
def unit_find(request: ResearcherRequest, study: Study) -> HttpResponse:
    """From a block and a number to that unit's page."""
    form = FindUnitForm(request.GET, study=study)
    if not form.is_valid():
        messages.error(request, _("There is no such unit in this study. Beside each block stands which it has."))
        return redirect("annotation:flag-list", study.slug)
    return redirect("annotation:study-unit", study.slug, form.cleaned_data["block"], form.cleaned_data["unit"])


@deciding
@require_GET
def study_unit(request: ResearcherRequest, study: Study, block: int, number: int) -> HttpResponse:
    """A unit as annotators see it, what they say is wrong with it, and the decision."""
    return _page(request, study, _unit(study, block, number), ExcludeForm())


@deciding
@require_POST
def unit_exclude(request: ResearcherRequest, study: Study, block: int, number: int) -> HttpResponseBase:
    unit, form = _unit(study, block, number), ExcludeForm(request.POST)
    if not form.is_valid():
        return _page(request, study, unit, form, status=400)
    exclude_unit(unit=unit, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("Excluded: nobody is asked about it any more, and no figure counts it."))
    return redirect("annotation:study-unit", study.slug, block, number)


@deciding
@require_POST
def unit_include(request: ResearcherRequest, study: Study, block: int, number: int) -> HttpResponseBase:
    include_unit(unit=_unit(study, block, number), by=request.user)
    messages.success(request, _("Included again. Both stay on the study's record."))
    return redirect("annotation:study-unit", study.slug, block, number)


@deciding
@require_POST
def unit_keep(request: ResearcherRequest, study: Study, block: int, number: int) -> HttpResponseBase:
    settled = keep_unit(unit=_unit(study, block, number), by=request.user)
    if settled:
        told = ngettext("Kept, and %(n)s report settled.", "Kept, and %(n)s reports settled.", settled)
        messages.success(request, told % {"n": settled})
    return redirect("annotation:flag-list", study.slug)


def _unit(study: Study, block: int, number: int) -> Unit:
    units = Unit.objects.select_related("block__study", "first", "second")
    return get_object_or_404(units, block__study=study, block__number=block, number=number)


def _page(
    request: ResearcherRequest, study: Study, unit: Unit, form: ExcludeForm, *, status: int = 200
) -> HttpResponse:
    flagged = flagged_unit(unit)
    context = {"nav": "studies", "study": study, "flagged": flagged, "form": form, **_shown(flagged)}
    return render(request, "annotation/study_unit.html", context, status=status)


def _shown(flagged: FlaggedUnit) -> dict[str, Any]:
    """The dialogues in one order, and each report with whether its annotator saw them the other way round."""
    unit, straight = flagged.unit, first_left(flagged)
    exhibits = [unit.first] if unit.second is None else [unit.first, unit.second]
    if not straight:
        exhibits.reverse()
    screen = unit_screen(
        instruments=instruments_of(unit.block), contents=[exhibit.content for exhibit in exhibits], reveal="whole"
    )
    side = flagged.flags[0].assignment.side if flagged.flags else None
    reports = [(flag, flag.assignment.side != side) for flag in flagged.flags]
    return {"sides": screen.sides, "reports": reports}
