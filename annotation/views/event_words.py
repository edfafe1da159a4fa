"""The lines of a study's record, in words."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from annotation.models import Study

EVENTS: Final = {
    "created": gettext_noop("Created"),
    "opened": gettext_noop("Opened"),
    "closed": gettext_noop("Closed"),
    "amended": gettext_noop("Amended"),
    "texts accepted": gettext_noop("Accepted the amended texts"),
    "pilot made": gettext_noop("Pilot made"),
    "checked": gettext_noop("Checked"),
    "links created": gettext_noop("Personal links made"),
    "open link created": gettext_noop("Open link made"),
    "link revoked": gettext_noop("Link revoked"),
    "unit excluded": gettext_noop("Unit excluded"),
    "unit included": gettext_noop("Unit included again"),
    "unit kept": gettext_noop("Reports settled, unit kept"),
    "link renewed": gettext_noop("Link replaced"),
    "seat reopened": gettext_noop("Link made to a free seat"),
    "lease released": gettext_noop("Unit taken back"),
    "annotator removed": gettext_noop("Annotator removed"),
    "annotator readmitted": gettext_noop("Annotator let in again"),
    "annotator withdrew": gettext_noop("Annotator withdrew"),
    "looked": gettext_noop("Looked at the datasets by name"),
}
DETAILS: Final = {
    "after": gettext_noop("after"),
    "amendment": gettext_noop("amendment"),
    "annotator": gettext_noop("annotator"),
    "annotators": gettext_noop("annotators"),
    "annotators_removed": gettext_noop("annotators removed"),
    "annotators_withdrawn": gettext_noop("annotators withdrawn"),
    "assignments_late": gettext_noop("assignments late"),
    "assignments_leased": gettext_noop("assignments leased"),
    "assignments_returned": gettext_noop("assignments returned"),
    "assignments_set_aside": gettext_noop("assignments set aside"),
    "assignments_submitted": gettext_noop("assignments submitted"),
    "at": gettext_noop("at"),
    "before": gettext_noop("before"),
    "block": gettext_noop("block"),
    "blocks": gettext_noop("blocks"),
    "cap": gettext_noop("cap"),
    "consent": gettext_noop("consent"),
    "count": gettext_noop("count"),
    "counts": gettext_noop("counts"),
    "digest": gettext_noop("digest"),
    "file": gettext_noop("file"),
    "guidelines": gettext_noop("guidelines"),
    "how": gettext_noop("how"),
    "judgment_revision": gettext_noop("judgment revision"),
    "judgments": gettext_noop("judgments"),
    "judgments_current": gettext_noop("judgments current"),
    "judgments_deleted": gettext_noop("judgments deleted"),
    "largest_side_difference_of_an_annotator": gettext_noop("largest side difference of an annotator"),
    "leases_returned": gettext_noop("leases returned"),
    "link": gettext_noop("link"),
    "mean_position_differences": gettext_noop("mean position differences"),
    "number": gettext_noop("number"),
    "ok": gettext_noop("ok"),
    "pilot": gettext_noop("pilot"),
    "problems": gettext_noop("problems"),
    "reason": gettext_noop("reason"),
    "reports": gettext_noop("reports"),
    "seat": gettext_noop("seat"),
    "slots": gettext_noop("slots"),
    "slots_filled": gettext_noop("slots filled"),
    "unit": gettext_noop("unit"),
    "units": gettext_noop("units"),
    "units_counted": gettext_noop("units counted"),
    "units_excluded": gettext_noop("units excluded"),
}


def event_words(kind: str) -> str:
    """An event's kind; one that is not known here is shown as it is."""
    return _(EVENTS[kind]) if kind in EVENTS else kind.replace("-", " ").replace("_", " ").capitalize()


def detail_name(name: str) -> str:
    """What a detail of an event is; one that is not known here is named as it is kept."""
    return _(DETAILS[name]) if name in DETAILS else name.replace("_", " ")


def pseudonyms(study: Study) -> dict[int, str]:
    """Who the annotators are that a record names by the key of their row, as they are called today."""
    return dict(study.annotators.order_by().values_list("pk", "pseudonym"))


def detail_words(detail: Mapping[str, Any], annotators: Mapping[int, str]) -> list[tuple[str, str]]:
    """An event's details as names and short values; what is empty is left out. `annotators` are pseudonyms by key."""
    return [
        (detail_name(name), annotators.get(value, str(value)) if name == "annotator" else _short(value))
        for name, value in detail.items()
        if value not in ([], {}, "", None)
    ]


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return ", ".join(f"{detail_name(name)}: {_short(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "; ".join(_short(inner) for inner in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
