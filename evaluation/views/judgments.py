from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from annotation.instruments import Criterion
from annotation.models import Exhibit, Judgment, Study
from annotation.services.material import instruments_of
from crsapp.accounts.access import ResearcherRequest, researcher_required
from evaluation.access import Sight, study_and_sight
from evaluation.judgment_filter import JudgmentFilterForm
from evaluation.views.results import withheld
from generation.rendering import shown_text

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
    context = {"study": study, "nav": "studies", "form": form, "page": page, "rows": labelled(study, list(shown))}
    return render(request, "evaluation/judgments.html", context)


class Labelled(NamedTuple):
    """A judgment with the title of its criterion, the name of its answer where it says more than the value, the value,
    and the words it marks."""

    judgment: Judgment
    title: str
    label: str
    value: float | None
    marked: str


def labelled(study: Study, rows: list[Judgment]) -> list[Labelled]:
    """Each of these judgments, read with its assignment and unit, in words."""
    marked = _marked(rows)
    asked: dict[tuple[str, str], Criterion] = {}
    for block in study.blocks.select_related("study"):
        for instrument in instruments_of(block):
            asked |= {(instrument.slug, criterion.key): criterion for criterion in instrument.criteria}
    return [
        Labelled(row, *_said(asked.get((row.instrument, row.criterion)), row), marked.get(row.pk, "")) for row in rows
    ]


def _marked(rows: list[Judgment]) -> dict[int, str]:
    """The words that judgments mark, by their keys."""
    spans = [row for row in rows if row.span_start is not None and row.place >= 0]
    shown = Exhibit.objects.in_bulk({row.assignment.unit.first_id for row in spans})
    texts = {row.pk: shown[row.assignment.unit.first_id].content["turns"][row.place]["text"] for row in spans}
    return {row.pk: shown_text(texts[row.pk])[row.span_start : row.span_end] for row in spans}


def _said(criterion: Criterion | None, row: Judgment) -> tuple[str, str, float | None]:
    if criterion is None:
        return row.criterion, "", row.value
    value = None if row.value is None else criterion.number(row.value)
    label = next((option.label for option in criterion.options if option.value == row.value), "")
    return criterion.title, "" if label == str(value) else label, value
