from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from annotation.models import Judgment, Study
from annotation.services.amending import amendments_shown
from crsapp.accounts.access import ResearcherRequest, researcher_required
from evaluation.access import Sight, begin_look, looking_until, study_and_sight
from evaluation.figures import StudyFigures
from evaluation.forms import LookForm
from evaluation.reports import study_figures
from evaluation.sentences import headline
from evaluation.services import record_look
from evaluation.tables import block_page

AT_ONCE: Final = 20_000


@researcher_required
@require_safe
def results(request: ResearcherRequest, slug: str) -> HttpResponse:
    study, sight = study_and_sight(request, slug)
    if sight is Sight.NOTHING:
        return withheld(request, study)
    judged = Judgment.objects.filter(assignment__annotator__study=study).count()
    context = {
        "study": study,
        "nav": "studies",
        "blinded": sight is Sight.BLINDED,
        "looking_until": looking_until(request, study),
        "form": LookForm(),
        "judged": judged,
        "later": judged > AT_ONCE,
    }
    if judged and not context["later"]:
        context |= _figures(study, study_figures(study, unblinded=sight is Sight.EVERYTHING))
    return render(request, "evaluation/results.html", context)


@researcher_required
@require_safe
def results_figures(request: ResearcherRequest, slug: str) -> HttpResponse:
    """The figures alone, which the page of a large study asks for when it stands."""
    study, sight = study_and_sight(request, slug)
    if sight is Sight.NOTHING:
        return withheld(request, study)
    figures = study_figures(study, unblinded=sight is Sight.EVERYTHING)
    return render(request, "evaluation/_figures.html", {"study": study, **_figures(study, figures)})


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
        context = {"study": study, "nav": "studies", "blinded": sight is Sight.BLINDED, "form": form, "only_form": True}
        return render(request, "evaluation/results.html", context, status=400)
    record_look(study=study, by=request.user, reason=form.cleaned_data["reason"], at="results")
    begin_look(request, study)
    messages.success(request, _("Your look is on the study's record."))
    return redirect("evaluation:results", study.slug)


def withheld(request: HttpRequest, study: Study) -> HttpResponse:
    """Whoever judges in an open study sees none of its results."""
    return render(request, "evaluation/results_withheld.html", {"study": study, "nav": "studies"}, status=403)


def _figures(study: Study, figures: StudyFigures) -> dict[str, object]:
    return {
        "amendments": amendments_shown(study),
        "removed": figures.removed,
        "removed_knowingly": any(one.knowingly for one in figures.removed),
        "withdrawn": figures.withdrawn,
        "blinded": figures.blinded,
        "sentences": headline(figures),
        "blocks": [block_page(block) for block in sorted(figures.blocks, key=lambda block: not block.preferences)],
    }
