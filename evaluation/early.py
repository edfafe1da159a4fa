"""What may be said of a block while its study is open, from the columns of its answers. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

import numpy as np

from evaluation.columns import Columns
from evaluation.criteria import votes_of
from evaluation.crossed import Cells
from evaluation.estimates import FloatArray
from evaluation.figures import MOST_COMPARED, Early, Question, System
from evaluation.monitoring import BETTING, BETTING_BLOCKS, early_estimate, steps_of

MEASURED: Final = frozenset({"ordinal", "interval", "binary"})


def early_figures(
    questions: Sequence[Question],
    columns: Mapping[tuple[str, str], Columns],
    systems: tuple[System, ...],
    orders: Sequence[Sequence[int]],
    planned: Sequence[int],
) -> tuple[Early, ...]:
    """The preference between two systems, or the differences of their means, over what is complete.

    `orders` has for each system (of pairs: once) the units that are complete, in the order of the seed up to the first
    that is not; `planned` how many there will be.
    """
    found: list[Early] = []
    for question in questions:
        answers = columns.get((question.instrument, question.criterion))
        if answers is None or not answers.value.size or not 2 <= len(systems) <= MOST_COMPARED:
            continue
        if question.scale == "preference" and len(systems) == 2:
            found.append(_preference(question, answers, systems, orders[0], planned[0]))
        elif question.scale in MEASURED and question.target != "pair":
            found += _differences(question, answers, systems, orders, planned)
    return tuple(found)


def _preference(
    question: Question, columns: Columns, systems: tuple[System, ...], order: Sequence[int], planned: int
) -> Early:
    votes, _ties = votes_of(columns, two=True)
    steps = steps_of(columns.unit, votes, order)
    estimate = early_estimate(steps, low=0, high=1, n={"units": planned}, method=BETTING)
    return Early(question, systems[0], systems[1], estimate, percent=True)


def _differences(
    question: Question,
    columns: Columns,
    systems: tuple[System, ...],
    orders: Sequence[Sequence[int]],
    planned: Sequence[int],
) -> Iterator[Early]:
    value = columns.value / 10**question.decimals
    means: list[FloatArray] = []
    for place, order in enumerate(orders):
        rows = columns.system == place
        cells = Cells.collect(columns.unit[rows], columns.annotator[rows], value[rows])
        means.append(steps_of(cells.unit_ids[cells.units], cells.values, order))
    reach = question.high - question.low
    for first, second in combinations(range(len(systems)), 2):
        steps = min(means[first].size, means[second].size)
        gaps = means[first][:steps] - means[second][:steps]
        n: dict[str, float] = {"units": min(planned[first], planned[second])}
        estimate = early_estimate(np.asarray(gaps), low=-reach, high=reach, n=n, method=BETTING_BLOCKS)
        yield Early(question, systems[first], systems[second], estimate, percent=False)
