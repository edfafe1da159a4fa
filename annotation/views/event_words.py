"""The lines of a study's record, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def event_words(kind: str) -> str:
    """An event's kind; one that is not known here is shown as it is."""
    known = {
        "created": _("Created"),
        "opened": _("Opened"),
        "closed": _("Closed"),
        "checked": _("Checked"),
        "links created": _("Personal links made"),
        "open link created": _("Open link made"),
        "link revoked": _("Link revoked"),
        "looked": _("Looked at the datasets by name"),
    }
    return known.get(kind, kind.replace("-", " ").replace("_", " ").capitalize())


def detail_words(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """An event's details as names and short values; what is empty is left out."""
    return [
        (name.replace("_", " "), _short(value)) for name, value in detail.items() if value not in ([], {}, "", None)
    ]


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return ", ".join(f"{name.replace('_', ' ')}: {_short(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "; ".join(_short(inner) for inner in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
