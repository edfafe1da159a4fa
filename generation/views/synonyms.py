"""Synonyms of a dataset's phrases on one page: suggested, confirmed, merged, split, renamed, and undone."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.forms.enquiries import EnquiryForm
from generation.models import Dataset, Endpoint, Enquiry, PhraseGroup
from generation.services import phrase_groups
from generation.services.enquiries.kinds import EnquiryError
from generation.services.enquiries.steering import start_enquiry
from generation.services.phrase_groups import GroupingError
from generation.services.preferences import loose_phrases

SUGGESTED_SHOWN: Final = 40
GROUPS_A_PAGE: Final = 50
LOOSE_SHOWN: Final = 120
MOST_CHOSEN: Final = 500
State = PhraseGroup.State


@researcher_required
def synonym_list(request: ResearcherRequest, slug: str) -> HttpResponse:
    dataset = get_object_or_404(Dataset, slug=slug)
    groups = PhraseGroup.objects.filter(dataset=dataset).prefetch_related("phrases").order_by("name")
    search = request.GET.get("search", "").strip()[:100].lower()
    loose = loose_phrases(dataset)
    confirmed = groups.filter(state=State.CONFIRMED)
    if search:
        loose = {phrase: count for phrase, count in loose.items() if search in phrase}
        confirmed = confirmed.filter(phrases__phrase__contains=search).distinct()
    suggested = groups.filter(state=State.SUGGESTED)
    context = {
        "nav": "datasets",
        "dataset": dataset,
        "search": search,
        "suggested": suggested[:SUGGESTED_SHOWN],
        "suggested_total": suggested.count(),
        "page": Paginator(confirmed, GROUPS_A_PAGE).get_page(request.GET.get("page")),
        "loose": list(loose.items())[:LOOSE_SHOWN],
        "loose_total": len(loose),
        "last": phrase_groups.last_step(dataset),
        "asked": dataset.enquiries.filter(kind=Enquiry.Kind.SYNONYMS).first(),
        "has_endpoints": Endpoint.objects.in_use().exists(),
        "form": EnquiryForm(),
        "query": f"search={search}" if search else "",
        "has_preferences": dataset.preferences.exists(),
    }
    return render(request, "generation/synonym_list.html", context)


@require_POST
@researcher_required
def synonym_suggest(request: ResearcherRequest, slug: str) -> HttpResponse:
    """By the words of the phrases, at once."""

    def suggest(dataset: Dataset) -> None:
        count = phrase_groups.suggest(dataset=dataset, by=request.user)
        words = ngettext("%(n)d group is suggested.", "%(n)d groups are suggested.", count) % {"n": count}
        messages.success(request, words if count else _("No phrases were found that look the same."))

    return _done(request, slug, suggest)


@require_POST
@researcher_required
def synonym_ask(request: ResearcherRequest, slug: str) -> HttpResponse:
    """Of a model, in the background."""
    dataset = get_object_or_404(Dataset, slug=slug)
    form = EnquiryForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose who is asked. A limit is a number above 0, or empty."))
        return redirect("generation:synonym-list", slug)
    what: dict[str, Any] = {
        "dataset": dataset,
        "kind": Enquiry.Kind.SYNONYMS,
        "endpoint": form.cleaned_data["endpoint"],
    }
    try:
        enquiry = start_enquiry(**what, **form.limits._asdict(), by=request.user)
    except EnquiryError as error:
        messages.error(request, str(error))
        return redirect("generation:synonym-list", slug)
    return redirect("generation:enquiry-detail", slug, enquiry.pk)


@require_POST
@researcher_required
def synonym_confirm(request: ResearcherRequest, slug: str) -> HttpResponse:
    keys = _keys(request)
    return _done(request, slug, lambda dataset: phrase_groups.confirm(dataset=dataset, keys=keys, by=request.user))


@require_POST
@researcher_required
def synonym_dissolve(request: ResearcherRequest, slug: str) -> HttpResponse:
    keys = _keys(request)
    return _done(request, slug, lambda dataset: phrase_groups.dissolve(dataset=dataset, keys=keys, by=request.user))


@require_POST
@researcher_required
def synonym_drop(request: ResearcherRequest, slug: str) -> HttpResponse:
    return _done(request, slug, lambda dataset: phrase_groups.drop_suggested(dataset=dataset, by=request.user))


@require_POST
@researcher_required
def synonym_rename(request: ResearcherRequest, slug: str, pk: int) -> HttpResponse:
    name = request.POST.get("name", "")
    return _done(
        request, slug, lambda dataset: phrase_groups.rename(dataset=dataset, key=pk, name=name, by=request.user)
    )


@require_POST
@researcher_required
def synonym_split(request: ResearcherRequest, slug: str, pk: int) -> HttpResponse:
    out = request.POST.getlist("phrase")[:MOST_CHOSEN]
    return _done(
        request, slug, lambda dataset: phrase_groups.split(dataset=dataset, key=pk, phrases=out, by=request.user)
    )


@require_POST
@researcher_required
def synonym_merge(request: ResearcherRequest, slug: str) -> HttpResponse:
    keys, phrases = _keys(request), request.POST.getlist("phrase")[:MOST_CHOSEN]
    name = request.POST.get("name", "")

    def merge(dataset: Dataset) -> None:
        phrase_groups.merge(dataset=dataset, keys=keys, phrases=phrases, name=name, by=request.user)

    return _done(request, slug, merge)


@require_POST
@researcher_required
def synonym_undo(request: ResearcherRequest, slug: str) -> HttpResponse:
    said = request.POST.get("step", "")
    step = int(said) if said.isdecimal() and len(said) < 19 else 0

    def undo(dataset: Dataset) -> None:
        taken_back = phrase_groups.undo(dataset=dataset, step=step)
        messages.success(request, _("Undone: %(what)s") % {"what": taken_back.words})

    return _done(request, slug, undo)


def _keys(request: ResearcherRequest) -> list[int]:
    said = request.POST.getlist("group")[:MOST_CHOSEN]
    return [int(key) for key in said if key.isdecimal() and len(key) < 19]


def _done(request: ResearcherRequest, slug: str, change: Callable[[Dataset], object]) -> HttpResponse:
    dataset = get_object_or_404(Dataset, slug=slug)
    try:
        change(dataset)
    except GroupingError as error:
        messages.error(request, capfirst(str(error)))
    return redirect("generation:synonym-list", slug)
