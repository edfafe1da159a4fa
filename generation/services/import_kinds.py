"""The kinds of import: what is brought, and how a file of it is recognised, read, checked and written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from generation.formats import FORMATS
from generation.formats.base import Readable
from generation.formats.columns import Sample, guessed
from generation.formats.shelf import Shelf
from generation.models import Dataset, Import
from generation.reader import example
from generation.reviews.layouts import LAYOUTS
from generation.reviews.layouts.table import guessed as guessed_of_reviews
from generation.services.dialogue_steps import import_dialogue_steps, survey_dialogues
from generation.services.import_steps import Files, Steps
from generation.services.reviews.steps import import_review_steps, survey_reviews
from generation.services.reviews.surveying import example as example_of_review

UTTERANCES_PREVIEWED: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What an import of this kind is made of. `survey` says what importing would do, `bring` does it.

    `guessed` is a mapping of the columns of a table; `example` how one record is shown before it is imported.
    """

    name: Import.Kind
    shelf: Shelf[Any]
    survey: Callable[[Files, Any, Dataset | None], Steps]
    bring: Callable[[Import, Files, Any, dict[str, Any]], Steps]
    guessed: Callable[[Sample], dict[str, list[str]]]
    example: Callable[[Any], dict[str, Any]]


KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            name=Import.Kind.DIALOGUES,
            shelf=FORMATS,
            survey=survey_dialogues,
            bring=import_dialogue_steps,
            guessed=guessed,
            example=partial(example, said=UTTERANCES_PREVIEWED),
        ),
        Kind(
            name=Import.Kind.REVIEWS,
            shelf=LAYOUTS,
            survey=survey_reviews,
            bring=import_review_steps,
            guessed=guessed_of_reviews,
            example=example_of_review,
        ),
    )
}


def kind_of(imported: Import) -> Kind:
    return KINDS[imported.kind]


def reader_of(imported: Import) -> Readable[Any]:
    """The format or layout of an import, reading with what was said about its columns."""
    found: Readable[Any] = kind_of(imported).shelf.get(imported.format)
    return found.mapped(imported.options.get("mapping", {}))
