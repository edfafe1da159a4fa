"""What stands under the answers of a study: agreement, how often one is rated higher, and the time it took."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from evaluation.annotator_tables import AnnotatorTable, annotator_tables
from evaluation.estimates import Estimates
from evaluation.figures import (
    AgreementFigure,
    BlockFigures,
    CriterionFigures,
    PreferenceFigures,
    StudyFigures,
    SystemDifference,
)
from evaluation.rows import PLAIN, Row, Rows, agreement_rows, behind, n_words, superiority_rows
from evaluation.sentences import duration, interval_of, number, value_of
from evaluation.time_spent import Spent

TOGETHER: Final = 24
"""So many letters fit on a line of a narrow screen."""


@dataclass(frozen=True)
class Cell:
    """A coefficient in one scope: its value, the interval for other annotators (or why there is none), its remarks."""

    value: str
    interval: str
    remarks: tuple[int, ...]
    behind: str


@dataclass(frozen=True)
class AgreementTable:
    """Every coefficient of a criterion, over all systems and on each; `beside` are those that stand beside every
    criterion, over all systems; `rows` are all with both intervals."""

    criterion: str
    title: str
    scopes: tuple[tuple[str, str], ...]
    beside: tuple[Cell, ...]
    lines: tuple[tuple[str, tuple[Cell, ...]], ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class SuperiorityTable:
    """Of two systems, how often each is rated higher by the same annotator: the shares to be drawn, and their rows."""

    title: str
    first: str
    second: str
    shares: tuple[tuple[str, float, float, str], ...]
    rows: tuple[Row, ...]

    @property
    def long(self) -> bool:
        """The names of both do not fit on one line of a narrow screen."""
        return len(self.first) + len(self.second) > TOGETHER


@dataclass(frozen=True)
class TimeRow:
    """Time on finished units: how many, the median and the middle half of it, and all of it."""

    who: str
    units: str
    median: str
    half: str
    total: str
    behind: str


@dataclass(frozen=True)
class BlockDetails:
    figures: BlockFigures
    agreement: tuple[AgreementTable, ...]
    headings: tuple[str, ...]
    superiority: tuple[SuperiorityTable, ...]
    annotators: tuple[AnnotatorTable, ...]
    time: tuple[TimeRow, ...]
    unknown_times: int
    remarks: tuple[str, ...]


def details(figures: StudyFigures) -> list[BlockDetails]:
    """The details of every block that has judgments, preferences first."""
    ordered = sorted(figures.blocks, key=lambda block: not block.preferences)
    return [_block_details(block) for block in ordered if block.counts.judgments]


def _block_details(block: BlockFigures) -> BlockDetails:
    table = Rows(block.number)
    agreement = tuple(_agreement(table, one) for one in block.asked if one.agreement)
    superiority = tuple(
        _superiority(table, one, gap) for one in block.criteria for gap in one.differences if gap.shares
    )
    return BlockDetails(
        block,
        agreement,
        _headings(block),
        superiority,
        annotator_tables(table, block),
        tuple(times(block)),
        block.time.unknown if block.time else 0,
        tuple(table.remarks),
    )


def _headings(block: BlockFigures) -> tuple[str, ...]:
    """The names of the coefficients that stand beside every criterion, without their kind where criteria differ."""
    told = [
        [_(figure.title) for figure in one.agreement if figure.beside and figure.system is None]
        for one in block.asked
        if one.agreement
    ]
    return tuple(
        titles[0] if len(set(titles)) == 1 else titles[0].partition(" (")[0] for titles in zip(*told, strict=False)
    )


def _agreement(table: Rows, one: PreferenceFigures | CriterionFigures) -> AgreementTable:
    question = one.question
    systems = dict.fromkeys(figure.system for figure in one.agreement)
    scopes = []
    for system in systems:
        first = next(figure for figure in one.agreement if figure.system == system)
        name = system.name if system else _("All together")
        scopes.append((name, n_words(first.estimates.any_panel.n, question.target)))
    found = {(figure.coefficient, figure.system): figure for figure in one.agreement}
    titles = {figure.coefficient: figure.title for figure in one.agreement}
    lines = [
        (_(title), tuple(_cell(table, found.get((key, system)), question.criterion) for system in systems))
        for key, title in titles.items()
    ]
    beside = [
        _cell(table, figure, question.criterion) for figure in one.agreement if figure.beside and figure.system is None
    ]
    rows = agreement_rows(table, one.agreement, question.target, question.criterion)
    return AgreementTable(question.criterion, question.title, tuple(scopes), tuple(beside), tuple(lines), tuple(rows))


def _cell(table: Rows, figure: AgreementFigure | None, criterion: str) -> Cell:
    if figure is None:
        return Cell(_("not computed"), "", (), "")
    percent = figure.coefficient in PLAIN
    shown = figure.estimates.headline
    query = behind(table.block, criterion, system=figure.system.slug if figure.system else "")
    limits = interval_of(shown, percent=percent)
    return Cell(value_of(shown, percent=percent), limits, table.numbers((shown,)), query)


def _superiority(table: Rows, figures: CriterionFigures, gap: SystemDifference) -> SuperiorityTable:
    shares = []
    at = 0.0
    if gap.shares:
        for kind, both in (("first", gap.shares.higher), ("equal", gap.shares.equal), ("second", gap.shares.lower)):
            width = 100 * _value(both)
            shares.append((kind, round(at, 3), round(width, 3), value_of(both.headline, percent=True)))
            at += width
    rows = tuple(superiority_rows(table, figures, gap))
    return SuperiorityTable(figures.question.title, gap.first.name, gap.second.name, tuple(shares), rows)


def _value(both: Estimates) -> float:
    value = both.headline.value
    return 0.0 if value is None else value


def times(block: BlockFigures) -> list[TimeRow]:
    """The time that everybody, each system's units and each annotator took."""
    time = block.time
    if time is None or not time.whole.units:
        return []
    rows = [_time_row(_("Everybody"), time.whole, f"block={block.number}&counted=counted")]
    for place, spent in time.systems:
        system = block.systems[place]
        if spent.units:
            rows.append(_time_row(system.name, spent, behind(block.number, "", system=system.slug)))
    rows += [
        _time_row(who, spent, behind(block.number, "", annotator=who)) for who, spent in time.annotators if spent.units
    ]
    return rows


def _time_row(who: str, spent: Spent, query: str) -> TimeRow:
    half = f"{duration(spent.low or 0)}–{duration(spent.high or 0)}"
    return TimeRow(who, number(spent.units, 0), duration(spent.median or 0), half, duration(spent.total), query)
