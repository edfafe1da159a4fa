"""What preprocessing left after each step, as a page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from generation.forms.review_settings import SettingsForm
from generation.reviews.settings import Settings

NAMES: Final = {
    "imported": gettext_lazy("Imported"),
    "words": gettext_lazy("Long and short enough"),
    "duplicates": gettext_lazy("Latest of its pair"),
    "activity": gettext_lazy("Active people and items"),
    "polarity": gettext_lazy("Liked or disliked"),
    "holdout": gettext_lazy("To be recommended"),
}
CODES: Final = {"words": "P2", "duplicates": "P5", "activity": "P3", "polarity": "P4", "holdout": "P6"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A step: its letter in the paper's order, what it left, what part of the first row that is, what else is said."""

    name: str
    code: str = ""
    reviews: int
    people: int | None = None
    items: int | None = None
    per_cent: float
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """A setting that would leave something, in words, and the query that tries it."""

    words: str
    people: int
    dialogues: int
    query: str


def funnel(report: Mapping[str, Any], settings: Settings) -> list[Row]:
    """A row for each step; cleaning and quotes are counted beside the steps that filter."""
    steps = report["steps"]
    first = max(1, steps[0]["reviews"])
    rows = [
        Row(
            name=str(NAMES[step["name"]]),
            code=CODES.get(step["name"], ""),
            **{name: step[name] for name in ("reviews", "people", "items")},
            per_cent=100 * step["reviews"] / first,
            note=_note(step, report, settings),
        )
        for step in steps
    ]
    if settings.cleaning:
        cleaned = replace(rows[0], code="P1", name=_("Cleaned"), note=_cleaning(report["texts"]))
        rows.insert(1, cleaned)
    quoted = Row(
        name=_("Praised by others"),
        code="P7",
        reviews=report["quotable"],
        per_cent=100 * report["quotable"] / first,
        note=_("of %(count)s might-likes") % {"count": f"{report['might_likes']:,}"},
    )
    return [*rows, quoted]


def _note(step: Mapping[str, Any], report: Mapping[str, Any], settings: Settings) -> str:
    counted = {name: f"{report[name]:,}" for name in ("likes", "might_likes", "dislikes", "neutral", "speechless")}
    without = step["reviews"] - report["texts"]["with_text"]
    rounds = ngettext("%(count)s round", "%(count)s rounds", step["rounds"]) % {"count": step["rounds"]}
    notes = {
        "imported": _("%(count)s without text") % {"count": f"{without:,}"} if without else "",
        "words": _("%(least)s to %(most)s words")
        % {"least": f"{settings.min_words:,}", "most": f"{settings.max_words:,}"},
        "activity": _("at least %(k)s each") % {"k": settings.k} + f", {rounds}",
        "polarity": _("%(dislikes)s disliked, %(neutral)s neither") % counted,
        "holdout": _("%(likes)s likes stay") % counted,
    }
    speechless = _("%(speechless)s people have nothing to open with") % counted
    said = notes.get(step["name"], "")
    return f"{said}; {speechless}" if step["name"] == "holdout" and report["speechless"] else said


def _cleaning(texts: Mapping[str, int]) -> str:
    said = _("%(count)s texts changed") % {"count": f"{texts['changed']:,}"}
    emptied = _("%(count)s left without a word") % {"count": f"{texts['emptied']:,}"}
    return f"{said}, {emptied}" if texts["emptied"] else said


def what_helps(report: Mapping[str, Any], settings: Settings) -> list[Help]:
    """Each single setting that was tried and left something."""
    found = report["diagnosis"] or {"advice": []}
    return [
        Help(
            words=_in_words(one["setting"], one["value"]),
            people=one["people"],
            dialogues=one["dialogues"],
            query=query_of(replace(settings, **{one["setting"]: one["value"]})),
        )
        for one in found["advice"]
    ]


def where_nothing_is_left(report: Mapping[str, Any]) -> str:
    """The step after which nothing is left; nothing where something is."""
    found = report["diagnosis"]
    return str(NAMES[found["step"]]) if found else ""


def query_of(settings: Settings) -> str:
    """The query of a page that tries these settings; what is unticked is left out, as browsers do."""
    said = {name: value for name, value in settings.as_dict().items() if value is not False}
    return urlencode({"tried": "1", **said})


def _in_words(setting: str, value: object) -> str:
    if setting == "iterative":
        return _("Look at activity once, not again and again")
    field = SettingsForm.base_fields[setting]
    chosen = dict(getattr(field, "choices", [])).get(value, value)
    number = f"{chosen:g}" if isinstance(chosen, float) else f"{chosen:,}" if isinstance(chosen, int) else chosen
    return f"{field.label}: {number}"
