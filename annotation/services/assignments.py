"""Who judges what next. More than k cannot be represented (`Slot`); the rest is here."""

from annotation.models import Annotator, Assignment, Study


def current_assignment(annotator: Annotator) -> Assignment | None:
    """The unit this annotator holds now, if any (its lease may have run out without anybody having taken it back)."""
    raise NotImplementedError


def claim(*, annotator: Annotator) -> Assignment | None:
    """The unit this annotator judges next: the one they hold, or a new one. None when there is nothing for them now."""
    raise NotImplementedError


def submit(*, assignment: Assignment, active_seconds: float) -> Assignment:
    """Finish a unit. Done twice it does no harm. Raises `SubmitError` with what is missing.

    A lease that was lost meanwhile is taken back if a slot of the unit and side is free; else the result is `late`:
    kept, not counted.
    """
    raise NotImplementedError


def release_expired(*, study: Study | None = None) -> int:
    """Take back every lease that ran out (of one study, or of all); returns how many."""
    raise NotImplementedError
