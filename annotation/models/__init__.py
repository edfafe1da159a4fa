"""The rows of this floor: studies and what they show, the people in them, and their work."""

from annotation.models.elsewhere import JudgmentImport
from annotation.models.people import Annotator, Link, RemovalReason, Seat, new_token
from annotation.models.studies import Amendment, Block, Event, Exhibit, RecordError, Study, Unit
from annotation.models.work import Assignment, Flag, Judgment, Slot

__all__ = [
    "Amendment",
    "Annotator",
    "Assignment",
    "Block",
    "Event",
    "Exhibit",
    "Flag",
    "Judgment",
    "JudgmentImport",
    "Link",
    "RecordError",
    "RemovalReason",
    "Seat",
    "Slot",
    "Study",
    "Unit",
    "new_token",
]
