"""Rows become arrays here, and nowhere else; arrays become figures in the pure files.

Counted are the current judgments of assignments that a slot holds; "cannot judge" is left out and counted.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Final

import numpy as np
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from annotation.models import Assignment, Block, Judgment, Slot, Study
from annotation.services.material import instruments_of, spec_of
from evaluation import comparison, preference
from evaluation.agreement import BY_SCALE, COEFFICIENTS, agreement
from evaluation.coincidences import Ratings
from evaluation.crossed import Cells
from evaluation.figures import (
    AgreementFigure,
    BlockFigures,
    Contest,
    Counts,
    CriterionFigures,
    PreferenceFigures,
    Question,
    StudyFigures,
    System,
    SystemDifference,
    SystemMean,
    blinded,
)
from generation.models import Dataset

MOST_PLACES: Final = 1_000_000
LEFT: Final = 1
RIGHT: Final = 2


@dataclass
class Columns:
    """The counted answers to one criterion of a block, a row an answer."""

    unit: list[int] = field(default_factory=list)
    place: list[int] = field(default_factory=list)
    annotator: list[int] = field(default_factory=list)
    value: list[int] = field(default_factory=list)
    system: list[int] = field(default_factory=list)
    first_left: list[bool] = field(default_factory=list)
    cannot_judge: Counter[int] = field(default_factory=Counter)


def study_figures(study: Study, *, unblinded: bool) -> StudyFigures:
    """Every figure of a study as its rows stand now; without what tells the systems apart unless `unblinded`."""
    revision = study.judgment_revision
    blocks = tuple(_block_figures(block) for block in study.blocks.select_related("study").order_by("number"))
    figures = StudyFigures(study.slug, study.title, study.state, study.digest, revision, False, blocks)
    return figures if unblinded else blinded(figures)


def _block_figures(block: Block) -> BlockFigures:
    systems, system_of = _systems(block)
    columns = _columns(block, system_of)
    questions = list(_questions(block))
    criteria = [_criterion(one, columns[one.instrument, one.criterion], systems) for one in questions if _rated(one)]
    preferences = [
        _preference(one, columns[one.instrument, one.criterion], systems)
        for one in questions
        if one.scale == "preference" and len(systems) == 2
    ]
    return BlockFigures(
        block.number,
        block.name,
        block.target,
        block.design,
        block.annotators_per_unit,
        systems,
        _counts(block, columns),
        _with_holm(criteria),
        tuple(preferences),
    )


def _rated(question: Question) -> bool:
    return question.scale in {"ordinal", "binary", "nominal"}


def _questions(block: Block) -> Iterator[Question]:
    for instrument in instruments_of(block):
        for criterion in instrument.criteria:
            values = [option.value for option in criterion.options] or [0]
            yield Question(
                instrument.slug,
                instrument.version,
                criterion.key,
                criterion.title,
                criterion.question,
                criterion.scale,
                criterion.target,
                min(values),
                max(values),
                {option.value: option.label for option in criterion.options},
            )


def _systems(block: Block) -> tuple[tuple[System, ...], dict[int, int]]:
    """What the block compares, in the order of its protocol, and the place in that order of each dataset's key.

    Pairs of two samples of one dataset compare the samples; then no dataset has a place.
    """
    slugs = list(dict.fromkeys(sample.dataset for sample in spec_of(block).samples))
    rows = {
        slug: (pk, name) for pk, slug, name in Dataset.objects.filter(slug__in=slugs).values_list("pk", "slug", "name")
    }
    known = [slug for slug in slugs if slug in rows]
    systems = tuple(System(slug, rows[slug][1]) for slug in known)
    if block.target == Block.Target.PAIR and len(systems) == 1:
        one = systems[0]
        names = (_("%(dataset)s, first sample"), _("%(dataset)s, second sample"))
        return tuple(
            System(f"{one.slug}-{number}", name % {"dataset": one.name}) for number, name in enumerate(names, 1)
        ), {}
    return systems, {rows[slug][0]: place for place, slug in enumerate(known)}


def _columns(block: Block, system_of: dict[int, int]) -> dict[tuple[str, str], Columns]:
    assignments = {
        pk: (unit, annotator, side == Assignment.Side.FIRST_LEFT, system_of.get(dataset, 0))
        for pk, unit, annotator, side, dataset in Assignment.objects.counted()
        .filter(unit__block=block)
        .order_by()
        .values_list("pk", "unit_id", "annotator_id", "side", "unit__first__dataset_id")
    }
    columns: dict[tuple[str, str], Columns] = defaultdict(Columns)
    answers = (
        Judgment.objects.current()
        .filter(assignment__slot__block=block)
        .order_by("assignment_id", "sequence")
        .values_list("assignment_id", "instrument", "criterion", "place", "value", "cannot_judge")
    )
    for assignment, instrument, criterion, place, value, cannot_judge in answers.iterator(chunk_size=10_000):
        if assignment not in assignments:
            continue
        unit, annotator, first_left, system = assignments[assignment]
        column = columns[instrument, criterion]
        if cannot_judge or value is None:
            column.cannot_judge[system] += bool(cannot_judge)
            continue
        column.unit.append(unit)
        column.place.append(place)
        column.annotator.append(annotator)
        column.value.append(value)
        column.system.append(system)
        column.first_left.append(first_left)
    return columns


def _counts(block: Block, columns: dict[tuple[str, str], Columns]) -> Counts:
    slots = Slot.objects.filter(block=block).aggregate(
        places=Count("pk"),
        counted=Count("pk", filter=Q(assignment__state=Assignment.State.SUBMITTED)),
        held=Count("assignment"),
        annotators=Count("assignment__annotator", distinct=True),
    )
    outside = Assignment.objects.filter(unit__block=block, slot__isnull=True).count()
    judgments = Judgment.objects.filter(assignment__unit__block=block).aggregate(
        replaced=Count("pk", filter=Q(superseded=True)),
        outside=Count("pk", filter=Q(superseded=False, assignment__slot__isnull=True)),
    )
    return Counts(
        units=block.units.count(),
        annotators=slots["annotators"],
        places=slots["places"],
        counted=slots["counted"],
        in_progress=slots["held"] - slots["counted"],
        not_counted=outside,
        judgments=sum(len(column.value) for column in columns.values()),
        cannot_judge=sum(column.cannot_judge.total() for column in columns.values()),
        superseded=judgments["replaced"],
        judgments_not_counted=judgments["outside"],
    )


def _criterion(question: Question, columns: Columns, systems: tuple[System, ...]) -> CriterionFigures:
    system = np.array(columns.system, dtype=np.int64)
    unit, annotator, value = (
        np.array(column, dtype=np.int64) for column in (columns.unit, columns.annotator, columns.value)
    )
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
            _distribution(question, value[system == place].tolist()),
            columns.cannot_judge[place],
        )
        for place, one in enumerate(systems)
    )
    differences = []
    for first, second in combinations(range(len(systems)), 2) if measured else ():
        found = comparison.difference(cells[first], cells[second], **scale)
        differences.append(SystemDifference(systems[first], systems[second], found.estimates, found.test))
    return CriterionFigures(
        question,
        int(value.size),
        columns.cannot_judge.total(),
        means,
        tuple(differences),
        _agreement(question, columns, value.astype(np.float64).tolist(), systems),
    )


def _agreement(
    question: Question, columns: Columns, values: Sequence[float], systems: tuple[System, ...]
) -> tuple[AgreementFigure, ...]:
    """The coefficients of the criterion's scale, over all systems, and for each where units belong to one."""
    unit, annotator = np.array(columns.unit, dtype=np.int64), np.array(columns.annotator, dtype=np.int64)
    place = unit * MOST_PLACES + np.array(columns.place, dtype=np.int64) + 1
    value, system = np.array(values, dtype=np.float64), np.array(columns.system, dtype=np.int64)
    alone = [] if question.target == "pair" or len(systems) < 2 else list(enumerate(systems))
    scopes = [(None, np.ones(unit.size, dtype=bool)), *((one, system == number) for number, one in alone)]
    figures = []
    for scope, rows in scopes:
        ratings = Ratings.collect(place[rows], annotator[rows], value[rows], unit[rows])
        for key in BY_SCALE[question.scale]:
            figures.append(AgreementFigure(key, COEFFICIENTS[key].title, scope, agreement(ratings, key)))
    return tuple(figures)


