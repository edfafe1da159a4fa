"""Texts that spreadsheets leave alone. Pure."""

from typing import Final

FORMULA_STARTS: Final = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""Also the wide forms of the four signs, which some spreadsheets take for them."""


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> neutral("=1+1"), neutral("fine")
    ("'=1+1", 'fine')
    """
    return "'" + text if text[:1] in FORMULA_STARTS else text
