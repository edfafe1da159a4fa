"""The database's clock: the only one that all workers share."""

from datetime import timedelta

from django.db.models import DateTimeField, ExpressionWrapper
from django.db.models.expressions import Combinable
from django.db.models.functions import Now


def from_now(seconds: float) -> Combinable:
    """The database's time `seconds` from now (before now, if negative), for use in a query."""
    return ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=DateTimeField())
