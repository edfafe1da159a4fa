from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from annotation.models import Judgment, Study
from annotation.services.material import instruments_of
from crsapp.accounts.access import ResearcherRequest, researcher_required
from evaluation.access import Sight, study_and_sight
from evaluation.forms import JudgmentFilterForm
from evaluation.views.results import withheld

PAGE = 100


@researcher_required
@require_safe
def judgments(request: ResearcherRequest, slug: str) -> HttpResponse:
    study, sight = study_and_sight(request, slug)
    if sight is Sight.NOTHING:
        return withheld(request, study)
    if sight is Sight.BLINDED:
        messages.info(request, _("Judgments name their datasets. While the study is open, look at the results first."))
        return redirect("evaluation:results", study.slug)
    form = JudgmentFilterForm(request.GET, study=study)
    rows = Judgment.objects.filter(assignment__annotator__study=study).order_by("assignment__unit_id", "pk")
    page = Paginator(form.filtered(rows), PAGE).get_page(request.GET.get("page"))
    shown = page.object_list.select_related(  # type: ignore[attr-defined]
        "assignment__annotator",
        "assignment__slot",
        "assignment__unit__block",
        "assignment__unit__first__dialogue",
        "assignment__unit__first__dataset",
        "assignment__unit__second__dialogue",
        "assignment__unit__second__dataset",
    ).defer("assignment__unit__first__content", "assignment__unit__second__content")
    context = {"study": study, "nav": "studies", "form": form, "page": page, "rows": _labelled(study, list(shown))}
    return render(request, "evaluation/judgments.html", context)


def _labelled(study: Study, rows: list[Judgment]) -> list[tuple[Judgment, str, str]]:
    """Each judgment with the title of its criterion and the name of its answer."""
    titles: dict[tuple[str, str], str] = {}
    labels: dict[tuple[str, str, int | None], str] = {}
    for block in study.blocks.select_related("study"):
        for instrument in instruments_of(block):
            for criterion in instrument.criteria:
                titles[instrument.slug, criterion.key] = criterion.title
                for option in criterion.options:
                    labels[instrument.slug, criterion.key, option.value] = option.label
    return [
        (
            row,
            titles.get((row.instrument, row.criterion), row.criterion),
            labels.get((row.instrument, row.criterion, row.value), ""),
        )
        for row in rows
    ]
