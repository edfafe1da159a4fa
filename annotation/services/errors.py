"""What can go wrong, in words that may be shown to whoever caused it."""

from dataclasses import dataclass


class StudyError(Exception):
    """A study cannot do what was asked of it; the message says why and what to do."""


class JoinError(Exception):
    """Somebody cannot join a study; the message says why and what to do."""


@dataclass(frozen=True)
class Missing:
    """A question still without an answer."""

    instrument: str
    criterion: str
    title: str
    place: int


class SubmitError(Exception):
    """An assignment cannot be submitted; `missing` lists the questions still without an answer."""

    def __init__(self, message: str, missing: tuple[Missing, ...] = ()) -> None:
        super().__init__(message)
        self.missing = missing
