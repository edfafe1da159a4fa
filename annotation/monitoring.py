"""How an annotator stands, and which places nobody is left to fill. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

PAUSE: Final = timedelta(minutes=30)
QUIET: Final = timedelta(days=2)


class Standing(StrEnum):
    """How an annotator stands; those who may need a hand come first."""

    STUCK = "stuck"
    QUIET = "quiet"
    NOT_BEGUN = "not-begun"
    WAITING = "waiting"
    PAUSED = "paused"
    JUDGING = "judging"
    ACTIVE = "active"
    FINISHED = "finished"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"


NEED_A_HAND: Final = frozenset({Standing.STUCK, Standing.QUIET, Standing.NOT_BEGUN, Standing.WAITING})
ORDER: Final = {standing: place for place, standing in enumerate(Standing)}


@dataclass(frozen=True)
class Facts:
    """What is known of one annotator: units finished, units they could be given now, until when they hold one (if
    they do), when they last answered (or joined), and how they left (if they did)."""

    done: int
    open: int
    seen: datetime
    lease_until: datetime | None = None
    departure: str = ""


def standing(facts: Facts, now: datetime, *, others_hold: bool = False) -> Standing:
    """How somebody stands at this moment; `others_hold` says that units are out which may come back to them.

    >>> noon = datetime(2026, 11, 2, 12)
    >>> standing(Facts(done=3, open=9, seen=noon - timedelta(days=4)), noon).value
    'quiet'
    >>> standing(Facts(done=3, open=0, seen=noon, lease_until=noon + timedelta(hours=2)), noon).value
    'judging'
    """
    if facts.departure:
        return Standing(facts.departure)
    silent = now - facts.seen
    if facts.lease_until is not None:
        if facts.lease_until <= now:
            return Standing.STUCK
        return Standing.PAUSED if silent > PAUSE else Standing.JUDGING
    if facts.open:
        if silent > QUIET:
            return Standing.QUIET
        return Standing.ACTIVE if facts.done else Standing.NOT_BEGUN
    return Standing.WAITING if others_hold or not facts.done else Standing.FINISHED


def nobodys_places(units: Iterable[tuple[int, int]], present: int) -> int:
    """Free places that none of the people present can fill, however long they go on.

    Each unit is given as its free places and how many of those present had it already: nobody judges a unit twice.

    >>> nobodys_places([(1, 3), (2, 1), (2, 2)], present=3)
    2
    """
    return sum(max(0, free - (present - had)) for free, had in units)
