"""Who is judging. A view gets an annotator here and nowhere else, so none can forget to ask.

An address names an annotator by a keyed digest: it tells nothing, and is worth nothing without the browser that joined
(or the account that did).
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import constant_time_compare, salted_hmac

from annotation.models import Annotator, Link, Study
from annotation.services.errors import LeftError
from crsapp.accounts.models import User
from generation.services.prepared import Selecting

P = ParamSpec("P")

SESSION_KEY: Final = "annotators"
LINKS_KEY: Final = "annotator_links"

_JOINED = Selecting(lambda given: _known().filter(pk=given.annotator).order_by())


def address_of(annotator: Annotator) -> str:
    """What stands in this annotator's addresses."""
    return _address(annotator.pk)


def _address(annotator_id: int) -> str:
    return salted_hmac("annotation.address", str(annotator_id), algorithm="sha256").hexdigest()[:24]


def remember(request: HttpRequest, annotator: Annotator) -> None:
    """From now on this browser judges as this annotator, under a session that nobody else can have planted."""
    request.session[SESSION_KEY] = {
        **request.session.get(SESSION_KEY, {}),
        str(annotator.study_id): annotator.pk,
    }
    came_by = Link.objects.filter(annotator=annotator).values_list("pk", flat=True).first()
    request.session[LINKS_KEY] = {**request.session.get(LINKS_KEY, {}), str(annotator.pk): came_by}
    request.session.cycle_key()


def annotator_in(request: HttpRequest, study: Study) -> Annotator | None:
    """As whom this browser judges in that study, if it does; somebody who left only where nobody else judges."""
    here = [annotator for annotator in _annotators(request) if annotator.study_id == study.pk]
    return min(here, key=lambda annotator: annotator.left is not None, default=None)


def has_judged_in(request: HttpRequest, study: Study) -> bool:
    """Whether this browser (or account) ever came to judge in that study, also by a link that was replaced."""
    return str(study.pk) in request.session.get(SESSION_KEY, {}) or annotator_in(request, study) is not None


def annotator_at(request: HttpRequest, address: str) -> Annotator | None:
    """The annotator of this address, if this browser (or account) is theirs."""
    joined = request.session.get(SESSION_KEY, {}).values()
    for annotator_id in (one for one in joined if constant_time_compare(_address(one), address)):
        annotator = _JOINED.first(annotator=annotator_id)
        if annotator is not None and _came_by_their_link(request, annotator):
            return annotator
    return next((one for one in _of_account(request) if constant_time_compare(address_of(one), address)), None)


def annotator_or_404(request: HttpRequest, address: str) -> Annotator:
    annotator = annotator_at(request, address)
    if annotator is None:
        raise Http404("Nobody judges here in this browser.")
    return annotator


def annotator_required(
    view: Callable[Concatenate[HttpRequest, Annotator, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """For what the judging page's script calls: the annotator of the address, or 401 so that the page asks for the way
    back in place. Who left meanwhile is told so."""

    @wraps(view)
    def guarded(request: HttpRequest, address: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        annotator = annotator_at(request, address)
        if annotator is None:
            response: HttpResponseBase = JsonResponse({"problem": "signed-out"}, status=401)
        else:
            try:
                response = view(request, annotator, *args, **kwargs)
            except LeftError as error:
                response = JsonResponse({"problem": "left", "message": str(error), "missing": 0}, status=409)
        add_never_cache_headers(response)
        return response

    return guarded


def _annotators(request: HttpRequest) -> list[Annotator]:
    """This browser's annotators, and the signed-in user's, with their studies. Whoever came by a link that was replaced
    is nobody here: it may have been in wrong hands."""
    joined = request.session.get(SESSION_KEY, {})
    found = [one for one in _known().filter(pk__in=joined.values()) if _came_by_their_link(request, one)]
    return found + [one for one in _of_account(request) if one not in found]


def _of_account(request: HttpRequest) -> list[Annotator]:
    return list(_known().filter(user=request.user)) if isinstance(request.user, User) else []


def _known() -> QuerySet[Annotator]:
    return Annotator.objects.select_related("study", "link").defer("study__protocol")


def _came_by_their_link(request: HttpRequest, annotator: Annotator) -> bool:
    link = getattr(annotator, "link", None)
    came_by = request.session.get(LINKS_KEY, {}).get(str(annotator.pk))
    return link is None or came_by in {None, link.pk}
