"""A draft that two people may have open at once."""

from django.db import transaction

from annotation.models import Study
from annotation.protocol import Protocol, digest, from_dict, slugified, to_dict
from annotation.services.errors import StudyError
from annotation.services.material import protocol_of
from annotation.services.studies import update_draft
from crsapp.accounts.models import User


class DraftChangedError(Exception):
    """Somebody else saved the draft since it was read."""


def save_draft(*, study: Study, protocol: Protocol, seen: str, by: User | None = None) -> Study:
    """Replace a draft's protocol if it still has the digest `seen`; else raise `DraftChangedError`.

    Raises `ProtocolError` if the protocol cannot be read back, and `StudyError` once the study is open.
    """
    with transaction.atomic():
        locked = _locked(study)
        if locked.state == Study.State.DRAFT and digest(protocol_of(locked)) != seen:
            raise DraftChangedError
        return update_draft(study=locked, protocol=from_dict(to_dict(protocol), draft=True), by=by)


def free_slug(wanted: str) -> str:
    """An address for a new study: `wanted`, made of plain letters and digits, with a number if it is taken."""
    stem = slugified(wanted)[:70].strip("-") or "study"
    taken = set(Study.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (stem, *numbered) if slug not in taken)


def delete_draft(*, study: Study) -> None:
    """Delete a study that has never been open. Raises `StudyError` for any other; done twice it does no harm."""
    with transaction.atomic():
        locked = Study.objects.select_for_update().filter(pk=study.pk).first()
        if locked is None:
            return
        if locked.state != Study.State.DRAFT:
            raise StudyError(f"“{locked.title}” has been opened; only a draft can be deleted.")
        locked.delete()


def _locked(study: Study) -> Study:
    locked = Study.objects.select_for_update().filter(pk=study.pk).first()
    if locked is None:
        raise StudyError(f"“{study.title}” was deleted in the meantime.")
    return locked
