"""Many rows at once, past the ORM: an import is mostly this, and `bulk_create` takes three times as long."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import orjson
from django.db import connection
from django.db.models import JSONField, Model

EMPTY: Final = "{}"


def reserve_ids(model: type[Model], count: int) -> Sequence[int]:
    """Primary keys for this many new rows; nobody else gets them. The caller holds the transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            cursor.execute(sequence, [table, count])
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or [0])[0]
    return range(last + 1, last + 1 + count)


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of these fields, in their order. Values are what a column takes; JSON fields take anything."""
    fields = [model._meta.get_field(name) for name in names]
    encoded = [index for index, field in enumerate(fields) if isinstance(field, JSONField)]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)  # type: ignore[union-attr]
    table = connection.ops.quote_name(model._meta.db_table)
    ready = (_encoded(row, encoded) for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in ready:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(fields))
            statement = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608 (names of our own columns)
            cursor.executemany(statement, list(ready))


def _encoded(row: Sequence[Any], indices: Iterable[int]) -> list[Any]:
    values = list(row)
    for index in indices:
        values[index] = _json(values[index]) if values[index] else EMPTY
    return values


def _json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # whole numbers of more than 64 bits
        return json.dumps(value)
