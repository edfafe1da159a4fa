"""Reviews of an item by others, by polarity (P7): what the system may quote. Pure."""

from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

import numpy as np

from generation.reviews.behaviour import LIKE, MIGHT_LIKE, Codes, Columns

T = TypeVar("T")


def quotable(columns: Columns, buckets: Codes) -> int:
    """How many might-likes somebody else spoke well of, where a person has one review of an item at most.

    >>> pair = np.array([0, 1])
    >>> reviews = Columns(people=pair, items=pair * 0, ratings=pair, times=pair, words=pair, rows=pair)
    >>> quotable(reviews, np.array([LIKE, MIGHT_LIKE], dtype=np.int8))
    1
    """
    good = (buckets == LIKE) | (buckets == MIGHT_LIKE)
    held = columns.items[buckets == MIGHT_LIKE]
    items, counts = np.unique(columns.items[good], return_counts=True)
    return int((counts[np.searchsorted(items, held)] > 1).sum())


def pool_of(reviews: Iterable[tuple[str, T]], most: int) -> list[T]:
    """The first reviews of each polarity, one more than may be quoted: so many are left without somebody's own.

    >>> pool_of([("good", 1), ("good", 2), ("bad", 3), ("good", 4)], most=1)
    [1, 2, 3]
    """
    of: dict[str, list[T]] = {}
    for polarity, review in reviews:
        of.setdefault(polarity, []).append(review)
    return [review for found in of.values() for review in islice(found, most + 1)]
