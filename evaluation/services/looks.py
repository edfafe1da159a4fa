"""That somebody looked. It stands on the study's own record."""

from annotation.models import Event, Study
from annotation.services.recording import LOOKED, record
from crsapp.accounts.models import User


class LookError(ValueError):
    """A look that cannot be recorded; the message says what to do."""


def record_look(*, study: Study, by: User | None, reason: str, at: str) -> Event:
    """Put on record that somebody saw differences between the systems of an open study, of what, and why."""
    if not reason.strip():
        raise LookError("Say in a few words why you look; it stays on the study's record.")
    if study.state != Study.State.OPEN:
        raise LookError("Only results of an open study are hidden; look at these without a reason.")
    return record(
        study=study, kind=LOOKED, by=by, reason=reason.strip(), at=at, judgment_revision=study.judgment_revision
    )
