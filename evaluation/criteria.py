"""The figures of what a block asked, from the columns of its answers. Pure.

A copy of this file and of all it imports goes along with each report, whose script runs them without the product.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

import numpy as np

from evaluation import comparison, preference
from evaluation.agreement import BY_SCALE, COEFFICIENTS, FITTING, agreement
from evaluation.columns import Columns
from evaluation.crossed import Cells
from evaluation.estimates import BoolArray, Estimates, FloatArray, IntArray, Test
from evaluation.figures import (
    MOST_COMPARED,
    AgreementFigure,
    Contest,
    CriterionFigures,
    PreferenceFigures,
    Question,
    System,
    SystemDifference,
    SystemMean,
)
from evaluation.permutation import exchange_test, flip_test, mann_whitney, welch_test
from evaluation.ranking import Model, Ranking, ranking
from evaluation.ratings import Ratings
from evaluation.sides import Table, redrawn_sides
from evaluation.strengths import Votes
from evaluation.superiority import Answers, standardised, superiority

MOST_PLACES: Final = 1_000_000
RATED: Final = frozenset({"ordinal", "interval", "binary", "nominal"})
MOST_TASKS: Final = 30
TIE: Final = 0
LEFT: Final = 1
RIGHT: Final = 2


def asked_figures(
    questions: Sequence[Question],
    columns: Mapping[tuple[str, str], Columns],
    systems: tuple[System, ...],
    *,
    brief: bool = False,
) -> tuple[tuple[CriterionFigures, ...], tuple[PreferenceFigures, ...]]:
    """Everything that a block asked and that has figures: criteria on a scale, and preferences.

    `brief` leaves out what takes longest: agreement, and how often one system is rated higher than the other.
    """

    def answers(question: Question) -> Columns:
        return columns.get((question.instrument, question.criterion)) or Columns()

    criteria = [criterion_figures(one, answers(one), systems, brief=brief) for one in questions if one.scale in RATED]
    preferences = [
        preference_figures(one, answers(one), systems, brief=brief) for one in questions if one.scale == "preference"
    ]
    return _with_holm(criteria), tuple(preferences)


def criterion_figures(
    question: Question, columns: Columns, systems: tuple[System, ...], *, brief: bool = False
) -> CriterionFigures:
    unit, annotator, stored, system = columns.unit, columns.annotator, columns.value, columns.system
    value = stored / 10**question.decimals
    cells = [
        Cells.collect(unit[system == place], annotator[system == place], value[system == place])
        for place in range(len(systems))
    ]
    measured = question.scale != "nominal"
    scale = {"low": float(question.low), "high": float(question.high)}
    means = tuple(
        SystemMean(
            one,
            comparison.mean(cells[place], **scale) if measured else None,
            float(value[system == place].mean()) if measured and (system == place).any() else None,
            _distribution(question, stored[system == place]),
            columns.cannot_judge[place],
            {} if measured else _shares(question, unit, annotator, stored, system == place),
            _by_task(columns, value, system == place, scale) if measured else {},
        )
        for place, one in enumerate(systems)
    )
    compared = combinations(range(len(systems)), 2) if measured and len(systems) <= MOST_COMPARED else ()
    differences = []
    for first, second in compared:
        found = comparison.difference(cells[first], cells[second], **scale)
        gap = SystemDifference(systems[first], systems[second], found.estimates, found.test)
        both = [Answers(unit[rows], annotator[rows], value[rows]) for rows in (system == first, system == second)]
        differences.append(gap if brief else _thoroughly(gap, (cells[first], cells[second]), both))
    return CriterionFigures(
        question,
        int(value.size),
        columns.cannot_judge.total(),
        means,
        tuple(differences),
        () if brief else _agreement(question, columns, value, systems),
        columns.wordings,
    )


def _thoroughly(gap: SystemDifference, cells: tuple[Cells, Cells], answers: Sequence[Answers]) -> SystemDifference:
    """The same with what takes longer: in standard deviations, how often the first is higher, and by other tests."""
    one, other = answers
    return replace(
        gap,
        standardised=standardised(gap.estimates, one, other),
        shares=superiority(one, other),
        others=_other_tests(*cells),
    )


def _by_task(columns: Columns, value: FloatArray, rows: BoolArray, scale: Mapping[str, float]) -> dict[str, Estimates]:
    """The mean of each task, where there are several and not too many to be read."""
    if not 2 <= len(columns.tasks) <= MOST_TASKS:
        return {}
    unit, annotator, task = columns.unit, columns.annotator, columns.task
    kept = {name: rows & (task == place) for place, name in enumerate(columns.tasks)}
    return {
        name: comparison.mean(Cells.collect(unit[these], annotator[these], value[these]), **scale)
        for name, these in kept.items()
        if these.any()
    }


def _shares(
    question: Question, unit: IntArray, annotator: IntArray, value: IntArray, rows: BoolArray
) -> dict[int, Estimates]:
    """The share of each class: the mean of “it was this one”, every dialogue counting alike."""
    return {
        option: comparison.mean(Cells.collect(unit[rows], annotator[rows], value[rows] == option), low=0.0, high=1.0)
        for option in question.labels
    }


def _agreement(
    question: Question, columns: Columns, value: FloatArray, systems: tuple[System, ...]
) -> tuple[AgreementFigure, ...]:
    """Every coefficient that suits the criterion's scale, over all systems, and for each where units belong to one."""
    apart = question.target != "pair" and 2 <= len(systems) <= MOST_COMPARED
    alone = list(enumerate(systems)) if apart else []
    scopes: list[tuple[System | None, BoolArray | slice]] = [(None, slice(None))]
    scopes += [(one, columns.system == number) for number, one in alone]
    figures = []
    for scope, rows in scopes:
        ratings = ratings_of(question, columns, value, rows)
        for key in FITTING[question.scale]:
            beside = key in BY_SCALE[question.scale]
            figures.append(AgreementFigure(key, COEFFICIENTS[key].title, scope, agreement(ratings, key), beside))
    return tuple(figures)