def _preference(question: Question, columns: Columns, systems: tuple[System, ...]) -> PreferenceFigures:
    shown = np.array(columns.value, dtype=np.int64)
    first_left = np.array(columns.first_left, dtype=bool)
    turned = np.array(columns.system, dtype=np.int64) == 1
    tie = (shown != LEFT) & (shown != RIGHT)
    first_won = ((shown == LEFT) == first_left) != turned
    votes = np.where(tie, 0.5, first_won.astype(np.float64))
    unit, annotator = np.array(columns.unit, dtype=np.int64), np.array(columns.annotator, dtype=np.int64)
    left, left_test = preference.side_bias(Cells.collect(unit[~tie], annotator[~tie], shown[~tie] == LEFT))
    return PreferenceFigures(
        question,
        int(shown.size),
        columns.cannot_judge.total(),
        int(tie.sum()),
        _contest(Cells.collect(unit, annotator, votes), systems),
        left,
        left_test,
        _agreement(question, columns, votes.tolist(), systems),
    )


def _contest(votes: Cells, systems: tuple[System, ...]) -> Contest:
    published, published_test = preference.as_published(votes)
    return Contest(
        systems[0],
        systems[1],
        preference.win_rate(votes),
        preference.win_test(votes),
        preference.majority_share(votes),
        published,
        published_test,
    )


def _with_holm(criteria: Sequence[CriterionFigures]) -> tuple[CriterionFigures, ...]:
    """Holm's adjustment over the criteria of the block, separately for each two systems."""
    adjusted = [list(one.differences) for one in criteria]
    for place in range(max((len(differences) for differences in adjusted), default=0)):
        rows = [row for row, differences in enumerate(adjusted) if len(differences) > place]
        for row, p in zip(rows, comparison.holm([adjusted[row][place].test.p for row in rows]), strict=True):
            adjusted[row][place] = replace(adjusted[row][place], holm=p, family=len(rows))
    return tuple(replace(one, differences=tuple(rows)) for one, rows in zip(criteria, adjusted, strict=True))


def _distribution(question: Question, values: Sequence[int]) -> dict[int, int]:
    counted = Counter(values)
    return {value: counted[value] for value in sorted(question.labels)}
