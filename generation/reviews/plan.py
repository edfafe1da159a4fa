"""Filling templates: from somebody's reviews to the plans of the dialogues that are to be written. Pure.

One dialogue for each item that was held out (the *gold* item, which will be recommended and accepted), in time order.
The user's own review of it is never in the plan: it would tell the writer what is to be found out.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from generation.reviews.goals import PLACEHOLDER
from generation.reviews.material import Material, PlanSettings
from generation.reviews.reviewers import OtherReview, Reviewed, Reviewer, in_time
from generation.reviews.slots import Demand, Kind, Use, demands, uses
from generation.reviews.templates import Template

SPEAKERS: Final = {"user": "User", "system": "Agent"}


@dataclass(frozen=True, slots=True)
class PlannedUtterance:
    number: int
    speaker: str
    goals: tuple[str, ...]
    slots: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A template with everything filled in. `fallbacks` names slots whose review is not as critical as it should be."""

    domain: str
    user: str
    gold: Reviewed
    template: Template
    items: Mapping[str, Reviewed]
    utterances: tuple[PlannedUtterance, ...]
    fallbacks: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What the writer of the dialogue is given."""
        return {
            "domain": self.domain,
            "user": self.user,
            "template_id": self.template.id,
            "n_utterances": len(self.utterances),
            "items": {name: {"item_id": item.item_id, "title": item.title} for name, item in self.items.items()},
            "utterances": [
                {"i": one.number, "speaker": one.speaker, "goals": list(one.goals), "slots": dict(one.slots)}
                for one in self.utterances
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplanned:
    """A gold item that no template fits: what is lacking, and how many of the templates lack it."""

    user: str
    gold: Reviewed
    lacking: Mapping[str, int]

    @property
    def reason(self) -> str:
        if not self.lacking:
            return "No template may be used: none was given whose number of recommendations has a weight."
        said = "; ".join(f"{count} lack {what}" for what, count in self.lacking.items())
        return f"None of {sum(self.lacking.values())} templates can be filled: {said}."


class Planner:
    """Plans from legal templates under fixed settings. Templates that ask the same of items are looked at together."""

    def __init__(self, templates: Iterable[Template], settings: PlanSettings) -> None:
        self.settings = settings
        self._groups: dict[tuple[int, tuple[Kind, ...]], list[tuple[Template, tuple[Demand, ...]]]] = {}
        for template in sorted(templates, key=lambda template: (template.id, str(template))):
            if settings.weights.get(template.recommendations, 0) > 0:
                asked = demands(template, settings.optional_slots)
                group = template.recommendations, tuple(demand.kind for demand in asked)
                self._groups.setdefault(group, []).append((template, asked))

    def plans(self, reviewer: Reviewer, others: Mapping[str, Iterable[OtherReview]]) -> list[Plan | Unplanned]:
        """One plan for each gold item of the reviewer, in time order; where none is possible, why.

        `others` are reviews by the id of the item, of whomever. The same arguments give the same plans, whatever the
        order in which mappings and sequences hold what is in them.
        """
        return [
            self._planned(Material(reviewer, gold, others, self.settings)) for gold in in_time(reviewer.might_likes)
        ]

    def _planned(self, material: Material) -> Plan | Unplanned:
        fitting: dict[int, list[Template]] = {}
        lacking: Counter[str] = Counter()
        for (number, _kinds), group in self._groups.items():
            if lacks := material.lacks(group[0][1]):
                lacking[lacks] += len(group)
            else:
                fitting.setdefault(number, []).extend(template for template, _asked in group)
        if not fitting:
            return Unplanned(user=material.user, gold=material.gold, lacking=dict(sorted(lacking.items())))
        drawn_from = json.dumps([self.settings.seed, material.user, material.gold.item_id])
        random = Random(drawn_from)  # noqa: S311 - drawn again from its seed; no secret
        numbers = sorted(fitting)
        number = random.choices(numbers, [self.settings.weights[number] for number in numbers])[0]
        return _filled(random.choice(fitting[number]), material, random, self.settings)


def plans(
    reviewer: Reviewer,
    others: Mapping[str, Iterable[OtherReview]],
    templates: Iterable[Template],
    settings: PlanSettings,
) -> list[Plan | Unplanned]:
    """The plans of one reviewer; for many of them make one `Planner`."""
    return Planner(templates, settings).plans(reviewer, others)


def _filled(template: Template, material: Material, random: Random, settings: PlanSettings) -> Plan:
    items, texts, fallbacks = material.draw(demands(template, settings.optional_slots), random)
    titles = {name: item.title for name, item in items.items()}
    written: list[PlannedUtterance] = []
    found = uses(template, settings.optional_slots)
    for number, step in enumerate(template.steps, 1):
        here = [use for use in found if use.utterance == number]
        names = [name for use in here for name in use.names.values()]
        slots = {name: {**titles, **texts}[name] for name in names if name in titles or name in texts}
        goals = tuple(instruction(use, slots) for use in here)
        written.append(PlannedUtterance(number, SPEAKERS[step.speaker], goals, slots))
    return Plan(
        domain=settings.domain,
        user=material.user,
        gold=material.gold,
        template=template,
        items=items,
        utterances=tuple(written),
        fallbacks=fallbacks,
    )


def instruction(use: Use, filled: Mapping[str, str]) -> str:
    """What the writer is asked for, with the numbered names of the slots in brackets."""
    named = PLACEHOLDER.findall(use.goal.instruction)
    complete = all(use.names.get(slot) in filled for slot in named)
    words = use.goal.instruction if complete or not use.goal.without_review else use.goal.without_review
    more = [f"[{use.names[slot]}]" for slot in use.goal.optional_slots if use.names.get(slot) in filled]
    return ": ".join([PLACEHOLDER.sub(lambda found: f"[{use.names[found[1]]}]", words), *more])
