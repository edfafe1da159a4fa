"""The ways in: a link, what is asked and why, consent. Looking at a link takes nothing; taking part is a post."""

import json
import re
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from annotation.access import address_of, annotator_in, annotator_or_404, remember
from annotation.models import Annotator, Link, Study, new_token
from annotation.services.errors import JoinError
from annotation.services.expected import expected
from annotation.services.gate import standing
from annotation.services.material import protocol_of
from annotation.services.participants import join, seat_for, seats_only
from annotation.views.durations import duration
from crsapp.accounts.models import User
from generation.rendering import render_markdown

TOKEN: Final = re.compile(r"(?:^|/j/)([A-Za-z0-9_-]{16,40})/?\s*$")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A link opened: guidelines and consent first, or straight on for whoever has accepted them."""
    link = Link.objects.select_related("study", "annotator").filter(token=token).first()
    if link is None:
        return _no_way(request, "unknown", status=404)
    here = annotator_in(request, link.study)
    if here is not None and (link.kind == Link.Kind.OPEN or link.annotator_id == here.pk):
        return redirect("annotation:judge", address_of(here))
    closed = _why_closed(link)
    if closed and not (closed == "full" and request.method == "POST"):  # it may be full of this very click
        return _no_way(request, closed, study=link.study)
    if request.method != "POST":
        return _private(render(request, "annotation/enter.html", _what_is_asked(request, link)))
    try:
        user = request.user if isinstance(request.user, User) else None
        annotator = join(link=link, user=user, ticket=request.POST.get("ticket", ""))
    except JoinError as error:
        return _no_way(request, closed or "refused", study=link.study, problem=str(error), status=409)
    remember(request, annotator)
    came_by_open_link = link.kind == Link.Kind.OPEN
    return redirect("annotation:enter-welcome" if came_by_open_link else "annotation:judge", address_of(annotator))


@never_cache
@require_GET
def welcome(request: HttpRequest, address: str) -> HttpResponse:
    """After joining by an open link: who one is here, and the personal way back."""
    annotator = annotator_or_404(request, address)
    link = Link.objects.filter(annotator=annotator).first()
    way_back = request.build_absolute_uri(reverse("annotation:enter", args=[link.token])) if link else ""
    context = {"annotator": annotator, "way_back": way_back, "address": address}
    return _private(render(request, "annotation/enter_welcome.html", context))


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """A link pasted into a form."""
    found = TOKEN.search(request.POST.get("link", "").strip())
    if found is None:
        return render(request, "annotation/enter_back.html", {"problem": True}, status=422)
    return redirect("annotation:enter", found[1])


@require_POST
def again(request: HttpRequest, address: str) -> JsonResponse:
    """The way back in place: this annotator's personal link, pasted into the judging page."""
    annotator = _of_pasted_link(request.body)
    if annotator is None or address_of(annotator) != address:
        problem = _("This is not your personal link for what you judge here. Please paste the one you were given.")
        return JsonResponse({"problem": problem}, status=422)
    remember(request, annotator)
    return JsonResponse({"token": get_token(request)})


def _of_pasted_link(body: bytes) -> Annotator | None:
    try:
        found = TOKEN.search(json.loads(body)["link"].strip())
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return Annotator.objects.filter(link__token=found[1], link__revoked=None).first() if found else None


def _why_closed(link: Link) -> str:
    """Why nobody comes in by this link, if so; whoever took part may still look at what there is to say."""
    if link.annotator is not None and link.annotator.left is not None:
        return "left"
    if link.revoked:
        return "revoked"
    if link.study.state == Study.State.DRAFT:
        return "early"
    if link.study.state == Study.State.CLOSED and link.annotator_id is None:
        return "closed"
    if link.annotator_id is None and standing(link.study) == "over":
        return "over"
    if link.kind == Link.Kind.OPEN and link.cap is not None and link.used >= link.cap:
        return "full"
    if link.annotator_id is None and seats_only(link.study) and seat_for(link) is None:
        return "full"
    return ""


def _no_way(request: HttpRequest, why: str, *, status: int = 200, **context: Any) -> HttpResponse:
    return _private(render(request, "annotation/enter_closed.html", {"why": why, **context}, status=status))


def _what_is_asked(request: HttpRequest, link: Link) -> dict[str, Any]:
    protocol = protocol_of(link.study)
    waits = expected(link)
    return {
        "link": link,
        "study": link.study,
        "guidelines": render_markdown(protocol.guidelines),
        "consent": render_markdown(protocol.consent),
        "dialogues": waits.dialogues,
        "pairs": waits.pairs,
        "whole_words": duration(waits.whole) if waits.whole else "",
        "each_words": duration(waits.each) if waits.each else "",
        "shared": waits.shared,
        "with_account": isinstance(request.user, User),
        "ticket": new_token() if link.kind == Link.Kind.OPEN else "",
    }


def _private(response: HttpResponse) -> HttpResponse:
    """The address holds a token: it goes into no Referer and no index. (`no-referrer` would hide the origin too, and
    with it what the form's protection checks.)"""
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex"
    return response
