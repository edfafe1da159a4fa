"""The append-only record of a study."""

from typing import Any

from annotation.models import Event, Study
from crsapp.accounts.models import User


def record(*, study: Study, kind: str, by: User | None = None, **detail: Any) -> Event:
    """Append an event; `detail` must be JSON-able and never holds an answer, a text or a key."""
    return Event.objects.create(study=study, kind=kind, by=by, detail=detail)
