"""The figures of a study once more, from what its annotators remember and with none of the product's code."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from statistics import fmean
from typing import Literal

import krippendorff
import numpy as np

from tests.journeys.person import Said

LEFT = 1


def standing(said: Iterable[Said], criterion: str, dataset: str | None = None) -> list[Said]:
    """The answers to one criterion that count: not taken back, not “cannot judge”, perhaps of one dataset alone."""
    return [
        one
        for one in said
        if one.criterion == criterion
        and not one.superseded
        and one.value is not None
        and (dataset is None or one.seen[0].dataset == dataset)
    ]


def mean(said: Sequence[Said]) -> float:
    """Every dialogue alike: over its turns, then its annotators, then the dialogues."""
    values: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for one in said:
        values[one.seen[0].name][one.seat].append(one.value or 0)
    return fmean(fmean(fmean(turns) for turns in by_seat.values()) for by_seat in values.values())


def plain_mean(said: Sequence[Said]) -> float:
    return fmean(one.value or 0 for one in said)


def win_rate(said: Sequence[Said], dataset: str) -> float:
    """The share of choices that fell on a dialogue of this dataset."""
    return fmean(chosen(one) == dataset for one in said)


def chosen(one: Said) -> str:
    return one.seen[0 if one.value == LEFT else 1].dataset


def left_share(said: Sequence[Said]) -> float:
    """The mean of the annotators' shares of left choices."""
    by_seat: dict[int, list[bool]] = defaultdict(list)
    for one in said:
        by_seat[one.seat].append(one.value == LEFT)
    return fmean(fmean(choices) for choices in by_seat.values())


def majority_share(said: Sequence[Said], dataset: str) -> float:
    """Of the pairs that were decided, the share that most annotators gave to this dataset."""
    votes: dict[frozenset[str], list[bool]] = defaultdict(list)
    for one in said:
        votes[frozenset(original.name for original in one.seen)].append(chosen(one) == dataset)
    shares = [fmean(cast) for cast in votes.values()]
    return fmean(share > 0.5 for share in shares if share != 0.5)


def alpha(said: Sequence[Said], level: Literal["nominal", "ordinal"]) -> float:
    """Krippendorff's α by the package of that name. Of a pair it is asked which dialogue won, not which side."""
    table = _table(said)
    seats = sorted({one.seat for one in said})
    data = [[by_seat.get(seat, np.nan) for by_seat in table.values()] for seat in seats]
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement=level))


def exact(said: Sequence[Said]) -> float:
    """The share of the answers' partners that agree, every answer that has a partner counting alike."""
    shares: list[float] = []
    for by_seat in _table(said).values():
        if len(by_seat) > 1:
            pairs = fmean(one == other for one, other in combinations(by_seat.values(), 2))
            shares += [pairs] * len(by_seat)
    return fmean(shares)


def _table(said: Sequence[Said]) -> dict[tuple[frozenset[str], int], dict[int, float]]:
    """What each seat said of each place of each unit."""
    table: dict[tuple[frozenset[str], int], dict[int, float]] = defaultdict(dict)
    for one in said:
        value = one.value or 0
        if len(one.seen) > 1:
            value = int(one.seen[value - 1].dataset == min(original.dataset for original in one.seen))
        table[frozenset(original.name for original in one.seen), one.place][one.seat] = value
    return table
