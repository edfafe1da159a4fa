"""Where preprocessing leaves nothing: at which step, and which one setting would leave something. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from generation.reviews.behaviour import Columns, Prepared, prepare
from generation.reviews.settings import Settings

RATINGS_TRIED: Final = 10
NO_BOUND: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One setting with a value that was tried, and what it leaves."""

    setting: str
    value: Any
    people: int
    dialogues: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The step after which no dialogue can come any more, and each single setting that would help."""

    step: str
    advice: tuple[Advice, ...]


def diagnose(columns: Columns, settings: Settings, prepared: Prepared) -> Diagnosis | None:
    """None where something is left. Everything advised was tried.

    >>> two = np.arange(2)
    >>> reviews = Columns(people=two * 0, items=two, ratings=two + 4.0, times=two, words=two + 25, rows=two)
    >>> diagnose(reviews, Settings(), prepare(reviews, Settings()))
    Diagnosis(step='activity', advice=(Advice(setting='k', value=1, people=1, dialogues=1),))
    """
    if prepared.dialogues:
        return None
    step = next(step.name for step in prepared.steps if not step.reviews)
    found = [_tried(columns, settings, candidates) for candidates in _candidates(columns, settings)]
    advice = sorted((one for one in found if one is not None), key=lambda one: -one.dialogues)
    return Diagnosis(step=step, advice=tuple(advice))


def _candidates(columns: Columns, settings: Settings) -> Iterator[list[tuple[str, Any]]]:
    """For each setting the values worth a try, the nearest first; the first that leaves something is advised."""
    yield [("k", k) for k in _fewer(columns, settings)]
    yield [("iterative", False)] if settings.iterative else []
    yield [("min_words", words) for words in (15, 10, 5, 1, 0) if words < settings.min_words]
    yield [("max_words", words) for words in (1000, 10_000, NO_BOUND) if words > settings.max_words]
    ratings = sorted({float(rating) for rating in np.unique(columns.ratings)}, reverse=True)
    lower = [rating for rating in ratings if settings.negative < rating < settings.positive]
    yield [("positive", rating) for rating in lower[:RATINGS_TRIED]]
    yield [("at_least", 1)] if settings.at_least == 0 else []
    yield [("greet_with", "any")] if settings.greet_with == "likes" else []


def _fewer(columns: Columns, settings: Settings) -> list[int]:
    """The largest k below the present one that leaves something, found by halving: the less, the more is left."""
    works, fails = 0, settings.k
    while fails - works > 1:
        k = (works + fails) // 2
        if prepare(columns, replace(settings, k=k)).dialogues:
            works = k
        else:
            fails = k
    return [works] if works else []


def _tried(columns: Columns, settings: Settings, candidates: list[tuple[str, Any]]) -> Advice | None:
    for setting, value in candidates:
        outcome = prepare(columns, replace(settings, **{setting: value}))
        if outcome.dialogues:
            return Advice(setting=setting, value=value, people=outcome.with_dialogue, dialogues=outcome.dialogues)
    return None
