"""One label for each unit: how many have which, as a part of the results page."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crsapp.accounts.access import ResearcherRequest, researcher_required
from evaluation.access import study_and_sight
from evaluation.label_words import label_tables
from evaluation.reports.labels import study_labels
from evaluation.views.parts import part, turned_away


@researcher_required
@require_safe
def results_labels(request: ResearcherRequest, slug: str) -> HttpResponse:
    """Within the results page, or alone for whoever has no scripts."""
    study, sight = study_and_sight(request, slug)
    why = _("Labels tell systems apart. While the study is open, look at the results first.")
    if answer := turned_away(request, study, sight, why=why):
        return answer
    return part(request, "labels", study, {"blocks": label_tables(study_labels(study))})
