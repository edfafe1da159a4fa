"""What may be seen of a study's results, and by whom. While a study is open, differences only by a recorded look."""

import enum
import time
from datetime import UTC, datetime
from typing import Final

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from annotation.access import has_judged_in
from annotation.models import Study

LOOK_SECONDS: Final = 3600
SESSION_KEY: Final = "looks"


class Sight(enum.Enum):
    """`NOTHING` for whoever judges in an open study, `BLINDED` without what tells systems apart, `EVERYTHING`."""

    NOTHING = "nothing"
    BLINDED = "blinded"
    EVERYTHING = "everything"


def study_and_sight(request: HttpRequest, slug: str) -> tuple[Study, Sight]:
    """The study of this address and what this browser may see of its results."""
    study = get_object_or_404(Study, slug=slug)
    if study.state != Study.State.OPEN:
        return study, Sight.EVERYTHING
    if has_judged_in(request, study):
        return study, Sight.NOTHING
    return study, Sight.EVERYTHING if looking_until(request, study) else Sight.BLINDED


def looking_until(request: HttpRequest, study: Study) -> datetime | None:
    """Until when the look that this browser had recorded lasts, if one does."""
    until = request.session.get(SESSION_KEY, {}).get(str(study.pk), 0)
    return datetime.fromtimestamp(until, tz=UTC) if until > time.time() else None


def begin_look(request: HttpRequest, study: Study) -> None:
    """From now on this browser sees everything for an hour. Call it only after the look is on record."""
    looks = request.session.get(SESSION_KEY, {})
    request.session[SESSION_KEY] = {**looks, str(study.pk): time.time() + LOOK_SECONDS}
