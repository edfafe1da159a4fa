"""When to ask, and when to ask again: arithmetic on seconds, without a clock of its own."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random
from typing import Final

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
LONGEST_RETRY_AFTER: Final = 600.0


def take_turn(*, until: float, now: float, cost: float, per_minute: float | None) -> tuple[float, float]:
    """Seconds to wait before asking for `cost` (requests, or tokens), and until when the bucket is then empty.

    A bucket that holds nothing in store: turns are spaced evenly, so that no minute has more than `per_minute`
    (and one), whoever takes them. Without a limit a turn takes no time, but waits while the endpoint wants quiet.

    >>> take_turn(until=0, now=100, cost=1, per_minute=60)
    (0, 101.0)
    >>> take_turn(until=101, now=100, cost=1, per_minute=60)
    (1, 102.0)
    >>> take_turn(until=0, now=100, cost=1, per_minute=None)
    (0, 100)
    """
    start = max(until, now)
    return start - now, start + (cost * 60 / per_minute if per_minute else 0)


def pause_before_retry(*, attempt: int, retry_after: float | None, random: Random) -> float:
    """Seconds to wait after the `attempt`-th try failed (the first is 1): doubling, with jitter so that many who
    failed together do not come back together; never less than the endpoint asked for, up to ten minutes.

    >>> pause_before_retry(attempt=1, retry_after=7, random=Random(1)) >= 7
    True
    """
    growing = min(FIRST_PAUSE * 2.0 ** (min(attempt, 30) - 1), LONGEST_PAUSE)
    pause = growing * (0.5 + random.random())
    if retry_after is None:
        return pause
    return min(retry_after, LONGEST_RETRY_AFTER) + pause / 4


def read_retry_after(header: str | None, *, now: datetime) -> float | None:
    """Seconds from a Retry-After header: a number, or a date; None where it says neither.

    >>> read_retry_after("2.5", now=datetime(2026, 1, 1, tzinfo=UTC))
    2.5
    >>> read_retry_after("Thu, 01 Jan 2026 00:01:00 GMT", now=datetime(2026, 1, 1, tzinfo=UTC))
    60.0
    >>> read_retry_after("soon", now=datetime(2026, 1, 1, tzinfo=UTC))
    """
    text = (header or "").strip()[:100]
    seconds = _number(text)
    if seconds is None:
        try:
            when = parsedate_to_datetime(text)
        except ValueError:
            return None
        seconds = ((when if when.tzinfo else when.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def _number(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if seconds == seconds else None  # not a number compares unequal to itself
