"""An annotator at work. Looking never writes; taking a unit, answering and finishing are posts."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from annotation.access import annotator_at, annotator_or_404, annotator_required
from annotation.models import Annotator, Assignment
from annotation.services.assignments import claim, submit_and_claim
from annotation.services.errors import ClosedError, LeftError, OverError, StudyError, SubmitError
from annotation.services.flagging import report_unit, withdraw_report
from annotation.services.judging import Receipt, Refusal, record_answers
from annotation.services.texts import accept_texts, unread
from annotation.views.judging_screens import page_context, parts_context
from annotation.views.sent_answers import SentError, read_report, read_sent
from generation.services.prepared import Selecting

_OWN = Selecting(
    lambda given: Assignment.objects.filter(annotator=given.annotator, public_id=given.public_id).order_by()
)


@never_cache
@require_GET
def judge(request: HttpRequest, address: str) -> HttpResponse:
    """The working page: what the annotator has before them now."""
    annotator = annotator_at(request, address)
    if annotator is None:
        return render(request, "annotation/enter_back.html", status=401)
    return render(request, "annotation/judge.html", page_context(request, annotator, address))


@require_POST
def judge_accept(request: HttpRequest, address: str) -> HttpResponse:
    """The amended guidelines or consent were read, and are accepted; then on, with the page drawn anew."""
    annotator = annotator_or_404(request, address)
    accept_texts(annotator=annotator, seen=request.POST.get("seen", ""))
    return redirect("annotation:judge", address)


@require_GET
@annotator_required
def judge_screen(request: HttpRequest, annotator: Annotator) -> HttpResponse:
    """The same as parts of the page."""
    return _parts(request, annotator)


@require_POST
@annotator_required
def judge_next(request: HttpRequest, annotator: Annotator) -> HttpResponse:
    """Take the next unit, or go on with the one in hand."""
    return _parts(request, annotator, **_take(annotator))


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
        return _said(Receipt([], "gone", refused=[Refusal(answer.client_key, gone) for answer in sent.answers]))
    return _said(record_answers(assignment=assignment, answers=sent.answers, active_seconds=sent.active_seconds))


@require_POST
@annotator_required
def judge_report(request: HttpRequest, annotator: Annotator) -> HttpResponse:
    """Keep what is wrong with a unit, or take it back; the receipt is that of an answer."""
    try:
        sent = read_report(request.body)
    except SentError as error:
        return JsonResponse({"problem": str(error)}, status=400)
    assignment = _own(annotator, sent.assignment)
    if assignment is None:
        gone = _("This is no longer yours to judge; what you reported could not be kept.")
        return _said(Receipt([], "gone", refused=[Refusal(sent.client_key, gone)]))
    if sent.withdraws:
        return _said(withdraw_report(assignment=assignment, client_key=sent.client_key, report=sent.withdraws))
    return _said(report_unit(assignment=assignment, client_key=sent.client_key, text=sent.text, raised=sent.raised))


@require_POST
@annotator_required
def judge_submit(request: HttpRequest, annotator: Annotator) -> HttpResponse:
    """Finish a unit, with answers that come along, and take the next; done twice it does no harm."""
    try:
        sent = read_sent(request.body)
        assignment = _own(annotator, sent.assignment)
        if assignment is None:
            return _parts(request, annotator, **_take(annotator))
        finished, taken = submit_and_claim(
            assignment=assignment, active_seconds=sent.active_seconds, answers=sent.answers
        )
    except StudyError:
        return _parts(request, annotator, asked=False, finished=_own(annotator, sent.assignment))
    except SentError as error:
        return JsonResponse({"problem": str(error)}, status=400)
    except ClosedError:
        return _parts(request, annotator)
    except LeftError:
        annotator.refresh_from_db(fields=["left", "departure"])
        return _parts(request, annotator)
    except OverError as error:  # what was sent stays on the device
        return JsonResponse({"message": str(error), "state": "over"}, status=409)
    except SubmitError as error:
        return JsonResponse({"message": str(error), "missing": len(error.missing)}, status=409)
    return _parts(request, annotator, asked=True, taken=taken, finished=finished)


@never_cache
@require_GET
def judge_ticket(request: HttpRequest, address: str) -> JsonResponse:
    """A fresh form token, and whether this browser is (still, or again) the annotator's."""
    return JsonResponse({"token": get_token(request), "welcome": annotator_at(request, address) is not None})


def _said(receipt: Receipt) -> JsonResponse:
    refused = [{"client_key": str(one.client_key), "reason": one.reason} for one in receipt.refused]
    return JsonResponse({"saved": [str(key) for key in receipt.saved], "refused": refused, "state": receipt.state})


def _take(annotator: Annotator) -> dict[str, Any]:
    """The next unit, and whether the queue could be asked; if not (a crowd at this moment), the page offers to start
    again. Whoever has amended texts to read is given nothing yet."""
    if unread(annotator):
        return {"asked": False}
    try:
        taken = claim(annotator=annotator)
        if taken is None:
            annotator.refresh_from_db(fields=["left", "departure"])  # it may be because they left just now
        return {"taken": taken, "asked": True}
    except StudyError:
        return {"asked": False}


def _own(annotator: Annotator, public_id: UUID) -> Assignment | None:
    """One of this annotator's assignments, with them and their study as they were read for this request."""
    assignment = _OWN.first(annotator=annotator.pk, public_id=public_id)
    if assignment is not None:
        assignment.annotator = annotator
    return assignment


def _parts(request: HttpRequest, annotator: Annotator, **what: Any) -> HttpResponse:
    return render(request, "annotation/_judge_parts.html", parts_context(annotator, **what))
