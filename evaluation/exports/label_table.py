"""One label for each unit as a table: a row a unit and criterion. Names are read, and rows made, in pieces.

The answers of one block are held as numbers, those of a criterion as they are counted; texts never are.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from annotation.models import Block, Study
from evaluation.label_words import label_of
from evaluation.one_label import OneLabel
from evaluation.reports.labels import labels_of, names_of

COLUMNS: Final = (
    "study", "block", "unit", "target", "dialogue", "dataset", "second_dialogue", "second_dataset", "turn",
    "instrument", "instrument_version", "criterion", "scale", "annotators", "majority_value", "majority_label",
    "majority_share", "tied", "tied_values", "model_value", "model_label", "model_probability",
)  # fmt: skip
TEXT_COLUMNS: Final = frozenset(
    {
        "study", "dialogue", "dataset", "second_dialogue", "second_dataset", "instrument", "criterion",
        "majority_label", "model_label",
    }
)  # fmt: skip
UNITS_AT_ONCE: Final = 500


def label_table(study: Study) -> Iterator[tuple[Any, ...]]:
    """Rows of `COLUMNS`, ordered by block, criterion, unit and turn."""
    for block in study.blocks.select_related("study").order_by("number"):
        systems, found = labels_of(block)
        for one in found:
            yield from _rows(block, one, tuple(system.slug for system in systems))


def _rows(block: Block, one: OneLabel, systems: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    question, model = one.question, one.estimated.labels
    asked = (question.instrument, question.version, question.criterion, question.scale)
    for start in range(0, one.unit.size, UNITS_AT_ONCE):
        piece = range(start, min(start + UNITS_AT_ONCE, one.unit.size))
        names = names_of(np.unique(one.unit[start : piece.stop]).tolist())
        for at in piece:
            number, *shown = names[int(one.unit[at])]
            place, value, best = int(one.place[at]), float(one.voted.values[at]), float(model.values[at])
            tied = bool(np.isnan(value))
            leading = " ".join(f"{score:g}" for score in one.leading(at)) if tied else ""
            yield (
                block.study.slug, block.number, number, block.target, *shown, place if place >= 0 else None, *asked,
                int(one.voted.answers[at]), None if tied else value,
                "" if tied else label_of(question, systems, value), float(one.voted.sure[at]), int(tied), leading,
                best, label_of(question, systems, best), float(model.sure[at]),
            )  # fmt: skip
