"""Small bar charts drawn by the server. Pure: numbers in, places in per cent out; the template draws and tells them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

GAP: Final = 0.12
"""The part of a bar's column that stays empty."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its place in per cent of the chart's width, its height in per cent of the highest.

    `tick` is what stands below it: where its range begins, or nothing, so that neighbours do not run into each other.
    """

    label: str
    tick: str
    count: int
    x: float
    width: float
    height: float
    middle: float

    @property
    def top(self) -> float:
        return 100 - self.height


def bars(counts: Sequence[tuple[str, int]], ticks: int = 6) -> list[Bar]:
    """Bars side by side in the order given; about `ticks` of them carry a tick below.

    >>> [(bar.label, bar.x, bar.height) for bar in bars([("1", 5), ("2", 10)])]
    [('1', 3.0, 50.0), ('2', 53.0, 100.0)]
    """
    highest = max((count for _label, count in counts), default=0) or 1
    column = 100 / max(1, len(counts))
    every = max(1, -(-len(counts) // ticks))
    return [
        Bar(
            label=label,
            tick=label.partition("–")[0] if at % every == 0 else "",
            count=count,
            x=round(column * (at + GAP / 2), 3),
            width=round(column * (1 - GAP), 3),
            height=round(100 * count / highest, 2),
            middle=round(column * (at + 0.5), 3),
        )
        for at, (label, count) in enumerate(counts)
    ]


def binned(counts: Mapping[int, int], most: int = 20) -> list[tuple[str, int]]:
    """How often each whole number occurs, gathered into at most `most` equally wide ranges, empty ones included.

    The last tenth of a per cent is gathered into one open range, so that one outlier does not flatten the rest.

    >>> binned({1: 2, 3: 4})
    [('1', 2), ('2', 0), ('3', 4)]
    >>> binned({1: 2, 30: 4}, most=3)
    [('1–10', 2), ('11–20', 0), ('21–30', 4)]
    """
    if not counts:
        return []
    lowest, cut = min(counts), _cut(counts)
    width = -(-(cut - lowest + 1) // most)
    gathered = dict.fromkeys(range((cut - lowest) // width + 1), 0)
    beyond, limit = 0, lowest + len(gathered) * width
    for value, count in counts.items():
        if value < limit:
            gathered[(value - lowest) // width] += count
        else:
            beyond += count
    named = [(_range(lowest + at * width, width), count) for at, count in gathered.items()]
    return [*named, (f"≥ {limit}", beyond)] if beyond else named


def _cut(counts: Mapping[int, int]) -> int:
    """The least value that 99.9 % do not exceed."""
    total, seen = sum(counts.values()), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= 0.999 * total:
            return value
    return max(counts)


def _range(first: int, width: int) -> str:
    return str(first) if width == 1 else f"{first}–{first + width - 1}"
