"""Which formats a dataset can be written in, and what each of them would lose."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from generation.formats import writers
from generation.formats.base import Format
from generation.formats.losses import losses
from generation.models import Dataset, Dialogue
from generation.services.filing import records_of

LOOKED_AT: Final = 60


@dataclass(frozen=True, slots=True)
class Layout:
    """A format that a dataset can be written in; `lost` counts, by part, the dialogues that do not come back whole."""

    format: Format
    lost: Mapping[str, int]
    looked_at: int
    is_own: bool


def layouts(dataset: Dataset) -> list[Layout]:
    """Every format that can be written; those first that keep most of the dialogues looked at.

    They are spread over the dataset, so that files imported later are among them.
    """
    visible = Dialogue.objects.visible().in_dataset(dataset)
    numbers = list(visible.order_by("number").values_list("number", flat=True))
    chosen = numbers[:: max(1, -(-len(numbers) // LOOKED_AT))]
    records = list(records_of(visible.filter(number__in=chosen).order_by("number")))
    own = set(dataset.imports.filter(state="complete").values_list("format", flat=True))
    found = [Layout(format, losses(format, records), len(records), name in own) for name, format in writers().items()]
    return sorted(found, key=lambda layout: (not layout.is_own, len(layout.lost)))


def filename(dataset: Dataset, format: Format) -> str:
    return f"{dataset.slug}-{format.name}{format.written_as}"
