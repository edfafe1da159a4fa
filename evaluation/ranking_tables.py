"""More than two systems in order of preference, as rows."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from evaluation.figures import BlockFigures, PreferenceFigures
from evaluation.ranking import Ranking
from evaluation.rows import Row, Rows, behind
from evaluation.sentences import number

FEW: Final = 4


@dataclass(frozen=True)
class RankedRow:
    """One system: its rank, the ranks it may have, its strength and its log strength with intervals."""

    system: str
    rank: str
    ranks: str
    strength: str
    figures: Row


@dataclass(frozen=True)
class RankingTable:
    """A ranking, or the reason why there is none and the systems that can be compared with one another. `groups` are
    stretches of the order within which no two are told apart."""

    criterion: str
    model: str
    method: str
    rows: tuple[RankedRow, ...]
    groups: tuple[str, ...]
    tie: str
    reason: str
    parts: tuple[str, ...]
    remarks: tuple[str, ...]


def ranking_table(block: BlockFigures, figures: PreferenceFigures, found: Ranking) -> RankingTable:
    """The systems from the strongest to the weakest, and the stretches within which none can be told apart."""
    table, names = Rows(block.number), [system.name for system in block.systems]
    rows = []
    for one in found.ranked:
        query = behind(block.number, figures.question.criterion, system=block.systems[one.system].slug)
        ranks = f"{one.best}–{one.worst}" if one.best != one.worst else str(one.best)
        row = table.row(names[one.system], one.log_strength, target=figures.question.target, behind=query)
        rows.append(RankedRow(names[one.system], str(one.rank), ranks, number(one.strength, 3), row))
    models = {"bradley-terry": _("Bradley–Terry, ties half"), "davidson": _("Davidson, ties modelled")}
    return RankingTable(
        figures.question.title,
        models[found.model],
        _(found.ranked[0].log_strength.any_panel.method) if found.ranked else "",
        tuple(rows),
        tuple(_stretch([names[place] for place in group]) for group in found.groups if len(group) > 1),
        number(found.tie, 2) if found.tie is not None else "",
        _(found.reason) if found.reason else "",
        tuple(", ".join(names[place] for place in part) for part in found.parts),
        tuple(table.remarks),
    )


def _stretch(names: list[str]) -> str:
    """All of a few, the ends of many."""
    if len(names) <= FEW:
        return ", ".join(names)
    return _("%(first)s to %(last)s (%(count)s)") % {"first": names[0], "last": names[-1], "count": len(names)}
