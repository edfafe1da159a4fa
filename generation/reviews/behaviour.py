"""From reviews to what people like, dislike and might like: the steps P2 to P6 of the LLM-REDIAL paper. Pure.

Reviews are columns of numbers, so that millions fit in memory; which of them are left is an array of places in these
columns. Each step takes such places and returns those that stay. The order of the rows carries no meaning: what came
first in the file is said by `rows`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from generation.reviews.settings import Settings

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

OUT: Final = 0
LIKE: Final = 1
DISLIKE: Final = 2
MIGHT_LIKE: Final = 3
NEUTRAL: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """One number a review: who and what (any integers), rating, time in seconds, words, place in the file."""

    people: Ints
    items: Ints
    ratings: Floats
    times: Ints
    words: Ints
    rows: Ints

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a step left: reviews, and the people and items that they are by and of; `rounds` until nothing changed."""

    name: str
    reviews: int
    people: int
    items: int
    rounds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """The outcome: for each review its bucket (OUT, LIKE, DISLIKE, MIGHT_LIKE, NEUTRAL), and what each step left.

    `people` counts those left, `with_dialogue` those of them who have a might-like and something to greet with;
    `speechless` have a might-like and nothing to greet with.
    """

    buckets: Codes
    steps: tuple[Step, ...]
    likes: int
    dislikes: int
    might_likes: int
    neutral: int
    people: int
    with_dialogue: int
    speechless: int
    dialogues: int


def prepare(columns: Columns, settings: Settings) -> Prepared:
    """Take all steps.

    >>> one = np.ones(3, int)
    >>> reviews = Columns(people=one, items=np.arange(3), ratings=one * 5.0, times=np.arange(3), words=one * 20,
    ...                   rows=np.arange(3))
    >>> prepare(reviews, Settings(k=1)).buckets.tolist()
    [1, 1, 3]
    """
    left = np.arange(len(columns))
    steps = [_step("imported", columns, left)]
    left = within_words(columns, left, settings)
    steps.append(_step("words", columns, left))
    if settings.duplicates == "before":
        left = latest_of_pair(columns, left)
        steps.append(_step("duplicates", columns, left))
    left, rounds = active(columns, left, settings)
    steps.append(_step("activity", columns, left, rounds))
    if settings.duplicates == "after":
        left = latest_of_pair(columns, left)
        steps.append(_step("duplicates", columns, left))
    buckets = polarity(columns, left, settings)
    steps.append(_step("polarity", columns, np.flatnonzero((buckets == LIKE) | (buckets == DISLIKE))))
    return _counted(columns, held_out(columns, buckets, settings), steps, settings)


def within_words(columns: Columns, left: Ints, settings: Settings) -> Ints:
    """P2: reviews with as many words as wanted, both bounds included."""
    words = columns.words[left]
    return left[(words >= settings.min_words) & (words <= settings.max_words)]


def active(columns: Columns, left: Ints, settings: Settings) -> tuple[Ints, int]:
    """P3: without people and items of fewer than k reviews, and how often that was looked at.

    Iterative, what stays is the largest set of reviews in which each person and each item has k.
    """
    people, items = _numbered(columns.people[left]), _numbered(columns.items[left])
    rounds = 0
    while len(left):
        rounds += 1
        stays = (np.bincount(people)[people] >= settings.k) & (np.bincount(items)[items] >= settings.k)
        if stays.all():
            break
        left, people, items = left[stays], people[stays], items[stays]
        if not settings.iterative:
            break
    return left, rounds


def latest_of_pair(columns: Columns, left: Ints) -> Ints:
    """P5: of several reviews of one item by one person, the latest; of the same time, the last of the file."""
    left = left[np.lexsort((columns.rows[left], columns.times[left], columns.items[left], columns.people[left]))]
    people, items = columns.people[left], columns.items[left]
    is_last = np.ones(len(left), dtype=bool)
    is_last[:-1] = (people[1:] != people[:-1]) | (items[1:] != items[:-1])
    return np.sort(left[is_last])


