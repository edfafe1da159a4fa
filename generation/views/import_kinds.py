"""What pages about imports say differently of dialogues and of reviews."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from generation.forms.columns import DialogueColumnsForm, ReviewColumnsForm, TableColumnsForm
from generation.forms.imports import ImportForm, ReviewsImportForm
from generation.models import Import, Utterance
from generation.transcript import words

TARGETS: Final = {"dialogue": gettext_lazy("dialogues"), "utterance": gettext_lazy("utterances")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The words, forms and templates of one kind of import. `report` is what is shown beside the figures of its report,
    `examples` how its first records are."""

    name: str
    new: str
    title: Promise
    lead: Promise
    command: str
    running: Promise
    unknown: Promise
    unlike: Promise
    rows: Promise
    first: Promise
    go: Callable[[int], str]
    came: Callable[[int, str], str]
    form: type[ImportForm]
    columns: type[TableColumnsForm]
    examples: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
    report: Callable[[Import], dict[str, Any]]

    @property
    def report_template(self) -> str:
        return f"generation/_import_report_{self.name}.html"

    @property
    def columns_template(self) -> str:
        return f"generation/_import_columns_{self.name}.html"


def go_dialogues(count: int) -> str:
    return ngettext("Import %(shown)s dialogue", "Import %(shown)s dialogues", count) % {"shown": intcomma(count)}


def go_reviews(count: int) -> str:
    return ngettext("Import %(shown)s review", "Import %(shown)s reviews", count) % {"shown": intcomma(count)}


def came_dialogues(count: int, dataset: str) -> str:
    text = ngettext("%(shown)s dialogue is in %(dataset)s.", "%(shown)s dialogues are in %(dataset)s.", count)
    return text % {"shown": intcomma(count), "dataset": dataset}


def came_reviews(count: int, dataset: str) -> str:
    text = ngettext("%(shown)s review is in %(dataset)s.", "%(shown)s reviews are in %(dataset)s.", count)
    return text % {"shown": intcomma(count), "dataset": dataset}


def report_of_dialogues(imported: Import) -> dict[str, Any]:
    return {name: named_counts(imported.report.get(name, {})) for name in ("labels", "unmapped")}


def report_of_reviews(imported: Import) -> dict[str, Any]:
    ratings = imported.report.get("ratings", [])
    return {"ratings": [(rating, count, 100 * count / imported.amount) for rating, count in ratings]}


def named_counts(counts: Mapping[str, int]) -> list[tuple[str, int, str]]:
    """A report's `{"utterance.intent": 4}` as name, how many, of what.

    >>> named_counts({"utterance.user_intent": 4})
    [('User intent', 4, 'utterances')]
    """
    split = [(name.partition("."), count) for name, count in counts.items()]
    return [(words(name), count, str(TARGETS.get(target, ""))) for (target, _dot, name), count in split]


def with_speakers(examples: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = {speaker.value: speaker.label for speaker in Utterance.Speaker}
    return [
        {
            **example,
            "first": [{**one, "name": names.get(one["speaker"], one["speaker"])} for one in example["first"]],
            "unsaid": example["utterances"] - len(example["first"]),
        }
        for example in examples
    ]


DIALOGUES: Final = Pages(
    name=Import.Kind.DIALOGUES.value,
    new="generation:import-new",
    title=gettext_lazy("Import a file"),
    lead=gettext_lazy("The file is checked first. You see what would happen before anything is imported."),
    command="manage.py import_dialogues FILE --dataset NAME --dry-run",
    running=gettext_lazy(
        "The dialogues are being imported. Nobody sees any of them until all are there; if it fails, none stays."
    ),
    unknown=gettext_lazy("The file is here, but what format it has could not be found out. Nothing is imported yet."),
    unlike=gettext_lazy(
        "The file looks like none of the known formats. Say which it is; if it is none of them, but has one utterance "
        "a row, it is a table."
    ),
    rows=gettext_lazy("One row is one utterance. Change what is not right, and see how the first dialogues come out."),
    first=gettext_lazy("The first dialogues, read like this"),
    go=go_dialogues,
    came=came_dialogues,
    form=ImportForm,
    columns=DialogueColumnsForm,
    examples=with_speakers,
    report=report_of_dialogues,
)
REVIEWS: Final = Pages(
    name=Import.Kind.REVIEWS.value,
    new="generation:review-import-new",
    title=gettext_lazy("Import reviews"),
    lead=gettext_lazy(
        "What people wrote about products, to make dialogues from. The file is checked first; you see what would "
        "happen before anything is imported."
    ),
    command="manage.py import_reviews FILE --items FILE --dataset NAME --dry-run",
    running=gettext_lazy(
        "The reviews are being imported. Nobody sees any of them until all are there; if it fails, none stays."
    ),
    unknown=gettext_lazy(
        "The file is here, but in which layout its reviews are could not be found out. Nothing is imported yet."
    ),
    unlike=gettext_lazy("The file looks like none of the known layouts. If it has one review a row, it is a table."),
    rows=gettext_lazy("One row is one review. Change what is not right, and see how the first reviews come out."),
    first=gettext_lazy("The first reviews, read like this"),
    go=go_reviews,
    came=came_reviews,
    form=ReviewsImportForm,
    columns=ReviewColumnsForm,
    examples=list,
    report=report_of_reviews,
)
PAGES: Final[Mapping[str, Pages]] = {pages.name: pages for pages in (DIALOGUES, REVIEWS)}


def called(pages: Pages, part: str) -> str:
    """What people call a part of a mapping."""
    return str(pages.columns.called(part) or words(part))
