"""From an endpoint's row to a client: where the key is found, and which hosts the owner allowed."""

import os
import re
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from generation.llm.client import Access, OpenAIClient
from generation.llm.exchange import Client
from generation.llm.hosts import AddressError, AllowedHost, check_address
from generation.llm.scripted import ScriptedClient
from generation.models import Endpoint

KEY_PREFIX: Final = "CRSAPP_LLM_KEY_"
KEY_VARIABLE: Final = re.compile(rf"{KEY_PREFIX}[A-Z0-9_]{{1,60}}")


class EndpointError(Exception):
    """An endpoint that cannot be asked as it stands, in words."""


def client_of(endpoint: Endpoint) -> Client:
    """A client of this endpoint. Raises EndpointError where its key or its host is not in order."""
    if endpoint.is_scripted:
        return ScriptedClient(mishaps=endpoint.mishaps)
    if trouble := trouble_with(endpoint):
        raise EndpointError(trouble)
    return OpenAIClient(
        Access(
            base_url=endpoint.base_url,
            model=endpoint.model,
            seconds=endpoint.seconds,
            in_flight=endpoint.in_flight,
            allowed=allowed_hosts(),
            key=_key_of(endpoint),
        )
    )


def trouble_with(endpoint: Endpoint) -> str:
    """Why this endpoint cannot be asked from this process, or nothing. Looks at settings alone; calls nobody."""
    if endpoint.is_scripted:
        return ""
    name = endpoint.key_variable
    if name and not KEY_VARIABLE.fullmatch(name):
        return _("A key's variable is named %(prefix)s and then capital letters, digits or _.") % {"prefix": KEY_PREFIX}
    if name and not _key_of(endpoint):
        return _("%(name)s is not set. Set it for web and worker, and restart both.") % {"name": name}
    try:
        check_address(endpoint.base_url, allowed_hosts())
    except AddressError as error:
        return str(error)
    return ""


def allowed_hosts() -> tuple[AllowedHost, ...]:
    """Those that the installation's owner named."""
    return tuple(settings.LLM_HOSTS)


def keys_here() -> list[str]:
    """The names of the keys' variables that are set in this process."""
    return sorted(name for name in os.environ if key_is_set(name))


def key_is_set(name: str) -> bool:
    """Whether the variable holds something. Names that are no keys' are never looked at."""
    return bool(KEY_VARIABLE.fullmatch(name) and os.environ.get(name))


def _key_of(endpoint: Endpoint) -> str:
    return os.environ.get(endpoint.key_variable, "").strip() if key_is_set(endpoint.key_variable) else ""