def polarity(columns: Columns, left: Ints, settings: Settings) -> Codes:
    """P4: a bucket for each review: LIKE, DISLIKE, NEUTRAL between them, OUT for what is not left."""
    buckets = np.zeros(len(columns), dtype=np.int8)
    ratings = columns.ratings[left]
    neither = np.where(ratings <= settings.negative, DISLIKE, NEUTRAL)
    buckets[left] = np.where(ratings >= settings.positive, LIKE, neither)
    return buckets


def held_out(columns: Columns, buckets: Codes, settings: Settings) -> Codes:
    """P6: the last likes of each person, in order of time and then of the file, become MIGHT_LIKE."""
    likes = np.flatnonzero(buckets == LIKE)
    likes = likes[in_order(columns, likes)]
    _who, first, counts = np.unique(columns.people[likes], return_index=True, return_counts=True)
    from_the_end = np.repeat(first + counts, counts) - np.arange(len(likes))
    held = from_the_end <= np.repeat(holdout_sizes(counts, settings), counts)
    buckets = buckets.copy()
    buckets[likes[held]] = MIGHT_LIKE
    return buckets


def in_order(columns: Columns, places: Ints) -> Ints:
    """What sorts these reviews by person, each person's by time and then as in the file."""
    return np.lexsort((columns.rows[places], columns.times[places], columns.people[places]))


def holdout_sizes(likes: Ints, settings: Settings) -> Ints:
    """How many of so many likes are held out.

    >>> holdout_sizes(np.array([0, 1, 9, 10, 19, 20, 30]), Settings()).tolist()
    [0, 1, 1, 1, 1, 2, 3]
    >>> holdout_sizes(np.array([9, 10, 11, 30]), Settings(rounding="ceil")).tolist()
    [1, 1, 2, 3]
    """
    share = np.round(likes * settings.holdout, 9)  # 0.29 × 100 is a little less than 29
    rounded = {"floor": np.floor(share), "ceil": np.ceil(share), "nearest": np.floor(share + 0.5)}[settings.rounding]
    return np.minimum(likes, np.maximum(rounded, settings.at_least)).astype(np.int64)


def _numbered(values: Ints) -> Ints:
    """The same, as numbers from 0 without gaps."""
    return np.unique(values, return_inverse=True)[1]


def _step(name: str, columns: Columns, left: Ints, rounds: int = 0) -> Step:
    people, items = (len(np.unique(of[left])) for of in (columns.people, columns.items))
    return Step(name=name, reviews=len(left), people=people, items=items, rounds=rounds)


def talking(columns: Columns, buckets: Codes, settings: Settings) -> Ints:
    """Who has a might-like and something to greet with."""
    greets = (buckets == LIKE) | ((buckets == DISLIKE) & (settings.greet_with == "any"))
    return np.intersect1d(columns.people[buckets == MIGHT_LIKE], columns.people[greets])


def _counted(columns: Columns, buckets: Codes, steps: list[Step], settings: Settings) -> Prepared:
    counts = np.bincount(buckets, minlength=NEUTRAL + 1).tolist()
    who = talking(columns, buckets, settings)
    of_talking = (buckets == MIGHT_LIKE) & np.isin(columns.people, who)
    steps.append(_step("holdout", columns, np.flatnonzero(of_talking)))
    return Prepared(
        buckets=buckets,
        steps=tuple(steps),
        likes=counts[LIKE],
        dislikes=counts[DISLIKE],
        might_likes=counts[MIGHT_LIKE],
        neutral=counts[NEUTRAL],
        people=len(np.unique(columns.people[buckets != OUT])),
        with_dialogue=len(who),
        speechless=len(np.unique(columns.people[buckets == MIGHT_LIKE])) - len(who),
        dialogues=int(of_talking.sum()),
    )
