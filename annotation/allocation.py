"""Which units, in which order, on which side, for whom: seeded, and balanced by construction. Pure.

Every function takes its own seed and depends on nothing else, so that a part of a design can be drawn again alone.
"""

import hashlib
import random
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

T = TypeVar("T")
U = TypeVar("U")

FIRST_LEFT: Final = 1
SECOND_LEFT: Final = 2
MOST_CANDIDATES: Final = 200
MOST_CELLS: Final = 2_000_000


def subseed(seed: int, *names: object) -> int:
    """A seed of its own for one purpose, from 0 to 2**63 − 1, so that the order of the draws does not matter.

    >>> subseed(1, "block", 1) == subseed(1, "block", 1) != subseed(1, "block", 2)
    True
    """
    text = "/".join(str(part) for part in (seed, *names))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1


def _draws(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a design must be drawn again from its seed; nothing here is a secret


def sample(population: Sequence[T], size: int, *, seed: int) -> list[T]:
    """`size` of the population, at random without replacement, each with probability size / len(population)."""
    if size > len(population):
        raise ValueError(f"{size} cannot be drawn from {len(population)} without replacement")
    return _draws(seed).sample(population, size)


def shuffled(items: Sequence[T], *, seed: int) -> list[T]:
    """All of them, in random order."""
    return _draws(seed).sample(items, len(items))


def looked_at_straight(number: int, *, seed: int) -> bool:
    """Whether a researcher who looks at pair `number` sees its first dialogue on the left: half of the time, and
    nothing about the number says when."""
    return subseed(seed, "looked at", number) % 2 == 0


def pair_up(first: Sequence[T], second: Sequence[U], *, size: int, seed: int) -> list[tuple[T, U]]:
    """`size` pairs, each of one of `first` and one of `second`, matched at random; nobody stands in two pairs."""
    if size > min(len(first), len(second)):
        raise ValueError(f"{size} pairs cannot be made of {len(first)} and {len(second)}")
    left, right = _draws(subseed(seed, "first")), _draws(subseed(seed, "second"))
    return list(zip(left.sample(first, size), right.sample(second, size), strict=True))


@dataclass(frozen=True)
class MatchedPair:
    """Indexes into the two populations, and the probability with which exactly this pair was drawn."""

    first: int
    second: int
    probability: float


def match_up(first: Sequence[Hashable], second: Sequence[Hashable], *, size: int, seed: int) -> list[MatchedPair]:
    """`size` pairs of members with the same key, drawn at random from the most that the keys allow.

    `first` and `second` give each member's key; a member without one (None or "") is matched to nobody. Raises
    `ValueError` when the keys allow fewer pairs.
    """
    rng = _draws(seed)
    by_key: dict[Hashable, tuple[list[int], list[int]]] = {}
    for side, keys in enumerate((first, second)):
        for index, key in enumerate(keys):
            if key not in (None, ""):
                by_key.setdefault(key, ([], []))[side].append(index)
    possible = matched_pairs(first, second)
    if possible < size:
        raise ValueError(f"the keys allow {possible} pairs, not {size}")
    pairs: list[MatchedPair] = []
    for key in sorted(by_key, key=repr):
        left, right = by_key[key]
        fewer = min(len(left), len(right))
        if fewer:
            probability = fewer / (len(left) * len(right)) * size / possible
            couples = zip(rng.sample(left, fewer), rng.sample(right, fewer), strict=True)
            pairs += [MatchedPair(one, other, probability) for one, other in couples]
    return rng.sample(pairs, size)


def matched_pairs(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """The most pairs with the same key that can be formed, nobody standing in two.

    >>> matched_pairs(["a", "a", "b"], ["a", "c"])
    1
    """
    ones, others = Counter(first), Counter(second)
    return sum(min(count, others[key]) for key, count in ones.items() if key not in (None, ""))


def order_units(groups: Sequence[Hashable], *, seed: int) -> list[int]:
    """Indexes of all units, shuffled so that every stretch holds the groups in their proportion.

    `groups[i]` is the dataset of unit i. Each group is spread evenly over the order; who comes first where several are
    due is drawn each time, so that nobody can count along.

    >>> order = order_units(["a", "b"] * 3, seed=1)
    >>> [sorted("ab"[i % 2] for i in order[n : n + 2]) for n in (0, 2, 4)]
    [['a', 'b'], ['a', 'b'], ['a', 'b']]
    """
    rng = _draws(seed)
    members: dict[Hashable, list[int]] = {}
    for index, group in enumerate(groups):
        members.setdefault(group, []).append(index)
    due: list[tuple[float, float, int]] = []
    for indexes in members.values():
        rng.shuffle(indexes)
        due += [((rank + 0.5) / len(indexes), rng.random(), index) for rank, index in enumerate(indexes)]
    return [index for _, _, index in sorted(due)]


@dataclass(frozen=True)
class SeatOrders:
    """The units' indexes in the order in which each seat sees them, and what imbalance was left.

    `mean_positions` is, for each group, the mean position (from 0) of its units over all seats; `difference` is the
    largest of them less the smallest.
    """

    orders: list[list[int]]
    mean_positions: dict[Hashable, float]

    @property
    def difference(self) -> float:
        means = self.mean_positions.values()
        return max(means) - min(means) if means else 0.0


def seat_orders(
    groups: Sequence[Hashable], seats: int, *, seed: int, beside: Sequence[Sequence[int]] = ()
) -> SeatOrders:
    """An order of all units for every seat: rows of a balanced Latin square (Williams 1949).

    No unit stands twice at the same position where there are no more seats than units, and the rows are chosen so that
    the groups' mean positions differ as little as possible, over all seats first and within each seat second.
    `beside` are the orders of seats that were drawn earlier from the same seed: the new ones are other rows of the same
    square, and make up for what imbalance those left; the mean positions are those of all.
    """
    count = len(groups)
    labels = order_units(groups, seed=subseed(seed, "labels"))
    rng = _draws(subseed(seed, "rows", len(beside)) if beside else subseed(seed, "rows"))
    available = list(range(count if count % 2 == 0 or seats + len(beside) <= count else 2 * count))
    used = Counter(row for order in beside if (row := _row_of(order, labels)) is not None)
    rows: list[int] = []
    while count and len(rows) < seats:
        fewest, wanted = min(used[row] for row in available), seats - len(rows)
        due = [row for row in available if used[row] == fewest]
        if len(due) <= wanted:
            chosen = rng.sample(due, len(due))
        else:
            looked_at = min(MOST_CANDIDATES, MOST_CELLS // count)
            candidates = rng.sample(due, min(len(due), max(looked_at, wanted)))
            others = [*beside, *(_order_of(row, labels) for row in rows)]
            chosen = _balanced_rows(candidates, wanted, labels, groups, rng, others)
        rows += chosen
        used.update(chosen)
    rng.shuffle(rows)
    orders = [_order_of(row, labels) for row in rows]
    return SeatOrders(orders or [[] for _ in range(seats)], _mean_positions([*beside, *orders], groups))


def _order_of(row: int, labels: Sequence[int]) -> list[int]:
    return [labels[label] for label in _williams_row(row, len(labels))]


def _row_of(order: Sequence[int], labels: Sequence[int]) -> int | None:
    """The row of the square that is this order, if one is."""
    if not order or len(order) != len(labels):
        return None
    count = len(labels)
    first, last = labels.index(order[0]), labels.index(order[-1])
    # An unturned row begins with its own number; a turned one ends with it.
    return next((row for row in (first, count + last) if _order_of(row, labels) == list(order)), None)


def _williams_row(row: int, count: int) -> list[int]:
    """Row `row` of the Williams design on `count` labels; an odd count has twice as many rows, the rest reversed."""
    start = [(step + 1) // 2 if step % 2 else count - step // 2 for step in range(count)]
    shifted = [(label + row) % count for label in start]
    return shifted[::-1] if row >= count else shifted


def _mean_positions(orders: Sequence[Sequence[int]], groups: Sequence[Hashable]) -> dict[Hashable, float]:
    totals: dict[Hashable, list[int]] = {}
    for order in orders:
        for position, index in enumerate(order):
            totals.setdefault(groups[index], []).append(position)
    return {group: sum(positions) / len(positions) for group, positions in totals.items()}


def _balanced_rows(
    candidates: list[int],
    wanted: int,
    labels: Sequence[int],
    groups: Sequence[Hashable],
    rng: random.Random,
    others: Sequence[Sequence[int]],
) -> list[int]:
    """`wanted` of the candidate rows whose groups' mean positions differ least, together with the `others`.

    Local search from random starts.
    """
    names = list(dict.fromkeys(groups))

    def leaning(order: Sequence[int]) -> list[float]:
        means = _mean_positions([order], groups)
        return [means[name] - (len(groups) - 1) / 2 for name in names]

    leanings = {row: leaning(_order_of(row, labels)) for row in candidates}
    before = [sum(column) for column in zip(*map(leaning, others), strict=True)] or [0.0] * len(names)

    def cost(rows: list[int]) -> tuple[float, float]:
        sums = [before[g] + sum(leanings[row][g] for row in rows) for g in range(len(names))]
        spread = sum(max(leanings[row]) - min(leanings[row]) for row in rows)
        return round(max(sums) - min(sums), 9), round(spread, 9)

    best: tuple[tuple[float, float], list[int]] | None = None
    for _ in range(5):
        rows = rng.sample(candidates, wanted)
        reached = cost(rows)
        for place in [place for _ in range(3) for place in range(wanted)]:
            for row in rng.sample(candidates, min(len(candidates), 40)):
                if row not in rows:
                    tried = [*rows[:place], row, *rows[place + 1 :]]
                    if (price := cost(tried)) < reached:
                        rows, reached = tried, price
        if best is None or reached < best[0]:
            best = (reached, rows)
    return best[1] if best else []


def seat_sides(pairs: int, seats: int, *, seed: int) -> list[list[int]]:
    """`sides[seat][pair]`: which dialogue of the pair that seat sees on the left.

    Over the seats of a pair, and over the pairs of a seat, “first left” and “second left” differ by at most one. A
    checkerboard has that; shuffling rows and columns, and turning 2 × 2 corners that keep every sum, makes it random.
    """
    rng = _draws(seed)
    start = rng.randrange(2)
    rows, columns = rng.sample(range(seats), seats), rng.sample(range(pairs), pairs)
    cells = [[(row + column + start) % 2 for column in columns] for row in rows]
    if seats > 1 and pairs > 1:
        for _ in range(min(10 * seats * pairs, 2_000_000)):
            above, below = cells[rng.randrange(seats)], cells[rng.randrange(seats)]
            left, right = rng.randrange(pairs), rng.randrange(pairs)
            if above[left] == below[right] != above[right] == below[left]:
                above[left], above[right] = above[right], above[left]
                below[left], below[right] = below[right], below[left]
    return [[SECOND_LEFT if cell else FIRST_LEFT for cell in row] for row in cells]


def overlap_sides(units: int, slots: int, *, seed: int) -> list[list[int]]:
    """`sides[unit][n]`: which dialogue is left in slot n of the unit, the units in the order in which they are filled.

    Within a unit the two differ by at most one; where the number of slots is odd, neighbouring units lean to opposite
    sides, so that any stretch of units is balanced too.
    """
    rng = _draws(seed)
    sides: list[list[int]] = []
    lean = FIRST_LEFT
    for unit in range(units):
        lean = rng.choice((FIRST_LEFT, SECOND_LEFT)) if unit % 2 == 0 else FIRST_LEFT + SECOND_LEFT - lean
        half = [FIRST_LEFT, SECOND_LEFT] * (slots // 2) + [lean] * (slots % 2)
        rng.shuffle(half)
        sides.append(half)
    return sides


def more_seat_sides(sides: Sequence[Sequence[int]], seats: int, *, seed: int) -> list[list[int]]:
    """`seats` more rows for `sides[seat][pair]`; over all of them the balance is that of `seat_sides`.

    Where the number of seats was odd, the first that comes mirrors what the others left on every pair.
    """
    if not seats or not sides:
        return seat_sides(len(sides[0]) if sides else 0, seats, seed=subseed(seed, "rest"))
    pairs = len(sides[0])
    mirror = [_lacking([row[pair] for row in sides]) for pair in range(pairs)] if len(sides) % 2 else None
    rest = seat_sides(pairs, seats - (mirror is not None), seed=subseed(seed, "rest"))
    rows = rest if mirror is None else [mirror, *rest]
    return _draws(subseed(seed, "rows")).sample(rows, len(rows))


def more_overlap_sides(sides: Sequence[Sequence[int]], slots: int, *, seed: int) -> list[list[int]]:
    """What to add to `sides[unit]` to have `slots` of each; the balance is that of `overlap_sides`.

    A unit that leans to one side keeps its lean while its number stays odd, so that neighbours stay opposite.
    """
    rng = _draws(seed)
    added: list[list[int]] = []
    lean = FIRST_LEFT
    for unit, old in enumerate(sides):
        lean = rng.choice((FIRST_LEFT, SECOND_LEFT)) if unit % 2 == 0 else FIRST_LEFT + SECOND_LEFT - lean
        wanted = max(0, slots - len(old))
        odd = [_lacking(old) if len(old) % 2 else lean] if wanted % 2 else []
        new = [FIRST_LEFT, SECOND_LEFT] * (wanted // 2) + odd
        rng.shuffle(new)
        added.append(new)
    return added


def _lacking(sides: Sequence[int]) -> int:
    return FIRST_LEFT if sides.count(FIRST_LEFT) < sides.count(SECOND_LEFT) else SECOND_LEFT
