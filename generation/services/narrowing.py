"""What the dialogues of a dataset can be narrowed by: the tasks and splits that its visible dialogues have."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from django.core.cache import cache

from generation.models import Dataset, Dialogue, Import

KEPT_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Choices:
    tasks: list[str]
    splits: list[str]


def choices_of(dataset: Dataset) -> Choices:
    """Looked for in every dialogue, and then kept until dialogues come or go: finding 50,000 takes PostgreSQL longer
    than most pages of them."""
    complete = dataset.imports.filter(state=Import.State.COMPLETE).order_by("pk").values_list("pk", flat=True)
    rows = Dialogue.objects.in_dataset(dataset)
    last = rows.order_by("-number").values_list("pk", "number").first()
    key = "choices:" + sha256(repr((dataset.pk, dataset.created, last, list(complete))).encode()).hexdigest()
    known: Choices | None = cache.get(key)
    if known is None:
        shown = rows.visible().order_by()
        known = Choices(
            tasks=sorted(shown.exclude(task="").values_list("task", flat=True).distinct()),
            splits=sorted(shown.exclude(split="").values_list("split", flat=True).distinct()),
        )
        cache.set(key, known, KEPT_SECONDS)
    return known
