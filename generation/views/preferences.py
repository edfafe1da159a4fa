"""The preferences of a dataset: a word cloud and a table for each task, files of both, and where each was found."""

from typing import Any, Final

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crsapp.accounts.access import ResearcherRequest, researcher_required
from crsapp.jobs.models import Job
from crsapp.jobs.status import status_of
from generation.forms.enquiries import PreferencesForm
from generation.llm.money import money
from generation.models import Dataset, Endpoint, Enquiry, PhraseGroup
from generation.preferences.cloud import Cloud, as_file, laid_out
from generation.preferences.counting import Table
from generation.preferences.phrases import entry_of
from generation.services.enquiries.estimating import estimate
from generation.services.enquiries.kinds import EnquiryError
from generation.services.enquiries.steering import start_enquiry
from generation.services.preferences import (
    TAKE,
    Source,
    has_filed,
    places,
    sources,
    tables,
    take_from_file,
    task_sizes,
)

PER_PAGE: Final = 25
WORDS: Final = 60
WORDS_NARROW: Final = 28
WIDE: Final = {"width": 800, "height": 420, "smallest": 13, "largest": 54}
NARROW: Final = {"width": 340, "height": 420, "smallest": 12, "largest": 34}


@researcher_required
def preference_list(request: ResearcherRequest, slug: str) -> HttpResponse:
    dataset = get_object_or_404(Dataset.objects.with_counts(), slug=slug)
    found = sources(dataset)
    context: dict[str, Any] = {
        "nav": "datasets",
        "dataset": dataset,
        "sources": found,
        "asked": dataset.enquiries.filter(kind=Enquiry.Kind.PREFERENCES).select_related("endpoint").with_counts(),
        "taking": _taking(dataset),
        "has_filed": has_filed(dataset),
    }
    if found:
        context |= _shown(request, dataset, found)
    return render(request, "generation/preference_list.html", context)


def _shown(request: ResearcherRequest, dataset: Dataset, found: list[Source]) -> dict[str, Any]:
    source = _source(request, found)
    tasks = list(task_sizes(dataset))
    task = request.GET.get("task", "")
    task = task if task in tasks else tasks[0]
    with_profiles = request.GET.get("profiles") != "0"
    (table,) = tables(dataset, source, with_profiles=with_profiles, task=task)
    query = request.GET.copy()
    query.pop("page", None)
    page = Paginator(table.rows, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "source": source,
        "tasks": tasks,
        "task": task,
        "table": table,
        "with_profiles": with_profiles,
        "entry": entry_of(task),
        "page": page,
        "rows": [(row, 100 * row.dialogues / max(1, table.dialogues)) for row in page],
        "query": query.urlencode(),
        "clouds": [cloud_of(table), cloud_of(table, narrow=True)],
        "suggestions": PhraseGroup.objects.filter(dataset=dataset, state=PhraseGroup.State.SUGGESTED).count(),
    }


def _source(request: ResearcherRequest, found: list[Source]) -> Source:
    wanted = request.GET.get("from", "")
    return next((source for source in found if source.key == wanted), found[0])


def _taking(dataset: Dataset) -> dict[str, Any] | None:
    job = Job.objects.open().filter(kind=TAKE, arguments__dataset=dataset.pk).first()
    return {"job": job, "status": status_of(job)} if job else None


def cloud_of(table: Table, *, narrow: bool = False) -> Cloud:
    weighted = tuple((row.name, row.dialogues) for row in table.rows[: WORDS_NARROW if narrow else WORDS])
    return laid_out(weighted, **(NARROW if narrow else WIDE))


@require_POST
@researcher_required
def preference_take(request: ResearcherRequest, slug: str) -> HttpResponse:
    dataset = get_object_or_404(Dataset, slug=slug)
    take_from_file(dataset=dataset, by=request.user)
    return redirect("generation:preference-list", slug)


@researcher_required
def preference_new(request: ResearcherRequest, slug: str) -> HttpResponse:
    """First what it would come to, then the start."""
    dataset = get_object_or_404(Dataset.objects.with_counts(), slug=slug)
    form = PreferencesForm(request.POST or None)
    looked: dict[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        what: dict[str, Any] = {"dataset": dataset, "kind": Enquiry.Kind.PREFERENCES, "endpoint": said["endpoint"]}
        what["settings"] = {"profiles": said["profiles"]}
        if "start" in request.POST:
            try:
                enquiry = start_enquiry(**what, **form.limits._asdict(), by=request.user)
                return redirect("generation:enquiry-detail", slug, enquiry.pk)
            except EnquiryError as error:
                form.add_error(None, str(error))
        else:
            come_to = estimate(**what)
            costs = {"likely": money(come_to.money), "most": money(come_to.most_money)}
            looked = {"found": come_to, **costs, "endpoint": said["endpoint"]}
    context = {
        "nav": "datasets",
        "dataset": dataset,
        "form": form,
        "looked": looked,
        "has_endpoints": Endpoint.objects.in_use().exists(),
    }
    return render(request, "generation/preference_new.html", context, status=422 if form.errors else 200)


@researcher_required
def preference_cloud(request: ResearcherRequest, slug: str) -> HttpResponse:
    """The cloud of a task as a file."""
    dataset, source = _dataset_and_source(request, slug)
    task = request.GET.get("task", "")
    if task not in task_sizes(dataset):
        raise Http404
    (table,) = tables(dataset, source, with_profiles=request.GET.get("profiles") != "0", task=task)
    title = _("Preferences in %(name)s") % {"name": f"{dataset} · {task}" if task else dataset}
    answer = HttpResponse(as_file(cloud_of(table), title), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'attachment; filename="{dataset.slug}-preferences.svg"'
    return answer


@researcher_required
def preference_places(request: ResearcherRequest, slug: str) -> HttpResponse:
    """Where one preference was found."""
    dataset, source = _dataset_and_source(request, slug)
    name, task = request.GET.get("name", "")[:100], request.GET.get("task", "")[:200]
    page = Paginator(places(dataset, source, name, task), PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "nav": "datasets",
        "dataset": dataset,
        "name": name,
        "task": task,
        "source": source,
        "page": page,
        "query": query.urlencode(),
    }
    return render(request, "generation/preference_places.html", context)


def _dataset_and_source(request: ResearcherRequest, slug: str) -> tuple[Dataset, Source]:
    dataset = get_object_or_404(Dataset, slug=slug)
    found = sources(dataset)
    if not found:
        raise Http404
    return dataset, _source(request, found)
