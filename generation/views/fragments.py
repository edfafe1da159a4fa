"""One view serves a page and its fragment."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from crsapp.accounts.access import ResearcherRequest


def draw(request: ResearcherRequest, page: str, fragments: dict[str, str], context: dict[str, Any]) -> HttpResponse:
    """The fragment of the element that htmx wants to replace, by its id; the whole page for everybody else.

    Going back in the browser's history is htmx asking as well, but for the page.
    """
    wanted = request.htmx and not request.htmx.history_restore_request and request.htmx.target
    response = render(request, fragments.get(wanted or "", page), context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response
