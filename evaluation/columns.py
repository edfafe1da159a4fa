"""The counted answers of a block, and the work they were given in, as columns. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from evaluation.estimates import BoolArray, FloatArray, IntArray


def _no_numbers() -> IntArray:
    return np.empty(0, dtype=np.int64)


def _nothing() -> BoolArray:
    return np.empty(0, dtype=bool)


@dataclass(frozen=True, eq=False)
class Columns:
    """The answers to one criterion, a row an answer. `unit` and `annotator` are any numbers that tell them apart,
    `system` (of a pair, `system` and `other`) a place in the order of the block's systems, `value` is as stored (a
    scale with decimals is counted in its last one). `cannot_judge` counts by system. `task` is a place in `tasks`, −1
    where a dialogue has none."""

    unit: IntArray = field(default_factory=_no_numbers)
    place: IntArray = field(default_factory=_no_numbers)
    annotator: IntArray = field(default_factory=_no_numbers)
    value: IntArray = field(default_factory=_no_numbers)
    system: IntArray = field(default_factory=_no_numbers)
    other: IntArray = field(default_factory=_no_numbers)
    first_left: BoolArray = field(default_factory=_nothing)
    cannot_judge: Counter[int] = field(default_factory=Counter)
    amendment: Counter[int] = field(default_factory=Counter)
    task: IntArray = field(default_factory=_no_numbers)
    tasks: tuple[str, ...] = ()
    wordings: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Work:
    """The counted assignments of a block, a row each; `seconds` is the time its annotator was active on the unit."""

    unit: IntArray
    annotator: IntArray
    system: IntArray
    seconds: FloatArray
    submitted: BoolArray


def by_wording(answers: Mapping[int, int], brought: Iterable[int]) -> dict[int, int]:
    """How many answers were given to each wording; empty if there was only one.

    `answers` counts them by the last amendment in force, `brought` are the amendments that brought another wording.

    >>> by_wording({0: 5, 1: 2, 3: 4}, [2])
    {0: 7, 2: 4}
    """
    found = dict.fromkeys([0, *brought], 0)
    if len(found) < 2:
        return {}
    for number, count in answers.items():
        found[max(start for start in found if start <= number)] += count
    return found


def in_order(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts names with numbers as people count.

    >>> sorted(["annotator 10", "annotator 9", "Zoe"], key=in_order)
    ['annotator 9', 'annotator 10', 'Zoe']
    """
    parts = re.findall(r"\d+|\D+", name.casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)
