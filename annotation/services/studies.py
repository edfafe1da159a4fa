"""A study's life: drafted, opened, closed, copied."""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from annotation.models import Seat, Study
from annotation.protocol import Protocol, ProtocolError, digest, from_dict, missing, slugified, to_dict
from annotation.services.assignments import release_all
from annotation.services.checking import check_study
from annotation.services.clock import database_now
from annotation.services.errors import StudyError
from annotation.services.gate import shut_gate
from annotation.services.laying_out import Layout, lay_out, refresh_planner, shown, write_block
from annotation.services.material import protocol_of
from annotation.services.preflight import Finding, preflight
from annotation.services.recording import record
from annotation.services.sampling import DrawnBlock, draw
from crsapp.accounts.models import User
from generation.translation import translated

__all__ = [
    "Finding",
    "StudyError",
    "close_study",
    "copy_study",
    "create_study",
    "open_study",
    "preflight",
    "update_draft",
]

logger = logging.getLogger(__name__)


def create_study(
    *, protocol: Protocol, by: User | None = None, slug: str | None = None, is_demo: bool = False
) -> Study:
    """A draft with this protocol, which may still lack parts. Raises `StudyError` when the slug is taken or bad."""
    chosen = slug if slug is not None else protocol.slug or slugified(protocol.title) or "study"
    if chosen != slugified(chosen):
        raise StudyError(
            _("“{slug}” cannot be an address; use small letters, digits and hyphens.").format(slug=chosen[:80])
        )
    protocol = _with_slug(protocol, chosen)
    try:
        with transaction.atomic():
            study = Study.objects.create(
                slug=chosen,
                title=protocol.title or _("Untitled study"),
                protocol=to_dict(protocol),
                is_demo=is_demo,
                created_by=by,
            )
            record(study=study, kind="created", by=by)
    except IntegrityError as error:
        raise StudyError(
            _("There is already a study “{slug}”. Choose another address (slug).").format(slug=chosen)
        ) from error
    return study


def _with_slug(protocol: Protocol, slug: str) -> Protocol:
    return from_dict({**to_dict(protocol), "slug": slug}, draft=True)


@transaction.atomic
def update_draft(*, study: Study, protocol: Protocol, by: User | None = None) -> Study:
    """Replace a draft's protocol. Raises `StudyError` once the study is open."""
    protocol = _with_slug(protocol, study.slug)
    changed = Study.objects.filter(pk=study.pk, state=Study.State.DRAFT).update(
        title=protocol.title or _("Untitled study"), protocol=to_dict(protocol)
    )
    if not changed:
        raise StudyError(_("This study is open: its protocol is frozen. Copy it and change the copy."))
    study.refresh_from_db()
    return study


def open_study(*, study: Study, by: User | None = None) -> Study:
    """Draw the samples, lay out every unit and slot, and freeze the protocol with its digest. Raises `StudyError`.

    The drawing and rendering, which may take a while, is done before anything is locked.
    """
    found = Study.objects.filter(pk=study.pk).first()
    if found is None:
        raise StudyError(_("The study was deleted meanwhile."))
    protocol = _ready(found)
    blocks = draw(protocol)
    laid_out = [(block, shown(block, protocol.context_of(block.spec)), lay_out(block)) for block in blocks]
    try:
        _write(found, protocol, laid_out, by)
    except IntegrityError as error:
        raise StudyError(
            _("A dataset of the study changed while it was being opened. Look at the study again, then open it.")
        ) from error
    study.refresh_from_db()
    logger.info("study %s opened with %d units", study.pk, sum(len(block.units) for block in blocks))
    return study


def _write(
    study: Study,
    protocol: Protocol,
    laid_out: Sequence[tuple[DrawnBlock, list[dict[str, Any]], Layout]],
    by: User | None,
) -> None:
    """Everything in one transaction, if the study is the draft still that it was."""
    with transaction.atomic():
        held = Study.objects.select_for_update().filter(pk=study.pk, state=Study.State.DRAFT).first()
        if held is None or held.protocol != study.protocol:
            raise StudyError(_("The study changed while it was being opened. Look at it again, then open it."))
        held.protocol, held.digest = to_dict(protocol), digest(protocol)
        held.state, held.opened, held.deadline = Study.State.OPEN, database_now(), protocol.ends
        if held.deadline is not None and held.deadline <= held.opened:
            raise StudyError(_("The deadline of the study has passed already. Set a later one, then open it."))
        seats = Seat.objects.bulk_create(Seat(study=held, number=number + 1) for number in range(protocol.seats))
        by_number = {seat.number: seat for seat in seats}
        differences = {}
        for block, contents, layout in laid_out:
            write_block(held, block, contents, layout, by_number)
            differences[str(block.number)] = round(layout.difference, 6)
        held.save()
        record(study=held, kind="opened", by=by, digest=held.digest, mean_position_differences=differences)
        transaction.on_commit(refresh_planner)


def _ready(study: Study) -> Protocol:
    if study.state != Study.State.DRAFT:
        raise StudyError(_("This study has been opened before. Copy it to run it again."))
    try:
        protocol = from_dict(study.protocol, draft=True)
    except ProtocolError as error:
        raise StudyError("\n".join(map(translated, error.problems))) from error
    if problems := missing(protocol):
        raise StudyError("\n".join(map(translated, problems)))
    return protocol


def close_study(*, study: Study, by: User | None = None) -> Study:
    """Take no more answers; leases go back, and the study is checked. Raises `StudyError` if it is not open."""
    with transaction.atomic():
        shut_gate(study.pk)
        closed = Study.objects.filter(pk=study.pk, state=Study.State.OPEN).update(
            state=Study.State.CLOSED, closed=database_now()
        )
        if not closed:
            raise StudyError(_("Only an open study can be closed."))
        study.refresh_from_db()
        returned = release_all(study=study)
        record(study=study, kind="closed", by=by, leases_returned=returned)
    report = check_study(study)
    record(study=study, kind="checked", by=by, ok=report.ok, problems=report.problems[:100], counts=report.counts)
    return study


def copy_study(*, study: Study, by: User | None = None) -> Study:
    """A new draft with the same protocol. Raises `StudyError` where there is nothing to do again."""
    if protocol_of(study).origin is not None:
        raise StudyError(_("Its judgments were given elsewhere, so there is nothing to run again. Begin a new study."))
    stem = slugified(study.slug)[:70].strip("-")
    taken = set(Study.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    slug = next(name for number in range(2, len(taken) + 3) if (name := f"{stem}-{number}") not in taken)
    protocol = from_dict(
        {**study.protocol, "title": _("{title} (copy)").format(title=study.title)[:200], "slug": slug}, draft=True
    )
    return create_study(protocol=protocol, by=by, slug=slug)
