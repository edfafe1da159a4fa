"""How wide an interval a study may expect, what it could find, and what is the cheapest way to a wanted width. Pure.

A design has `units` (pairs, or dialogues of each system) and annotators; its variance is
V = σ²_P/P + σ²_A/A + σ²_E/(PA), that of the crossed mean. Everything speaks of other annotators like these.
Formulas: `docs/planning.md`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import sqrt
from typing import Final

import scipy

from evaluation.components import Components
from evaluation.estimates import LEVEL, t_quantile, wilson

POWER: Final = 0.80
FEWEST_ANNOTATORS: Final = 5
MOST_ANNOTATORS: Final = 200
MOST_UNITS: Final = 100_000
ALL_THERE_ARE: Final = 10**8


@dataclass(frozen=True)
class Design:
    """So many units and annotators. In a panel everybody judges everything; otherwise `per_unit` of them each unit.

    `systems` is 2 where a unit is a dialogue of each of two systems, so that each is judged apart.
    """

    units: int
    annotators: int
    per_unit: int | None = None
    systems: int = 1

    @property
    def judges(self) -> int:
        """How many judge each unit."""
        return self.annotators if self.per_unit is None else min(self.per_unit, self.annotators)

    @property
    def judged(self) -> int:
        """How often a dialogue or pair is judged in all."""
        return self.systems * self.units * self.judges


@dataclass(frozen=True)
class Effort:
    """What judging costs: minutes a dialogue or pair, minutes before an annotator begins, and pay for an hour."""

    minutes: float = 1.0
    to_begin: float = 0.0
    pay_per_hour: float | None = None

    def hours(self, design: Design) -> float:
        return (design.judged * self.minutes + design.annotators * self.to_begin) / 60

    def cost(self, design: Design) -> float | None:
        return None if self.pay_per_hour is None else self.hours(design) * self.pay_per_hour


@dataclass(frozen=True)
class Outlook:
    """What a design may expect. `low` and `high` are the limits about the expected value, `half` half their distance.

    `floor` is the half-width that no number of units passes with these annotators, `floor_units` the one that no
    number of annotators passes with these units; `detectable` is the smallest difference found with `power`.
    """

    design: Design
    low: float
    high: float
    df: float
    floor: float
    floor_units: float
    detectable: float
    power: float = POWER

    @property
    def half(self) -> float:
        return (self.high - self.low) / 2


@dataclass(frozen=True)
class Question:
    """What is to be estimated: the variances behind it, and the value expected; `rate` where that is a share."""

    components: Components
    value: float = 0.0
    rate: bool = False


def variance(components: Components, design: Design) -> float:
    """V = σ²_P/P + σ²_A/A + σ²_E/(Pk), k annotators a unit (in a panel all of them).

    >>> round(variance(Components(1.0, 0.5, 2.0), Design(10, 5)), 3)
    0.24
    """
    of_units, of_annotators, noise = _parts(components, design)
    return of_units + of_annotators + noise


def degrees_of_freedom(components: Components, design: Design) -> float:
    """Satterthwaite's, of the mean squares to expect; within those of the smaller and of the larger sample."""
    of_units, of_annotators, noise = _parts(components, design)
    by_unit, by_annotator = of_units + noise, of_annotators + noise
    units_df = design.systems * max(design.units - 1, 1)
    annotators_df = max(design.annotators - 1, 1)
    most = design.systems * max((design.units - 1) * (design.judges - 1), 1)
    below = by_unit**2 / units_df + by_annotator**2 / annotators_df + noise**2 / most
    total = of_units + of_annotators + noise
    df = total**2 / below if below else most
    return float(min(max(df, min(units_df, annotators_df)), most))


def outlook(question: Question, design: Design, *, level: float = LEVEL, power: float = POWER) -> Outlook:
    """The interval to expect, its floors, and what would be found.

    A share has Wilson's limits at n* = p(1 − p)/V, anything else value ± t√V. With ever more units the half-width goes
    to t_(A−1) σ_A/√A, with ever more annotators to t_(P−1) σ_P/√P. It may pass below on the way, as Satterthwaite's
    degrees of freedom fall: the floor is the least that any number reaches.

    >>> question = Question(Components(0.039, 0.0139, 0.1971), 0.5, rate=True)
    >>> found = outlook(question, Design(50, 7))
    >>> round(found.half, 3), round(found.floor, 3), round(found.detectable, 3)
    (0.125, 0.107, 0.18)
    """
    components = question.components
    spread, df = variance(components, design), degrees_of_freedom(components, design)
    quantile = float(t_quantile(df, level))
    low, high = _limits(question, design, spread, quantile)
    ever_more = _numbers(2, ALL_THERE_ARE)
    return Outlook(
        design,
        low,
        high,
        df,
        min(half_width(question, replace(design, units=units), level) for units in ever_more),
        min(half_width(question, replace(design, annotators=people), level) for people in ever_more),
        detectable(spread, df, level=level, power=power),
        power,
    )


def power_of(difference: float, spread: float, df: float, *, level: float = LEVEL) -> float:
    """How often the two-sided t test finds this difference, V and its df being those of the design.

    P(|T| > t) of Student's t with non-centrality δ/√V.

    >>> round(power_of(0.5, 0.0333, 58), 3)
    0.769
    """
    if spread <= 0:
        return 1.0 if difference else 1 - level
    quantile, shift = float(t_quantile(df, level)), abs(difference) / spread**0.5
    above, below = (float(scipy.special.nctdtr(df, shift, limit)) for limit in (quantile, -quantile))
    return 1 - above + below


