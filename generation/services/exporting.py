"""Which formats a dataset can be written in, and what each of them would lose."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy

from generation.formats import writers
from generation.formats.base import Format
from generation.formats.losses import losses
from generation.models import Dataset, Dialogue
from generation.services.filing import records_of
from generation.transcript import words

LOOKED_AT: Final = 60
PARTS: Final[Mapping[str, Any]] = {
    "dialogue": gettext_lazy("whole dialogues"),
    "utterances": gettext_lazy("the number of utterances"),
    "dialogue.external_id": gettext_lazy("names of dialogues"),
    "utterance.mentions": gettext_lazy("mentions of items"),
    "utterance.translations": gettext_lazy("translations"),
    "dialogue.items": gettext_lazy("items"),
    "dialogue.person": gettext_lazy("people"),
    "dialogue.partner": gettext_lazy("who speaks as the agent"),
}


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


def part_name(part: str) -> str:
    """What of a dialogue this is, in words.

    >>> part_name("utterance.labels.user_intent"), part_name("dialogue.split")
    ('User intent', 'Split')
    """
    return str(PARTS.get(part) or words(part.rpartition(".")[2]))
