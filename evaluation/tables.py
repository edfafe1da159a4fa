"""The figures of a block as the rows of its page: every number with its interval, its n and for whom it speaks."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from evaluation.estimates import ANY_PANEL, THIS_PANEL, Estimate, Estimates, Test
from evaluation.figures import (
    MOST_COMPARED,
    AgreementFigure,
    BlockFigures,
    Contest,
    CriterionFigures,
    PreferenceFigures,
)
from evaluation.plots import Bar, Plot, Value, bar, plot
from evaluation.sentences import excluded_sentence, interval_of, number, p_value, value_of


@dataclass(frozen=True)
class Row:
    """A figure. `remarks` are numbers of the sentences under the table; one says why an interval is missing."""

    what: str
    value: str
    any_panel: str
    this_panel: str
    n: str
    p: str = ""
    remarks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Group:
    """The figures of one criterion."""

    criterion: str
    title: str
    text: str
    rows: tuple[Row, ...]
    answers: str
    wordings: str = ""


@dataclass(frozen=True)
class BlockPage:
    """What the page shows of a block."""

    figures: BlockFigures
    groups: tuple[Group, ...]
    remarks: tuple[str, ...]
    means: Plot | None
    bars: tuple[tuple[PreferenceFigures, Contest, Bar], ...]
    methods: tuple[tuple[str, str], ...]
    unsaid: tuple[str, ...]

    @property
    def excluded(self) -> str:
        return excluded_sentence(self.figures)


def block_page(block: BlockFigures) -> BlockPage:
    table = _Table()
    groups = [_preference_group(table, one) for one in block.preferences]
    groups += [_criterion_group(table, one) for one in block.criteria]
    bars = []
    for one in block.preferences:
        drawn = bar(one.contest.preferred_rate.headline) if one.contest else None
        if one.contest and drawn:
            bars.append((one, one.contest, drawn))
    return BlockPage(
        block,
        tuple(groups),
        tuple(table.remarks),
        _means_plot(block),
        tuple(bars),
        tuple(_methods(block)),
        tuple(_unsaid(block)),
    )


def _unsaid(block: BlockFigures) -> Iterable[str]:
    """What this page does not show of so many systems."""
    count = {"count": number(len(block.systems), 0)}
    if block.preferences and len(block.systems) > 2:
        yield (
            _(
                "%(count)s systems meet in these pairs. Shown is how far annotators agree on which dialogue won, and "
                "whether sides mattered; not shown is who beats whom: win rates are of two systems."
            )
            % count
        )
    if block.criteria and len(block.systems) > MOST_COMPARED:
        yield (
            _(
                "%(count)s systems are rated here. Shown are their means and the agreement over all; not shown are "
                "their differences two by two, and the agreement on each."
            )
            % count
        )


def n_words(n: Mapping[str, float], target: str) -> str:
    """`50 pairs × 7 annotators, 350 judgments, n* 302`, of what is known; `target` is a criterion's."""
    things = _("pairs") if target == "pair" else _("dialogues")
    parts = []
    if "first_units" in n:
        parts.append(f"{number(n['first_units'], 0)} + {number(n['second_units'], 0)} {things}")
    elif "decided" in n:
        told = {"decided": number(n["decided"], 0), "all": number(n["units"], 0)}
        parts.append(_("%(decided)s of %(all)s pairs decided") % told)
    elif "dialogues" in n:
        parts.append(f"{number(n['dialogues'], 0)} {things}")
        if target == "utterance":
            parts.append(f"{number(n['units'], 0)} {_('utterances')}")
    elif "units" in n:
        parts.append(f"{number(n['units'], 0)} {things}")
    if "annotators" in n:
        parts.append(f"{number(n['annotators'], 0)} {_('annotators')}")
    if "judgments" in n:
        parts.append(f"{number(n['judgments'], 0)} {_('judgments')}")
    if "effective" in n:
        parts.append(f"n* {number(n['effective'], 0)}")
    return ", ".join(parts)


class _Table:
    """Makes the rows of one block and numbers the remarks that stand under its table, each once."""

    def __init__(self) -> None:
        self.remarks: dict[str, int] = {}

    def row(self, what: str, both: Estimates, *, target: str, percent: bool = False, p: str = "") -> Row:
        shown = both.any_panel
        return Row(
            what,
            value_of(both.headline, percent=percent),
            interval_of(shown, percent=percent),
            interval_of(both.this_panel, percent=percent),
            n_words(shown.n, target),
            p,
            self._numbers((shown, both.this_panel)),
        )

    def single(self, what: str, one: Estimate, *, target: str, p: str = "") -> Row:
        """A share with one interval alone."""
        limits = interval_of(one, percent=True)
        return Row(
            what,
            value_of(one, percent=True),
            limits if one.target == ANY_PANEL else "",
            limits if one.target == THIS_PANEL else "",
            n_words(one.n, target),
            p,
            self._numbers((one,)),
        )

    def _numbers(self, estimates: Iterable[Estimate]) -> tuple[int, ...]:
        texts = dict.fromkeys(text for one in estimates for text in (one.reason, *one.notes) if text)
        return tuple(self.remarks.setdefault(_(text), len(self.remarks) + 1) for text in texts)


