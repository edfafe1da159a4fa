"""Why annotators were removed: the record's line seals the words, which stand beside it until they withdraw."""

import secrets
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from annotation.models import Annotator, RemovalReason, Study
from annotation.services.recording import record
from crsapp.accounts.models import User
from generation.wording import worded

REMOVED: Final = "annotator removed"
SEALED: Final = "reason_sha256"
WITHDRAWN: Final = Annotator.Departure.WITHDRAWN


def record_removal(*, annotator: Annotator, reason: str, by: User | None = None, **detail: Any) -> None:
    """Add the line that somebody was removed, and beside it why. Call it last in a transaction, as `record`."""
    salt = secrets.token_hex(16)
    sealed = {"annotator": annotator.pk, SEALED: _seal(salt, reason), **detail}
    line = record(study=annotator.study, kind=REMOVED, by=by, **sealed)
    RemovalReason.objects.create(event=line, annotator=annotator, salt=salt, text=reason)


def forget_reasons(annotator: Annotator) -> None:
    """Delete every reason for which this annotator was ever removed; the lines of the record stay as they are."""
    RemovalReason.objects.filter(annotator=annotator).delete()


def reasons(study: Study) -> dict[int, str]:
    """The reasons that are kept, by the number of their line."""
    found = RemovalReason.objects.filter(event__study=study).order_by()
    return dict(found.values_list("event__number", "text"))


def told(number: int, detail: Mapping[str, Any], kept: Mapping[int, str]) -> dict[str, Any]:
    """A line's details as people read them: the reason in the place of its digest, nothing where it was deleted.

    >>> told(4, {"annotator": 1, "reason_sha256": "ab", "kept": True}, {4: "Answered at random"})
    {'annotator': 1, 'reason': 'Answered at random', 'kept': True}
    """
    names = {SEALED: "reason"}
    return {names.get(name, name): kept.get(number, "") if name == SEALED else value for name, value in detail.items()}


def reason_problems(study: Study) -> Iterator[str]:
    """Reasons that are not what was sealed, gone though nobody withdrew, or still there though somebody did."""
    kept = {one.event_id: one for one in RemovalReason.objects.filter(event__study=study).select_related("annotator")}
    withdrawn = set(study.annotators.filter(departure=WITHDRAWN).values_list("pk", flat=True))
    for line in study.events.filter(kind=REMOVED).order_by("number"):
        one, gone = kept.get(line.pk), line.detail.get("annotator") in withdrawn
        if SEALED not in line.detail:
            continue  # written before reasons were sealed: the line holds the words
        if one is None and not gone:
            yield worded("Line %(number)s of the record: the reason for the removal is missing.", number=line.number)
        elif one is not None and gone:
            yield worded(
                "Line %(number)s of the record: the reason is still there, but the annotator withdrew.",
                number=line.number,
            )
        elif one is not None and _seal(one.salt, one.text) != line.detail[SEALED]:
            yield worded(
                "Line %(number)s of the record: the reason for the removal is not what was written.", number=line.number
            )


def _seal(salt: str, reason: str) -> str:
    return sha256(f"{salt}{reason}".encode()).hexdigest()
