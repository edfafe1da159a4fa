"""Many rows at once, past the ORM: an import is mostly this, and `bulk_create` takes five times as long.

Rows are given as columns. PostgreSQL copies them; SQLite takes them by the thousand in one statement, which, unlike
`executemany`, lets other threads run while it works, and after which it waits for them only once.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
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
    """Insert these rows. Every constraint holds as ever. What nobody says anything in, the database leaves empty."""
    if not any(columns.values()):
        return
    table = connection.ops.quote_name(model._meta.db_table)
    stored = {}
    for name, values in columns.items():
        field = model._meta.get_field(name)
        if not (field.has_db_default() and _is_empty(values)):  # type: ignore[union-attr]
            stored[connection.ops.quote_name(str(field.column))] = _stored_values(field, values)  # type: ignore[union-attr]
    if connection.vendor == "postgresql":
        _copy(table, stored)
    else:
        _insert_by_the_thousand(table, stored)


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


def _copy(table: str, columns: Columns) -> None:
    """Foreign keys are checked as the statement ends, which costs a third less than remembering them until commit."""
    with connection.wrap_database_errors, connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in zip(*columns.values(), strict=True):
                copy.write_row(row)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _insert_by_the_thousand(table: str, columns: Columns) -> None:
    """Past Django's cursor, which would look for placeholders in thousands of them each time.

    A value that all rows of a column share, as most have some, is handed over once.
    """
    shared = {name: values[0] for name, values in columns.items() if _is_shared(values)}
    own = [name for name in columns if name not in shared] or [shared.popitem()[0]]
    row = f"({', '.join([*(f'?{number}' for number in range(1, len(shared) + 1)), *('?' for _name in own)])})"
    rows = list(zip(*(columns[name] for name in own), strict=True))
    connection.ensure_connection()
    most = (connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) - len(shared)) // len(own)
    with connection.wrap_database_errors:
        for some in _in_halves(rows, min(most, ROWS_A_STATEMENT)):
            values = ", ".join([row] * len(some))
            statement = f"INSERT INTO {table} ({', '.join([*shared, *own])}) VALUES {values}"  # noqa: S608 (our own names)
            connection.connection.execute(statement, [*shared.values(), *chain.from_iterable(some)])


def _is_shared(values: Sequence[Any]) -> bool:
    return bool(len(values) > 1 and values[0] == values[-1] and values.count(values[0]) == len(values))


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
    if _is_empty(values):
        return [EMPTY] * len(values)
    return [_json(value) if value or type(value) is list else EMPTY for value in values]


def _is_empty(values: Sequence[Any]) -> bool:
    """Whether each of these JSON values is the empty object."""
    return not any(values) and list not in set(map(type, values))


def _json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # whole numbers of more than 64 bits
        return json.dumps(value)
