"""The figures of a study split by an attribute of its dialogues: a part of the results page, a page, a file."""

from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from annotation.models import Study
from crsapp.accounts.access import ResearcherRequest, researcher_required
from evaluation.access import Sight, study_and_sight
from evaluation.attributes import Attribute
from evaluation.exports.writing import csv_pieces
from evaluation.reports.attributes import Attributes
from evaluation.reports.splits import study_split
from evaluation.split_page import COLUMNS, TEXT_COLUMNS, choices_of, split_blocks, split_rows, title_of
from evaluation.views.parts import is_within, part, turned_away
from evaluation.views.results import withheld

USUAL: Final = "task"


@researcher_required
@require_safe
def results_split(request: ResearcherRequest, slug: str) -> HttpResponse:
    """The picker and the split that is chosen; alone, or within the results page, whose address keeps the choice."""
    study, sight = study_and_sight(request, slug)
    why = _("A split tells systems apart. While the study is open, look at the results first.")
    if answer := turned_away(request, study, sight, why=why):
        return answer
    attributes = Attributes(study)
    wanted = _wanted(request)
    chosen = attributes.named(wanted) or (None if wanted else attributes.named(USUAL))
    context = {
        "choices": choices_of(attributes.offered),
        "chosen": chosen,
        "title": title_of(chosen) if chosen else "",
        "unknown": wanted if chosen is None else "",
        "split": split_blocks(study_split(study, attributes, chosen)) if chosen else [],
        "query": urlencode({"by": chosen.key}) if chosen else "",
        "report_query": urlencode({"split": chosen.key}) if chosen else "",
    }
    response = part(request, "split", study, context)
    if is_within(request) and chosen and "by" in request.GET:
        response["HX-Replace-Url"] = _address(request, study, chosen)
    return response


@researcher_required
@require_safe
def results_split_table(request: ResearcherRequest, slug: str) -> HttpResponseBase:
    """The numbers of a split as a file, to whoever may see them."""
    study, sight = study_and_sight(request, slug)
    if sight is Sight.NOTHING:
        return withheld(request, study)
    if sight is Sight.BLINDED:
        return redirect("evaluation:results-split", study.slug)
    attributes = Attributes(study)
    chosen = attributes.named(request.GET.get("by", ""))
    if chosen is None:
        raise Http404("No dialogue of this study has this attribute.")
    rows = split_rows(study_split(study, attributes, chosen))
    pieces = csv_pieces(COLUMNS, rows, text_columns=TEXT_COLUMNS)
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{study.slug}-split.csv"'
    return response


def _wanted(request: ResearcherRequest) -> str:
    """The key that was chosen, or that the address of the page around this part says."""
    if "by" in request.GET or not request.htmx:
        return request.GET.get("by", "")
    return parse_qs(urlsplit(request.htmx.current_url or "").query).get("split", [""])[0]


def _address(request: ResearcherRequest, study: Study, chosen: Attribute) -> str:
    """Where the same choice is found again: the results page, or this part as a page of its own."""
    alone = reverse("evaluation:results-split", args=[study.slug])
    if urlsplit(request.htmx.current_url or "").path == alone:
        return f"{alone}?{urlencode({'by': chosen.key})}"
    return f"{reverse('evaluation:results', args=[study.slug])}?{urlencode({'split': chosen.key})}#split"
