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
from generation.models.enquiries import AskedText, Enquiry
from generation.models.preferences import GroupedPhrase, GroupingStep, PhraseGroup, Preference
from generation.models.reviews import Interaction, Preparation, PreparedReview
from generation.models.runs import Attempt, AttemptCall, GenerationRun, Override, Planned, RoleCheck, RunPart
from generation.models.simulation import (
    ExampleProfile,
    OwnTask,
    PoolProfile,
    ProfileEdit,
    ProfilePool,
    TickedScenario,
)
from generation.models.templates import DialogueTemplate

__all__ = [
    "AskedText",
    "Attempt",
    "AttemptCall",
    "Budget",
    "Call",
    "Dataset",
    "Dialogue",
    "DialogueQuerySet",
    "DialogueTemplate",
    "Endpoint",
    "Enquiry",
    "ExampleProfile",
    "Findable",
    "GenerationRun",
    "GroupedPhrase",
    "GroupingStep",
    "Import",
    "Interaction",
    "Item",
    "ItemMention",
    "Override",
    "OwnTask",
    "Pace",
    "Person",
    "PhraseGroup",
    "Planned",
    "PoolProfile",
    "Preference",
    "Preparation",
    "PreparedReview",
    "ProfileEdit",
    "ProfilePool",
    "RoleCheck",
    "RunPart",
    "TickedScenario",
    "Utterance",
]
