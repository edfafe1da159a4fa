"""A record that shows whether it was changed: each line carries the digest of the line before. Pure.

Whoever changes, removes or slips in a line has to write every line after it anew, and whoever noted the last digest
sees that.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from annotation.instruments import canonical_digest
from annotation.toml_reader import UNSTORABLE
from generation.wording import worded


@dataclass(frozen=True)
class Line:
    """One line of a record: the `number`th of its study, counted from 1; `previous` is empty in the first."""

    number: int
    at: datetime
    kind: str
    who: str
    detail: Mapping[str, Any]
    previous: str
    digest: str


def settled(value: Any) -> Any:
    """The value as every database gives it back: whole numbers without a point, text without what none takes.

    >>> settled({1: (2.0, 0.5, "a\\x00")})
    {'1': [2, 0.5, 'a']}
    """
    if isinstance(value, Mapping):
        return {settled(str(name)): settled(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [settled(inner) for inner in value]
    if isinstance(value, str):
        return UNSTORABLE.sub("", value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def utc(at: datetime) -> str:
    """The moment in UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def line_digest(
    study: str, number: int, at: datetime, kind: str, who: str, detail: Mapping[str, Any], previous: str
) -> str:
    """SHA-256 of the line as canonical JSON: keys sorted, no spaces, times in UTC to the microsecond."""
    return canonical_digest(
        {
            "study": study,
            "number": number,
            "at": utc(at),
            "kind": kind,
            "who": who,
            "detail": settled(detail),
            "previous": previous,
        }
    )


def chain_problems(study: str, lines: Iterable[Line]) -> Iterator[str]:
    """Where the record of `study`, its lines in order, is not what was written."""
    number, previous = 0, ""
    for line in lines:
        number += 1
        if line.number != number:
            yield worded(
                "record: line %(number)d is missing; the next one there is line %(next)d.",
                number=number,
                next=line.number,
            )
            number = line.number
        elif line.previous != previous:
            yield worded("record: line %(number)d does not follow the line before it.", number=number)
        found = line_digest(study, line.number, line.at, line.kind, line.who, line.detail, line.previous)
        if found != line.digest:
            yield worded("record: line %(number)d was changed after it was written.", number=number)
        previous = line.digest
