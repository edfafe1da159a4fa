"""Datasets: all of them, one of them, what may be said about it, and its end."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.formats import FORMATS
from generation.forms.datasets import DatasetDeleteForm, DatasetForm
from generation.models import Dataset, Import
from generation.services.datasets import DatasetError, delete_dataset
from generation.services.splitting import parts_of, split_dataset, splitting_of, systems_of
from generation.views.figures import figures
from generation.views.fragments import draw

PER_PAGE = 48
FAILED_FOR = timedelta(days=7)


@researcher_required
def dataset_list(request: ResearcherRequest) -> HttpResponse:
    search = request.GET.get("search", "").strip()[:200]
    datasets = Dataset.objects.visible().with_counts().with_origin().order_by("name")
    if search:
        named = Q(name__icontains=search) | Q(description__icontains=search) | Q(domain__icontains=search)
        datasets = datasets.filter(named)
    imports = open_imports()
    context = {
        "nav": "datasets",
        "search": search,
        "datasets": Paginator(datasets, PER_PAGE).get_page(request.GET.get("page")),
        "imports": imports,
        "moving": any(one.state in {Import.State.CHECKING, Import.State.RUNNING} for one in imports),
        "formats": FORMATS.all.values(),
        "query": urlencode({"search": search}) if search else "",
    }
    fragments = {"datasets": "generation/_datasets.html", "open-imports": "generation/_open_imports.html"}
    response = draw(request, "generation/dataset_list.html", fragments, context)
    if request.htmx.target == "open-imports" and not context["moving"]:
        response["HX-Refresh"] = "true"
    return response


def open_imports() -> list[Import]:
    """Those that run, wait for somebody's word, or failed of late."""
    state = Import.State
    failed = Q(state=state.FAILED, created__gte=timezone.now() - FAILED_FOR)
    going_on = Q(state__in=[state.CHECKING, state.CHECKED, state.RUNNING])
    return list(Import.objects.filter(going_on | failed).select_related("dataset", "job")[:50])


@researcher_required
def dataset_detail(request: ResearcherRequest, slug: str) -> HttpResponse:
    dataset = get_object_or_404(Dataset.objects.with_counts().with_origin(), slug=slug)
    context: dict[str, Any] = {
        "nav": "datasets",
        "dataset": dataset,
        **_systems(dataset),
        "imports": dataset.imports.exclude(state=Import.State.DISCARDED).select_related("created_by"),
    }
    if request.htmx.target == "figures" or "figures" in request.GET:
        context |= figures(dataset)
    fragments = {"figures": "generation/_figures.html", "systems": "generation/_dataset_systems.html"}
    return draw(request, "generation/dataset_detail.html", fragments, context)


def _systems(dataset: Dataset) -> dict[str, Any]:
    """Which systems its dialogues name, and how far it is split into a dataset for each."""
    systems = systems_of(dataset)
    splitting = splitting_of(dataset) if len(systems) > 1 else None
    parts = parts_of(dataset) if len(systems) > 1 and splitting is None else {}
    return {"systems": [(name, count, parts.get(name)) for name, count in systems.items()], "splitting": splitting}


@require_POST
@researcher_required
def dataset_split(request: ResearcherRequest, slug: str) -> HttpResponse:
    dataset = get_object_or_404(Dataset, slug=slug)
    try:
        split_dataset(dataset=dataset, by=request.user)
    except DatasetError as error:
        messages.error(request, str(error))
        return redirect("generation:dataset-detail", slug=slug)
    return redirect(reverse("generation:dataset-detail", args=[slug]) + "#systems")


@researcher_required
def dataset_edit(request: ResearcherRequest, slug: str) -> HttpResponse:
    dataset = get_object_or_404(Dataset, slug=slug)
    name = dataset.name
    form = DatasetForm(request.POST or None, instance=dataset)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The details are saved."))
        return redirect("generation:dataset-detail", slug=slug)
    return render(
        request, "generation/dataset_edit.html", {"nav": "datasets", "form": form, "slug": slug, "name": name}
    )


@researcher_required
def dataset_delete(request: ResearcherRequest, slug: str) -> HttpResponse:
    dataset = get_object_or_404(Dataset.objects.with_counts(), slug=slug)
    form = DatasetDeleteForm(request.POST or None, dataset=dataset)
    context = {"nav": "datasets", "form": form, "dataset": dataset}
    if request.method == "POST" and form.is_valid():
        try:
            delete_dataset(dataset=dataset, by=request.user)
        except DatasetError as error:
            return render(request, "generation/dataset_delete.html", {**context, "refusal": error}, status=409)
        messages.success(request, _("“%(name)s” is deleted.") % {"name": dataset.name})
        return redirect("generation:dataset-list")
    return render(request, "generation/dataset_delete.html", context)
