"""Planning: variances found again in data drawn from them, widths and power that simulated studies then have."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evaluation.components import (
    GUESSES,
    Components,
    guess,
    pilot_of_one,
    pilot_of_two,
    rating_components,
    upper_limit,
    vote_components,
)
from evaluation.crossed import Cells, crossed_moments
from evaluation.estimates import t_quantile
from evaluation.planning import (
    Design,
    Effort,
    Question,
    cheapest_design,
    degrees_of_freedom,
    detectable,
    fewest_annotators,
    fewest_units,
    outlook,
    power_of,
    variance,
    ways_to,
)
from tests.evaluation.layouts import cells_of

USUAL = Question(guess("usual", target="pair"), 0.5, rate=True)
DESIGN = Design(50, 7)


def normal_tables(seed: int, runs: int, units: int, people: int, components: Components) -> np.ndarray:
    rng = np.random.default_rng(seed)
    sds = [part**0.5 for part in (components.unit, components.annotator, components.rest)]
    shapes = [(runs, units, 1), (runs, 1, people), (runs, units, people)]
    return sum(rng.normal(0, sd, shape) for sd, shape in zip(sds, shapes, strict=True))  # type: ignore[return-value]


def test_widths_and_power_are_those_that_studies_then_have() -> None:
    components, design = Components(0.4, 0.2, 1.0), Design(30, 8)
    moments = crossed_moments(normal_tables(1, 4000, 30, 8, components))
    half = t_quantile(moments.df) * moments.variance**0.5
    found = outlook(Question(components), design)
    assert found.half == pytest.approx(half.mean(), rel=0.05)
    assert variance(components, design) == pytest.approx(moments.variance.mean(), rel=0.03)
    rejected = np.abs(moments.mean + found.detectable) > half
    assert rejected.mean() == pytest.approx(0.80, abs=0.03)


@pytest.mark.parametrize(
    ("rate", "sds", "simulated"), [(0.5, (1, 0.6), 0.244), (0.5, (2, 1), 0.286), (0.88, (1, 0.6), 0.133)]
)
def test_the_win_rates_of_fifty_pairs_are_as_wide_as_simulated(
    rate: float, sds: tuple[float, float], simulated: float
) -> None:
    """The mean widths of 50 pairs × 7 annotators that `docs/statistics.md` shows."""
    found = outlook(Question(vote_components(rate, *sds), rate, rate=True), DESIGN)
    assert found.high - found.low == pytest.approx(simulated, rel=0.05)


@pytest.mark.parametrize(("kind", "simulated"), [("alike", 0.247), ("usual", 0.422), ("unlike", 0.665)])
def test_differences_of_means_are_as_wide_as_simulated(kind: str, simulated: float) -> None:
    """The mean widths of 10 + 10 dialogues × 7 annotators on 0–2 about the middle, in the same document."""
    found = outlook(Question(guess(kind, target="dialogue", ratings=11).scaled(2)), Design(10, 7, systems=2))
    assert found.high - found.low == pytest.approx(simulated, rel=0.08)


@given(df=st.floats(2, 200), shift=st.floats(0, 5))
@settings(max_examples=50, deadline=None)
def test_power_is_that_of_the_noncentral_t(df: float, shift: float) -> None:
    quantile = stats.t.ppf(0.975, df)
    expected = stats.nct.sf(quantile, df, shift) + stats.nct.cdf(-quantile, df, shift)
    assert power_of(shift, 1.0, df) == pytest.approx(expected, abs=1e-6)


def test_power_of_a_published_example() -> None:
    """R's own example of `power.t.test`: 20 a group, a difference of one standard deviation, power .8689528."""
    assert power_of(1.0, 2 / 20, 38) == pytest.approx(0.8689528, abs=1e-6)
    assert power_of(detectable(2 / 30, 58), 2 / 30, 58) == pytest.approx(0.80)
    assert power_of(0.0, 2 / 30, 58) == pytest.approx(0.05)


def test_no_number_of_pairs_passes_the_floor_and_more_annotators_do() -> None:
    means = Question(USUAL.components)
    here = outlook(means, DESIGN)
    assert here.floor == pytest.approx(float(t_quantile(6)) * (USUAL.components.annotator / 7) ** 0.5, rel=0.02)
    assert outlook(means, replace(DESIGN, units=10**7)).half == pytest.approx(here.floor, rel=0.02)
    floor = outlook(USUAL, DESIGN).floor
    assert fewest_units(USUAL, DESIGN, 0.99 * floor) is None
    assert fewest_annotators(USUAL, DESIGN, 0.9 * floor) is not None


@settings(max_examples=60, deadline=None)
@given(
    unit=st.floats(0, 1),
    annotator=st.floats(0, 1),
    units=st.integers(5, 80),
    people=st.integers(3, 20),
    systems=st.sampled_from([1, 2]),
)
def test_nothing_is_narrower_than_its_floor_and_the_fewest_are_the_fewest(
    unit: float, annotator: float, units: int, people: int, systems: int
) -> None:
    question = Question(Components(unit, annotator, 1.0))
    design = Design(units, people, systems=systems)
    here = outlook(question, design)
    for more in (1, 3, 50, 2000):
        assert outlook(question, replace(design, units=units * more)).half >= here.floor * 0.999
        assert outlook(question, replace(design, annotators=people * more)).half >= here.floor_units * 0.999
    assert here.floor <= float(t_quantile(people - 1)) * (annotator / people) ** 0.5 + 1e-3
    wanted = 0.7 * here.half
    enough = fewest_units(question, design, wanted)
    if enough is not None:
        assert outlook(question, replace(design, units=enough)).half <= wanted
        assert outlook(question, replace(design, units=enough - 1)).half > wanted
    else:
        assert here.floor > wanted * 0.99 or outlook(question, replace(design, units=100_000)).half > wanted
    most = systems * (units - 1) * (people - 1)
    assert min(systems * (units - 1), people - 1) <= degrees_of_freedom(question.components, design) <= most


