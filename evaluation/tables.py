"""The figures of a block as the rows of its page: every number with its interval, its n and for whom it speaks."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from evaluation.distributions import Distribution, distribution
from evaluation.estimates import Estimate, Estimates
from evaluation.figures import MOST_COMPARED, BlockFigures, Contest, PreferenceFigures
from evaluation.plots import Bar, Plot, Value, bar, plot
from evaluation.ranking_tables import RankingTable, ranking_table
from evaluation.rows import Group, Rows, criterion_group, preference_group
from evaluation.sentences import excluded_sentence, interval_of, number, value_of


@dataclass(frozen=True)
class BlockPage:
    """What the page shows of a block."""

    figures: BlockFigures
    groups: tuple[Group, ...]
    remarks: tuple[str, ...]
    means: Plot | None
    distributions: tuple[Distribution, ...]
    bars: tuple[tuple[PreferenceFigures, Contest, Bar], ...]
    rankings: tuple[RankingTable, ...]
    methods: tuple[tuple[str, str], ...]
    unsaid: tuple[str, ...]

    @property
    def excluded(self) -> str:
        return excluded_sentence(self.figures)


def block_page(block: BlockFigures, *, whole: bool = True) -> BlockPage:
    """The page of a block; `whole` with agreement and superiority among the rows of each criterion."""
    table = Rows(block.number)
    groups = [preference_group(table, one, whole=whole) for one in block.preferences]
    groups += [criterion_group(table, one, whole=whole) for one in block.criteria]
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
        tuple(distribution(block.number, one) for one in block.criteria if one.judgments and one.means),
        tuple(bars),
        tuple(ranking_table(block, one, found) for one in block.preferences for found in one.rankings),
        tuple(_methods(block)),
        tuple(_unsaid(block)),
    )


def _unsaid(block: BlockFigures) -> Iterable[str]:
    """What this page does not show of so many systems."""
    count = {"count": number(len(block.systems), 0)}
    if block.criteria and len(block.systems) > MOST_COMPARED:
        yield (
            _(
                "%(count)s systems are rated here. Shown are their means and the agreement over all; not shown are "
                "their differences two by two, and the agreement on each."
            )
            % count
        )


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
