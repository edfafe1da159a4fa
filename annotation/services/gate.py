"""Who may write into an open study, when it closes, and who adds to its record: locks of whole studies."""

from datetime import datetime
from typing import Final, Literal

from django.db import connection
from django.utils import timezone

from annotation.models import Study
from annotation.services.clock import database_now

GATE: Final = 0x637273
RECORD: Final = 0x637274
SHARED: Final = """
WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(%s, %s)) SELECT clock_timestamp() FROM locked"""
EXCLUSIVE: Final = """
WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock(%s, %s)) SELECT clock_timestamp() FROM locked"""


def pass_gate(study_id: int) -> datetime:
    """Hold the study as it is until this transaction ends; any number may. On SQLite a transaction writes alone.

    Returns the time by the database's clock, once inside.
    """
    return _lock(SHARED, GATE, study_id)


def shut_gate(study_id: int) -> datetime:
    """Wait for everybody inside to finish, and let nobody in until this transaction ends. Returns the time then."""
    return _lock(EXCLUSIVE, GATE, study_id)


def hold_record(study_id: int) -> datetime:
    """Wait for whoever adds to the study's record until this transaction ends. Take it last: answers never need it."""
    return _lock(EXCLUSIVE, RECORD, study_id)


def standing(study: Study, now: datetime | None = None) -> Literal["open", "over", "closed"]:
    """Whether annotators may write into the study: not when it is closed, nor when its deadline is over, which may
    still be moved. Where something is written, ask of the study as it is behind the gate."""
    if study.state != Study.State.OPEN:
        return "closed"
    return "open" if study.deadline is None or (now or database_now()) < study.deadline else "over"


def _lock(lock: str, space: int, study_id: int) -> datetime:
    if connection.vendor != "postgresql":
        return timezone.now()  # a SQLite file is on this machine, and so is its clock
    with connection.cursor() as cursor:
        cursor.execute(lock, [space, study_id % 2**31])
        now: datetime = cursor.fetchone()[0]
    return now
