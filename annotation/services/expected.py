"""How long a study will take somebody who has not begun: what it took others, or what was reckoned."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

from annotation.consequences import consequences
from annotation.models import Block, Study
from annotation.services.frames import figures_of
from annotation.services.material import blocks_of, protocol_of
from annotation.services.pilots import FEWEST, measured_seconds
from annotation.services.progress import last_seconds

LAST: Final = 100


@dataclass(frozen=True)
class Expected:
    """Minutes: `whole` for all that everybody judges, `each` for one of what is shared among many; 0 without any."""

    whole: float
    each: float


def expected(study: Study) -> Expected:
    """By the median of the last hundred units of each block; while there are few, by a pilot, else as reckoned."""
    blocks = blocks_of(study)
    taken = {block.number: _taken(block) for block in blocks}
    reckoned = _reckoned(study) if None in taken.values() else {}
    whole, each = 0.0, []
    for block in blocks:
        known = taken[block.number]
        minutes = (reckoned[block.number] if known is None else known) / 60
        if block.design == Block.Design.PANEL:
            whole += minutes * block.units.filter(excluded__isnull=True).count()
        else:
            each.append(minutes)
    return Expected(whole, sum(each) / len(each) if each else 0.0)


def _taken(block: Block) -> float | None:
    times = list(last_seconds(block)[:LAST])
    return median(times) if len(times) >= FEWEST else None


def _reckoned(study: Study) -> Mapping[int, float]:
    protocol = protocol_of(study)
    follows = consequences(protocol, figures_of(protocol), measured=measured_seconds(study))
    return {one.index + 1: one.work.seconds for one in follows.blocks}
