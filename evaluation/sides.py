"""Does the left dialogue win more often than the sides can explain? The sides drawn again as the study drew them. Pure.

It speaks of these annotators and pairs alone: everything stands still but which dialogue was shown on the left.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Final

import numpy as np
import numpy.typing as npt

from evaluation.estimates import BoolArray, FloatArray, IntArray, Test, gettext_noop
from evaluation.ratings import codes_of

DRAWS: Final = 9_999
FEWEST_DRAWS: Final = 999
MOST_IN_ALL: Final = 400_000_000
MOST_AT_ONCE: Final = 2_000_000
MOST_EXACT: Final = 14
"""Of so many votes every table of sides is looked at."""
MOST_PATTERNS: Final = 1_000
LABELLINGS: Final = 25
PAIR_DRAWS: Final = 2_000
MIXED: Final = 50
REDRAWN: Final = gettext_noop("Left choices, with the sides drawn again")
NO_SIDES: Final = gettext_noop("No vote chose a side.")
OTHER_RULE: Final = gettext_noop("The sides of these votes were not balanced by the rule of this product.")
Signs = npt.NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class Table:
    """Votes as pairs × places: `choice` is 1 for the pair's first dialogue, −1 for the second, 0 for a tie or nothing;
    `left` is 1 where the first stood left, −1 where the second did, 0 where nobody voted. `seats`: places are
    annotators, who all judged about everything; otherwise they are whoever judged the pair."""

    choice: Signs
    left: Signs
    seats: bool

    @classmethod
    def collect(cls, units: IntArray, annotators: IntArray, choice: IntArray, first_left: BoolArray) -> "Table":
        """From columns, a row a vote; of an annotator's votes on one pair the first counts. The order of pairs, and of
        annotators on a pair they share, changes nothing."""
        unit_ids, unit = codes_of(units)
        people, annotator = codes_of(annotators)
        _keys, first = np.unique(unit * people.size + annotator, return_index=True)
        unit, annotator, side = unit[first], annotator[first], np.where(first_left[first], 1, -1)
        votes = np.bincount(unit, minlength=unit_ids.size)
        most = int(votes.max(initial=0))
        seats = people.size == most
        starts = np.cumsum(votes) - votes
        place = annotator if seats else np.arange(unit.size) - starts[unit]
        table = np.zeros((2, unit_ids.size, most), dtype=np.int8)
        table[0, unit, place], table[1, unit, place] = choice[first], side
        if not seats:
            order = np.argsort(3 * table[0] + table[1], axis=1, kind="stable")
            table = np.take_along_axis(table, order[None], axis=2)
        chosen, left = table[:, np.lexsort(table[0].T)] if most else table
        return cls(chosen, left, seats)

    @property
    def balanced(self) -> bool:
        """Pairs with a vote at every place have both sides as often, give or take one."""
        whole = (self.left != 0).all(axis=1)
        return bool((np.abs(self.left[whole].sum(axis=1)) <= 1).all())


def redrawn_sides(table: Table, *, seed: int = 1, draws: int | None = None) -> Test:
    """Were the side all one, every vote would name the same dialogue however they stood: T = Σ choice · left, left less
    right choices, over all sides that the study could have drawn.

    Sides are balanced within each pair, and where everybody judges everything within each annotator too; pairs of an
    odd number of votes lean to one side and to the other equally often. p = (1 + hits)/(1 + draws) over 9,999 tables
    (fewer of more than 40,000 votes), or the exact share of all tables where the votes are at most 14; a hit is a T at
    least as far from 0. `statistic` is T.

    >>> sides = np.array([1, 0, 0, 1, 1, 0, 0, 1], dtype=bool)
    >>> votes = Table.collect(np.repeat([1, 2, 3, 4], 2), np.tile([1, 2], 4), np.where(sides, 1, -1), sides)
    >>> redrawn_sides(votes).statistic, round(redrawn_sides(votes).p, 3)
    (8.0, 0.333)
    """
    choice, observed = table.choice.astype(np.float32), float((table.choice * table.left).sum(dtype=np.int64))
    if not table.choice.any():
        return Test(None, method=REDRAWN, reason=NO_SIDES)
    if not table.balanced:
        return Test(None, method=REDRAWN, reason=OTHER_RULE)
    if choice.size <= MOST_EXACT:
        every = np.abs(all_sides(*choice.shape, seats=table.seats).reshape(-1, choice.size) @ choice.ravel())
        return Test(max(float((every >= abs(observed) - 0.5).mean()), 1 / every.size), observed, method=REDRAWN)
    draws = draws or min(DRAWS, max(MOST_IN_ALL // choice.size, FEWEST_DRAWS))
    draw = seat_draws if table.seats else pair_draws
    return Test(_share_of(draw, choice, abs(observed), draws, seed), observed, method=REDRAWN)


Draw = Callable[[npt.NDArray[np.float32], np.random.Generator], Iterator[FloatArray]]


def _share_of(draw: Draw, choice: npt.NDArray[np.float32], found: float, draws: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    hits = done = 0
    for sums in draw(choice, rng):
        now = sums[: draws - done]
        hits, done = hits + int((np.abs(now) >= found - 0.5).sum()), done + now.size
        if done >= draws:
            break
    return (1 + hits) / (1 + done)


def all_sides(pairs: int, places: int, *, seats: bool) -> Signs:
    """Every table of sides that the rule allows: (tables, pairs, places).

    >>> all_sides(2, 2, seats=True).tolist()
    [[[-1, 1], [1, -1]], [[1, -1], [-1, 1]]]
    """
    size = pairs * places
    bits = np.arange(2**size)[:, None] >> np.arange(size) & 1
    tables = (2 * bits - 1).astype(np.int8).reshape(-1, pairs, places)
    kept = (np.abs(tables.sum(axis=2)) <= 1).all(axis=1) & (np.abs(tables.sum(axis=(1, 2))) <= 1)
    if seats:
        kept &= (np.abs(tables.sum(axis=1)) <= 1).all(axis=1)
    return np.asarray(tables[kept])


def seat_draws(choice: npt.NDArray[np.float32], rng: np.random.Generator) -> Iterator[FloatArray]:
    """T of tables balanced within pairs and annotators, some at a time, without end.

    As the study draws them: a checkerboard of shuffled pairs and annotators in which two annotators trade sides on the
    pairs where theirs differ, again and again, which keeps every balance.
    """
    pairs, seats = choice.shape
    labellings = max(1, min(LABELLINGS, MOST_AT_ONCE // choice.size))
    named = np.stack([choice[rng.permutation(pairs)][:, rng.permutation(seats)].T for _ in range(labellings)])
    sides = (2 * (np.add.outer(np.arange(seats), np.arange(pairs)) % 2) - 1).astype(np.float32)
    for _ in range(MIXED * seats):
        trade(sides, rng)
    while True:
        for _ in range(2 * seats):
            trade(sides, rng)
        sides = sides[rng.permutation(seats)][:, rng.permutation(pairs)]
        yield np.asarray(named.reshape(labellings, -1) @ sides.ravel(), dtype=np.float64)


def trade(sides: npt.NDArray[np.float32], rng: np.random.Generator) -> None:
    """Two annotators deal the sides anew on the pairs where theirs differ, each keeping as many of either."""
    if sides.shape[0] < 2:
        return
    one, other = rng.choice(sides.shape[0], 2, replace=False)
    differ = np.flatnonzero(sides[one] != sides[other])
    dealt = rng.permutation(sides[one, differ])
    sides[one, differ], sides[other, differ] = dealt, -dealt


def pair_draws(choice: npt.NDArray[np.float32], rng: np.random.Generator) -> Iterator[FloatArray]:
    """T of tables balanced within pairs alone, some at a time, without end. Of an odd number of places half of the
    pairs lean to one side, half to the other.

    Pairs that were voted on alike have sums of one distribution, so that it is enough to draw how many have which.
    """
    pairs, places = choice.shape
    sums = np.sort(choice @ _patterns(places, rng).T, axis=1)
    kinds, counts = np.unique(sums, axis=0, return_counts=True)
    while True:
        turned = np.zeros((PAIR_DRAWS, counts.size), dtype=np.int64)
        if places % 2:
            turned = rng.multivariate_hypergeometric(counts, pairs // 2, size=PAIR_DRAWS)
        found = np.zeros(PAIR_DRAWS)
        for kind, here, back in zip(kinds, (counts - turned).T, turned.T, strict=True):
            values, times = np.unique(kind, return_counts=True)
            shares = times / times.sum()
            found += (rng.multinomial(here, shares) - rng.multinomial(back, shares)) @ values
        yield found


def _patterns(places: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """The ways to put one side on half of the places (rounded up): all of them, or a thousand where they are more."""
    half = (places + 1) // 2
    if comb(places, half) <= MOST_PATTERNS:
        chosen = np.array(list(combinations(range(places), half)))
    else:
        chosen = rng.random((MOST_PATTERNS, places)).argsort(axis=1)[:, :half]
    found = np.full((len(chosen), places), -1, dtype=np.float32)
    np.put_along_axis(found, chosen, 1, axis=1)
    return found
