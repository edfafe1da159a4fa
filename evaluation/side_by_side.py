"""Several studies that asked the same: the figures of each question beside each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from evaluation.estimates import Estimates
from evaluation.figures import BlockFigures, CriterionFigures, PreferenceFigures, Question, StudyFigures
from evaluation.plots import Plot, Value, plot
from evaluation.rows import PLAIN, Row, Rows
from evaluation.sentences import interval_of, value_of

Asked = CriterionFigures | PreferenceFigures
MOST_DRAWN: Final = 4
LONGEST_TITLE: Final = 34


@dataclass(frozen=True)
class StudyRows:
    """One study's rows about a question. `hidden`: it is open, so only agreement is told."""

    slug: str
    title: str
    block: str
    hidden: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class SharedQuestion:
    """A question that several studies asked. `reworded`: not in the same words, or on another scale."""

    question: Question
    reworded: bool
    studies: tuple[StudyRows, ...]
    plot: Plot | None
    remarks: tuple[str, ...]


def shared_questions(studies: Sequence[StudyFigures]) -> tuple[list[SharedQuestion], list[str]]:
    """What at least two of the studies asked, and the titles of what only one did."""
    found: dict[tuple[str, str], list[tuple[StudyFigures, BlockFigures, Asked]]] = {}
    for figures in studies:
        for block in figures.blocks:
            for one in block.asked:
                found.setdefault((one.question.instrument, one.question.criterion), []).append((figures, block, one))
    several = {key for key, each in found.items() if len({figures.slug for figures, _, _ in each}) > 1}
    shared = [_shared(each) for key, each in found.items() if key in several]
    return shared, [each[0][2].question.title for key, each in found.items() if key not in several]


def _shared(each: Sequence[tuple[StudyFigures, BlockFigures, Asked]]) -> SharedQuestion:
    questions = [one.question for _, _, one in each]
    first, table = questions[0], Rows(0)
    wordings = {(one.text, one.scale, one.low, one.high, tuple(sorted(one.labels.items()))) for one in questions}
    told = [
        StudyRows(figures.slug, figures.title or figures.slug, block.name, figures.blinded,
                  tuple(_rows(table, one)))
        for figures, block, one in each
    ]  # fmt: skip
    return SharedQuestion(first, len(wordings) > 1, tuple(told), _plot(each), tuple(table.remarks))


def _rows(table: Rows, one: Asked) -> Iterator[Row]:
    """What may be told of one study: its means or win rate, and the first coefficient over all systems."""
    target = one.question.target
    for name, both, percent in _compared(one):
        yield table.row(name, both, target=target, percent=percent)
    agreement = next((figure for figure in one.agreement if figure.system is None), None)
    if agreement is not None and one.judgments:
        yield table.row(_(agreement.title), agreement.estimates, target=target, percent=agreement.coefficient in PLAIN)


def _compared(one: Asked) -> Iterator[tuple[str, Estimates, bool]]:
    if isinstance(one, CriterionFigures):
        yield from ((mean.system.name, mean.estimates, False) for mean in one.means if mean.estimates)
    elif one.contest:
        told = {"first": one.contest.preferred.name, "second": one.contest.other.name}
        yield _("%(first)s over %(second)s") % told, one.contest.preferred_rate, True


def _plot(each: Sequence[tuple[StudyFigures, BlockFigures, Asked]]) -> Plot | None:
    """Every study a group of its systems, on one scale; nothing where the scales differ or systems are many."""
    groups = []
    for figures, _block, one in each:
        values = [Value(name, _beside(both, percent), both.any_panel) for name, both, percent in _compared(one)]
        if len(values) > MOST_DRAWN:
            return None
        if values:
            groups.append((_short(figures.title or figures.slug), values))
    preference = isinstance(each[0][2], PreferenceFigures)
    scales = {(0.0, 1.0)} if preference else {(one.question.low, one.question.high) for _, _, one in each}
    if len(groups) < 2 or len(scales) > 1:
        return None
    low, high = scales.pop()
    return plot(groups, low=low, high=high, ticks=[low, (low + high) / 2, high])


def _short(title: str) -> str:
    """As much of a title as a phone is wide: a drawing breaks no lines."""
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"


def _beside(both: Estimates, percent: bool) -> str:
    limits = interval_of(both.any_panel, percent=percent)
    value = value_of(both.headline, percent=percent)
    return f"{value}  [{limits}]" if limits else value
