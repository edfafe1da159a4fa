"""The rows of a block as arrays.

Counted are the current judgments of assignments that a slot of a unit in use holds; "cannot judge" is left out and
counted.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np
from django.db import connections
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.db.models.functions import Coalesce

from annotation.models import Assignment, Block, Judgment, Slot
from evaluation.columns import Columns, Work
from evaluation.estimates import FloatArray, IntArray
from evaluation.figures import Question

AT_ONCE: Final = 50_000
NOTHING: Final = np.iinfo(np.int64).min
"""Stands where a row has no value."""
NO_SYSTEM: Final = -1
NO_TASK: Final = -1
TASK: Final = Coalesce("first__dialogue__task", Value(""))


@dataclass(frozen=True, eq=False)
class Answers:
    """Everything counted of a block: the answers by instrument and criterion, the work, and the number of answers of
    whatever kind."""

    columns: Mapping[tuple[str, str], Columns]
    work: Work
    judgments: int


def answers_of(block: Block, questions: Sequence[Question], system_of: Mapping[str, int]) -> Answers:
    """The counted rows of a block, in the order of assignments and turns, whatever the database's."""
    units = _units(block, system_of)
    keys, work, side = _work(block, units)
    asked = {(one.instrument, one.criterion): number for number, one in enumerate(questions)}
    which = Case(
        *(When(instrument=instrument, criterion=key, then=number) for (instrument, key), number in asked.items()),
        default=Value(NO_SYSTEM),
        output_field=IntegerField(),
    )
    rows = (
        Judgment.objects.current()
        .filter(assignment__in=Slot.objects.filter(block=block, withheld=False).values("assignment"))
        .order_by()
        .annotate(which=which, said=Coalesce("value", Value(NOTHING)))
        .values_list("assignment_id", "which", "place", "said", "cannot_judge", "amendment")
    )
    found = _numbers(rows).astype(np.int64)
    judgments = found.shape[0]
    at = np.searchsorted(keys, found[:, 0]) if keys.size else np.zeros(0, dtype=np.int64)
    known = at < keys.size
    known[known] = keys[at[known]] == found[known, 0]
    found, at = found[known], at[known]
    found[:, 0] = at
    order = np.lexsort((found[:, 2], at))
    found = found[order]
    columns = {key: _columns(found[found[:, 1] == number], work, side, units) for key, number in asked.items()}
    return Answers(columns, work, judgments)


def _columns(rows: IntArray, work: Work, side: IntArray, units: "_Units") -> Columns:
    at, place, value, cannot, amendment = rows[:, 0], rows[:, 2], rows[:, 3], rows[:, 4] > 0, rows[:, 5]
    said = (value != NOTHING) & ~cannot
    kept = at[said]
    return Columns(
        unit=work.unit[kept],
        place=place[said],
        annotator=work.annotator[kept],
        value=value[said],
        system=work.system[kept],
        other=units.other[np.searchsorted(units.keys, work.unit[kept])],
        first_left=side[kept] == Assignment.Side.FIRST_LEFT,
        cannot_judge=_counted(work.system[at[cannot]]),
        amendment=_counted(amendment),
        task=units.task[np.searchsorted(units.keys, work.unit[kept])],
        tasks=units.tasks,
    )


@dataclass(frozen=True, eq=False)
class _Units:
    """The units of a block, sorted by key, with the system of each one's first dialogue, and of its second, and the
    place of its task in `tasks`."""

    keys: IntArray
    system: IntArray
    other: IntArray
    task: IntArray
    tasks: tuple[str, ...]


def _units(block: Block, system_of: Mapping[str, int]) -> _Units:
    rows = block.units.order_by("pk").values_list(
        "pk",
        Coalesce("first__dataset__slug", "first__dataset_name"),
        Coalesce("second__dataset__slug", "second__dataset_name", Value("")),
        TASK,
    )
    tasks = tasks_of(block)
    places = {task: place for place, task in enumerate(tasks)}
    found = [
        (pk, system_of.get(first, 0), system_of.get(second, NO_SYSTEM), places.get(task, NO_TASK))
        for pk, first, second, task in rows
    ]
    table = np.array(found, dtype=np.int64).reshape(-1, 4)
    return _Units(table[:, 0], table[:, 1], table[:, 2], table[:, 3], tasks)


def tasks_of(block: Block) -> tuple[str, ...]:
    """The tasks of the dialogues that a block shows, in alphabetical order. Pairs are not told apart by them."""
    if block.target == Block.Target.PAIR:
        return ()
    return tuple(sorted(set(block.units.order_by().values_list(TASK, flat=True)) - {""}))


def _work(block: Block, units: _Units) -> tuple[IntArray, Work, IntArray]:
    """The keys of the counted assignments, sorted; their work; and the sides that were shown."""
    submitted = Case(When(state=Assignment.State.SUBMITTED, then=1), default=0, output_field=IntegerField())
    rows = (
        Assignment.objects.counted()
        .filter(block=block)
        .order_by()
        .annotate(done=submitted)
        .values_list("pk", "unit_id", "annotator_id", "side", "done", "active_seconds")
    )
    found = _numbers(rows)
    found = found[np.argsort(found[:, 0])]
    keys, unit, annotator, side, done = found[:, :5].astype(np.int64).T
    system = units.system[np.searchsorted(units.keys, unit)]
    return keys, Work(unit=unit, annotator=annotator, system=system, seconds=found[:, 5], submitted=done > 0), side


def _numbers(rows: QuerySet[Any, Any]) -> FloatArray:
    """Rows of numbers as the database gives them, without an object for each made by Django: (rows, columns)."""
    sql, params = rows.query.sql_with_params()
    pieces = []
    with connections[rows.db].cursor() as cursor:
        cursor.execute(sql, params)
        width = len(cursor.description)
        while piece := cursor.fetchmany(AT_ONCE):
            pieces.append(np.fromiter(chain.from_iterable(piece), np.float64, len(piece) * width).reshape(-1, width))
    return np.concatenate(pieces) if pieces else np.empty((0, width))


def _counted(values: IntArray) -> Counter[int]:
    found, counts = np.unique(values, return_counts=True)
    return Counter(dict(zip(found.tolist(), counts.tolist(), strict=True)))
