"""Money as whole billionths of whatever unit prices are in: sums are exact in every database."""

from decimal import ROUND_CEILING, Decimal
from typing import Final

BILLION: Final = 10**9
MILLION: Final = 10**6


def billionths(amount: Decimal) -> int:
    """An amount as whole billionths, never less than it is.

    >>> billionths(Decimal("1.5"))
    1500000000
    """
    return int((amount * BILLION).to_integral_value(rounding=ROUND_CEILING))


def money(amount: int) -> Decimal:
    """
    >>> money(1_500_000_000)
    Decimal('1.5')
    """
    return Decimal(amount) / BILLION


def cost(tokens_in: int, tokens_out: int, price_in: Decimal, price_out: Decimal) -> int:
    """What a call costs, in billionths, by prices of a million tokens; never less than it is.

    >>> money(cost(1_000, 500, Decimal(3), Decimal(15)))
    Decimal('0.0105')
    """
    return billionths((tokens_in * price_in + tokens_out * price_out) / MILLION)


def shown(amount: Decimal) -> str:
    """As people read it: without the zeros at its end.

    >>> shown(Decimal("1234.500000")), shown(Decimal("100")), shown(Decimal("0.000"))
    ('1,234.5', '100', '0')
    """
    text = f"{amount:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
