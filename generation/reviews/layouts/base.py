"""What a layout of reviews is, and what is read from it. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Final, NamedTuple

from generation.formats.base import Options, Readable
from generation.formats.sources import Source
from generation.formats.values import FormatError
from generation.records import ItemRecord
from generation.wording import worded

MILLISECONDS: Final = 10**11
"""Larger times are in milliseconds: as seconds they would lie beyond the year 5000."""
TIMES: Final = range(-(10**11), 10**11)


class ReviewRecord(NamedTuple):
    """What somebody wrote about an item and how they rated it; `at` in seconds since 1970, `place` for messages."""

    person: str
    item: str
    rating: float
    at: int | None = None
    text: str = ""
    title: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout(Readable[ReviewRecord]):
    """A way in which reviews are written to files. `items` reads what the same source says of its items."""

    items: Callable[[Source, Options], Iterator[ItemRecord]] | None = None


def seconds(value: object) -> int | None:
    """A time as files give it: seconds or milliseconds since 1970, or a date; None where there is none.

    >>> seconds(1394496000), seconds("1678124400000"), seconds("2014-03-11"), seconds("")
    (1394496000, 1678124400, 1394496000, None)
    """
    if value is None or value == "":
        return None
    try:
        found = int(float(value))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        found = _of_date(str(value))
    found = found // 1000 if abs(found) >= MILLISECONDS else found
    if found not in TIMES:
        problem = worded("the time %(time)s is out of range", time=repr(value))
        raise FormatError(problem=problem, remedy=worded("Write seconds since 1970, or a date."))
    return found


def _of_date(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        problem = worded("the time %(time)s is no time", time=repr(text[:40]))
        raise FormatError(
            problem=problem, remedy=worded("Write seconds since 1970, or a date like 2014-03-11.")
        ) from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def rating_of(value: object) -> float:
    """A rating, which must be a finite number.

    >>> rating_of("4.5"), rating_of(5)
    (4.5, 5.0)
    """
    try:
        found = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else float("nan")
    except (ValueError, OverflowError):
        found = float("nan")
    if not isfinite(found) or abs(found) > 1000:
        problem = worded("the rating %(rating)s is no number", rating=repr(str(value)[:40]))
        if value in (None, ""):
            problem = worded("there is no rating")
        raise FormatError(problem=problem, remedy=worded("Give each review its rating, or leave its row out."))
    return found
