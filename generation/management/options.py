"""What several commands understand alike: datasets and endpoints by their names, budgets, amounts of money."""

from argparse import ArgumentParser
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.management.base import CommandError

from generation.llm.money import billionths
from generation.models import Dataset, Endpoint

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


def add_budget(parser: ArgumentParser) -> None:
    """`--budget`, `--tokens` and `--json`."""
    parser.add_argument("--budget", metavar="MONEY", help="At most so much, in the unit of the endpoint's prices.")
    parser.add_argument("--tokens", type=int, help="At most so many tokens.")
    parser.add_argument("--json", action="store_true", help="End with one JSON object.")


def limits_of(options: Mapping[str, Any]) -> dict[str, int | None]:
    return {"money": amount(options["budget"]), "tokens": options["tokens"]}


def dataset_named(name: str) -> Dataset:
    """The dataset of this name or slug. Raises CommandError where there is none."""
    named = Dataset.objects.visible()
    found = named.filter(name=name).first() or named.filter(slug=name).first()
    if found is None:
        raise CommandError(f"There is no dataset {name!r}. Import it first.")
    return found
