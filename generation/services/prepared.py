"""Statements that are put together once and then only run: for what happens with every answer of every annotator.

Putting a query together takes Django five to ten times as long as running it, and an answer takes a dozen. Written
with the ORM all the same, so that both databases are asked for what the models say:

    LEASES = Selecting(lambda given: Assignment.objects.filter(annotator=given.annotator, state="leased"))
    LEASES.rows(annotator=5)

`given.name` stands where a value comes later. A condition on None or on a list wants a statement of its own: SQL has
other words for them.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.db import connections
from django.db import models as orm
from django.db.models import QuerySet, Value, sql
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable, get_related_populators

Row = TypeVar("Row", covariant=True)
Model = TypeVar("Model", bound=orm.Model)
Made = tuple[str, list[Any]]

PLACE: Final = "%s"
PLACES: Final = re.compile("%%|%s")
PLAIN: Final = re.compile(r"[\w -]*")

ALIAS: Final = "default"
AT_ONCE: Final = 50
"""Rows of one statement: SQLite takes no more than 999 values in some versions."""


class _Later:
    """The place of a value in a statement's parameters."""

    def __init__(self, name: str) -> None:
        self.name = name


class _Given:
    """What a statement is written with: any name, for a value to come."""

    def __getattr__(self, name: str) -> Any:
        return Value(_Later(name))


class _Statement:
    """SQL and parameters, made when it is first run."""

    _made: Made | None = None

    def _make(self) -> Made:
        raise NotImplementedError

    def _run(self, values: dict[str, Any]) -> Any:
        """A cursor that ran the statement with these values; to be closed by the caller."""
        if self._made is None:
            self._made = _with_constants(*self._make())
        text, places = self._made
        database = connections[ALIAS]  # looking it up takes longer than what is asked of it
        ready = [_ready(values[one.name], database) if isinstance(one, _Later) else one for one in places]
        cursor = _cursor(database)
        cursor.execute(text, ready)
        return cursor


class Selecting(_Statement, Generic[Row]):
    """A queryset of models (with `select_related` and `defer`), or of `values_list`, that is compiled once."""

    def __init__(self, build: Callable[[Any], QuerySet[Any, Row]]) -> None:
        self.build = build

    def rows(self, **values: Any) -> list[Row]:
        """What the queryset would hold with these values."""
        with self._run(values) as cursor:
            found = cursor.fetchall()
        return list(self._read(self._converted(found) if self.converters else found))

    def first(self, **values: Any) -> Row | None:
        """The first of them; let the queryset end with `[:1]` where there could be many."""
        return next(iter(self.rows(**values)), None)

    def one(self, **values: Any) -> Row:
        """The only one of them; raises the model's `DoesNotExist`."""
        found = self.first(**values)
        if found is None:
            raise self.model.DoesNotExist
        return found

    def _make(self) -> Made:
        queryset = self.build(_Given())
        self.model = queryset.model
        compiler = queryset.query.get_compiler(using=ALIAS)
        text, parameters = compiler.as_sql()
        shown = [column for column, _, _ in compiler.select]
        self.converters = compiler.get_converters(shown)
        self._read = _reader(queryset, compiler)
        return text, list(parameters)

    def _converted(self, rows: Sequence[Sequence[Any]]) -> Iterator[list[Any]]:
        database, converters = connections[ALIAS], self.converters.items()
        for row in map(list, rows):
            for position, (functions, expression) in converters:
                for function in functions:
                    row[position] = function(row[position], expression, database)
            yield row


class Updating(_Statement):
    """An update of the rows of a queryset without joins."""

    def __init__(self, build: Callable[[Any], QuerySet[Any, Any]], changes: Callable[[Any], dict[str, Any]]) -> None:
        self.build, self.changes = build, changes

    def run(self, **values: Any) -> int:
        """Returns how many rows it touched."""
        with self._run(values) as cursor:
            touched: int = cursor.rowcount
        return touched

    def _make(self) -> Made:
        query: Any = self.build(_Given()).query.chain(sql.UpdateQuery)
        query.clear_ordering(force=True)
        query.add_update_values(self.changes(_Given()))
        text, parameters = query.get_compiler(using=ALIAS).as_sql()
        return text, list(parameters)


