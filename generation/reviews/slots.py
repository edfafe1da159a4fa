"""The slots of a template that are to be filled: their names where they stand, and what they ask of each item. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from generation.reviews.goals import SOURCES, Goal
from generation.reviews.templates import ItemSlot, Template, numbered

ABOUT_ANY: Final = "OTHER_REVIEW"
CRITICAL: Final = "OTHER_DISLIKES_REVIEW"
"""The slot that wants a bad review by somebody else; the other slots for others' reviews want a good one."""


Kind = tuple[str, bool, int, int]
"""The source of an item, whether an own review is needed, and how many good and bad ones by others."""


class Use(NamedTuple):
    """A goal in its utterance (from 1), with the item it is about and the names of its slots, by the slot."""

    utterance: int
    goal: Goal
    item: ItemSlot | None
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Demand:
    """What a template asks of one item: an own review, and how many reviews by others, good ones and bad ones."""

    slot: ItemSlot
    own: bool
    good: tuple[str, ...]
    bad: tuple[str, ...]

    @property
    def kind(self) -> Kind:
        """Two demands of one kind are met by the same items."""
        return self.slot.source, self.own, len(self.good), len(self.bad)


@lru_cache(maxsize=8_192)
def uses(template: Template, optional: bool) -> tuple[Use, ...]:
    """Every goal of the template with its slots, in order; `optional` takes in the slots that need not be filled.

    The same slot about the same item has one name, and so one content, wherever it stands.

    >>> one = Template.parse("mine U:SG02 S:SG13 U:SG18+SG30 S:SG11+SG07")
    >>> [name for use in uses(one, False) for name in use.names.values()]
    ['USER_HIS_LIKES_1', 'USER_HIS_LIKES_REVIEW_1', 'USER_HIS_DISLIKES_1', 'USER_HIS_DISLIKES_REVIEW_1', \
'USER_MIGHT_LIKES', 'OTHER_REVIEW_1']
    """
    found = []
    asked_about: list[ItemSlot] = []
    for placed in template.placed():
        if placed.goal is None:
            continue
        names: dict[str, str] = {}
        if placed.item:
            slots = (*placed.goal.slots, *(placed.goal.optional_slots if optional else ()))
            if ABOUT_ANY in slots and placed.item not in asked_about:
                asked_about.append(placed.item)
            names = {slot: _name(slot, placed.item, asked_about) for slot in slots}
        found.append(Use(placed.utterance, placed.goal, placed.item, names))
    return tuple(found)


def _name(slot: str, item: ItemSlot, asked_about: Sequence[ItemSlot]) -> str:
    """Reviews of an item from whichever source are counted by themselves."""
    return f"{slot}_{asked_about.index(item) + 1}" if slot == ABOUT_ANY else numbered(slot, item)


@lru_cache(maxsize=8_192)
def demands(template: Template, optional: bool) -> tuple[Demand, ...]:
    """What the template asks of each of its items, in the order in which they are named."""
    of_item: dict[ItemSlot, dict[str, str]] = {}
    for use in uses(template, optional):
        if use.item:
            of_item.setdefault(use.item, {}).update({name: slot for slot, name in use.names.items()})
    return tuple(_demand(item, slots) for item, slots in of_item.items())


def _demand(item: ItemSlot, slots: Mapping[str, str]) -> Demand:
    own = f"{SOURCES[item.source]}_REVIEW" in slots.values()
    of_others = {name: slot for name, slot in slots.items() if slot.startswith("OTHER_")}
    good = tuple(name for name, slot in of_others.items() if slot != CRITICAL)
    return Demand(item, own, good, tuple(name for name, slot in of_others.items() if slot == CRITICAL))


def can_be_met(candidates: Sequence[Sequence[str]]) -> bool:
    """Whether each demand can have an item of its own (a matching, by augmenting paths).

    >>> can_be_met([["a"], ["a", "b"]]), can_be_met([["a"], ["a"]])
    (True, False)
    """
    holder: dict[str, int] = {}

    def place(demand: int, seen: set[str]) -> bool:
        for item in candidates[demand]:
            if item not in seen:
                seen.add(item)
                if item not in holder or place(holder[item], seen):
                    holder[item] = demand
                    return True
        return False

    return all(place(demand, set()) for demand in range(len(candidates)))
