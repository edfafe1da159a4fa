"""Many rows at once, past the ORM: an import is mostly this, and `bulk_create` takes five times as long.

Rows are given as columns. PostgreSQL copies them; SQLite takes them by the thousand in one statement, which, unlike
`executemany`, lets other threads run while it works, and after which it waits for them only once.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

import orjson
from django.db import connection
from django.db.models import JSONField, Model

EMPTY: Final = "{}"
ROWS_A_STATEMENT: Final = 4096

Columns = Mapping[str, Sequence[Any]]
"""By the name of its field, the value of each row. Values are what a column takes; JSON fields take anything."""


def reserve_ids(model: type[Model], count: int) -> Sequence[int]:
    """Primary keys for this many new rows; nobody else gets them. The caller holds the transaction."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The inner SELECT finds the sequence once, and not for each row again.
            sequence = "SELECT nextval((SELECT pg_get_serial_sequence(%s, 'id'))) FROM generate_series(1, %s)"
            cursor.execute(sequence, [table, count])
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or [0])[0]
    return range(last + 1, last + 1 + count)


def insert(model: type[Model], columns: Columns) -> None:
    """Insert these rows. Every constraint holds as ever."""
    if not any(columns.values()):
        return
    fields = [model._meta.get_field(name) for name in columns]
    names = [connection.ops.quote_name(str(field.column)) for field in fields]  # type: ignore[union-attr]
    target = f"{connection.ops.quote_name(model._meta.db_table)} ({', '.join(names)})"
    rows = list(zip(*map(_stored_values, fields, columns.values()), strict=True))
    if connection.vendor == "postgresql":
        _copy(target, rows)
    else:
        _insert_by_the_thousand(target, len(names), rows)


def update(model: type[Model], ids: Sequence[int], columns: Columns) -> None:
    """Give these rows these values."""
    if not ids:
        return
    fields = [model._meta.get_field(name) for name in columns]
    quote = connection.ops.quote_name
    assigned = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)  # type: ignore[union-attr]
    statement = f"UPDATE {quote(model._meta.db_table)} SET {assigned} WHERE id = %s"  # noqa: S608 (our own names)
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(zip(*map(_stored_values, fields, columns.values()), ids, strict=True)))


def _copy(target: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.wrap_database_errors, connection.cursor() as cursor:
        with cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def _insert_by_the_thousand(target: str, width: int, rows: Sequence[Sequence[Any]]) -> None:
    """Past Django's cursor, which would look for placeholders in thousands of them each time."""
    row = f"({', '.join('?' * width)})"
    connection.ensure_connection()
    most = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // width
    with connection.wrap_database_errors:
        for some in _in_halves(rows, min(most, ROWS_A_STATEMENT)):
            statement = f"INSERT INTO {target} VALUES {', '.join([row] * len(some))}"  # noqa: S608 (our own names)
            connection.connection.execute(statement, list(chain.from_iterable(some)))


def _in_halves(rows: Sequence[Sequence[Any]], most: int) -> Iterator[Sequence[Sequence[Any]]]:
    """Parts of a power of two of rows, then of half as many, a quarter, … so that few different statements are kept."""
    start, size = 0, 1 << (most.bit_length() - 1)
    while start < len(rows):
        while size > len(rows) - start:
            size //= 2
        yield rows[start : start + size]
        start += size


def _stored_values(field: object, values: Sequence[Any]) -> Sequence[Any]:
    if not isinstance(field, JSONField):
        return values
    return [_json(value) if value or type(value) is list else EMPTY for value in values]


def _json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # whole numbers of more than 64 bits
        return json.dumps(value)