def detectable(spread: float, df: float, *, level: float = LEVEL, power: float = POWER) -> float:
    """The smallest difference that is found with this power, by bisection."""
    low, high = 0.0, sqrt(spread)
    while power_of(high, spread, df, level=level) < power:
        low, high = high, 2 * high
        if not high:
            return 0.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if power_of(middle, spread, df, level=level) < power else (low, middle)
    return high


def fewest_units(
    question: Question, design: Design, half: float, *, least: int = 1, level: float = LEVEL
) -> int | None:
    """The fewest units (at least `least`) with which the design's half-width is at most `half`; nothing if no number
    up to `MOST_UNITS` does."""

    return _fewest(lambda units: half_width(question, replace(design, units=units), level), half, least, MOST_UNITS)


def fewest_annotators(
    question: Question, design: Design, half: float, *, least: int = FEWEST_ANNOTATORS, level: float = LEVEL
) -> int | None:
    """The fewest annotators with which the design's half-width is at most `half`, the units staying as they are."""

    return _fewest(
        lambda annotators: half_width(question, replace(design, annotators=annotators), level),
        half,
        least,
        MOST_ANNOTATORS,
    )


@dataclass(frozen=True)
class Ways:
    """How to come to a width: by more units alone, by more annotators alone, and the cheapest of all designs.

    `cheaper` is "units" or "annotators", whichever of the first two takes fewer hours; empty where neither arrives.
    """

    half: float
    by_units: Design | None
    by_annotators: Design | None
    cheapest: Design | None
    cheaper: str


def ways_to(
    question: Question, design: Design, half: float, effort: Effort, *, least_units: int = 10, level: float = LEVEL
) -> Ways:
    """The ways from `design` to a half-width of at most `half`, by the hours that they take.

    Searched are designs of at least `least_units` units and five annotators: below that the simulated coverage of the
    intervals is not what they say.
    """
    units = fewest_units(question, design, half, least=design.units, level=level)
    annotators = fewest_annotators(question, design, half, least=design.annotators, level=level)
    by_units = None if units is None else replace(design, units=units)
    by_annotators = None if annotators is None else replace(design, annotators=annotators)
    hours = {
        name: effort.hours(one) for name, one in (("units", by_units), ("annotators", by_annotators)) if one is not None
    }
    cheapest = cheapest_design(question, design, half, effort, least_units=least_units, level=level)
    return Ways(half, by_units, by_annotators, cheapest, min(hours, key=lambda name: hours[name]) if hours else "")


def cheapest_design(
    question: Question, design: Design, half: float, effort: Effort, *, least_units: int = 10, level: float = LEVEL
) -> Design | None:
    """Of all designs like this one that are as narrow as `half`, the one that takes the fewest hours.

    Where units are shared among whoever comes, no more people than the design has: more would cost nothing.
    """
    best: Design | None = None
    most = MOST_ANNOTATORS if design.per_unit is None else min(design.annotators, MOST_ANNOTATORS)
    for annotators in range(max(FEWEST_ANNOTATORS, design.per_unit or 0), most + 1):
        tried = replace(design, annotators=annotators)
        units = fewest_units(question, tried, half, least=least_units, level=level)
        if units is not None:
            tried = replace(tried, units=units)
            if best is None or effort.hours(tried) < effort.hours(best) - 1e-9:
                best = tried
        if best is not None and effort.hours(replace(tried, units=least_units)) >= effort.hours(best):
            break
    return best


def half_width(question: Question, design: Design, level: float = LEVEL) -> float:
    """Half the width of the interval to expect."""
    components = question.components
    quantile = float(t_quantile(degrees_of_freedom(components, design), level))
    low, high = _limits(question, design, variance(components, design), quantile)
    return (high - low) / 2


def _limits(question: Question, design: Design, spread: float, quantile: float) -> tuple[float, float]:
    if not question.rate:
        half = quantile * spread**0.5
        return question.value - half, question.value + half
    share = question.value
    size = min(max(share * (1 - share) / spread, 1.0), design.judged) if spread else float(design.judged)
    low, high = wilson(share, size, quantile)
    return float(low), float(high)


def _parts(components: Components, design: Design) -> tuple[float, float, float]:
    return (
        components.unit / design.units,
        components.annotator / design.annotators,
        components.rest / (design.units * design.judges),
    )


def _fewest(width: Callable[[int], float], wanted: float, least: int, most: int) -> int | None:
    """The smallest number from `least` to `most` whose width is as wanted; widths fall, and may rise a little after."""
    if least > most:
        return None
    numbers = _numbers(least, most)
    reached = next((place for place, number in enumerate(numbers) if width(number) <= wanted), None)
    if reached is None:
        return None
    high, low = numbers[reached], numbers[reached - 1] if reached else least - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if width(middle) <= wanted else (middle, high)
    return high


def _numbers(least: int, most: int) -> list[int]:
    """From `least` to `most`, each at most a fifth more than the one before."""
    numbers = [least]
    while numbers[-1] < most:
        numbers.append(min(max(numbers[-1] + 1, numbers[-1] * 6 // 5), most))
    return numbers
