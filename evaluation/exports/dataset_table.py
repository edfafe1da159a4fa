"""Datasets side by side as rows, and as text to be put into a paper. Pure."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from evaluation.dataset_figures import Average, DatasetComparison, DatasetFigures
from evaluation.exports.escaping import markdown as plain
from evaluation.exports.escaping import tex
from evaluation.exports.neutral import neutral

Value = int | bool | Average | tuple[str, ...] | None
"""None: the files do not say."""
UNKNOWN: Final = "–"


@dataclass(frozen=True)
class Figure:
    """A row of the table."""

    name: str
    title: str
    of: Callable[[DatasetFigures], Value]


FIGURES: Final = (
    Figure("dialogues", "Dialogues", lambda one: one.dialogues),
    Figure("utterances", "Utterances", lambda one: one.text.utterances),
    Figure("tokens", "Tokens", lambda one: one.text.tokens),
    Figure("distinct_tokens", "Distinct tokens", lambda one: one.text.distinct_tokens),
    Figure("distinct_grams", "Distinct 4-grams", lambda one: one.text.distinct_grams),
    Figure("scenarios", "Scenarios", lambda one: one.scenarios or None),
    Figure("users", "Users", lambda one: one.users or None),
    Figure("items", "Items", lambda one: one.items or None),
    Figure("items_mentioned", "Items mentioned", lambda one: one.items_mentioned or None),
    Figure("dialogues_per_user", "Dialogues per user", lambda one: one.averages["dialogues_per_user"]),
    Figure("utterances_per_dialogue", "Utterances per dialogue", lambda one: one.averages["utterances_per_dialogue"]),
    Figure("tokens_per_dialogue", "Tokens per dialogue", lambda one: one.averages["tokens_per_dialogue"]),
    Figure("tokens_per_utterance", "Tokens per utterance", lambda one: one.averages["tokens_per_utterance"]),
    Figure("domains", "Domains", lambda one: one.domains),
    Figure("interaction", "User interaction", lambda one: one.interaction),
    Figure("user_centric", "User-centric", lambda one: one.user_centric),
)


def written(value: Value) -> str:
    """A figure as a table of a paper has it; ratios with two decimals.

    >>> written(4679146), written(Average(7, 2)), written(Average(0, 0)), written(True), written(("film", "book"))
    ('4,679,146', '3.50', '–', 'Yes', 'film, book')
    """
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Average):
        return UNKNOWN if value.value is None else f"{value.value:,.2f}"
    return ", ".join(value) or UNKNOWN


def columns_of(found: DatasetComparison) -> tuple[DatasetFigures, ...]:
    """Each dataset, and all together where there are several."""
    return (*found.datasets, found.total) if _total(found) else found.datasets


def markdown(found: DatasetComparison) -> str:
    heads = [plain(one.name) for one in found.datasets]
    lines = [["", *heads, *_total(found)], ["---", *["---:"] * len(heads), *["---:" for _ in _total(found)]]]
    lines += [[figure.title, *(plain(written(figure.of(one))) for one in columns_of(found))] for figure in FIGURES]
    return "\n".join([*(f"| {' | '.join(line)} |" for line in lines), "", method(found)])


def latex(found: DatasetComparison) -> str:
    heads = [tex(one.name) for one in found.datasets]
    rows = [["", *heads, *_total(found)]]
    rows += [[figure.title, *(tex(written(figure.of(one))) for one in columns_of(found))] for figure in FIGURES]
    head, *body = (f"{' & '.join(row)} \\\\" for row in rows)
    columns = "l" + "r" * len(columns_of(found))
    lines = [
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        head,
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join([*lines, f"% {method(found)}"])


def comma_separated(found: DatasetComparison) -> str:
    """Numbers in full, without thousands' commas; names that a spreadsheet would take for formulas are neutralised."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["figure", *(neutral(one.name) for one in found.datasets), *_total(found)])
    for figure in FIGURES:
        writer.writerow([figure.name, *(_cell(figure.of(one)) for one in columns_of(found))])
    writer.writerow(["tokeniser", found.tokeniser])
    writer.writerow(["case", "kept" if found.keep_case else "lower"])
    return text.getvalue()


WRITERS: Final[Mapping[str, Callable[[DatasetComparison], str]]] = {
    "markdown": markdown,
    "latex": latex,
    "csv": comma_separated,
}


def method(found: DatasetComparison) -> str:
    """How it was counted, in a line that goes with the figures wherever they go."""
    case = "case kept" if found.keep_case else "lower case"
    union = " Totals are unions: what several datasets have counts once." if _total(found) else ""
    return f"Tokeniser: {found.tokeniser}, {case}. Distinct 4-grams: within an utterance.{union}"


def _total(found: DatasetComparison) -> list[str]:
    return ["Total"] if len(found.datasets) > 1 else []


def _cell(value: Value) -> object:
    if isinstance(value, Average):
        return "" if value.value is None else value.value
    return neutral(written(value)) if isinstance(value, bool | tuple) else value or ""
