"""Every call on record: all of them by what they were, one to the letter, and as JSON lines."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.forms.calls import CallFilterForm
from generation.llm.money import money, shown
from generation.models import Attempt, Call, Enquiry, GenerationRun, ProfilePool
from generation.models.calls import CallQuerySet
from generation.services.enquiries.steering import title_of

PER_PAGE: Final = 50
AT_ONCE: Final = 500
WRITTEN: Final = (
    "pk", "subject", "attempt", "state", "outcome", "prompt_name", "prompt_version", "prompt_digest", "messages",
    "settings", "answer", "finish_reason", "error", "tokens_in", "tokens_out", "assumed", "seconds",
)  # fmt: skip


@researcher_required
def call_list(request: ResearcherRequest) -> HttpResponse:
    """Newest first, from the one named by `before` on: a page costs the same however many there are."""
    form = CallFilterForm(request.GET)
    found = form.found()
    before = request.GET.get("before", "")
    older = found.filter(pk__lt=int(before)) if before.isascii() and before.isdecimal() and len(before) < 19 else found
    calls = list(older.select_related("endpoint").defer("messages", "answer").order_by("-pk")[: PER_PAGE + 1])
    totals = found.totals()
    context = {
        "nav": "models",
        "form": form,
        "query": form.query,
        "asked_for": _asked_for(form.wanted()),
        "lines": [(call, shown(money(call.cost))) for call in calls[:PER_PAGE]],
        "next": calls[PER_PAGE - 1].pk if len(calls) > PER_PAGE else None,
        "is_first": older is found,
        "totals": totals,
        "cost": shown(money(totals["total_cost"])),
        "any": bool(calls) or Call.objects.exists(),
    }
    return render(request, "generation/call_list.html", context)


def _asked_for(wanted: Mapping[str, Any]) -> tuple[str, str] | None:
    """For what the calls were made that are looked at: its name and its page."""
    if run := GenerationRun.objects.filter(pk=wanted.get("run", 0)).select_related("dataset").first():
        return str(run), reverse("generate:run-detail", args=[run.pk])
    if pool := ProfilePool.objects.filter(pk=wanted.get("pool", 0)).first():
        return str(pool), reverse("generate:pool-detail", args=[pool.pk])
    if enquiry := Enquiry.objects.filter(pk=wanted.get("enquiry", 0)).select_related("dataset").first():
        return title_of(enquiry), reverse("generation:enquiry-detail", args=[enquiry.dataset.slug, enquiry.pk])
    return None


@researcher_required
def call_detail(request: ResearcherRequest, pk: int) -> HttpResponse:
    call = get_object_or_404(Call.objects.select_related("endpoint"), pk=pk)
    context = {
        "nav": "models",
        "call": call,
        "cost": money(call.cost),
        "made": Attempt.objects.filter(calls=call).select_related("run__dataset", "planned").first(),
    }
    return render(request, "generation/call_detail.html", context)


@researcher_required
def call_export(request: ResearcherRequest) -> StreamingHttpResponse:
    """The calls that the filters leave, oldest first, one a line."""
    lines = _lines(CallFilterForm(request.GET).found())
    return StreamingHttpResponse(
        lines,
        content_type="application/x-ndjson",
        headers={"Content-Disposition": 'attachment; filename="calls.jsonl"', "Cache-Control": "no-store"},
    )


def _lines(found: CallQuerySet) -> Iterator[bytes]:
    for call in found.select_related("endpoint").order_by("pk").iterator(chunk_size=AT_ONCE):
        line: dict[str, Any] = {name: getattr(call, name) for name in WRITTEN}
        line |= {"endpoint": call.endpoint.name, "cost": str(money(call.cost)), "created": call.created.isoformat()}
        yield json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
