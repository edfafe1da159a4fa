"""The pages of background work: a list, one job, and the fragments with which any page waits for one."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from crsapp.accounts.access import ResearcherRequest, researcher_required
from crsapp.jobs import services
from crsapp.jobs.models import Job
from crsapp.jobs.status import statuses

PAGE_SIZE = 50
PIECES_SHOWN = 50
INTERNAL = {"waits_for_pieces", "allow_failed"}


def get_job(pk: UUID) -> Job:
    return get_object_or_404(Job.objects.select_related("created_by", "parent"), pk=pk)


@require_GET
@researcher_required
def job_list(request: ResearcherRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    jobs = Job.objects.whole().select_related("created_by")
    if state in Job.State.values:
        jobs = jobs.filter(state=state)
    page = Paginator(jobs, PAGE_SIZE).get_page(request.GET.get("page"))
    found = statuses(page.object_list)
    context = {
        "nav": "jobs",
        "states": Job.State.choices,
        "state": state,
        "page": page,
        "statuses": found,
        "any_open": any(not status.job.is_over for status in found),
    }
    return render(request, "jobs/job_list.html", context)


@require_GET
@researcher_required
def detail(request: ResearcherRequest, pk: UUID) -> HttpResponse:
    job = get_job(pk)
    pieces = job.pieces.order_by("created")
    context = {
        "nav": "jobs",
        "job": job,
        "result": {name: value for name, value in job.result.items() if name not in INTERNAL},
        "pieces_total": pieces.count(),
        "pieces": statuses(pieces.exclude(state=Job.State.SUCCEEDED)[:PIECES_SHOWN]),
    }
    return render(request, "jobs/job_detail.html", context)


@never_cache
@require_GET
@researcher_required
def progress(request: ResearcherRequest, pk: UUID) -> HttpResponse:
    return job_fragment(request, get_job(pk))


@never_cache
@require_GET
@researcher_required
def worker(request: ResearcherRequest) -> HttpResponse:
    return render(request, "jobs/_worker.html", {"seen": request.GET.get("seen", "")})


@require_POST
@researcher_required
def cancel(request: ResearcherRequest, pk: UUID) -> HttpResponse:
    job = get_job(pk)
    if not services.request_cancel(job) and not request.htmx:
        messages.info(request, _("This job was already over."))
    return job_fragment(request, job) if request.htmx else redirect("jobs:detail", pk)


@require_POST
@researcher_required
def retry(request: ResearcherRequest, pk: UUID) -> HttpResponse:
    """Do it again. The page hears `job-again`, and may say no longer that it failed."""
    job = get_job(pk)
    if not services.retry(job) and not request.htmx:
        messages.info(request, _("This job is not one that failed or was cancelled, so there is nothing to retry."))
    if not request.htmx:
        return redirect("jobs:detail", pk)
    response = job_fragment(request, job)
    response.setdefault("HX-Trigger", "job-again")
    return response


def job_fragment(request: HttpRequest, job: Job) -> HttpResponse:
    """The waiting part of a page. With the last one the page hears `job-over` and may load what it waited for."""
    seen = {"seen": request.GET.get("seen", ""), "seen_worker": request.GET.get("worker", "")}
    response = render(request, "jobs/_job.html", {"job": job, **seen})
    if job.is_over:
        response["HX-Trigger"] = "job-over"
    return response
