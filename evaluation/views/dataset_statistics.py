"""What datasets are made of, side by side."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crsapp.accounts.access import ResearcherRequest, researcher_required
from crsapp.jobs.models import Job
from evaluation.dataset_figures import DatasetComparison
from evaluation.dataset_page import TOKENISER_WORDS, rows
from evaluation.dataset_statistics import TOKENISERS
from evaluation.exports.dataset_table import WRITERS, columns_of, method
from evaluation.forms import DatasetStatisticsForm
from evaluation.label_page import label_page
from evaluation.reports.datasets import state_of, utterances_in
from evaluation.services.dataset_statistics import AT_ONCE, count_in_background, count_now, job_of, kept
from generation.models import Dataset
from generation.views.fragments import draw

FRAGMENTS: Final = {"statistics": "evaluation/_dataset_statistics.html"}
COPIES: Final = (("markdown", "Markdown"), ("latex", "LaTeX"), ("csv", "CSV"))


@researcher_required
@require_safe
def dataset_statistics(request: ResearcherRequest) -> HttpResponse:
    """Small datasets are counted when the page asks for their table; of large ones it says how to have them counted."""
    form = DatasetStatisticsForm(request.GET or None)
    there = Dataset.objects.visible().exists()
    context: dict[str, Any] = {"nav": "datasets", "form": form, "there": there, "bad": form.is_bound}
    if form.is_valid():
        asks = request.htmx.target in FRAGMENTS or "now" in request.GET
        context |= {"bad": False, "query": form.query, **_statistics(form, asks=asks)}
    return draw(request, "evaluation/dataset_statistics.html", FRAGMENTS, context)


@researcher_required
@require_POST
def dataset_statistics_count(request: ResearcherRequest) -> HttpResponse:
    """Have them counted in the background."""
    form = DatasetStatisticsForm(request.POST)
    page = reverse("evaluation:dataset-statistics")
    if not form.is_valid():
        messages.error(request, _("Choose which datasets are to be counted."))
        return redirect(page)
    state = state_of(form.datasets, form.cut_by, keep_case=form.case_kept)
    if kept(state, form.datasets) is None:
        count_in_background(form.datasets, form.cut_by, keep_case=form.case_kept, by=request.user)
    return redirect(f"{page}?{form.query}")


def _statistics(form: DatasetStatisticsForm, *, asks: bool) -> dict[str, Any]:
    """The table; or the job that makes it; or `small` and `utterances`, of what nobody has counted yet."""
    how = {"keep_case": form.case_kept}
    state = state_of(form.datasets, form.cut_by, **how)
    found = kept(state, form.datasets)
    if found is not None:
        return _table(found)
    job = job_of(state)
    if job is not None and job.state != Job.State.CANCELLED:
        return {"job": job}
    utterances = utterances_in(form.datasets)
    if utterances <= AT_ONCE and asks:
        return _table(count_now(form.datasets, form.cut_by, **how))
    return {"small": utterances <= AT_ONCE, "utterances": utterances}


def _table(found: DatasetComparison) -> dict[str, Any]:
    return {
        "columns": columns_of(found),
        "label_pages": [page for one in found.datasets if (page := label_page(one.name, one.labels))],
        "rows": rows(found),
        "method": method(found),
        "tokeniser": found.tokeniser,
        "rule": TOKENISERS[found.tokeniser].rule,
        "rule_words": TOKENISER_WORDS[found.tokeniser],
        "keep_case": found.keep_case,
        "copies": [(title, WRITERS[name](found)) for name, title in COPIES],
    }
