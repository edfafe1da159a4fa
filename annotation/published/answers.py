"""What one cell says: nothing, that somebody could not judge, or an answer. Pure."""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from generation.wording import worded

MISSING: Final = frozenset({"", "NA", "nan", "NaN", "null", "NULL", "None", "-", "."})
"""Cells that hold no answer, spelled as spreadsheets, R and Python write them: nobody was asked, or nobody knows."""
CANNOT_JUDGE: Final = re.compile(r"n/a\b[\s:(]*(?P<reason>.*?)\)?|can(?:no|')t judge", re.IGNORECASE | re.DOTALL)
NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?", re.ASCII)
YES: Final = frozenset({"1", "yes", "true", "y"})
NO: Final = frozenset({"0", "no", "false", "n", ""})
LEFT: Final = frozenset({"left", "a", "1", "first"})
RIGHT: Final = frozenset({"right", "b", "2", "second"})
TIE: Final = frozenset({"tie", "tied", "draw", "equal", "both", "neither", "0"})


def cannot_judge(text: str) -> str | None:
    """The reason (perhaps empty) if the cell says that its annotator could not judge, else None.

    >>> cannot_judge("N/A (no error made)"), cannot_judge("n/a"), cannot_judge("3")
    ('no error made', '', None)
    """
    found = CANNOT_JUDGE.fullmatch(text)
    return None if found is None else (found["reason"] or "").strip()


def number(text: str) -> Decimal | None:
    """The number that this text is, if it is one."""
    if len(text) > 40 or not NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def flag(text: str) -> bool | None:
    """Yes or no, or None where it is neither."""
    lowered = text.strip().lower().removesuffix(".0")
    return True if lowered in YES else False if lowered in NO else None


def preference(text: str, left: set[str], right: set[str]) -> tuple[int | None, str]:
    """1 for the left one, 2 for the right one, 0 for a tie, by position or by name; or None and why not.

    >>> preference("B", {"Heat bot"}, {"Ronin bot"}), preference("Heat bot", {"Heat bot"}, {"Ronin bot"})
    ((2, ''), (1, ''))
    """
    lowered = text.lower().removesuffix(".0")
    by_position = 1 if lowered in LEFT else 2 if lowered in RIGHT else 0 if lowered in TIE else None
    by_name = 1 if text in left - right else 2 if text in right - left else None
    if by_position is not None and by_name is not None and by_position != by_name:
        return None, worded("it can be read as a position and as a name, which differ")
    value = by_name if by_position is None else by_position
    if value is None:
        return None, worded("it is neither left, right, tie (A, B, 1, 2, 0) nor the name of one")
    return value, ""


def moment(text: str) -> datetime | None:
    """A time as ISO 8601 writes it; without a zone it is taken as UTC. None where it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
