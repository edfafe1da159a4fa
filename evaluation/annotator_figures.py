"""Each annotator of a block beside the others, and how they went about it, from the columns of the answers. Pure."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from evaluation.agreement import COEFFICIENTS, FITTING
from evaluation.annotators import annotator_rows
from evaluation.columns import Columns, Work, in_order
from evaluation.counted import Counted
from evaluation.criteria import LEFT, RATED, ratings_of, votes_of
from evaluation.figures import BesideOthers, Habits, Question
from evaluation.habits import Lines, Pace, Side, pace, side_habits, straight_lines

Answered = Sequence[tuple[Question, Columns]]


def beside_others(answered: Answered, names: Mapping[int, str], *, two: bool) -> tuple[BesideOthers, ...]:
    """The annotators of every question with a scale that two or more answered; `two` systems meet in the pairs."""
    found = []
    for question, columns in answered:
        if not columns.unit.size or (question.scale not in RATED and question.scale != "preference"):
            continue
        pairs = question.scale == "preference"
        value = votes_of(columns, two=two)[0] if pairs else columns.value / 10**question.decimals
        kind = COEFFICIENTS[FITTING[question.scale][0]]
        measure = kind.measure if isinstance(kind.measure, Counted) else None
        rows = annotator_rows(ratings_of(question, columns, value), measure)
        named = sorted(((names.get(row.annotator, ""), row) for row in rows), key=lambda one: in_order(one[0]))
        if len(named) > 1:
            found.append(BesideOthers(question, kind.title, tuple(named)))
    return tuple(found)


def habits(answered: Answered, work: Work, names: Mapping[int, str]) -> tuple[Habits, ...]:
    """How each annotator with answers to these questions went about it."""
    counts: dict[int, int] = {}
    for _question, columns in answered:
        people, times = np.unique(columns.annotator, return_counts=True)
        for annotator, count in zip(people.tolist(), times.tolist(), strict=True):
            counts[annotator] = counts.get(annotator, 0) + count
    timed = work.submitted & (work.seconds > 0)
    paces = pace(work.annotator[timed], work.unit[timed], work.seconds[timed])
    lines: dict[int, Lines] = {one.annotator: one for one in _lines(answered) if one.pages}
    by_pace: dict[int, Pace] = {one.annotator: one for one in paces}
    sides: dict[int, Side] = {one.annotator: one for one in _sides(answered)}
    found = (
        Habits(names.get(one, ""), count, lines.get(one), by_pace.get(one), sides.get(one))
        for one, count in counts.items()
    )
    return tuple(sorted(found, key=lambda one: in_order(one.annotator)))


def _lines(answered: Answered) -> Iterator[Lines]:
    """Of the answers to the questions that share the scale most often used: a page is a unit."""
    alike: dict[tuple[int, ...], list[Columns]] = {}
    for question, columns in answered:
        if question.scale in RATED and columns.unit.size:
            alike.setdefault(tuple(sorted(question.labels)), []).append(columns)
    if alike:
        shared = max(alike.values(), key=lambda group: sum(one.unit.size for one in group))
        annotator, unit, value = (
            np.concatenate([getattr(one, name) for one in shared]) for name in ("annotator", "unit", "value")
        )
        yield from straight_lines(annotator, unit, value)


def _sides(answered: Answered) -> Iterator[Side]:
    """Of all votes that are no tie."""
    votes = [columns for question, columns in answered if question.scale == "preference" and columns.unit.size]
    if votes:
        annotator, value = (np.concatenate([getattr(one, name) for one in votes]) for name in ("annotator", "value"))
        taken = value > 0
        yield from side_habits(annotator[taken], value[taken] == LEFT)
