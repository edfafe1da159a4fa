"""What a block asked, group by group of its units: means, win rates and agreement of each. Pure.

Every number is made as it is over all units. Tests are Holm's over all of a block, groups and questions together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from evaluation import comparison, preference
from evaluation.agreement import BY_SCALE, agreement
from evaluation.attributes import Attribute, Group, Grouping
from evaluation.columns import Columns
from evaluation.criteria import RATED, ratings_of, votes_of
from evaluation.crossed import Cells
from evaluation.estimates import BoolArray, Estimates, FloatArray, IntArray, Test, gettext_noop
from evaluation.figures import Question, System

FEW_PAIRS: Final = gettext_noop("Fewer than five pairs do not show how pairs differ.")
UNDER_TWENTY: Final = gettext_noop("Indicative: such intervals were simulated from twenty pairs on.")
LEAST_PAIRS: Final = 5
ENOUGH_PAIRS: Final = 20


@dataclass(frozen=True)
class SplitLine:
    """A question in one group. `means` are by system, in the block's order, empty where nothing is on a scale;
    `difference` is of two systems, `rate` the share of votes for the first of two. `holm` adjusts `test`."""

    group: Group
    units: int
    judgments: int
    means: tuple[Estimates | None, ...] = ()
    difference: Estimates | None = None
    rate: Estimates | None = None
    test: Test | None = None
    holm: float | None = None
    agreement: Mapping[str, Estimates] = field(default_factory=dict)


@dataclass(frozen=True)
class QuestionSplit:
    """A question, line by line."""

    question: Question
    lines: tuple[SplitLine, ...]


@dataclass(frozen=True)
class BlockSplit:
    """`family` is how many tests stand in it."""

    number: int
    name: str
    target: str
    systems: tuple[System, ...]
    groups: tuple[Group, ...]
    questions: tuple[QuestionSplit, ...]
    family: int = 0


@dataclass(frozen=True)
class StudySplit:
    """A study's figures split by one attribute of its dialogues."""

    attribute: Attribute
    blocks: tuple[BlockSplit, ...]


def split_questions(
    questions: Sequence[Question],
    columns: Mapping[tuple[str, str], Columns],
    systems: tuple[System, ...],
    groups: Grouping,
) -> tuple[tuple[QuestionSplit, ...], int]:
    """Each question with a scale by group, with Holm's p-values, and how many tests they are over."""
    found = []
    for question in questions:
        known = columns.get((question.instrument, question.criterion))
        if known is not None and known.value.size and (question.scale in RATED or question.scale == "preference"):
            found.append(QuestionSplit(question, tuple(_lines(question, known, systems, groups))))
    return _with_holm(found)


def _lines(question: Question, columns: Columns, systems: tuple[System, ...], groups: Grouping) -> Iterator[SplitLine]:
    unit_ids, codes = np.unique(columns.unit, return_inverse=True)
    place = np.array([groups.of.get(unit, -1) for unit in unit_ids.tolist()], dtype=np.int64)[codes]
    pairs = question.scale == "preference"
    value = votes_of(columns, two=len(systems) == 2)[0] if pairs else columns.value / 10**question.decimals
    for number, group in enumerate(groups.groups):
        rows = place == number
        line = SplitLine(group, int(np.unique(columns.unit[rows]).size), int(rows.sum()))
        if line.judgments:
            make = _preferred if pairs else _rated
            found = make(line, question, columns, value, rows, systems)
            ratings = ratings_of(question, columns, value, rows)
            line = replace(found, agreement={key: agreement(ratings, key) for key in BY_SCALE[question.scale]})
        yield line


def _rated(
    line: SplitLine,
    question: Question,
    columns: Columns,
    value: FloatArray,
    rows: BoolArray,
    systems: tuple[System, ...],
) -> SplitLine:
    """Classes have no mean."""
    if question.scale == "nominal":
        return line
    scale = {"low": float(question.low), "high": float(question.high)}
    of_system = [rows & (columns.system == at) for at in range(len(systems))]
    cells = [_cells(columns.unit, columns.annotator, value, these) for these in of_system]
    means = tuple(comparison.mean(one, **scale) if one.values.size else None for one in cells)
    if len(systems) != 2 or None in means:
        return replace(line, means=means)
    gap = comparison.difference(cells[0], cells[1], **scale)
    return replace(line, means=means, difference=gap.estimates, test=gap.test)


def _preferred(
    line: SplitLine,
    question: Question,
    columns: Columns,
    value: FloatArray,
    rows: BoolArray,
    systems: tuple[System, ...],
) -> SplitLine:
    if len(systems) != 2:
        return line
    votes = _cells(columns.unit, columns.annotator, value, rows)
    rate, test = preference.win_rate(votes), preference.win_test(votes)
    if votes.unit_count < LEAST_PAIRS:
        rate = Estimates(*(one.without_interval(FEW_PAIRS) for one in (rate.any_panel, rate.this_panel)))
        test = Test(None, method=test.method, reason=FEW_PAIRS)
    elif votes.unit_count < ENOUGH_PAIRS:
        rate = Estimates(*(one.noting(UNDER_TWENTY) for one in (rate.any_panel, rate.this_panel)))
    return replace(line, rate=rate, test=test)


def _cells(unit: IntArray, annotator: IntArray, value: FloatArray, rows: BoolArray) -> Cells:
    return Cells.collect(unit[rows], annotator[rows], value[rows])


def _with_holm(found: Sequence[QuestionSplit]) -> tuple[tuple[QuestionSplit, ...], int]:
    p_values = [line.test.p if line.test else None for one in found for line in one.lines]
    adjusted = iter(comparison.holm(p_values))
    told = tuple(replace(one, lines=tuple(replace(line, holm=next(adjusted)) for line in one.lines)) for one in found)
    return told, sum(p is not None for p in p_values)
