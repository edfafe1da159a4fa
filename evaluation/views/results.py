from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotation.models import Judgment, Study
from annotation.services.amending import amendments_shown
from crsapp.accounts.access import ResearcherRequest, researcher_required
from evaluation.access import Sight, begin_look, looking_until, study_and_sight
from evaluation.asked import asked
from evaluation.details import details
from evaluation.figures import StudyFigures
from evaluation.forms import LookForm
from evaluation.headline import headline
from evaluation.reports import figures_now, kept_figures, study_figures
from evaluation.services import record_look
from evaluation.tables import block_page

AT_ONCE: Final = 20_000
"""Figures of no more judgments than this come with the page; of more, after it."""


@researcher_required
@require_safe
def results(request: ResearcherRequest, slug: str) -> HttpResponse:
    """The frame, and the figures with it where they are known already, few, or asked for with `?now=1`."""
    study, sight = study_and_sight(request, slug)
    if sight is Sight.NOTHING:
        return withheld(request, study)
    unblinded = sight is Sight.EVERYTHING
    rows = Judgment.objects.filter(assignment__annotator__study=study)
    judged = rows.order_by()[: AT_ONCE + 1].count()
    figures = kept_figures(study, unblinded=unblinded) if judged else None
    if judged and figures is None and (judged <= AT_ONCE or "now" in request.GET):
        figures = figures_now(study, unblinded=unblinded)
    context = {
        "study": study,
        "nav": "studies",
        "blinded": not unblinded,
        "looking_until": looking_until(request, study),
        "form": LookForm(),
        "export_form": export_form(),
        "exporting": "export" in request.GET,
        "judged": judged,
        "asked": asked(study),
        **(_shown(study, figures) | _details(figures) if figures else {"later": True}),
    }
    return render(request, "evaluation/results.html", context)


@researcher_required
@require_safe
def results_figures(request: ResearcherRequest, slug: str) -> HttpResponse:
    """What the page of a large study asks for first: answers, means and distributions, with their intervals."""
    study, sight = study_and_sight(request, slug)
    if sight is Sight.NOTHING:
        return withheld(request, study)
    unblinded = sight is Sight.EVERYTHING
    figures = kept_figures(study, unblinded=unblinded)
    context = _details(figures) if figures else {}
    figures = figures or study_figures(study, unblinded=unblinded, brief=True)
    return render(request, "evaluation/_figures.html", {"study": study, **_shown(study, figures), **context})


@researcher_required
@require_safe
def results_details(request: ResearcherRequest, slug: str) -> HttpResponse:
    """What it asks for then: agreement, superiority, annotators, time. All of it is kept for the next look."""
    study, sight = study_and_sight(request, slug)
    if sight is Sight.NOTHING:
        return withheld(request, study)
    figures = figures_now(study, unblinded=sight is Sight.EVERYTHING)
    context = {"study": study, "blinded": figures.blinded, **_details(figures)}
    return render(request, "evaluation/_details.html", context)


@researcher_required
@require_POST
def look(request: ResearcherRequest, slug: str) -> HttpResponse:
    study, sight = study_and_sight(request, slug)
    if sight is Sight.NOTHING:
        return withheld(request, study)
    form = LookForm(request.POST)
    if study.state != Study.State.OPEN:
        return redirect("evaluation:results", study.slug)
    if not form.is_valid():
        context = {
            "study": study,
            "nav": "studies",
            "blinded": sight is Sight.BLINDED,
            "form": form,
            "export_form": export_form(),
            "only_form": True,
        }
        return render(request, "evaluation/results.html", context, status=400)
    record_look(study=study, by=request.user, reason=form.cleaned_data["reason"], at="results")
    begin_look(request, study)
    messages.success(request, _("Your look is on the study's record."))
    return redirect("evaluation:results", study.slug)


def export_form() -> LookForm:
    """The reason of an export; it stands on one page with that of a look."""
    form = LookForm(auto_id="export_%s")
    form.fields["reason"].label = _("Why do you export it now?")
    return form


def withheld(request: HttpRequest, study: Study) -> HttpResponse:
    """Whoever judges in an open study sees none of its results."""
    return render(request, "evaluation/results_withheld.html", {"study": study, "nav": "studies"}, status=403)


def _shown(study: Study, figures: StudyFigures) -> dict[str, Any]:
    return {
        "amendments": amendments_shown(study),
        "removed": figures.removed,
        "removed_knowingly": any(one.knowingly for one in figures.removed),
        "withdrawn": figures.withdrawn,
        "blinded": figures.blinded,
        "sentences": headline(figures),
        "blocks": [
            block_page(block, whole=False) for block in sorted(figures.blocks, key=lambda block: not block.preferences)
        ],
    }


def _details(figures: StudyFigures) -> dict[str, Any]:
    found = details(figures)
    return {
        "details": found,
        "superiority": any(block.superiority for block in found),
    }
