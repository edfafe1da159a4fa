"""What the database's planner knows of rows that came all at once."""

from typing import Final

from django.db import connection
from django.db.models import Model

ROWS_LOOKED_AT: Final = 1_000
"""Of each index, on SQLite; PostgreSQL looks at a sample by itself."""


def tell_planner(*models: type[Model]) -> None:
    """Let the database look at what was written. Until it does, it joins tables as if they held a row or two."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit = {ROWS_LOOKED_AT}")
        for model in models:
            cursor.execute(f"ANALYZE {model._meta.db_table}")
