"""Everything that changed a study or unblinded somebody, oldest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from annotation.chain import Line, chain_problems
from annotation.models import Study
from annotation.services.recording import record_json, record_lines
from annotation.services.removal_reasons import reasons, told
from annotation.views.event_words import detail_words, event_words, pseudonyms
from crsapp.accounts.access import ResearcherRequest, researcher_required

PAGE: Final = 100


@dataclass(frozen=True)
class RecordLine:
    """A line in words; `details` are names and short values."""

    line: Line
    words: str
    details: list[tuple[str, str]]

    def has(self, search: str) -> bool:
        """Does it say this, as it is shown?"""
        texts = [self.words, self.line.who, *(f"{name} {value}" for name, value in self.details)]
        return search.casefold() in " ".join(texts).casefold()


@researcher_required
@require_GET
def study_record(request: ResearcherRequest, slug: str) -> HttpResponse:
    study = get_object_or_404(Study, slug=slug)
    kind, search = request.GET.get("kind", ""), request.GET.get("search", "").strip()
    lines = list(record_lines(study))
    shown = [line for line in lines if kind in {"", line.kind}]
    annotators, kept = pseudonyms(study), reasons(study)
    if search:
        shown = [line for line in shown if _in_words(line, annotators, kept).has(search)]
    page: Page[Any] = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    page.object_list = [_in_words(line, annotators, kept) for line in page.object_list]
    context = {
        "nav": "studies",
        "study": study,
        "page": page,
        "count": len(lines),
        "last": lines[-1] if lines else None,
        "problems": list(chain_problems(study.slug, lines)),
        "kinds": sorted(((one, event_words(one)) for one in {line.kind for line in lines}), key=lambda pair: pair[1]),
        "kind": kind,
        "search": search,
    }
    return render(request, "annotation/study_record.html", context)


def _in_words(line: Line, annotators: Mapping[int, str], kept: Mapping[int, str]) -> RecordLine:
    details = detail_words(told(line.number, line.detail, kept), annotators)
    return RecordLine(line, event_words(line.kind), details)


@researcher_required
@require_GET
def study_record_file(request: ResearcherRequest, slug: str) -> StreamingHttpResponse:
    """The record as JSON lines, with what it takes to check it elsewhere."""
    study = get_object_or_404(Study, slug=slug)
    response = StreamingHttpResponse(
        (f"{line}\n" for line in record_json(study)), content_type="application/x-ndjson; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{study.slug}-record.jsonl"'
    return response
