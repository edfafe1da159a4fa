"""The switch between the interface's languages, on every page."""

from typing import Any
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

register = template.Library()


@register.inclusion_tag("crsapp/_language.html", takes_context=True)
def language_switch(context: template.Context) -> dict[str, Any]:
    """The other languages, each a button in its own; what is pressed comes back to the page one is on."""
    request = context.get("request")
    if request is None:
        return {"others": []}
    here = get_language()
    others = [(code, name) for code, name in settings.LANGUAGES if code != here]
    asked = request.method in {"GET", "HEAD"}
    back = request.get_full_path() if asked else _form_of(request)
    return {"others": others, "back": back, "here": asked, "csrf_token": context.get("csrf_token")}


def _form_of(request: HttpRequest) -> str:
    """Where the form was that this page answers, as the answer itself may not be asked for."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    known = came_from.netloc == request.get_host() and came_from.path.strip("/")
    return came_from._replace(scheme="", netloc="", fragment="").geturl() if known else request.path
