"""Pilots: a study tried out on dialogues that the study itself then leaves out."""

import secrets
from dataclasses import replace
from statistics import median
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from annotation.drafts import as_pilot
from annotation.models import Assignment, Study
from annotation.services.drafts import free_slug
from annotation.services.errors import StudyError
from annotation.services.material import protocol_of
from annotation.services.recording import record
from annotation.services.studies import create_study, update_draft
from crsapp.accounts.models import User

FEWEST: Final = 5
"""So many units have to be judged before their time says anything."""


@transaction.atomic
def copy_as_pilot(*, study: Study, size: int, by: User | None = None) -> Study:
    """A draft like this one on at most `size` dialogues a sample; from now on this one leaves those out.

    Raises `StudyError` when the study has been opened: its dialogues are drawn.
    """
    if size < 1:
        raise StudyError(_("A pilot needs at least one dialogue of each sample."))
    main = Study.objects.select_for_update().get(pk=study.pk)
    if main.state != Study.State.DRAFT:
        raise StudyError(_("This study has been opened, and its dialogues are drawn. Make a pilot of a draft."))
    protocol = protocol_of(main)
    title = _("Pilot: {title}").format(title=main.title)[:200]
    seed = secrets.randbelow(1_000_000)
    pilot = create_study(
        protocol=as_pilot(protocol, title=title, size=size, seed=seed), by=by, slug=free_slug(f"{main.slug}-pilot")
    )
    pilot.pilot_of = main
    pilot.save(update_fields=["pilot_of"])
    update_draft(study=main, protocol=replace(protocol, leaves_out=(*protocol.leaves_out, pilot.slug)), by=by)
    record(study=main, kind="pilot made", by=by, pilot=pilot.slug)
    study.refresh_from_db()
    return pilot


def measured_seconds(study: Study) -> dict[int, float]:
    """Active seconds a unit of each block (from 0) took people in the study's latest pilot: medians, where known."""
    pilot = study.pilots.exclude(state=Study.State.DRAFT).order_by("-opened").first()
    if pilot is None:
        return {}
    submitted = Assignment.objects.filter(block__study=pilot, state=Assignment.State.SUBMITTED)
    times: dict[int, list[float]] = {}
    for number, seconds in submitted.order_by().values_list("block__number", "active_seconds"):
        times.setdefault(number - 1, []).append(seconds)
    return {index: median(found) for index, found in times.items() if len(found) >= FEWEST}
