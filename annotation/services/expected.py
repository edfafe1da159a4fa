"""What waits for somebody who has not begun, and how long it takes: what it took others, or what was reckoned."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

from annotation.consequences import consequences
from annotation.models import Block, Link, Seat, Study
from annotation.services.frames import figures_of
from annotation.services.material import blocks_of, protocol_of
from annotation.services.participants import seat_for
from annotation.services.pilots import FEWEST, measured_seconds
from annotation.services.progress import last_seconds, left_in_seat

LAST: Final = 100


@dataclass(frozen=True)
class Expected:
    """Units by what they are, and minutes: `whole` for all of their seat, `each` for one of what is shared among many;
    0 without any."""

    dialogues: int
    pairs: int
    shared: bool
    whole: float
    each: float


def expected(link: Link) -> Expected:
    """For whoever comes by this link: what is left of their seat, which somebody may have begun, and what is shared.

    The time is by the median of the last hundred units of a block; while there are few, by a pilot, else as reckoned.
    """
    study = link.study
    blocks = blocks_of(study)
    seat = seat_for(link)
    units = {block.number: _units(block, seat) for block in blocks}
    taken = {block.number: _taken(block) for block in blocks}
    reckoned = _reckoned(study) if None in taken.values() else {}
    whole, each = 0.0, []
    for block in blocks:
        known = taken[block.number]
        minutes = (reckoned[block.number] if known is None else known) / 60
        if block.design == Block.Design.PANEL:
            whole += minutes * units[block.number]
        else:
            each.append(minutes)
    pairs = sum(units[block.number] for block in blocks if block.target == Block.Target.PAIR)
    return Expected(sum(units.values()) - pairs, pairs, bool(each), whole, sum(each) / len(each) if each else 0.0)


def _units(block: Block, seat: Seat | None) -> int:
    if block.design == Block.Design.PANEL:
        return left_in_seat(block, seat.pk) if seat else 0
    return block.units.filter(excluded__isnull=True).count()


def _taken(block: Block) -> float | None:
    times = list(last_seconds(block)[:LAST])
    return median(times) if len(times) >= FEWEST else None


def _reckoned(study: Study) -> Mapping[int, float]:
    protocol = protocol_of(study)
    follows = consequences(protocol, figures_of(protocol), measured=measured_seconds(study))
    return {one.index + 1: one.work.seconds for one in follows.blocks}
