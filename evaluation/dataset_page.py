"""Datasets side by side as the rows of their page: each figure with what it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluation.dataset_figures import Average, DatasetComparison
from evaluation.exports.dataset_table import FIGURES, Value, columns_of, written

MEANINGS: Final[Mapping[str, tuple[Promise, Promise]]] = {
    "dialogues": (gettext_lazy("Dialogues"), gettext_lazy("of finished imports")),
    "utterances": (gettext_lazy("Utterances"), gettext_lazy("messages as they stand in the files")),
    "tokens": (gettext_lazy("Tokens"), gettext_lazy("all of them, one after another")),
    "distinct_tokens": (gettext_lazy("Distinct tokens"), gettext_lazy("types; many papers call these “tokens”")),
    "distinct_grams": (
        gettext_lazy("Distinct 4-grams"),
        gettext_lazy("different runs of four tokens within an utterance"),
    ),
    "scenarios": (gettext_lazy("Scenarios"), gettext_lazy("different situations, each with its task")),
    "users": (gettext_lazy("Users"), gettext_lazy("with at least one dialogue")),
    "items": (gettext_lazy("Items"), gettext_lazy("all that the files name, earlier behaviour included")),
    "items_mentioned": (gettext_lazy("Items mentioned"), gettext_lazy("those that an utterance names")),
    "dialogues_per_user": (gettext_lazy("Dialogues per user"), gettext_lazy("of dialogues whose user is known")),
    "utterances_per_dialogue": (gettext_lazy("Utterances per dialogue"), gettext_lazy("mean")),
    "tokens_per_dialogue": (gettext_lazy("Tokens per dialogue"), gettext_lazy("mean")),
    "tokens_per_utterance": (gettext_lazy("Tokens per utterance"), gettext_lazy("mean")),
    "domains": (gettext_lazy("Domains"), gettext_lazy("from the datasets’ details")),
    "interaction": (gettext_lazy("User interaction"), gettext_lazy("the files hold what users did before")),
    "user_centric": (gettext_lazy("User-centric"), gettext_lazy("every dialogue has a user")),
}
TOKENISER_WORDS: Final[Mapping[str, Promise]] = {
    "regex": gettext_lazy("words, and each punctuation mark"),
    "wordpunct": gettext_lazy("words, and punctuation marks in a row"),
    "whitespace": gettext_lazy("whatever stands between white space"),
    "characters": gettext_lazy("each character, for Chinese"),
}


@dataclass(frozen=True)
class Cell:
    """A figure as it is read; `n` where it is a mean."""

    text: str
    n: int | None = None


@dataclass(frozen=True)
class Row:
    title: str
    meaning: str
    cells: tuple[Cell, ...]
    is_number: bool


def rows(found: DatasetComparison) -> list[Row]:
    told = []
    for figure in FIGURES:
        title, meaning = MEANINGS[figure.name]
        values = [figure.of(one) for one in columns_of(found)]
        is_number = not any(isinstance(value, bool | tuple) for value in values)
        told.append(Row(str(title), str(meaning), tuple(map(_cell, values)), is_number))
    return told


def _cell(value: Value) -> Cell:
    if isinstance(value, bool):
        return Cell(_("Yes") if value else _("No"))
    if value is None:
        return Cell(_("not given"))
    if isinstance(value, Average):
        return Cell(written(value), value.n) if value.n else Cell(_("not given"))
    return Cell(written(value) if value else _("not given"))