class Inserting(Generic[Model]):
    """New rows of a model, a statement for each number of them."""

    def __init__(self, model: type[Model]) -> None:
        self.model = model
        self.statements: dict[int, _Insert] = {}

    def one(self, row: Model) -> None:
        """Save a new row; it has its key then."""
        self._insert([row])

    def rows(self, rows: Sequence[Model]) -> None:
        """Save new rows; they have no keys then."""
        for start in range(0, len(rows), AT_ONCE):
            self._insert(rows[start : start + AT_ONCE])

    def _insert(self, rows: Sequence[Any]) -> None:
        if len(rows) not in self.statements:
            self.statements[len(rows)] = _Insert(self.model, len(rows))
        self.statements[len(rows)].run(rows)


class _Insert(_Statement):
    def __init__(self, model: type[Any], count: int) -> None:
        self.model, self.count = model, count
        self.columns = [field for field in model._meta.local_concrete_fields if not field.primary_key]

    def run(self, rows: Sequence[Any]) -> None:
        values = {
            f"{number} {field.attname}": field.pre_save(row, add=True)
            for number, row in enumerate(rows)
            for field in self.columns
        }
        with self._run(values) as cursor:
            if self.count == 1:
                rows[0].pk = cursor.fetchone()[0] if self.returns else cursor.lastrowid
        for row in rows:
            row._state.adding, row._state.db = False, ALIAS

    def _make(self) -> Made:
        given = _Given()
        rows = [
            self.model(**{field.attname: getattr(given, f"{number} {field.attname}") for field in self.columns})
            for number in range(self.count)
        ]
        query = sql.InsertQuery(self.model)
        query.insert_values(self.columns, rows, raw=True)
        compiler = query.get_compiler(using=ALIAS)
        self.returns = self.count == 1 and connections[ALIAS].features.can_return_columns_from_insert
        compiler.returning_fields = self.model._meta.db_returning_fields if self.returns else []
        [(text, parameters)] = compiler.as_sql()
        return text, list(parameters)


def _cursor(database: Any) -> Any:
    """A cursor of the connection. Those of PostgreSQL whose values go apart from the statement let the server plan a
    statement once; where connections are shared out behind our back (`prepare_threshold`), it plans each time."""
    database.close_if_health_check_failed()
    database.ensure_connection()
    if database.vendor != "postgresql" or database.connection.prepare_threshold is None:
        return database.cursor()
    return database._prepare_cursor(database.Database.Cursor(database.connection))


def _with_constants(text: str, places: list[Any]) -> Made:
    """What is known already, written into the statement: for a value to come no index of some rows can be chosen."""
    left: list[Any] = []
    coming = iter(places)

    def written(found: re.Match[str]) -> str:
        if found[0] != PLACE:
            return found[0]
        value = next(coming)
        if isinstance(value, str) and PLAIN.fullmatch(value):
            return f"'{value}'"
        left.append(value)
        return PLACE

    return PLACES.sub(written, text), left


def _ready(value: Any, database: Any) -> Any:
    """As the driver takes it."""
    if isinstance(value, UUID):
        return value if database.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return database.ops.adapt_datetimefield_value(value)
    return value


def _reader(queryset: QuerySet[Any, Any], compiler: Any) -> Callable[[Any], Iterator[Any]]:
    """Makes what the queryset would hold of the rows that were read."""
    kind = queryset._iterable_class
    if kind is FlatValuesListIterable:
        return lambda rows: (row[0] for row in rows)
    if kind is ValuesListIterable:
        return lambda rows: map(tuple, rows)
    if kind is not ModelIterable:
        raise TypeError("Only models and values_list can be prepared.")
    places = compiler.klass_info["select_fields"]
    start, end = places[0], places[-1] + 1
    names = [column.target.attname for column, _, _ in compiler.select[start:end]]
    populators = get_related_populators(compiler.klass_info, compiler.select, ALIAS)  # type: ignore[call-arg]

    def made(rows: Any) -> Iterator[Any]:
        for row in rows:
            one = queryset.model.from_db(ALIAS, names, row[start:end])
            for populator in populators:
                populator.populate(row, one)
            yield one

    return made
