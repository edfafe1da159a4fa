"""Kinds of work that only tests know; a real worker learns them by `--include tests.crsapp.jobs.kinds`.

Every step writes one row into a table of its own, without any constraint: a step done twice shows as two rows.
"""

import time
from uuid import UUID

from django.db import connection

from crsapp.jobs.registry import WAIT_FOR_PIECES, Context, Progress, Steps, handler
from crsapp.jobs.services import enqueue

TABLE = "jobs_test_step"


def create_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(f"CREATE TABLE {TABLE} (job varchar(36) NOT NULL, step integer NOT NULL, worker text NOT NULL)")


def drop_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")


def write(job_id: UUID, step: int, worker: str = "") -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE} (job, step, worker) VALUES (%s, %s, %s)", [str(job_id), step, worker])


def written() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT job, step FROM {TABLE}")
        return [(job, step) for job, step in cursor.fetchall()]


@handler("tests.steps")
def several_steps(context: Context) -> Steps:
    """Goes on from its checkpoint."""
    total: int = context.arguments["steps"]
    for step in range(context.checkpoint.get("step", 0), total):
        write(context.job_id, step)
        time.sleep(context.arguments["pause"])
        context.checkpoint["step"] = step + 1
        yield Progress(done=step + 1, total=total)
    return {"steps": total}


@handler("tests.pieces")
def several_pieces(context: Context) -> Steps:
    """Cuts its pieces in steps of two, and notes in the checkpoint how many there are."""
    pieces: int = context.arguments["pieces"]
    while context.checkpoint.get("cut", 0) < pieces:
        for _ in range(2):
            arguments = {"steps": 1, "pause": context.arguments["pause"]}
            enqueue(kind="tests.steps", arguments=arguments, parent=context.job_id, max_attempts=100)
        context.checkpoint["cut"] = context.checkpoint.get("cut", 0) + 2
        yield Progress(done=0, total=pieces)
    return WAIT_FOR_PIECES
