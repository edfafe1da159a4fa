"""What to expect of each block of a study that has not begun: widths, floors, and the ways to a wanted width. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from evaluation.components import GUESSES, Components, Pilot, guess
from evaluation.planning import FEWEST_ANNOTATORS, Design, Effort, Outlook, Question, Ways, half_width, outlook, ways_to

PILOT: Final = "pilot"
USUAL: Final = "usual"
EVEN: Final = 0.5
LEAST_UNITS: Final = {"pair": 20, "dialogue": 10}
"""Below these the simulated coverage of the intervals is not what they say."""
NARROWER: Final = 0.9


@dataclass(frozen=True)
class Asked:
    """A block and the question of it that is planned for: on pairs the win rate, else a difference of means (of one
    system its mean) on a scale from `low` to `high`, with so many ratings a dialogue on average."""

    number: int
    key: str
    name: str
    target: str
    title: str
    design: Design
    minutes: float
    low: float = 0.0
    high: float = 1.0
    ratings: float = 1.0

    @property
    def reach(self) -> float:
        return self.high - self.low


@dataclass(frozen=True)
class BlockPlan:
    """What a block may expect. `basis` is one of `GUESSES`, or "pilot" (and `found_in` the title of the study that
    showed it); `least` and `most` are the half-widths if pairs and annotators were alike, and very unlike (nothing of a
    pilot). `ways` lead to `wanted`, or to a tenth less than now. `grid` has half-widths by annotators and units."""

    asked: Asked
    basis: str
    components: Components
    expected: Outlook
    least: float | None
    most: float | None
    ways: Ways
    wanted: bool
    effort: Effort
    units: tuple[int, ...]
    grid: tuple[tuple[int, tuple[float, ...]], ...]
    pilot: Pilot | None = None
    found_in: str = ""


def plan_block(
    asked: Asked,
    effort: Effort,
    *,
    basis: str = USUAL,
    pilot: Pilot | None = None,
    found_in: str = "",
    wanted: float | None = None,
) -> BlockPlan:
    """The plan of a block from a guess, or from the upper limits of a pilot's variances, `found_in` a study by title.

    `wanted` is a half-width as a share of the win rate's 0–1, or of the scale's range.

    >>> asked = Asked(1, "preference", "Preference", "pair", "Overall", Design(50, 7), minutes=4)
    >>> found = plan_block(asked, Effort(4), wanted=0.08)
    >>> round(found.expected.half, 3), found.ways.cheaper, found.ways.cheapest.annotators
    (0.125, 'annotators', 20)
    """
    effort = replace(effort, minutes=asked.minutes)
    basis = PILOT if pilot is not None else basis if basis in GUESSES else USUAL
    question = _question(asked, basis, pilot)
    expected = outlook(question, asked.design)
    half = expected.half * NARROWER if wanted is None else wanted * asked.reach
    ways = ways_to(question, asked.design, half, effort, least_units=LEAST_UNITS[asked.target])
    guesses = [] if pilot else [half_width(_question(asked, one, None), asked.design) for one in GUESSES]
    units, people = _about(asked.design)
    grid = tuple(
        (one, tuple(half_width(question, replace(asked.design, annotators=one, units=many)) for many in units))
        for one in people
    )
    return BlockPlan(
        asked,
        basis,
        question.components,
        expected,
        min(guesses, default=None),
        max(guesses, default=None),
        ways,
        wanted is not None,
        effort,
        units,
        grid,
        pilot,
        found_in,
    )


def widest(asked: Sequence[Asked], pilots: Mapping[str, Pilot], *, basis: str = USUAL) -> Asked:
    """Of the questions of one block, the one that needs most: the widest interval for its scale's range."""

    def need(one: Asked) -> float:
        pilot = pilots.get(one.key)
        return half_width(_question(one, basis if basis in GUESSES else USUAL, pilot), one.design) / one.reach

    return max(asked, key=need)


def _question(asked: Asked, basis: str, pilot: Pilot | None) -> Question:
    components = pilot.upper if pilot is not None else _guessed(asked, basis)
    return Question(components, EVEN, rate=True) if asked.target == "pair" else Question(components)


def _guessed(asked: Asked, basis: str) -> Components:
    found = guess(basis, target=asked.target, ratings=asked.ratings, systems=asked.design.systems)
    return found.scaled(asked.reach)


def _about(design: Design) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Some numbers of units and of annotators about those of the design, for a table."""
    fewest = max(FEWEST_ANNOTATORS, design.per_unit or 0)
    people = {design.annotators, *(max(number, fewest) for number in (5, 7, 12, 20, 40))}
    units = {design.units, *(max(design.units * part // 4, 2) for part in (2, 8, 16))}
    return tuple(sorted(units)), tuple(sorted(people))
