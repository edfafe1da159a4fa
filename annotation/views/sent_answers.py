"""What the judging page's script sends, read with care: whatever is not of the right shape is refused in words."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.dateparse import parse_datetime

from annotation.answers import storable
from annotation.services.judging import Answer

MOST_ANSWERS: Final = 200
MOST_SECONDS: Final = 7 * 24 * 3600


class SentError(ValueError):
    """The request is not of the shape the page sends."""


@dataclass(frozen=True)
class Sent:
    """One request of the page: which assignment, its answers in order, and the active seconds spent on it so far."""

    assignment: UUID
    answers: list[Answer]
    active_seconds: float


@dataclass(frozen=True)
class SentReport:
    """What an annotator says is wrong with a unit, or the key of the report that they take back."""

    assignment: UUID
    client_key: UUID
    text: str
    raised: datetime | None
    withdraws: UUID | None


def read_sent(body: bytes) -> Sent:
    """Read one request's JSON; raises `SentError`."""
    with _in_words():
        data = json.loads(body)
        answers = data.get("answers", [])
        if len(answers) > MOST_ANSWERS:
            raise SentError(f"{len(answers):,} answers came at once; at most {MOST_ANSWERS} are taken.")
        return Sent(UUID(data["assignment"]), [_answer(answer) for answer in answers], _seconds(data))


def read_report(body: bytes) -> SentReport:
    """Read one report's JSON; raises `SentError`."""
    with _in_words():
        data = json.loads(body)
        withdraws = data.get("withdraws")
        return SentReport(
            UUID(data["assignment"]),
            UUID(data["client_key"]),
            _text(data, "text"),
            _moment(data.get("raised")),
            UUID(withdraws) if withdraws else None,
        )


@contextmanager
def _in_words() -> Iterator[None]:
    """Whatever reading may raise, as a `SentError`."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise SentError("This is not what the judging page sends: a part is missing or of another kind.") from error
    except SentError:
        raise
    except ValueError as error:
        raise SentError(f"This is not what the judging page sends: {error}.") from error


def _answer(data: dict[str, Any]) -> Answer:
    return Answer(
        client_key=UUID(data["client_key"]),
        instrument=_text(data, "instrument"),
        criterion=_text(data, "criterion"),
        place=_number(data["place"]),
        value=None if data.get("value") is None else _number(data["value"]),
        cannot_judge=data.get("cannot_judge") is True,
        text=_text(data, "text"),
        reason=_text(data, "reason"),
        span_start=None if data.get("span_start") is None else _number(data["span_start"]),
        span_end=None if data.get("span_end") is None else _number(data["span_end"]),
        answered=_moment(data.get("answered")),
        amendment=None if data.get("amendment") is None else _number(data["amendment"]),
    )


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**31 - 1:
        raise SentError(f"“{str(value)[:40]}” should be a whole number.")
    return value


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name, "")
    if not isinstance(value, str):
        raise SentError(f"`{name}` should be text.")
    return storable(value)


def _seconds(data: dict[str, Any]) -> float:
    value = data.get("active_seconds", 0)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < math.inf:
        raise SentError("`active_seconds` should be a number.")
    return float(min(max(value, 0), MOST_SECONDS))


def _moment(value: object) -> datetime | None:
    """When it was answered by the clock there, if that can be read; the answer is good without it."""
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
