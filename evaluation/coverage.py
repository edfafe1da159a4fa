"""How often intervals of α held the truth in simulated studies of about the same size. Pure.

The figures are those of `docs/coverage.md`; a test holds them to it.
"""

from dataclasses import dataclass
from typing import Final

from evaluation.estimates import ANY_PANEL, Target

Share = tuple[float, float]


@dataclass(frozen=True)
class Simulated:
    """The lowest and highest coverage among studies of so many dialogues and with this share in one category, over
    how much dialogues, utterances and annotators differ."""

    dialogues: int
    level: str
    largest_share: float
    any_panel: Share
    this_panel: Share


SIMULATED: Final = (
    Simulated(20, "mid", 0.57, (0.92, 0.97), (0.91, 0.95)),
    Simulated(20, "ceiling", 0.80, (0.85, 0.96), (0.84, 0.94)),
    Simulated(20, "high", 0.92, (0.77, 0.90), (0.74, 0.86)),
    Simulated(20, "extreme", 0.96, (0.70, 0.85), (0.66, 0.81)),
    Simulated(50, "mid", 0.57, (0.93, 0.97), (0.93, 0.95)),
    Simulated(50, "ceiling", 0.80, (0.90, 0.97), (0.90, 0.95)),
    Simulated(50, "high", 0.92, (0.85, 0.93), (0.82, 0.89)),
    Simulated(50, "extreme", 0.96, (0.79, 0.89), (0.74, 0.86)),
    Simulated(100, "mid", 0.57, (0.95, 0.95), (0.94, 0.95)),
    Simulated(100, "ceiling", 0.80, (0.95, 0.95), (0.93, 0.93)),
    Simulated(100, "high", 0.92, (0.94, 0.94), (0.91, 0.91)),
    Simulated(100, "extreme", 0.96, (0.93, 0.93), (0.89, 0.89)),
    Simulated(200, "mid", 0.57, (0.95, 0.95), (0.94, 0.95)),
    Simulated(200, "ceiling", 0.80, (0.95, 0.95), (0.94, 0.94)),
    Simulated(200, "high", 0.92, (0.95, 0.95), (0.93, 0.93)),
    Simulated(200, "extreme", 0.96, (0.95, 0.95), (0.92, 0.92)),
)


def simulated_coverage(dialogues: int, largest_share: float, target: Target) -> Share | None:
    """Of the nearest size that is no larger and the nearest share that is no smaller; None outside what was simulated.

    >>> simulated_coverage(35, 0.7, "any panel")
    (0.85, 0.96)
    """
    sizes = [one.dialogues for one in SIMULATED if one.dialogues <= dialogues]
    shares = [one.largest_share for one in SIMULATED if one.largest_share >= largest_share - 0.005]
    if not sizes or not shares:
        return None
    (found,) = (one for one in SIMULATED if (one.dialogues, one.largest_share) == (max(sizes), min(shares)))
    return found.any_panel if target == ANY_PANEL else found.this_panel
