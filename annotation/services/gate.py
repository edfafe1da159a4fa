"""Who may write into an open study, and when it closes: the one lock between annotators and the closing."""

from django.db import connection

from annotation.models import Study

LOCK_SPACE = 0x637273


def pass_gate(study_id: int) -> None:
    """Hold the study as it is until this transaction ends; any number may. On SQLite a transaction writes alone."""
    _advisory_lock("pg_advisory_xact_lock_shared", study_id)


def shut_gate(study_id: int) -> None:
    """Wait for everybody inside to finish, and let nobody in until this transaction ends."""
    _advisory_lock("pg_advisory_xact_lock", study_id)


def is_open(study_id: int) -> bool:
    """Whether annotators may write; to be asked behind the gate."""
    return Study.objects.filter(pk=study_id, state=Study.State.OPEN).exists()


def _advisory_lock(function: str, study_id: int) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s, %s)", [LOCK_SPACE, study_id % 2**31])