def test_the_cheapest_design_is_cheaper_than_every_other_that_is_narrow_enough() -> None:
    effort = Effort(minutes=2.0, to_begin=15.0, pay_per_hour=12.0)
    question = Question(USUAL.components)
    best = cheapest_design(question, DESIGN, 0.1, effort)
    assert best is not None
    every = [
        Design(units, people)
        for people in range(5, 30)
        for units in range(10, 90)
        if _half(question, Design(units, people)) <= 0.1
    ]
    assert effort.hours(best) == pytest.approx(min(map(effort.hours, every)))
    assert effort.cost(best) == pytest.approx(effort.hours(best) * 12)
    assert Effort().cost(best) is None


def test_annotators_are_the_cheaper_way_where_they_differ_and_pairs_where_pairs_do() -> None:
    effort = Effort(minutes=1.0)
    apart = ways_to(Question(Components(0.1, 1.0, 1.0)), Design(40, 7), 0.7, effort)
    assert apart.cheaper == "annotators"
    spread = ways_to(Question(Components(1.0, 0.02, 0.2)), Design(40, 7), 0.28, effort)
    assert spread.cheaper == "units"
    assert spread.by_units is not None
    assert spread.by_units.annotators == 7
    never = ways_to(Question(Components(1.0, 1.0, 1.0)), Design(40, 7), 0.01, effort)
    assert (never.by_units, never.by_annotators, never.cheapest, never.cheaper) == (None, None, None, "")


def test_many_who_judge_a_part_buy_more_than_few_who_judge_all() -> None:
    """STATISTICS: 200 pairs shared by 20 people, 3 each, are narrower than 50 pairs × 7, for little more votes."""
    shared, panel = Design(200, 20, per_unit=3), Design(50, 7)
    assert (shared.judged, panel.judged) == (600, 350)
    assert outlook(USUAL, shared).half == pytest.approx(0.07, abs=0.006)
    assert outlook(USUAL, panel).half > 1.6 * outlook(USUAL, shared).half
    best = cheapest_design(USUAL, shared, 0.08, Effort())
    assert best is not None
    assert (best.annotators <= 20, best.per_unit) == (True, 3)


@pytest.mark.parametrize("missing", [False, True])
def test_a_pilot_finds_the_variances_and_upper_limits_hold_in_four_of_five(missing: bool) -> None:
    truth = Components(1.0, 0.5, 1.0)
    rng = np.random.default_rng(3)
    found, held = [], []
    for table in normal_tables(2, 400, 15, 6, truth):
        unit, person = np.indices(table.shape).reshape(2, -1)
        rows = rng.random(unit.size) < 0.7 if missing else np.ones(unit.size, dtype=bool)
        pilot = pilot_of_one(Cells.collect(unit[rows], person[rows], table.ravel()[rows]))
        assert pilot is not None
        parts = [(one.unit, one.annotator, one.rest) for one in (pilot.found, pilot.upper, truth)]
        found.append(parts[0])
        held.append(np.array(parts[1]) >= parts[2])
    assert np.mean(found, axis=0) == pytest.approx((1.0, 0.5, 1.0), rel=0.12)
    assert np.mean(held, axis=0) == pytest.approx((0.8, 0.8, 0.8), abs=0.07)


def test_a_pilot_of_two_systems_finds_the_annotators_own_differences() -> None:
    truth = Components(0.5, 0.3, 1.0)
    tables = [normal_tables(seed, 300, 12, 6, truth) for seed in (5, 6)]
    pilots = [pilot_of_two(cells_of(one), cells_of(other)) for one, other in zip(*tables, strict=True)]
    found = np.mean([(one.found.unit, one.found.annotator, one.found.rest) for one in pilots if one], axis=0)
    assert found == pytest.approx((1.0, 0.6, 2.0), rel=0.1)
    few = cells_of(np.ones((2, 5)))
    assert pilot_of_two(few, few) is None
    same = pilot_of_one(cells_of(np.ones((5, 4))))
    assert same is not None
    assert same.upper == Components(0, 0, 0)


def test_the_upper_limit_of_one_mean_square_is_chi_squares() -> None:
    assert upper_limit((2.0, 9), (0.0, 5)) == pytest.approx(2.0 * 9 / stats.chi2.ppf(0.2, 9))
    assert upper_limit((0.0, 9), (1.0, 5)) == 0
    lower = stats.f.ppf(0.2, 9, 20)
    assert upper_limit((lower, 9), (1.0, 20)) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("kind", GUESSES)
def test_guesses_add_up_to_the_votes_own_variance(kind: str) -> None:
    for rate in (0.5, 0.8):
        found = guess(kind, target="pair", rate=rate)
        assert found.unit + found.annotator + found.rest == pytest.approx(rate * (1 - rate))
    assert rating_components(1, 0.1, 0.1).rest > rating_components(20, 0.1, 0.1).rest


def _half(question: Question, design: Design) -> float:
    df = degrees_of_freedom(question.components, design)
    return float(t_quantile(df)) * variance(question.components, design) ** 0.5
