"""A dataset's reviews: how they are prepared, what is left of them, and whose they are."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import capfirst

from crsapp.accounts.access import ResearcherRequest, researcher_required
from generation.forms.review_settings import SettingsForm
from generation.models import Dataset, Preparation, PreparedReview
from generation.reviews.settings import Settings
from generation.services.reviews.prepared import in_use, people_with_dialogue
from generation.services.reviews.preparing import (
    TRIED_AT_MOST,
    PreparingError,
    review_count,
    review_imports,
    start_preparation,
    suggested_settings,
    try_out,
)
from generation.services.reviews.surveying import day_of
from generation.views.fragments import draw
from generation.views.funnels import funnel, query_of, what_helps, where_nothing_is_left

PEOPLE_PER_PAGE = 50
Bucket = PreparedReview.Bucket


def _dataset(slug: str) -> Dataset:
    return get_object_or_404(Dataset.objects.visible(), slug=slug)


@researcher_required
def review_settings(request: ResearcherRequest, slug: str) -> HttpResponse:
    """Settings and what they leave: tried at once where that is quick, kept when somebody says so."""
    dataset = _dataset(slug)
    latest = dataset.preparations.exclude(state=Preparation.State.FAILED).select_related("job").first()
    start = Settings.of(latest.settings) if latest else suggested_settings(dataset)
    said = request.POST if request.method == "POST" else request.GET
    form = SettingsForm(said if "tried" in said else None, settings=start)
    if request.method == "POST" and form.is_valid():
        try:
            start_preparation(dataset=dataset, settings=form.settings, by=request.user)
            return redirect("generation:review-settings", slug=slug)
        except PreparingError as error:
            messages.error(request, capfirst(str(error)))
    count = review_count(dataset)
    context = {
        "nav": "datasets",
        "dataset": dataset,
        "form": form,
        "count": count,
        "imports": review_imports(dataset),
        "can_try": count <= TRIED_AT_MOST,
        "running": latest if latest and latest.state == Preparation.State.RUNNING else None,
        "used": in_use(dataset),
        "history": dataset.preparations.select_related("created_by")[:10],
        "shown": _shown(dataset, form, latest, start) if count else None,
    }
    fragments = {"review-settings": "generation/_review_settings.html"}
    return draw(request, "generation/review_settings.html", fragments, context)


def _shown(dataset: Dataset, form: SettingsForm, latest: Preparation | None, start: Settings) -> dict[str, Any] | None:
    """The funnel of what was tried just now; else of the latest preparation; else of the settings one begins with."""
    if form.is_bound and not form.is_valid():
        return None
    settings = form.settings if form.is_bound else start
    kept = latest is not None and bool(latest.report) and settings == Settings.of(latest.settings)
    if kept and latest is not None:
        report = latest.report
    elif review_count(dataset) <= TRIED_AT_MOST:
        report = try_out(dataset, settings)
    else:
        return None
    return {
        "report": report,
        "rows": funnel(report, settings),
        "kept": kept and latest is not None and latest.state == Preparation.State.COMPLETE,
        "empty_after": where_nothing_is_left(report),
        "helps": what_helps(report, settings),
        "query": query_of(settings),
    }


@researcher_required
def reviewer_list(request: ResearcherRequest, slug: str) -> HttpResponse:
    """Who gets a dialogue, with the numbers of their likes, dislikes and might-likes."""
    dataset = _dataset(slug)
    used = in_use(dataset)
    page = Paginator(people_with_dialogue(used) if used else dataset.people.none(), PEOPLE_PER_PAGE).get_page(
        request.GET.get("page")
    )
    counts = {bucket: Count("pk", filter=Q(bucket=bucket)) for bucket in Bucket.values}
    own = PreparedReview.objects.filter(preparation=used, person__in=[person.pk for person in page])
    by_person = {row["person"]: row for row in own.order_by().values("person").annotate(**counts)}
    context = {
        "nav": "datasets",
        "dataset": dataset,
        "used": used,
        "page": page,
        "people": [(person, by_person[person.pk]) for person in page],
    }
    return draw(request, "generation/reviewer_list.html", {}, context)


@researcher_required
def reviewer_detail(request: ResearcherRequest, slug: str, pk: int) -> HttpResponse:
    """What somebody likes, might like and dislikes, in order of time."""
    dataset = _dataset(slug)
    used = in_use(dataset)
    if used is None:
        raise Http404
    person = get_object_or_404(dataset.people, pk=pk)
    own = list(used.reviews.filter(person=person).select_related("interaction__item").order_by("position"))
    buckets = (Bucket.LIKE, Bucket.MIGHT_LIKE, Bucket.DISLIKE, Bucket.NEUTRAL)
    context = {
        "nav": "datasets",
        "dataset": dataset,
        "person": person,
        "buckets": [
            (bucket, [(one.interaction, day_of(one.interaction.at)) for one in own if one.bucket == bucket])
            for bucket in buckets
        ],
    }
    return draw(request, "generation/reviewer_detail.html", {}, context)
