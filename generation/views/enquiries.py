"""An enquiry with how it stands, and what steers it: pause, resume, end, limits, try again, delete."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crsapp.accounts.access import ResearcherRequest, researcher_required
from crsapp.jobs.status import in_words, status_of
from generation.forms.runs import LimitsForm
from generation.llm.money import money
from generation.models import AskedText, Enquiry
from generation.services.enquiries import steering
from generation.services.enquiries.kinds import EnquiryError
from generation.transcript import language_name
from generation.views.fragments import draw

POLL_SECONDS: Final = 2
FAILURES_SHOWN: Final = 20
EXAMPLES: Final = 3
BADGES: Final = {"running": "accent", "paused": "warn", "cancelled": "", "complete": "good", "deleted": ""}


def get_enquiry(slug: str, pk: int) -> Any:
    """With the counts of its texts."""
    found = Enquiry.objects.select_related("dataset", "endpoint", "budget", "job", "created_by").with_counts()
    return get_object_or_404(found, dataset__slug=slug, pk=pk)


@researcher_required
def enquiry_detail(request: ResearcherRequest, slug: str, pk: int) -> HttpResponse:
    enquiry = get_enquiry(slug, pk)
    budget, job = enquiry.budget, enquiry.job
    stopping = enquiry.state != Enquiry.State.RUNNING and job is not None and not job.is_over
    left = _seconds_left(enquiry)
    failures = enquiry.texts.failed().select_related("utterance__dialogue", "dialogue", "person")
    context = {
        "nav": "datasets",
        "dataset": enquiry.dataset,
        "enquiry": enquiry,
        "language": language_name(enquiry.language) if enquiry.language else "",
        "seen": request.GET.get("seen", ""),
        "badge": BADGES[enquiry.state],
        "total": _total(enquiry),
        "over": _total(enquiry) - enquiry.to_do_count,
        "time_left": in_words(left) if left is not None else "",
        "spent": money(budget.money_spent),
        "limit": None if budget.money_limit is None else money(budget.money_limit),
        "budget": budget,
        "limits": LimitsForm(initial=LimitsForm.initial_of(budget)),
        "failures": list(failures.order_by("n")[:FAILURES_SHOWN]),
        "examples": _examples(enquiry),
        "stopping": stopping,
        "moving": enquiry.state == Enquiry.State.RUNNING or stopping,
        "status": status_of(job) if job else None,
        "poll_seconds": POLL_SECONDS,
    }
    return draw(request, "generation/enquiry_detail.html", {"enquiry": "generation/_enquiry.html"}, context)


def _total(enquiry: Any) -> int:
    return int(enquiry.to_do_count + enquiry.done_count + enquiry.failed_count)


def _seconds_left(enquiry: Any) -> float | None:
    """At the pace since it was last started; None where that says nothing yet."""
    if enquiry.state != Enquiry.State.RUNNING or enquiry.resumed is None or not enquiry.all_planned:
        return None
    done = _total(enquiry) - enquiry.to_do_count - enquiry.done_before
    elapsed = (timezone.now() - enquiry.resumed) / timedelta(seconds=1)
    return elapsed * enquiry.to_do_count / done if done >= 1 and elapsed >= 2 else None


def _examples(enquiry: Enquiry) -> list[AskedText]:
    """The utterances that were translated last."""
    if enquiry.kind != Enquiry.Kind.TRANSLATION:
        return []
    done = enquiry.texts.done().filter(what=AskedText.What.UTTERANCE).exclude(digest="")
    examples = list(done.select_related("utterance__dialogue").order_by("-n")[:EXAMPLES])
    for one in examples:
        if one.utterance:
            one.translated = one.utterance.translations.get(enquiry.language, "")  # type: ignore[attr-defined]
    return examples


@require_POST
@researcher_required
def enquiry_pause(request: ResearcherRequest, slug: str, pk: int) -> HttpResponse:
    why = _("Paused by %(name)s.") % {"name": request.user}
    return _steered(request, slug, pk, lambda enquiry: steering.pause(enquiry, why=why))


@require_POST
@researcher_required
def enquiry_resume(request: ResearcherRequest, slug: str, pk: int) -> HttpResponse:
    return _steered(request, slug, pk, lambda enquiry: steering.resume(enquiry, by=request.user))


@require_POST
@researcher_required
def enquiry_cancel(request: ResearcherRequest, slug: str, pk: int) -> HttpResponse:
    return _steered(request, slug, pk, steering.cancel)


@require_POST
@researcher_required
def enquiry_retry(request: ResearcherRequest, slug: str, pk: int) -> HttpResponse:
    """Everything that failed, or the text of one number."""
    said = request.POST.get("n", "")
    number = int(said) if said.isdecimal() and len(said) < 10 else None
    return _steered(request, slug, pk, lambda enquiry: steering.retry_failed(enquiry, number=number, by=request.user))


@require_POST
@researcher_required
def enquiry_delete(request: ResearcherRequest, slug: str, pk: int) -> HttpResponse:
    return _steered(request, slug, pk, lambda enquiry: steering.delete_results(enquiry, by=request.user))


@require_POST
@researcher_required
def enquiry_limits(request: ResearcherRequest, slug: str, pk: int) -> HttpResponse:
    form = LimitsForm(request.POST)
    if not form.is_valid():
        get_enquiry(slug, pk)
        messages.error(request, _("A limit is a number above 0, or empty."))
        return redirect("generation:enquiry-detail", slug, pk)
    words = _("The limits are changed. Resume to go on.")
    limits = form.limits._asdict()
    return _steered(request, slug, pk, lambda enquiry: steering.raise_limits(enquiry, **limits), words)


def _steered(
    request: ResearcherRequest, slug: str, pk: int, steer: Callable[[Enquiry], object], done: str = ""
) -> HttpResponse:
    enquiry = get_enquiry(slug, pk)
    try:
        steer(enquiry)
        if done:
            messages.success(request, done)
    except EnquiryError as error:
        messages.error(request, capfirst(str(error)))
    return redirect("generation:enquiry-detail", slug, pk)
