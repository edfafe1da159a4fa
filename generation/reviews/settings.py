"""What somebody can set about the preprocessing of reviews, and what cannot be set together. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal, Self

from generation.reviews.cleaning import WORD_RULES

Rounding = Literal["floor", "ceil", "nearest"]
Duplicates = Literal["before", "after"]
Greeting = Literal["likes", "any"]

ROUNDINGS: Final[tuple[Rounding, ...]] = ("floor", "ceil", "nearest")
DUPLICATES: Final[tuple[Duplicates, ...]] = ("before", "after")
GREETINGS: Final[tuple[Greeting, ...]] = ("likes", "any")
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "word_rule": tuple(WORD_RULES),
    "duplicates": DUPLICATES,
    "rounding": ROUNDINGS,
    "greet_with": GREETINGS,
}
BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "max_token_length": (1, 1000),
    "min_words": (0, 100_000),
    "max_words": (0, 1_000_000),
    "k": (1, 10_000),
    "positive": (-1000, 1000),
    "negative": (-1000, 1000),
    "holdout": (0, 1),
    "at_least": (0, 1000),
    "max_pool": (0, 1000),
}


class SettingsError(ValueError):
    """Settings that contradict themselves, in words by field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of P1 to P7; the defaults are those of the LLM-REDIAL paper.

    cleaning: markup and irregular tokens are removed before words are counted (P1); max_token_length: from there on a
    token is irregular. word_rule, min_words, max_words: reviews of so many words are kept, both bounds included (P2).
    k, iterative: people and items with fewer than k reviews go, again and again until none is left, or once (P3).
    duplicates: of several reviews of one item by one person the latest is kept, before P3 counts or after it.
    positive, negative: ratings from, and up to, which a review is a like or a dislike (P4). holdout, rounding,
    at_least: the last share of a person's likes becomes might-likes (P6). max_pool: so many reviews by others are
    offered for an item and polarity (P7). greet_with: a dialogue opens with a like, or with any liked or disliked item;
    who has nothing to open with gets none.
    """

    cleaning: bool = True
    max_token_length: int = 30
    word_rule: str = "spaces"
    min_words: int = 20
    max_words: int = 400
    k: int = 10
    iterative: bool = True
    duplicates: Duplicates = "before"
    positive: float = 4.0
    negative: float = 2.0
    holdout: float = 0.10
    rounding: Rounding = "floor"
    at_least: int = 1
    max_pool: int = 20
    greet_with: Greeting = "likes"

    def __post_init__(self) -> None:
        if found := problems(asdict(self)):
            raise SettingsError(found)

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Self:
        """From what was recorded; settings that it does not know of keep their defaults.

        >>> Settings.of({"k": 5}).k
        5
        """
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in said.items() if name in known})

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def problems(said: Mapping[str, Any]) -> dict[str, str]:
    """By the name of a setting, what is wrong with it.

    >>> problems({**Settings().as_dict(), "min_words": 30, "max_words": 20})
    {'max_words': 'Let the most words (20) be no fewer than the least (30).'}
    """
    found = {
        name: f"Choose a number from {least:g} to {most:g} for {name}, not {said[name]}."
        for name, (least, most) in BOUNDS.items()
        if not least <= said[name] <= most
    }
    for name, known in CHOICES.items():
        if said[name] not in known:
            found[name] = f"Choose {' or '.join(known)} for {name}, not {said[name]!r}."
    if said["min_words"] > said["max_words"]:
        words = (said["max_words"], said["min_words"])
        found.setdefault("max_words", "Let the most words ({}) be no fewer than the least ({}).".format(*words))
    if said["negative"] >= said["positive"]:
        found.setdefault("negative", "Let dislikes end below where likes begin, so that no review is both.")
    return found
