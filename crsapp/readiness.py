"""What serving people takes, each with a remedy: `/readyz` says it to machines, `manage.py doctor` to people."""

import shutil
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from crsapp.catalogues import REMEDY, stale_catalogues
from crsapp.jobs.services import worker_is_alive
from generation.llm.access import trouble_with
from generation.models import Endpoint

LEAST_FREE_BYTES: Final = 1024**3


@dataclass(frozen=True)
class Check:
    """One thing looked at; `remedy` is what to do where it is not well."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


def readiness() -> list[Check]:
    """Database, migrations and worker. What needs the database is not asked where it does not answer."""
    try:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        worker = not waiting and worker_is_alive()
    except DatabaseError as error:
        return [
            Check("database", False, f"{type(error).__name__}: it does not answer", "Start it, or mend DATABASE_URL."),
            Check("migrations", False, "not known", "First the database."),
            Check("worker", False, "not known", "First the database."),
        ]
    return [
        Check("database", True, connection.vendor),
        Check("migrations", not waiting, f"{waiting} not applied" if waiting else "applied", "manage.py migrate"),
        Check("worker", worker, "alive" if worker else "none was seen lately", "manage.py serve --only worker"),
    ]


def models() -> list[Check]:
    """Endpoints that cannot be asked as they are set up. Nobody is called."""
    try:
        found = [(one, trouble_with(one)) for one in Endpoint.objects.in_use()]
    except DatabaseError:
        return []
    return [Check(f"model {one.name}", not why, "not ready" if why else "set up", why) for one, why in found]


def surroundings() -> list[Check]:
    """What else goes wrong on machines: no place left, static files not collected, translations not compiled."""
    stale = stale_catalogues()
    free = shutil.disk_usage(settings.DATA_DIR).free
    collected = not getattr(staticfiles_storage, "manifest_strict", False) or bool(
        getattr(staticfiles_storage, "hashed_files", {})
    )
    return [
        Check(
            "disk",
            free >= LEAST_FREE_BYTES,
            f"{free / 1024**3:.1f} GiB free in {settings.DATA_DIR}",
            "Make room, or set CRSAPP_DATA_DIR to a larger disk.",
        ),
        Check(
            "static files",
            collected,
            "collected" if collected else "not collected",
            "manage.py collectstatic --no-input",
        ),
        Check(
            "translations",
            not stale,
            f"not compiled: {', '.join(source.parts[-3] for source in stale)}" if stale else "compiled",
            REMEDY,
        ),
    ]
