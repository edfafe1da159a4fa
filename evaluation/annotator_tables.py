"""Annotators beside one another, as rows: agreement, leniency, spread, and how they went about it."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from evaluation.annotators import AnnotatorRow
from evaluation.estimates import Estimate
from evaluation.figures import BesideOthers, BlockFigures, Habits
from evaluation.rows import Rows, behind
from evaluation.sentences import THIN, duration, interval_of, number, p_value, value_of


@dataclass(frozen=True)
class Shown:
    """A number (or nothing) with what stands small beneath it, and the remarks on it."""

    value: str
    beneath: str = ""
    remarks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Line:
    """One annotator: a name, the query of their judgments, and a cell for each heading."""

    who: str
    behind: str
    cells: tuple[Shown, ...]


@dataclass(frozen=True)
class AnnotatorTable:
    """Annotators under headings; `title` is a question's, or empty for what is of all questions. `notes` say what
    headings mean."""

    title: str
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


NOTHING: Final = Shown("")


def annotator_tables(table: Rows, block: BlockFigures) -> tuple[AnnotatorTable, ...]:
    """How annotators of a block went about it, and then each question's, in order."""
    of_all = [_habits(table, block)] if block.habits else []
    return (*of_all, *(_beside(table, one) for one in block.beside))


def _habits(table: Rows, block: BlockFigures) -> AnnotatorTable:
    lines_known = any(one.lines for one in block.habits)
    paces_known = any(one.pace for one in block.habits)
    sides_known = any(one.side for one in block.habits)
    headings = [_("Judgments")]
    headings += [_("All answers alike"), _("Others, same units")] if lines_known else []
    headings += [_("Median time"), _("Pace"), _("Under a third of the usual time")] if paces_known else []
    headings += [_("Left chosen"), _("p, Holm")] if sides_known else []
    lines = []
    for one in block.habits:
        cells = [Shown(number(one.judgments, 0))]
        cells += _alike(one) if lines_known else []
        cells += _pace(one) if paces_known else []
        cells += _side(table, one) if sides_known else []
        lines.append(Line(one.annotator, behind(block.number, "", annotator=one.annotator), tuple(cells)))
    notes = [_("“All answers alike” is the share of units on which every answer was the same.")] if lines_known else []
    notes += [_("Pace is against the usual time of the same units.")] if paces_known else []
    return AnnotatorTable("", tuple(headings), tuple(lines), tuple(notes))


def _alike(one: Habits) -> list[Shown]:
    if one.lines is None:
        return [NOTHING, NOTHING]
    pages = _("of %(count)s units") % {"count": number(one.lines.pages, 0)}
    return [Shown(_percent(one.lines.alike), pages), Shown(_percent(one.lines.others))]


def _pace(one: Habits) -> list[Shown]:
    pace = one.pace
    if pace is None or pace.seconds is None:
        return [NOTHING, NOTHING, NOTHING]
    relative = Shown(f"{number(pace.relative, 2)}×") if pace.relative is not None else NOTHING
    return [Shown(duration(pace.seconds)), relative, Shown(_percent(pace.hasty))]


def _side(table: Rows, one: Habits) -> list[Shown]:
    if one.side is None:
        return [NOTHING, NOTHING]
    left = one.side.left
    return [_share(table, left), Shown(p_value(one.side.p))]


def _beside(table: Rows, one: BesideOthers) -> AnnotatorTable:
    """Of a preference, which has no higher and lower, agreement alone."""
    scaled = one.question.scale not in {"nominal", "preference"}
    headings = [_("Judgments"), _("Same answer as another"), _("With the others' majority")]
    headings += [_("%(coefficient)s of the rest without") % {"coefficient": _(one.coefficient)}]
    headings += [_("Leniency"), _("Spread against the others'")] if scaled else []
    headings += [_("Commonest answer")] if one.question.scale != "preference" else []
    lines = tuple(
        Line(who, behind(table.block, one.question.criterion, annotator=who), tuple(_cells(table, row, one)))
        for who, row in one.rows
    )
    return AnnotatorTable(one.question.title, tuple(headings), lines)


def _cells(table: Rows, row: AnnotatorRow, one: BesideOthers) -> list[Shown]:
    cells = [Shown(number(row.judgments, 0)), _share(table, row.same), _share(table, row.with_majority)]
    cells.append(Shown(number(row.without, 2)) if row.without is not None else Shown(_("undefined")))
    if one.question.scale not in {"nominal", "preference"}:
        cells.append(_estimate(table, row.leniency))
        relative = row.relative_spread
        cells.append(Shown(f"{number(relative, 2)}×") if relative is not None else Shown(_("undefined")))
    if one.question.scale != "preference":
        cells.append(Shown(_percent(row.commonest)))
    return cells


def _share(table: Rows, estimate: Estimate) -> Shown:
    return Shown(value_of(estimate, percent=True), interval_of(estimate, percent=True), table.numbers((estimate,)))


def _estimate(table: Rows, estimate: Estimate) -> Shown:
    return Shown(value_of(estimate), interval_of(estimate), table.numbers((estimate,)))


def _percent(share: float | None) -> str:
    return "" if share is None else f"{number(share * 100, 0)}{THIN}%"
