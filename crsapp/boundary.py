"""What holds for every request and every page, whoever wrote the view."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _


class Boundary:
    """Refuses what no database takes and large bodies of strangers; lets no page be kept that says nothing of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _holds_nul(request):
            raise SuspiciousOperation("The address holds a NUL.")
        if _is_large(request) and not request.user.is_authenticated:
            return HttpResponse(
                _("This is too large to be taken from somebody unknown. Please sign in first."),
                status=413,
                content_type="text/plain; charset=utf-8",
            )
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


def _holds_nul(request: HttpRequest) -> bool:
    """PostgreSQL refuses the character in any text, so no row has it and nobody can mean it."""
    return "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")


def _is_large(request: HttpRequest) -> bool:
    """Larger than any form without a file. Without a length nothing of a body is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isdecimal() and int(length) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
