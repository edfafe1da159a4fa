"""The first answers of a table, each as what was read: shown before anything is made of it. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from annotation.published.gathering import Answer, Gathering
from annotation.published.rows import Shown


class Example(NamedTuple):
    """One answer. `shown` are the dialogue, or the two of a pair, as far as the name of the unit does not say it;
    `value` is the text of the cell, for a pair 0, 1 or 2, and None where somebody could not judge."""

    unit: str
    shown: Sequence[str]
    place: int
    annotator: str
    criterion: str
    value: str | int | None
    counts: bool


def examples(found: Gathering, most: int) -> list[Example]:
    """The first `most` answers that were gathered."""
    annotators = list(found.annotators)
    return [_example(found, annotators, answer) for answer in found.answers[:most]]


def _example(found: Gathering, annotators: Sequence[str], answer: Answer) -> Example:
    work = found.work[answer.work]
    unit = found.units[work.unit]
    shown = [_named(one, unit.key.name) for one in (unit.first, unit.second) if one is not None]
    return Example(
        unit.key.name,
        list(filter(None, shown)),
        answer.place,
        annotators[work.annotator],
        found.criteria[answer.criterion].key.name,
        answer.value,
        work.counted,
    )


def _named(shown: Shown, unit: str) -> str:
    return " · ".join(part for part in shown if part and part != unit)
