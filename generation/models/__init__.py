"""The rows of this floor, a file for each kind of thing."""

from generation.models.calls import Budget, Call, Endpoint, Pace
from generation.models.dialogues import (
    Dataset,
    Dialogue,
    DialogueQuerySet,
    Findable,
    Import,
    Item,
    ItemMention,
    Person,
    Utterance,
)
from generation.models.reviews import Interaction, Preparation, PreparedReview
from generation.models.runs import Attempt, GenerationRun, Override, Planned
from generation.models.templates import DialogueTemplate

__all__ = [
    "Attempt",
    "Budget",
    "Call",
    "Dataset",
    "Dialogue",
    "DialogueQuerySet",
    "DialogueTemplate",
    "Endpoint",
    "Findable",
    "GenerationRun",
    "Import",
    "Interaction",
    "Item",
    "ItemMention",
    "Override",
    "Pace",
    "Person",
    "Planned",
    "Preparation",
    "PreparedReview",
    "Utterance",
]