def _criterion_group(table: _Table, figures: CriterionFigures) -> Group:
    target = figures.question.target
    rows = [table.row(one.system.name, one.estimates, target=target) for one in figures.means if one.estimates]
    for value, label in figures.question.labels.items():
        for one in figures.means:
            if value in one.shares:
                what = _("“%(label)s”, %(system)s") % {"label": label, "system": one.system.name}
                rows.append(table.row(what, one.shares[value], target=target, percent=True))
    for gap in figures.differences:
        p = p_value(gap.holm if gap.family > 1 else gap.test.p)
        what = _("Difference, %(first)s − %(second)s") % {"first": gap.first.name, "second": gap.second.name}
        rows.append(table.row(what, gap.estimates, target=target, p=p))
    rows += _agreement_rows(table, figures.agreement, target)
    return Group(
        figures.question.criterion,
        figures.question.title,
        figures.question.text,
        tuple(rows),
        _answers(figures.judgments, figures.cannot_judge),
        wording_words(figures.wordings),
    )


def _preference_group(table: _Table, figures: PreferenceFigures) -> Group:
    rows, target = [], figures.question.target
    contest = figures.contest
    if contest:
        what = _("%(system)s preferred, ties half") if figures.ties else _("%(system)s preferred")
        name = {"system": contest.preferred.name}
        rows.append(table.row(what % name, contest.preferred_rate, target=target, percent=True, p=_p(contest.test)))
        what = _("Majority for %(system)s (another quantity)")
        rows.append(table.single(what % name, contest.preferred_majority, target=target))
    rows.append(table.single(_("Left dialogue chosen"), figures.left, target=target, p=_p(figures.left_test)))
    rows += _agreement_rows(table, figures.agreement, target)
    if contest:
        limits = interval_of(contest.preferred_published, percent=True)
        what = _("As published, votes taken as independent: %(limits)s") % {"limits": limits}
        p = _p(contest.published_test)
        rows.append(table.single(what, contest.preferred_published, target=target, p=p))
    return Group(
        figures.question.criterion,
        figures.question.title,
        figures.question.text,
        tuple(rows),
        _answers(figures.judgments, figures.cannot_judge, figures.ties),
        wording_words(figures.wordings),
    )


def wording_words(wordings: Mapping[int, int]) -> str:
    """How many answers were given to which wording; nothing where all were given to one."""
    if sum(count > 0 for count in wordings.values()) < 2:
        return ""
    told = ", ".join(
        f"{_('amendment %(n)s') % {'n': start} if start else _('as opened')}: {number(count, 0)}"
        for start, count in sorted(wordings.items())
    )
    return _("The words were amended; these figures put all answers together. Answers by wording: %(told)s.") % {
        "told": told
    }


def _agreement_rows(table: _Table, agreement: Iterable[AgreementFigure], target: str) -> list[Row]:
    rows = []
    for one in agreement:
        what = _(one.title) if one.system is None else f"{_(one.title)}, {one.system.name}"
        rows.append(table.row(what, one.estimates, target=target, percent=one.coefficient == "exact"))
    return rows


def _p(test: Test) -> str:
    return "" if test.p is None else p_value(test.p)


def _answers(judgments: int, cannot_judge: int, ties: int = 0) -> str:
    parts = [_("%(count)s judgments") % {"count": number(judgments, 0)}]
    if ties:
        parts.append(_("%(count)s ties") % {"count": number(ties, 0)})
    if cannot_judge:
        parts.append(_("%(count)s “cannot judge” left out") % {"count": number(cannot_judge, 0)})
    return ", ".join(parts)


def _means_plot(block: BlockFigures) -> Plot | None:
    measured = [one for one in block.criteria if any(mean.estimates for mean in one.means) and one.judgments]
    if not measured or len(block.systems) > MOST_COMPARED:
        return None
    low = math.floor(min(one.question.low for one in measured))
    high = math.ceil(max(one.question.high for one in measured))
    groups = []
    for one in measured:
        values = [Value(mean.system.name, _beside(mean.estimates.any_panel), mean.estimates.any_panel)
                  for mean in one.means if mean.estimates]  # fmt: skip
        groups.append((one.question.title, values))
    step = max(1, (high - low) // 5)
    return plot(groups, low=low, high=high, ticks=range(low, high + 1, step))


def _beside(estimate: Estimate) -> str:
    limits = interval_of(estimate)
    return f"{value_of(estimate)}  [{limits}]" if limits else value_of(estimate)


def _methods(block: BlockFigures) -> Iterable[tuple[str, str]]:
    """Each figure's name and how it was computed, once."""
    found: dict[tuple[str, str], None] = {}
    for one in block.preferences:
        if one.contest:
            found |= _of(_("Win rate"), one.contest.rate)
            found[_("Test of the win rate"), _(one.contest.test.method)] = None
            found[_("Majority share"), _(one.contest.majority.method)] = None
            found[_("As published"), _(one.contest.published.method)] = None
        found[_("Left choices"), _(one.left.method)] = None
    for rated in block.criteria:
        for mean in rated.means:
            found |= _of(_("Mean"), mean.estimates) if mean.estimates else {}
            for share in mean.shares.values():
                found |= _of(_("Share of a class"), share)
        for gap in rated.differences:
            found |= _of(_("Difference"), gap.estimates)
            found[_("Test of the difference"), _(gap.test.method)] = None
    agreement = [one.agreement for one in block.preferences] + [one.agreement for one in block.criteria]
    for figures in agreement:
        for figure in figures:
            found |= _of(_("Agreement"), figure.estimates)
    return list(found)


def _of(name: str, both: Estimates) -> dict[tuple[str, str], None]:
    if both.any_panel.value is None:
        return {}
    any_panel = _("%(method)s (other annotators like these)") % {"method": _(both.any_panel.method)}
    this_panel = _("%(method)s (these annotators alone)") % {"method": _(both.this_panel.method)}
    return {(name, any_panel): None, (name, this_panel): None}
