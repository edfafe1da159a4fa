"""Where things stand in the figures of the results page, as shares of its width: the browser does the scaling. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from evaluation.estimates import Estimate

EDGE: Final = 2.0
GROUP_HEIGHT: Final = 30
ROW_HEIGHT: Final = 44
SERIES: Final = 4


@dataclass(frozen=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True)
class Mark:
    """A value with its interval: `x`, `low` and `high` in percent of the width, `y` in pixels."""

    label: str
    text: str
    y: float
    x: float | None
    low: float | None
    high: float | None
    series: int


@dataclass(frozen=True)
class Group:
    title: str
    y: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Plot:
    """A figure of values on one scale."""

    height: float
    groups: tuple[Group, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class Value:
    label: str
    text: str
    estimate: Estimate


@dataclass(frozen=True)
class Bar:
    """A share as a bar of two colours with its interval: all in percent of the width."""

    x: float
    rest: float
    low: float | None
    high: float | None
    ticks: tuple[Tick, ...] = field(default_factory=tuple)


def position(value: float, low: float, high: float) -> float:
    """Where `value` stands, in percent of the width, with a margin at both ends.

    >>> position(1, 0, 2)
    50.0
    """
    share = (min(max(value, low), high) - low) / (high - low)
    return round(EDGE + share * (100 - 2 * EDGE), 3)


def plot(groups: Sequence[tuple[str, Sequence[Value]]], *, low: float, high: float, ticks: Sequence[float]) -> Plot:
    """Groups of values, one under the other."""
    y, drawn = 0.0, []
    for title, values in groups:
        top = y
        y += GROUP_HEIGHT
        marks = []
        for place, value in enumerate(values):
            marks.append(_mark(value, y, low, high, place % SERIES + 1))
            y += ROW_HEIGHT
        drawn.append(Group(title, top + 18, tuple(marks)))
        y += 8
    return Plot(y + 24, tuple(drawn), tuple(Tick(position(tick, low, high), f"{tick:g}") for tick in ticks))


def bar(estimate: Estimate) -> Bar | None:
    """The share of one of two, or nothing where it is undefined."""
    if estimate.value is None:
        return None
    low, high = (None if limit is None else round(limit * 100, 3) for limit in (estimate.low, estimate.high))
    share = round(estimate.value * 100, 3)
    ticks = tuple(Tick(at, f"{at}\u202f%") for at in (0, 25, 50, 75, 100))
    return Bar(share, round(100 - share, 3), low, high, ticks)


def _mark(value: Value, y: float, low: float, high: float, series: int) -> Mark:
    x, left, right = (
        None if one is None else position(one, low, high)
        for one in (value.estimate.value, value.estimate.low, value.estimate.high)
    )
    return Mark(value.label, value.text, y, x, left, right, series)
