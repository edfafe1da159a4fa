"""Requests and tokens a minute, kept by one row that all workers share, on the database's clock."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F
from django.db.models.functions import Greatest, Now

from generation.llm.exchange import Request
from generation.llm.pacing import take_turn
from generation.models import Endpoint, Pace


def take_turns(endpoint: Endpoint, requests: Sequence[Request]) -> list[float]:
    """Take the next turn for each of these requests; returns the seconds that each has to wait."""
    limited = bool(endpoint.requests_per_minute or endpoint.tokens_per_minute)
    pace, now = _row(endpoint, locked=limited)
    waits = [_take_turn(endpoint, pace, now, request) for request in requests]
    if limited:
        pace.save()
    return waits


def _take_turn(endpoint: Endpoint, pace: Pace, now: float, request: Request) -> float:
    per_minute = endpoint.tokens_per_minute
    tokens = request.likely_tokens_asked() + request.max_tokens if per_minute else 0
    wait, pace.requests_until = take_turn(
        until=pace.requests_until, now=now, cost=1, per_minute=endpoint.requests_per_minute
    )
    wait_for_tokens, pace.tokens_until = take_turn(until=pace.tokens_until, now=now, cost=tokens, per_minute=per_minute)
    return max(wait, wait_for_tokens)


def hold_off(endpoint: Endpoint, *, seconds: float) -> None:
    """The endpoint wants quiet: nobody's next turn is earlier than that."""
    _pace, now = _row(endpoint, locked=True)
    Pace.objects.filter(endpoint=endpoint).update(requests_until=Greatest(F("requests_until"), now + seconds))


def _row(endpoint: Endpoint, *, locked: bool) -> tuple[Pace, float]:
    rows = Pace.objects.filter(endpoint=endpoint).annotate(now=Now())
    found = (rows.select_for_update() if locked else rows).first()
    if found is None:
        Pace.objects.get_or_create(endpoint=endpoint)
        return _row(endpoint, locked=locked)
    now: datetime = found.now
    return found, now.timestamp()
