"""Everything that happened to one unit: each answer of each annotator, replaced ones too, reports and exclusions."""

from collections import defaultdict
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from annotation.models import Assignment, Exhibit, Judgment, Study, Unit
from annotation.services.recording import unit_lines
from annotation.views.event_words import detail_words, event_words, pseudonyms
from crsapp.accounts.access import ResearcherRequest, researcher_required
from evaluation.access import Sight, study_and_sight
from evaluation.views.judgments import Labelled, labelled
from evaluation.views.results import withheld


@dataclass(frozen=True)
class Work:
    """One annotator's work on the unit: its answers with their titles and labels, the last word on each included."""

    assignment: Assignment
    answers: list[Labelled]
    counted: bool
    left: Exhibit
    right: Exhibit | None


@researcher_required
@require_safe
def unit_history(request: ResearcherRequest, slug: str, block: int, number: int) -> HttpResponse:
    study, sight = study_and_sight(request, slug)
    if sight is Sight.NOTHING:
        return withheld(request, study)
    if sight is Sight.BLINDED:
        messages.info(request, _("Judgments name their datasets. While the study is open, look at the results first."))
        return redirect("evaluation:results", study.slug)
    exhibits = [f"{side}__{part}" for side in ("first", "second") for part in ("dialogue", "dataset")]
    units = Unit.objects.select_related("block__study", *exhibits).defer("first__content", "second__content")
    unit = get_object_or_404(units, block__study=study, block__number=block, number=number)
    annotators = pseudonyms(study)
    context = {
        "study": study,
        "nav": "studies",
        "unit": unit,
        "work": _work(study, unit),
        "lines": [
            (line, event_words(line.kind), detail_words(line.detail, annotators))
            for line in unit_lines(study, block=block, unit=number)
        ],
        "amendments": list(study.amendments.order_by("number")),
    }
    return render(request, "evaluation/unit_history.html", context)


def _work(study: Study, unit: Unit) -> list[Work]:
    rows = unit.assignments.select_related("annotator", "slot").prefetch_related("flags__settled_by")
    answers: dict[int, list[Labelled]] = defaultdict(list)
    given = (
        Judgment.objects.filter(assignment__unit=unit)
        .select_related("assignment__unit")
        .order_by("assignment", "sequence")
    )
    for answer in labelled(study, list(given)):
        answers[answer.judgment.assignment_id].append(answer)
    work = []
    for assignment in rows.order_by("started", "pk"):
        left, right = unit.first, unit.second
        if right is not None and assignment.side == Assignment.Side.SECOND_LEFT:
            left, right = right, left
        slot = getattr(assignment, "slot", None)
        counted = slot is not None and not slot.withheld
        work.append(Work(assignment, answers[assignment.pk], counted, left, right))
    return work
