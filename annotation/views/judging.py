"""An annotator at work. Looking never writes; taking a unit, answering and finishing are posts."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from annotation.access import annotator_at, annotator_required
from annotation.models import Annotator, Assignment
from annotation.services.assignments import claim, submit
from annotation.services.errors import StudyError, SubmitError
from annotation.services.judging import record_answers
from annotation.views.judging_screens import page_context, parts_context
from annotation.views.sent_answers import SentError, read_sent


@never_cache
@require_GET
def judge(request: HttpRequest, address: str) -> HttpResponse:
    """The working page: what the annotator has before them now."""
    annotator = annotator_at(request, address)
    if annotator is None:
        return render(request, "annotation/enter_back.html", status=401)
    return render(request, "annotation/judge.html", page_context(request, annotator, address))


@require_GET
@annotator_required
def judge_screen(request: HttpRequest, annotator: Annotator) -> HttpResponse:
    """The same as parts of the page."""
    return _parts(request, annotator)


@require_POST
@annotator_required
def judge_next(request: HttpRequest, annotator: Annotator) -> HttpResponse:
    """Take the next unit, or go on with the one in hand."""
    return _parts(request, annotator, asked=_take(annotator))


@require_GET
@annotator_required
def judge_earlier(request: HttpRequest, annotator: Annotator, public_id: UUID) -> HttpResponse:
    """A finished unit again, to be changed while the study is open."""
    earlier = get_object_or_404(annotator.assignments.exclude(submitted=None), public_id=public_id)
    return _parts(request, annotator, earlier=earlier)


@require_POST
@annotator_required
def judge_answers(request: HttpRequest, annotator: Annotator) -> HttpResponse:
    """Keep answers; the receipt names each that is kept."""
    try:
        sent = read_sent(request.body)
    except SentError as error:
        return JsonResponse({"problem": str(error)}, status=400)
    assignment = _own(annotator, sent.assignment)
    if assignment is None:
        gone = _("This is no longer yours to judge; its answer could not be kept.")
        refused = [{"client_key": str(answer.client_key), "reason": gone} for answer in sent.answers]
        return JsonResponse({"saved": [], "refused": refused, "state": "gone"})
    receipt = record_answers(assignment=assignment, answers=sent.answers, active_seconds=sent.active_seconds)
    refused = [{"client_key": str(one.client_key), "reason": one.reason} for one in receipt.refused]
    return JsonResponse({"saved": [str(key) for key in receipt.saved], "refused": refused, "state": receipt.state})


@require_POST
@annotator_required
def judge_submit(request: HttpRequest, annotator: Annotator) -> HttpResponse:
    """Finish a unit and take the next; done twice it does no harm."""
    try:
        sent = read_sent(request.body)
        assignment = _own(annotator, sent.assignment)
        finished = assignment and submit(assignment=assignment, active_seconds=sent.active_seconds)
    except SentError as error:
        return JsonResponse({"problem": str(error)}, status=400)
    except SubmitError as error:
        if not error.missing:  # the study was closed: the page says so
            return _parts(request, annotator)
        return JsonResponse({"message": str(error), "missing": len(error.missing)}, status=409)
    return _parts(request, annotator, asked=_take(annotator), finished=finished)


@never_cache
@require_GET
def judge_ticket(request: HttpRequest, address: str) -> JsonResponse:
    """A fresh form token, and whether this browser is (still, or again) the annotator's."""
    return JsonResponse({"token": get_token(request), "welcome": annotator_at(request, address) is not None})


def _take(annotator: Annotator) -> bool:
    """Whether the queue could be asked; if not (a crowd at this moment), the page offers to start again."""
    try:
        claim(annotator=annotator)
    except StudyError:
        return False
    return True


def _own(annotator: Annotator, public_id: UUID) -> Assignment | None:
    assignments = annotator.assignments.select_related("unit__block__study", "unit__first", "annotator")
    return assignments.filter(public_id=public_id).first()


def _parts(request: HttpRequest, annotator: Annotator, **what: Any) -> HttpResponse:
    return render(request, "annotation/_judge_parts.html", parts_context(annotator, **what))
