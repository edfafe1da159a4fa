"""Many rows of a model at once, with whatever fields nobody names at their defaults."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from secrets import token_hex
from typing import Any, Final

from django.db import connection
from django.db.models import Field, Model
from django.utils import timezone

from generation.services.inserting import insert

AT_ONCE: Final = 10_000
AS_IT_IS: Final = {
    "BooleanField", "CharField", "DateTimeField", "FloatField", "ForeignKey", "IntegerField", "JSONField",
    "OneToOneField", "PositiveIntegerField", "PositiveSmallIntegerField", "TextField", "UUIDField",
}  # fmt: skip
"""Fields whose values the drivers take as Python has them; UUIDs as text, times made `ready` by the caller."""


def insert_rows(
    model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]], *, same: Mapping[str, Any]
) -> None:
    """Insert rows of `names`; each also has the values of `same`, and the defaults of all other fields."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    fixed = {name: _default(field) for name, field in fields.items() if name not in {*names, *same, "id"}} | dict(same)
    ending = {name: ready(fields[name], value) for name, value in fixed.items()}
    for piece in _pieces(rows):
        columns = {
            name: column
            if fields[name].get_internal_type() in AS_IT_IS
            else [ready(fields[name], one) for one in column]
            for name, column in zip(names, zip(*piece, strict=True), strict=True)
        }
        insert(model, columns | {name: [value] * len(piece) for name, value in ending.items()})


def _pieces(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    remaining = iter(rows)
    while piece := list(islice(remaining, AT_ONCE)):
        yield piece


def _default(field: Field[Any, Any]) -> Any:
    if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
        return timezone.now()
    return field.get_default()


def new_keys(count: int) -> Iterator[str]:
    """So many times 128 random bits, as a column of UUIDs takes them: 644,000 of them in one go, not in 15 seconds."""
    digits = token_hex(16 * count)
    return (digits[start : start + 32] for start in range(0, len(digits), 32))


def ready(field: Field[Any, Any], value: Any) -> Any:
    """As the driver takes it; JSON is written by `insert`."""
    if value is None or isinstance(value, int | float | str | dict | list):
        return value
    return field.get_db_prep_save(value, connection)
