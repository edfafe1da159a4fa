"""A split as what a page, a report and a file show: groups in words, every number with its interval, and what to
beware of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.agreement import BY_SCALE, COEFFICIENTS
from evaluation.attributes import BANDS, LABEL, PERSON, TURNS, Attribute, Group
from evaluation.details import Cell
from evaluation.estimates import LEVEL, Estimates, Test
from evaluation.figures import Question
from evaluation.rows import PLAIN, Rows, behind
from evaluation.sentences import interval_of, number, p_value, value_of
from evaluation.splits import BlockSplit, QuestionSplit, SplitLine, StudySplit

COLUMNS: Final = (
    "block", "criterion", "attribute", "group", "group_kind", "units", "judgments", "figure", "system", "value",
    "any_panel_low", "any_panel_high", "this_panel_low", "this_panel_high", "p", "p_holm", "tests", "remark",
)  # fmt: skip
TEXT_COLUMNS: Final = frozenset({"criterion", "attribute", "group", "system", "remark"})
EMPTY: Final = Cell("", "", (), "")


@dataclass(frozen=True)
class SplitRow:
    group: str
    units: str
    judgments: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class SplitTable:
    """A question: a row a group, a column a figure."""

    title: str
    text: str
    heads: tuple[str, ...]
    rows: tuple[SplitRow, ...]


@dataclass(frozen=True)
class SplitBlock:
    number: int
    name: str
    target: str
    tables: tuple[SplitTable, ...]
    warning: str
    remarks: tuple[str, ...]

    @property
    def units_head(self) -> str:
        return _("Pairs") if self.target == "pair" else _("Dialogues")

    @property
    def judgments_head(self) -> str:
        return _("Judgments")


def title_of(attribute: Attribute) -> str:
    """An attribute in words; a label by its own name."""
    known = {
        "task": _("Task"),
        "scenario": _("Scenario"),
        "split": _("Split"),
        "partner": _("Partner"),
        "language": _("Language"),
        TURNS: _("Number of turns"),
        f"{PERSON}:kind": _("Kind of person"),
        f"{PERSON}:gender": _("Gender"),
        f"{PERSON}:age": _("Age"),
        f"{PERSON}:occupation": _("Occupation"),
    }
    return known.get(attribute.key) or _("Label “%(name)s”") % {"name": attribute.name}


def choices_of(attributes: tuple[Attribute, ...]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The attributes to choose from, in three heaps; none that is empty."""
    heaps = {"": _("Of the dialogue"), LABEL: _("Labels of its file"), PERSON: _("Of the person")}
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for kind, words in heaps.items():
        here = [(one.key, title_of(one)) for one in attributes if one.kind == kind]
        if here:
            found.append((words, here))
    return found


def group_name(group: Group) -> str:
    if group.kind == "others":
        return ngettext("%(count)s other value", "%(count)s other values, together", group.values) % {
            "count": number(group.values, 0)
        }
    return {"differ": _("the two dialogues differ"), "none": _("not given")}.get(group.kind) or group.name


def named(group: Group) -> str:
    """A group in a file: its whole value, or what it is in words."""
    return group.value if group.kind in ("value", "band") else group_name(group)


def split_blocks(split: StudySplit) -> list[SplitBlock]:
    """Every block that has figures, pairs first."""
    ordered = sorted(split.blocks, key=lambda block: block.target != "pair")
    return [_block(block, split.attribute) for block in ordered if block.questions]


def _block(block: BlockSplit, attribute: Attribute) -> SplitBlock:
    rows = Rows(block.number)
    tables = tuple(_table(rows, block, one, attribute) for one in block.questions)
    intervals = sum(bool(cell.interval) for table in tables for row in table.rows for cell in row.cells)
    return SplitBlock(block.number, block.name, block.target, tables, _warning(block, intervals), tuple(rows.remarks))


def _warning(block: BlockSplit, intervals: int) -> str:
    """How many groups were looked at, and what that does to intervals and p-values."""
    groups, questions = len(block.groups), len(block.questions)
    told = {
        "groups": ngettext("%(n)s group", "%(n)s groups", groups) % {"n": number(groups, 0)},
        "questions": ngettext("%(n)s question", "%(n)s questions", questions) % {"n": number(questions, 0)},
        "looked": number(intervals, 0),
        "missed": number(intervals * (1 - LEVEL), 1),
        "tests": number(block.family, 0),
        "bands": BANDS,
    }
    said = [
        _("%(groups)s, %(questions)s, %(looked)s intervals of 95 %%: on average %(missed)s of them miss the truth."),
        _("The p-values are Holm's over all %(tests)s tests of this block.") if block.family > 1 else "",
        _("A split that was chosen after a look at the figures is a hint for the next study, no finding."),
        _bands(block),
    ]
    return " ".join(words % told for words in said if words)


