"""Who may see a page. Every view of the researcher's side stands behind `researcher_required`."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeGuard, cast

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from crsapp.accounts.models import User

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class ResearcherRequest(HttpRequest):
    """A request whose user is known to be a researcher or owner."""

    user: User
    htmx: HtmxDetails


def _signed_in(user: User | AnonymousUser) -> TypeGuard[User]:
    return user.is_authenticated


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page and back. A fragment sends the whole page there, lest the form land inside the fragment."""
    htmx = cast("ResearcherRequest", request).htmx
    if not htmx:
        return redirect_to_login(request.get_full_path())
    there = redirect_to_login(htmx.current_url_abs_path or reverse("home"))
    return HttpResponse(status=401, headers={"HX-Redirect": there["Location"]})


def _guard(
    allowed: Callable[[User], bool], view: Callable[Concatenate[ResearcherRequest, P], HttpResponseBase]
) -> View[P]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not _signed_in(request.user):
            return _to_sign_in(request)
        if not allowed(request.user):
            raise PermissionDenied
        return view(cast("ResearcherRequest", request), *args, **kwargs)

    return guarded


def researcher_required(view: Callable[Concatenate[ResearcherRequest, P], HttpResponseBase]) -> View[P]:
    """Let researchers and owners in; ask the signed-out to sign in; refuse everybody else (403)."""
    return _guard(lambda user: user.is_researcher, view)


def owner_required(view: Callable[Concatenate[ResearcherRequest, P], HttpResponseBase]) -> View[P]:
    """Let owners in; ask the signed-out to sign in; refuse everybody else (403)."""
    return _guard(lambda user: user.is_owner, view)