def ratings_of(
    question: Question, columns: Columns, value: FloatArray, rows: BoolArray | slice = slice(None)
) -> Ratings:
    """The answers to a question as agreement sees them, each turn of a dialogue a unit; or `rows` of them alone."""
    place = columns.unit * MOST_PLACES + columns.place + 1
    return Ratings.collect(place[rows], columns.annotator[rows], value[rows], columns.unit[rows], _categories(question))


def _categories(question: Question) -> list[float]:
    """What could have been answered, as agreement sees it: of a pair, that either dialogue won, or none."""
    if question.scale == "preference":
        return [0.0, 0.5, 1.0] if TIE in question.labels else [0.0, 1.0]
    return [] if question.scale == "interval" else [value / 10**question.decimals for value in question.labels]


def preference_figures(
    question: Question, columns: Columns, systems: tuple[System, ...], *, brief: bool = False
) -> PreferenceFigures:
    shown, unit, annotator = columns.value, columns.unit, columns.annotator
    two = len(systems) == 2
    votes, tie = votes_of(columns, two=two)
    left, left_test = preference.side_bias(Cells.collect(unit[~tie], annotator[~tie], shown[~tie] == LEFT))
    return PreferenceFigures(
        question,
        int(shown.size),
        columns.cannot_judge.total(),
        int(tie.sum()),
        _contest(Cells.collect(unit, annotator, votes), systems, brief=brief) if two else None,
        left,
        left_test,
        () if brief else _agreement(question, columns, votes, systems),
        columns.wordings,
        _rankings(columns, votes, len(systems)),
        None if brief else _left_redrawn(columns),
    )


def _left_redrawn(columns: Columns) -> Test:
    """The left choices beside those of sides drawn again."""
    tie = (columns.value != LEFT) & (columns.value != RIGHT)
    choice = np.where(tie, 0, np.where((columns.value == LEFT) == columns.first_left, 1, -1))
    return redrawn_sides(Table.collect(columns.unit, columns.annotator, choice, columns.first_left))


def votes_of(columns: Columns, *, two: bool) -> tuple[FloatArray, BoolArray]:
    """1 for the first of a pair's dialogues (of `two` systems, for the first system), 0 for the second, ½ for a tie;
    and which are ties."""
    shown = columns.value
    tie = (shown != LEFT) & (shown != RIGHT)
    first_won = ((shown == LEFT) == columns.first_left) != (two & (columns.system == 1))
    return np.where(tie, 0.5, first_won.astype(np.float64)), tie


def _rankings(columns: Columns, votes: FloatArray, systems: int) -> tuple[Ranking, ...]:
    """Of more than two systems: ties half, and Davidson's where there are ties. Pairs of one system's dialogues say
    nothing here."""
    meet = (columns.other >= 0) & (columns.system != columns.other)
    if systems <= 2 or not meet.any():
        return ()
    kept = [column[meet] for column in (columns.system, columns.other, votes, columns.unit, columns.annotator)]
    cast = Votes.collect(systems, *kept)
    models: tuple[Model, ...] = ("bradley-terry", "davidson") if (kept[2] == 0.5).any() else ("bradley-terry",)
    return tuple(ranking(cast, model=model) for model in models)


def _contest(votes: Cells, systems: tuple[System, ...], *, brief: bool) -> Contest:
    published, published_test = preference.as_published(votes)
    return Contest(
        systems[0],
        systems[1],
        preference.win_rate(votes),
        preference.win_test(votes),
        preference.majority_share(votes),
        published,
        published_test,
        () if brief or not votes.values.size else (flip_test(votes.unit_means - 0.5),),
    )


def _other_tests(first: Cells, second: Cells) -> tuple[Test, ...]:
    """What else may be asked of these annotators alone, dialogues being the sample; nothing where there are none."""
    if not (first.values.size and second.values.size):
        return ()
    tests = welch_test(first, second), mann_whitney(first.unit_means, second.unit_means), exchange_test(first, second)
    return tuple(test for test in tests if test.p is not None)


def _distribution(question: Question, values: IntArray) -> dict[int, int]:
    counted = dict(zip(*(found.tolist() for found in np.unique(values, return_counts=True)), strict=True))
    return {value: counted.get(value, 0) for value in sorted(question.labels)}


def _with_holm(criteria: Sequence[CriterionFigures]) -> tuple[CriterionFigures, ...]:
    """Holm's adjustment over the criteria of the block, separately for each two systems."""
    adjusted = [list(one.differences) for one in criteria]
    for place in range(max((len(differences) for differences in adjusted), default=0)):
        rows = [row for row, differences in enumerate(adjusted) if len(differences) > place]
        for row, p in zip(rows, comparison.holm([adjusted[row][place].test.p for row in rows]), strict=True):
            adjusted[row][place] = replace(adjusted[row][place], holm=p, family=len(rows))
    return tuple(replace(one, differences=tuple(rows)) for one, rows in zip(criteria, adjusted, strict=True))