def _bands(block: BlockSplit) -> str:
    if not any(group.kind == "band" for group in block.groups):
        return ""
    if block.target == "pair":
        return _("Bands, at most %(bands)s, hold about as many pairs each; of a pair counts the mean of its dialogues.")
    return _("Bands, at most %(bands)s, hold about as many dialogues each.")


def _table(rows: Rows, block: BlockSplit, one: QuestionSplit, attribute: Attribute) -> SplitTable:
    question = one.question
    figures = list(_columns(block, question))
    lines = []
    for place, line in enumerate(one.lines):
        group = {"by": attribute.key, "group": place}
        cells = tuple(_cell(rows, question, group, line, figure) for figure in figures)
        lines.append(SplitRow(group_name(line.group), number(line.units, 0), number(line.judgments, 0), cells))
    return SplitTable(question.title, question.text, tuple(figure.title for figure in figures), tuple(lines))


@dataclass(frozen=True)
class _Figure:
    """A column: which figure of a line, of which system."""

    key: str
    title: str
    system: int = -1
    slug: str = ""

    def of(self, line: SplitLine) -> Estimates | None:
        if self.key == "mean":
            return line.means[self.system] if line.means else None
        if self.key in ("difference", "rate"):
            return line.difference if self.key == "difference" else line.rate
        return line.agreement.get(self.key)


def _columns(block: BlockSplit, question: Question) -> Iterator[_Figure]:
    two = len(block.systems) == 2
    if question.scale == "preference":
        if two:
            first = block.systems[0]
            yield _Figure("rate", _("%(system)s preferred") % {"system": first.name}, 0, first.slug)
    elif question.scale != "nominal":
        for at, system in enumerate(block.systems):
            yield _Figure("mean", system.name, at, system.slug)
        if two:
            yield _Figure("difference", _("Difference"))
    if two and question.scale != "nominal":
        yield _Figure("p", _("p (Holm)"))
    for key in BY_SCALE[question.scale]:
        yield _Figure(key, _(COEFFICIENTS[key].title))


def _cell(rows: Rows, question: Question, group: Mapping[str, object], line: SplitLine, figure: _Figure) -> Cell:
    if figure.key == "p":
        return _test_cell(rows, line.test, line.holm)
    both = figure.of(line)
    if both is None:
        return EMPTY
    percent = figure.key in PLAIN or figure.key == "rate"
    shown = both.headline
    narrowed = {"won" if figure.key == "rate" else "system": figure.slug}
    query = behind(rows.block, question.criterion, **narrowed, **group)
    return Cell(value_of(shown, percent=percent), interval_of(shown, percent=percent), rows.numbers((shown,)), query)


def _test_cell(rows: Rows, test: Test | None, holm: float | None) -> Cell:
    if test is None or test.p is None:
        reason = _(test.reason) if test and test.reason else ""
        marks = (rows.remarks.setdefault(reason, len(rows.remarks) + 1),) if reason else ()
        return Cell("–" if marks else "", "", marks, "")
    return Cell(p_value(holm), "", (), "")


def split_rows(split: StudySplit) -> Iterator[tuple[object, ...]]:
    """Rows of `COLUMNS`: every number of the split in full."""
    for block in split.blocks:
        for one in block.questions:
            for line in one.lines:
                yield from _file_rows(split.attribute, block, one.question, line)


def _file_rows(
    attribute: Attribute, block: BlockSplit, question: Question, line: SplitLine
) -> Iterator[tuple[object, ...]]:
    told = (
        block.number,
        question.criterion,
        attribute.key,
        named(line.group),
        line.group.kind,
        line.units,
        line.judgments,
    )
    for figure in _columns(block, question):
        both = None if figure.key == "p" else figure.of(line)
        if both is None:
            continue
        tested = figure.key in ("difference", "rate") and line.test is not None and line.test.p is not None
        tests = (line.test.p if line.test else None, line.holm, block.family) if tested else (None, None, None)
        one, this = both.any_panel, both.this_panel
        limits = one.low, one.high, this.low, this.high
        yield (*told, figure.key, figure.slug, one.value, *limits, *tests, _(one.reason) if one.reason else "")
