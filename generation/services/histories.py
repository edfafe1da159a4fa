"""What the user of a dialogue had met before it, as far as the dialogue's file says."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import F

from generation.models import Dialogue, Item

FILED_UNDER: Final = ("history_interaction", "history")
"""Where LLM-REDIAL, and TG-ReDial in CRSLab's form, keep the ids of the items."""
VERDICTS: Final = {"user_likes": "like", "user_dislikes": "dislike"}
"""The labels that say of some of them whether they were liked."""


def histories(dialogue_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """Title and verdict (“like”, “dislike”, or nothing where it is not known) of each item, in the order of the file.

    An item of which only the id is known is left out: it would tell nobody anything but which dataset this is.
    """
    rows = Dialogue.objects.filter(pk__in=dialogue_ids).order_by().values_list("pk", "dataset", "metadata", "labels")
    known = [(pk, dataset, _items(metadata), _verdicts(labels)) for pk, dataset, metadata, labels in rows]
    wanted: dict[int, set[str]] = defaultdict(set)
    for _pk, dataset, items, _said in known:
        wanted[dataset].update(items)
    titles = {
        (dataset, name): title
        for dataset, names in wanted.items()
        for name, title in Item.objects.filter(dataset=dataset, external_id__in=names)
        .exclude(title=F("external_id"))
        .values_list("external_id", "title")
    }
    return {
        pk: [(titles[dataset, name], said.get(name, "")) for name in items if (dataset, name) in titles]
        for pk, dataset, items, said in known
    }


def _items(metadata: Mapping[str, Any]) -> list[str]:
    filed = next((found for key in FILED_UNDER if (found := _listed(metadata, key))), [])
    return list(dict.fromkeys(filed))


def _verdicts(labels: Mapping[str, Any]) -> dict[str, str]:
    return {name: verdict for key, verdict in VERDICTS.items() for name in _listed(labels, key)}


def _listed(filed: Mapping[str, Any], key: str) -> list[str]:
    values = filed.get(key)
    return [str(value) for value in values if isinstance(value, str | int)] if isinstance(values, list) else []
