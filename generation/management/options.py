"""What several commands understand alike: endpoints by their names, amounts of money."""

from decimal import Decimal, InvalidOperation
from typing import Final

from django.core.management.base import CommandError

from generation.llm.money import billionths
from generation.models import Endpoint

SCRIPTED: Final = "scripted"


def endpoint_named(name: str) -> Endpoint:
    """The endpoint of this name; “scripted” is always there. Raises CommandError where there is none."""
    found = Endpoint.objects.in_use().filter(name=name).first()
    if found is None and name == SCRIPTED:
        kind = Endpoint.Kind.SCRIPTED
        return Endpoint.objects.in_use().filter(kind=kind).first() or Endpoint.objects.create(
            name=SCRIPTED, kind=kind, model=SCRIPTED
        )
    if found is None:
        there = ", ".join(Endpoint.objects.in_use().values_list("name", flat=True)) or "none"
        raise CommandError(f"There is no endpoint {name!r}; there are: {there}, and always {SCRIPTED!r}.")
    return found


def amount(said: str | None) -> int | None:
    """Money in billionths, from what was typed. Raises CommandError where that is no amount."""
    try:
        return None if said is None else billionths(Decimal(said))
    except InvalidOperation:
        raise CommandError(f"{said!r} is no amount. Write it like 2.50.") from None
