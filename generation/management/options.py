"""What several commands understand alike: datasets and endpoints by their names, budgets, amounts of money."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.management.base import CommandError

from generation.languages import CODE
from generation.llm.money import billionths
from generation.models import Dataset, Endpoint

SCRIPTED: Final = "scripted"
MOST_MONEY: Final = 10**8
MOST_TOKENS: Final = 10**15


def endpoint_named(name: str) -> Endpoint:
    """The endpoint of this name; “scripted” is always there. Raises CommandError where there is none."""
    found = Endpoint.objects.in_use().filter(name=name).first()
    if found is None and name == SCRIPTED:
        kind = Endpoint.Kind.SCRIPTED
        return Endpoint.objects.in_use().filter(kind=kind).first() or Endpoint.objects.create(
            name=SCRIPTED, kind=kind, model=SCRIPTED
        )
    if found is None:
        there = sorted({SCRIPTED, *Endpoint.objects.in_use().values_list("name", flat=True)})
        raise CommandError(f"There is no endpoint {name!r}; there are: {', '.join(there)}.")
    return found


def amount(said: str) -> int:
    """Money in billionths, from what was typed."""
    try:
        found = Decimal(said)
        if 0 <= found <= MOST_MONEY:
            return billionths(found)
    except InvalidOperation:
        pass
    raise ArgumentTypeError(f"{said!r} is no amount. Write it like 2.50.")


def tokens(said: str) -> int:
    if not (said.isascii() and said.isdecimal() and 1 <= int(said) <= MOST_TOKENS):
        raise ArgumentTypeError(f"{said!r} is no number of tokens above 0.")
    return int(said)


def language(said: str) -> str:
    if not CODE.fullmatch(said):
        raise ArgumentTypeError(f"{said!r} is no code of a language. Write one such as en, zh or pt-BR.")
    return said


def add_budget(parser: ArgumentParser) -> None:
    """`--budget`, `--tokens` and `--json`."""
    parser.add_argument(
        "--budget", type=amount, metavar="MONEY", help="At most so much, in the unit of the endpoint's prices."
    )
    parser.add_argument("--tokens", type=tokens, help="At most so many tokens.")
    parser.add_argument("--json", action="store_true", help="End with one JSON object.")


def limits_of(options: Mapping[str, Any]) -> dict[str, int | None]:
    return {"money": options["budget"], "tokens": options["tokens"]}


def dataset_named(name: str) -> Dataset:
    """The dataset of this name or slug. Raises CommandError where there is none."""
    named = Dataset.objects.visible()
    found = named.filter(name=name).first() or named.filter(slug=name).first()
    if found is None:
        raise CommandError(f"There is no dataset {name!r}. Import it first.")
    return found
