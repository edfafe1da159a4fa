"""What there is to fill one dialogue with: somebody's items, and what they and others wrote about them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, NamedTuple

from generation.reviews.goals import SOURCES
from generation.reviews.reviewers import OtherReview, Reviewed, Reviewer, in_time, same_words, shortened
from generation.reviews.slots import Demand, Kind, can_be_met
from generation.reviews.templates import numbered

GOLD: Final = "might_likes"
KINDS: Final = {"likes": "liked items", "dislikes": "disliked items"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSettings:
    """How plans are drawn. `weights` are those of the numbers of recommendations; one without templates is left out."""

    domain: str = ""
    seed: int = 0
    weights: Mapping[int, float] = field(default_factory=lambda: {1: 1.0, 2: 1.0, 3: 1.0})
    most_words: int = 120
    positive: float = 4
    negative: float = 2
    reviews_required: bool = True
    optional_slots: bool = False


class OfOthers(NamedTuple):
    """What others wrote about one item, each list in an order that does not depend on how it came."""

    good: Sequence[OtherReview]
    bad: Sequence[OtherReview]
    every: Sequence[OtherReview]


class Drawn(NamedTuple):
    """Items by the name of their slot, texts by the name of theirs, and the slots whose text is a second choice."""

    items: Mapping[str, Reviewed]
    texts: Mapping[str, str]
    fallbacks: tuple[str, ...]


class Material:
    """The material of one dialogue. Whatever says the same as the user's own review of the gold item is not in it."""

    def __init__(
        self,
        reviewer: Reviewer,
        gold: Reviewed,
        others: Mapping[str, Iterable[OtherReview]],
        settings: PlanSettings,
    ) -> None:
        self.user = reviewer.user
        self.gold = gold
        self._others = others
        self._settings = settings
        self._secret = self._said(gold.text)
        self._items = {
            source: {one.item_id: one for one in in_time(reviewed) if one.item_id != gold.item_id}
            for source, reviewed in (("likes", reviewer.likes), ("dislikes", reviewer.dislikes))
        } | {GOLD: {gold.item_id: gold}}
        self._of_others: dict[str, OfOthers] = {}
        self._candidates: dict[Kind, list[str]] = {}
        self._lacks: dict[tuple[Kind, ...], str] = {}

    def lacks(self, demands: Sequence[Demand]) -> str:
        """What is lacking to meet all demands at once, in words; nothing if they can be met."""
        kinds = tuple(demand.kind for demand in demands)
        if kinds not in self._lacks:
            self._lacks[kinds] = self._lacking(demands)
        return self._lacks[kinds]

    def _lacking(self, demands: Sequence[Demand]) -> str:
        if can_be_met([self.candidates(demand) for demand in demands]):
            return ""
        if any(not self.candidates(demand) for demand in demands if demand.slot.source == GOLD):
            return "a review by somebody else of the item to suggest"
        own = [demand for demand in demands if demand.slot.source != GOLD]
        counts = {source: sum(1 for demand in own if demand.slot.source == source) for source in KINDS}
        if few := [words for source, words in KINDS.items() if len(self._items[source]) < counts[source]]:
            return " and ".join(few)
        return "items with the reviews that are asked for"

    def candidates(self, demand: Demand) -> list[str]:
        """The items that meet one demand, by id."""
        if demand.kind not in self._candidates:
            items = self._items[demand.slot.source]
            self._candidates[demand.kind] = sorted(item for item, one in items.items() if self._meets(one, demand))
        return self._candidates[demand.kind]

    def _meets(self, item: Reviewed, demand: Demand) -> bool:
        if demand.own and self._settings.reviews_required and not self._own_review(item):
            return False
        if not demand.good and not demand.bad:
            return True
        found = self._of(item.item_id)
        return len(found.good) >= len(demand.good) and len(found.every) >= len(demand.good) + len(demand.bad)

    def draw(self, demands: Sequence[Demand], random: Random) -> Drawn:
        """Items for all demands, none of them twice, and the texts about them. Only where nothing is lacking."""
        left = [self.candidates(demand) for demand in demands]
        items: dict[str, Reviewed] = {}
        texts: dict[str, str] = {}
        fallbacks: list[str] = []
        for index, demand in enumerate(demands):
            taken = self._taken(left, index, random)
            left = [[item for item in options if item != taken] for options in left]
            item = self._items[demand.slot.source][taken]
            items[demand.slot.name] = item
            if demand.own and (review := self._own_review(item)):
                texts[numbered(f"{SOURCES[demand.slot.source]}_REVIEW", demand.slot)] = review
            fallbacks += self._draw_others(demand, taken, texts, random)
        return Drawn(items, texts, tuple(fallbacks))

    def _taken(self, left: Sequence[Sequence[str]], index: int, random: Random) -> str:
        """An item for one demand that leaves enough for those after it."""
        for item in random.sample(left[index], len(left[index])):
            if can_be_met([[one for one in options if one != item] for options in left[index + 1 :]]):
                return item
        raise ValueError("These demands cannot be met; ask `lacks` first.")

    def _draw_others(self, demand: Demand, item: str, texts: dict[str, str], random: Random) -> list[str]:
        """Put what others wrote into `texts`; the slots that wanted a bad review and got another."""
        found = self._of(item)
        good = random.sample(found.good, len(demand.good))
        bad = random.sample(found.bad, min(len(demand.bad), len(found.bad)))
        rest = [one for one in found.every if one not in good and one not in bad]
        chosen = bad + random.sample(rest, len(demand.bad) - len(bad))
        for name, review in (*zip(demand.good, good, strict=True), *zip(demand.bad, chosen, strict=True)):
            texts[name] = shortened(review.text, self._settings.most_words)
        return list(demand.bad[len(bad) :])

    def _of(self, item: str) -> OfOthers:
        if item not in self._of_others:
            usable = {one for one in self._others.get(item, ()) if one.author != self.user and self._may_say(one.text)}
            every = sorted(usable, key=lambda one: (one.author, one.text, one.rating))
            good = [one for one in every if one.rating >= self._settings.positive]
            bad = [one for one in every if one.rating <= self._settings.negative]
            self._of_others[item] = OfOthers(good, bad, every)
        return self._of_others[item]

    def _own_review(self, item: Reviewed) -> str:
        """What the user wrote about an item, unless there is nothing or it may not be said."""
        return shortened(item.text, self._settings.most_words) if self._may_say(item.text) else ""

    def _may_say(self, text: str) -> bool:
        return self._said(text) not in ("", self._secret)

    def _said(self, text: str) -> str:
        return same_words(shortened(text, self._settings.most_words))
