"""A template: who speaks when, and what each utterance is for. Pure.

A template is written on one line, its utterances as speaker and goals:

>>> template = Template.parse("T1a-L-L0 U:SG02 S:SG08+SG11 U:SG14 S:SG06 U:SG26 S:SG28")
>>> template.length, template.recommendations, template.needs
(6, 1, Needs(likes=1, dislikes=0))
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from generation.reviews.goals import GOALS, SOURCES, Goal

LETTERS: Final = {"user": "U", "system": "S"}
SPEAKER_OF: Final = {letter: speaker for speaker, letter in LETTERS.items()}


class Needs(NamedTuple):
    """How many liked and disliked items a template takes, beside the one that is accepted."""

    likes: int
    dislikes: int


@dataclass(frozen=True, slots=True)
class Step:
    """One utterance of a template: who speaks, and the ids of its goals in their order."""

    speaker: str
    goals: tuple[str, ...]

    @classmethod
    def parse(cls, token: str) -> "Step":
        """Read `S:SG08+SG11`. Raises `ValueError`.

        >>> Step.parse("X:SG08")
        Traceback (most recent call last):
        ValueError: “X:SG08” is no utterance; write it as U:SG02 or S:SG08+SG11.
        """
        letter, colon, goals = token.partition(":")
        if letter not in SPEAKER_OF or not colon:
            raise ValueError(f"“{token[:60]}” is no utterance; write it as U:SG02 or S:SG08+SG11.")
        return cls(SPEAKER_OF[letter], tuple(goals.split("+")) if goals else ())

    def __str__(self) -> str:
        return f"{LETTERS.get(self.speaker, self.speaker)}:{'+'.join(self.goals)}"


@dataclass(frozen=True, slots=True)
class ItemSlot:
    """An item that a template talks about: the nth of its source, named `USER_HIS_LIKES_1` and so on."""

    source: str
    number: int

    @property
    def name(self) -> str:
        return numbered(SOURCES[self.source], self)


def numbered(slot: str, item: ItemSlot) -> str:
    """The name of a slot about `item`. Only one item is accepted, so what is about it needs no number.

    >>> numbered("USER_HIS_LIKES", ItemSlot("likes", 2)), numbered("USER_MIGHT_LIKES", ItemSlot("might_likes", 1))
    ('USER_HIS_LIKES_2', 'USER_MIGHT_LIKES')
    """
    return slot if item.source == "might_likes" else f"{slot}_{item.number}"


class Placed(NamedTuple):
    """A goal where it stands: the number of its utterance (from 1) and the item it is about, if there is one by then.

    `goal` is None for an id that no goal has.
    """

    utterance: int
    speaker: str
    id: str
    goal: Goal | None
    item: ItemSlot | None


@dataclass(frozen=True, slots=True)
class Template:
    """A named sequence of utterances with their goals. Whether it is a legal one, `validation` says."""

    id: str
    steps: tuple[Step, ...]

    @classmethod
    def parse(cls, line: str) -> "Template":
        """Read a line as `str()` writes it. Raises `ValueError`."""
        name, *tokens = line.split()
        return cls(name, tuple(Step.parse(token) for token in tokens))

    def __str__(self) -> str:
        return " ".join([self.id, *map(str, self.steps)])

    @property
    def length(self) -> int:
        return len(self.steps)

    @property
    def goals(self) -> frozenset[str]:
        return frozenset(goal for step in self.steps for goal in step.goals)

    @property
    def recommendations(self) -> int:
        return sum(1 for placed in self.placed() if placed.goal and placed.goal.primary == "recommend")

    @property
    def needs(self) -> Needs:
        sources = [placed.goal.source for placed in self.placed() if placed.goal and placed.goal.introduces]
        return Needs(sources.count("likes"), sources.count("dislikes"))

    def placed(self) -> Iterator[Placed]:
        """Every goal in its order, with the item it is about: a new one, or the one introduced last."""
        counts = dict.fromkeys(SOURCES, 0)
        current: ItemSlot | None = None
        for number, step in enumerate(self.steps, 1):
            for name in step.goals:
                goal = GOALS.get(name)
                if goal and goal.introduces:
                    counts[goal.source] += 1
                    current = ItemSlot(goal.source, counts[goal.source])
                yield Placed(number, step.speaker, name, goal, current if goal and goal.item else None)


def canonical_text(templates: Iterable[Template]) -> str:
    """One line a template, in their order: what a digest is taken of."""
    return "".join(f"{template}\n" for template in templates)


def digest(templates: Iterable[Template]) -> str:
    """SHA-256 of the canonical text."""
    return hashlib.sha256(canonical_text(templates).encode()).hexdigest()
