"""Plans as they are kept, and read again: what the writer is given, and what only we need to know. Pure."""

from collections.abc import Mapping
from typing import Any

from generation.reviews.plan import Plan, PlannedUtterance
from generation.reviews.reviewers import Reviewed
from generation.reviews.templates import Template


def plan_as_json(plan: Plan) -> dict[str, Any]:
    return {
        **plan.to_json(),
        "template": str(plan.template),
        "gold": plan.gold.item_id,
        "fallbacks": list(plan.fallbacks),
    }


def for_writer(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What `Plan.to_json` says: nothing that the writer need not know."""
    return {name: value for name, value in kept.items() if name not in ("template", "gold", "fallbacks")}


def read_plan(kept: Mapping[str, Any]) -> Plan:
    """The plan again; of its items, only what they are called."""
    items = {name: Reviewed(item_id=one["item_id"], title=one["title"]) for name, one in kept["items"].items()}
    return Plan(
        domain=kept["domain"],
        user=kept["user"],
        gold=next(item for item in items.values() if item.item_id == kept["gold"]),
        template=Template.parse(kept["template"]),
        items=items,
        utterances=tuple(
            PlannedUtterance(one["i"], one["speaker"], tuple(one["goals"]), one["slots"]) for one in kept["utterances"]
        ),
        fallbacks=tuple(kept["fallbacks"]),
    )
