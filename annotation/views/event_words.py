"""The lines of a study's record, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from annotation.models import Study


def event_words(kind: str) -> str:
    """An event's kind; one that is not known here is shown as it is."""
    known = {
        "created": _("Created"),
        "opened": _("Opened"),
        "closed": _("Closed"),
        "amended": _("Amended"),
        "texts accepted": _("Accepted the amended texts"),
        "pilot made": _("Pilot made"),
        "checked": _("Checked"),
        "links created": _("Personal links made"),
        "open link created": _("Open link made"),
        "link revoked": _("Link revoked"),
        "unit excluded": _("Unit excluded"),
        "unit included": _("Unit included again"),
        "unit kept": _("Reports settled, unit kept"),
        "link renewed": _("Link replaced"),
        "seat reopened": _("Link made to a free seat"),
        "lease released": _("Unit taken back"),
        "annotator removed": _("Annotator removed"),
        "annotator readmitted": _("Annotator let in again"),
        "annotator withdrew": _("Annotator withdrew"),
        "looked": _("Looked at the datasets by name"),
    }
    return known.get(kind, kind.replace("-", " ").replace("_", " ").capitalize())


def pseudonyms(study: Study) -> dict[int, str]:
    """Who the annotators are that a record names by the key of their row, as they are called today."""
    return dict(study.annotators.order_by().values_list("pk", "pseudonym"))


def detail_words(detail: Mapping[str, Any], annotators: Mapping[int, str]) -> list[tuple[str, str]]:
    """An event's details as names and short values; what is empty is left out. `annotators` are pseudonyms by key."""
    return [
        (name.replace("_", " "), annotators.get(value, str(value)) if name == "annotator" else _short(value))
        for name, value in detail.items()
        if value not in ([], {}, "", None)
    ]


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return ", ".join(f"{name.replace('_', ' ')}: {_short(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "; ".join(_short(inner) for inner in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
