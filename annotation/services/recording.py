"""The append-only record of a study."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from annotation.chain import Line, chain_problems, line_digest, settled, utc
from annotation.models import Event, Study
from annotation.services.clock import database_now
from annotation.services.gate import hold_record
from crsapp.accounts.models import User

LOOKED: Final = "looked"
"""Somebody saw differences between the systems of an open study."""


@transaction.atomic
def record(*, study: Study, kind: str, by: User | None = None, **detail: Any) -> Event:
    """Append a line; `detail` must be JSON-able and never holds an answer, an annotator's words or a key.

    Call it last in a transaction: it waits for whoever else is adding to the record. Only researchers are named.
    """
    hold_record(study.pk)
    last = Event.objects.filter(study=study).order_by("number").last()
    number, previous = (last.number + 1, last.digest) if last else (1, "")
    by = by if by is not None and by.is_researcher else None
    who, at, plain = str(by or ""), database_now(), settled(detail)
    return Event.objects.create(
        study=study,
        number=number,
        at=at,
        by=by,
        who=who,
        kind=kind,
        detail=plain,
        previous=previous,
        digest=line_digest(study.slug, number, at, kind, who, plain, previous),
    )


def record_lines(study: Study) -> Iterator[Line]:
    """The record from its first line to its last."""
    columns = ("number", "at", "kind", "who", "detail", "previous", "digest")
    for row in study.events.order_by("number").values_list(*columns).iterator(1_000):
        yield Line(*row)


def unit_lines(study: Study, *, block: int, unit: int) -> QuerySet[Event]:
    """The lines about one unit."""
    return study.events.filter(detail__block=block, detail__unit=unit).order_by("number")


def record_json(study: Study) -> Iterator[str]:
    """Each line of the record as JSON: whatever its digest is made of, and its digest."""
    for line in record_lines(study):
        written = {"study": study.slug, **asdict(line), "at": utc(line.at), "detail": settled(line.detail)}
        yield json.dumps(written, ensure_ascii=False)


def record_problems(study: Study) -> list[str]:
    """Where the record is not what was written."""
    return list(chain_problems(study.slug, record_lines(study)))
