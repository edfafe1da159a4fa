"""Amendments: a study's protocol changes while people judge, on record, and only where answers keep their meaning."""

import logging
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from annotation.amendments import Change, changes
from annotation.instruments import canonical_digest
from annotation.models import Amendment, Assignment, Block, Study
from annotation.protocol import Protocol, ProtocolError, from_dict, missing, to_dict
from annotation.services.clock import database_now
from annotation.services.errors import AmendError
from annotation.services.gate import shut_gate
from annotation.services.growing import grow
from annotation.services.holding import count_again
from annotation.services.laying_out import refresh_planner
from annotation.services.recording import record
from annotation.word_diff import ShownChange, shown_changes
from crsapp.accounts.models import User
from generation.translation import translated

logger = logging.getLogger(__name__)


def changes_of(study: Study, protocol: Protocol) -> list[Change]:
    """What this protocol would change of the study's; the slug is the study's own, whatever the file is called."""
    return changes(from_dict(study.protocol, draft=True), protocol)


def amendments_shown(study: Study) -> list[tuple[Amendment, list[ShownChange]]]:
    """Every amendment with its changes in words, the first one first."""
    amendments = study.amendments.select_related("by").order_by("number")
    return [(amendment, shown_changes(amendment.changes)) for amendment in amendments]


def amend_study(*, study: Study, protocol: Protocol, reason: str, by: User | None = None, seen: str = "") -> Amendment:
    """Put `protocol` in force, behind the shut gate, with what it was before on record.

    `seen` is the digest of the protocol over which the change was made, if whoever made it looked at one. Raises
    `AmendError` for anything that may not be amended, and then nothing is changed.
    """
    with transaction.atomic():
        shut_gate(study.pk)
        held = Study.objects.select_for_update().get(pk=study.pk)
        found = _checked(held, protocol, reason, seen)
        amendment = _write(held, protocol, found, reason, by)
    study.refresh_from_db()
    logger.info("study %s amended: number %d", study.pk, amendment.number)
    return amendment


def _checked(study: Study, protocol: Protocol, reason: str, seen: str) -> list[Change]:
    if study.state != Study.State.OPEN:
        raise AmendError(_("Only an open study can be amended. A draft is simply changed; a closed one can be copied."))
    if seen and seen != study.digest:
        raise AmendError(
            _("The study was amended meanwhile. Look at the protocol that is in force now, then change it.")
        )
    if not reason.strip():
        raise AmendError(_("Say why the study is amended; the reason stands in its results and exports."))
    try:
        readable = from_dict(to_dict(protocol), draft=True)
    except ProtocolError as error:
        raise AmendError("\n".join(map(translated, error.problems))) from error
    if problems := missing(readable):
        raise AmendError("\n".join(map(translated, problems)))
    found = changes_of(study, readable)
    if not found:
        raise AmendError(_("Nothing is changed: this is the protocol that is in force."))
    if refused := tuple(change for change in found if change.refusal):
        raise AmendError("\n".join(_refusal_words(change) for change in refused), refused)
    if protocol.ends is not None and protocol.ends <= database_now() and any(c.path == ("deadline",) for c in found):
        raise AmendError(_("The new deadline has passed already. Set one that lies ahead."))
    return found


def _refusal_words(change: Change) -> str:
    where = f"{change.place}: " if change.place else ""
    return _("{where}{what} cannot be amended. {reason}").format(
        where=where, what=_(change.what), reason=translated(change.refusal)
    )


def _write(study: Study, protocol: Protocol, found: list[Change], reason: str, by: User | None) -> Amendment:
    stored = to_dict(protocol)
    amendment = Amendment.objects.create(
        study=study,
        number=study.amendment_number + 1,
        at=database_now(),
        by=by,
        reason=reason.strip(),
        changes=[change.as_dict() for change in found],
        protocol_before=study.protocol,
        before=study.digest,
        after=canonical_digest(stored),
    )
    study.protocol, study.digest, study.amendment_number = stored, amendment.after, amendment.number
    study.title, study.deadline, study.revision = protocol.title, protocol.ends, F("revision") + 1
    study.save()
    grown = _follow(study, protocol)
    detail = {"slots": sum(grown_by["slots"] for grown_by in grown.values()), "blocks": grown} if grown else {}
    record(
        study=study, kind="amended", by=by, number=amendment.number, reason=amendment.reason,
        before=amendment.before, after=amendment.after, **detail,
    )  # fmt: skip
    return amendment


def _follow(study: Study, protocol: Protocol) -> dict[str, dict[str, Any]]:
    """What follows for the rows: names of blocks, and more slots and seats."""
    grown: dict[str, dict[str, Any]] = {}
    for block in study.blocks.select_related("study").order_by("number"):
        spec = protocol.blocks[block.number - 1]
        Block.objects.filter(pk=block.pk).update(name=spec.name or f"Block {block.number}")
        if spec.annotators > block.annotators_per_unit:
            added = grow(block, spec.annotators)
            count_again(Assignment.objects.filter(block=block))
            grown[str(block.number)] = {"slots": added.slots, "mean_position_difference": added.difference}
    if grown:
        transaction.on_commit(refresh_planner)
    return grown
