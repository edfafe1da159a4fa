"""From a plan and the utterances that were written for it to a record of the dialogue. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from generation.checks.naming import Naming
from generation.checks.parsing import Said
from generation.records import (
    DialogueRecord,
    ItemRecord,
    MentionRecord,
    PersonRecord,
    Role,
    UtteranceRecord,
)
from generation.reviews.plan import Plan
from generation.reviews.templates import Template

ROLES: Final[Mapping[str, Role]] = {
    "recommend_might_like": "recommended",
    "recommend_his_like": "recommended",
    "recommend_his_dislike": "recommended",
    "accept_no_reason": "accepted",
    "accept_with_reason": "accepted",
    "accept_and_gratitude": "accepted",
    "reject_no_reason": "rejected",
    "reject_with_reason": "rejected",
}
"""As what a goal speaks of the item that was introduced last."""


def record_of(plan: Plan, utterances: Sequence[Said], *, name: str, metadata: Mapping[str, Any]) -> DialogueRecord:
    """The dialogue with its person, its items, what it says of them, and the goals that each utterance was given."""
    steps = plan.template.steps
    roles = roles_in(plan.template)
    naming = Naming(item.title for item in plan.items.values())
    return DialogueRecord(
        external_id=name,
        person=PersonRecord(external_id=plan.user, kind="reviewer"),
        scenario=plan.template.id,
        items=tuple(ItemRecord(external_id=item.item_id, title=item.title) for item in plan.items.values()),
        utterances=tuple(
            UtteranceRecord(
                speaker=said.speaker,
                text=said.text,
                metadata={"goals": list(steps[place].goals)} if place < len(steps) else {},
                mentions=tuple(_mentions(plan, roles.get(place, {}), naming, said.text)),
            )
            for place, said in enumerate(utterances)
        ),
        metadata=metadata,
    )


def roles_in(template: Template) -> dict[int, dict[str, Role]]:
    """By the place of an utterance (from 0), as what it speaks of items, which are named as their slots.

    >>> roles_in(Template.parse("mine U:SG02 S:SG11 U:SG14"))
    {1: {'USER_MIGHT_LIKES': 'recommended'}, 2: {'USER_MIGHT_LIKES': 'accepted'}}
    """
    found: dict[int, dict[str, Role]] = {}
    current = ""
    for placed in template.placed():
        if placed.goal and placed.goal.introduces and placed.item:
            current = placed.item.name
        if placed.goal and current and placed.goal.slug in ROLES:
            found.setdefault(placed.utterance - 1, {})[current] = ROLES[placed.goal.slug]
    return found


def _mentions(plan: Plan, roles: Mapping[str, Role], naming: Naming, text: str) -> Iterator[MentionRecord]:
    """Each item where it is named; and, without a place, one that this utterance accepts or rejects unnamed."""
    called = {naming.titles[item.title].text: name for name, item in plan.items.items()}
    named = [(called[one.title], one) for one in naming.read(text).named if one.title in called]
    for name, one in named:
        role = roles.get(name, "mentioned")
        yield MentionRecord(item_id=plan.items[name].item_id, start=one.start, end=one.end, role=role)
    for name in roles.keys() - {name for name, _one in named}:
        yield MentionRecord(item_id=plan.items[name].item_id, role=roles[name])
