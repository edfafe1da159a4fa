"""Win rates: panels and overlapping designs, by the pair's and the annotators' own inclinations."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from scipy import special

from evaluation.crossed import Moments, crossed_moments, crossed_wilson, effective_n, overlap_moments
from evaluation.estimates import t_quantile, wilson
from tests.coverage.covered import HONEST, RUNS, SMALL, Array, Band, Column, Covered, Row, Table, percent, tenths
from tests.coverage.drawing import random_of, votes

PAIR_SDS = (0, 0.5, 1, 1.5, 2)
PEOPLE_SDS = (0, 0.3, 0.6, 1)
# The first study's figures at 50 pairs × 7 annotators, a row a pair sd, a column an annotator sd.
FIRST_CROSSED = {
    0.5: ("98 95 96 95", "97 96 95 95", "96 96 95 95", "96 95 95 95", "96 96 96 95"),
    0.88: ("98 97 95 94", "97 96 95 93", "97 96 95 93", "95 95 95 94", "95 95 95 95"),
}
FIRST_POOLED = {
    0.5: ("96 82 63 47", "91 81 62 48", "83 76 65 51", "77 73 62 52", "72 70 63 55"),
    0.88: ("95 89 74 56", "92 87 74 58", "87 82 72 57", "80 77 70 61", "73 72 69 61"),
}
FIRST_ERRORS = ("3 5 5 6", "3 5 5 6", "4 5 5 6", "5 5 5 6", "4 5 4 6")
# At a rate of .97 all votes are often the same; then the product's interval is wider than the first study's was.
SIZES: tuple[tuple[int, int, Band, Band, None], ...] = (
    (20, 3, tenths(94.7, 98.2), tenths(94.4, 98.5), None),
    (50, 3, tenths(93.3, 97.9), tenths(92.8, 98.0), None),
    (200, 3, tenths(92.8, 97.2), tenths(92.1, 97.9), None),
    (20, 7, tenths(95.4, 97.9), tenths(94.9, 98.0), None),
    (200, 7, tenths(94.8, 97.4), tenths(93.2, 96.8), None),
    (50, 15, tenths(94.5, 97.4), tenths(94.5, 97.5), None),
)
OVERLAPS: tuple[tuple[int, int, int, Band, Band], ...] = (
    (100, 12, 3, tenths(95.0, 96.8), tenths(93.8, 97.5)),
    (200, 20, 3, tenths(95.0, 97.0), tenths(94.2, 96.5)),
    (350, 25, 1, tenths(94.7, 96.2), tenths(94.3, 96.2)),
)
OTHER_SDS = ((0, 0), (1, 0.3), (1, 0.6), (1.5, 1))


def this_panel(table: Array) -> tuple[Array, Array]:
    """Wilson at the effective n of the pair means, for a whole axis of studies."""
    units, people = table.shape[-2:]
    share = table.mean(axis=(-2, -1))
    moments = Moments(share, table.mean(axis=-1).var(axis=-1, ddof=1) / units, np.full(share.shape, units - 1.0))
    size = effective_n(moments, units=units, judgments=units * people)
    return wilson(share, size, t_quantile(units - 1))


def panel(rate: float, unit_sd: float, person_sd: float, units: int = 50, people: int = 7) -> list[Covered | None]:
    """Any panel, this panel, every vote as independent; at a rate of one half how often the two-way t rejects it."""
    rng = random_of(1, rate, unit_sd, person_sd, units, people)
    table, own = votes(rng, RUNS, units, people, rate=rate, unit_sd=unit_sd, person_sd=person_sd)
    moments = crossed_moments(table)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (moments.mean - 0.5) / np.sqrt(moments.variance)
    return [
        Covered.of(*crossed_wilson(moments, units=units, judgments=units * people), rate),
        Covered.of(*this_panel(table), own),
        Covered.of(*wilson(moments.mean, units * people, t_quantile(np.inf)), rate),
        Covered.errors(2 * special.stdtr(moments.df, -np.abs(t))) if rate == 0.5 else None,
    ]


def overlap(rate: float, unit_sd: float, person_sd: float, *, units: int, people: int, each: int) -> list[Covered]:
    """Each pair judged by a few of many annotators, evenly."""
    rng = random_of(2, rate, unit_sd, person_sd, units, people)
    table, _own = votes(rng, RUNS, units, people, rate=rate, unit_sd=unit_sd, person_sd=person_sd)
    chosen = np.concatenate([rng.permutation(people)[:each] for _ in range(units)])
    of = np.repeat(np.arange(units), each)
    moments = overlap_moments(of, chosen, table[:, of, chosen])
    return [Covered.of(*crossed_wilson(moments, units=units, judgments=units * each), rate)]


def _first(told: dict[float, Sequence[str]], rate: float, unit: int, person: int, otherwise: Band) -> Band:
    return percent(float(told[rate][unit].split()[person])) if rate in told else otherwise


def _name(rate: float, unit_sd: float, person_sd: float) -> str:
    return f"rate {rate}, sd of pairs {unit_sd}, of annotators {person_sd}"


def panels() -> Table:
    rows = [
        Row(
            _name(rate, unit_sd, person_sd),
            partial(panel, rate, unit_sd, person_sd),
            (
                _first(FIRST_CROSSED, rate, unit, person, tenths(94.4, 97.5)),
                tenths(93.5, 97.4),
                _first(FIRST_POOLED, rate, unit, person, tenths(46.9, 94.5)),
                percent(float(FIRST_ERRORS[unit].split()[person])) if rate == 0.5 else None,
            ),
        )
        for rate in (0.5, 0.65, 0.88)
        for unit, unit_sd in enumerate(PAIR_SDS)
        for person, person_sd in enumerate(PEOPLE_SDS)
    ]
    columns = (
        Column("any panel: crossed Wilson", HONEST),
        Column("this panel: Wilson at the pairs' n", HONEST),
        Column("as published: Wilson on 350"),
        Column("two-way t rejects one half", (0.02, 0.075)),
    )
    return Table("Win rate, 50 pairs × 7 annotators", columns, tuple(rows), runs=4000)


def sizes() -> Table:
    rows = [
        Row(
            f"{units} × {people}, {_name(rate, *sds)}",
            lambda rate=rate, sds=sds, units=units, people=people: panel(rate, *sds, units=units, people=people)[:2],
            (first, None),
            (HONEST if people >= 5 and rate < 0.95 else SMALL, SMALL),
        )
        for units, people, *firsts in SIZES
        for rate, first in zip((0.5, 0.88, 0.97), firsts, strict=True)
        for sds in OTHER_SDS
    ]
    columns = (Column("any panel: crossed Wilson", HONEST), Column("this panel: Wilson at the pairs' n", SMALL))
    return Table("Win rate, other sizes (pairs × annotators)", columns, tuple(rows))


def overlaps() -> Table:
    rows = [
        Row(
            f"{units} pairs, {people} annotators, {each} a pair, {_name(rate, *sds)}",
            partial(overlap, rate, *sds, units=units, people=people, each=each),
            (first,),
        )
        for units, people, each, *firsts in OVERLAPS
        for rate, first in zip((0.5, 0.88), firsts, strict=True)
        for sds in OTHER_SDS
    ]
    columns = (Column("any panel: two-way sandwich, Wilson", HONEST),)
    return Table("Win rate, not everybody judges every pair", columns, tuple(rows))


TABLES = (panels(), sizes(), overlaps())
