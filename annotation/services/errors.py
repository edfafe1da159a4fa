"""What can go wrong, in words that may be shown to whoever caused it."""

from dataclasses import dataclass

from annotation.amendments import Change


class StudyError(Exception):
    """A study cannot do what was asked of it; the message says why and what to do."""


class AmendError(StudyError):
    """An amendment is refused; `refused` lists each change that may not be made, with its reason."""

    def __init__(self, message: str, refused: tuple[Change, ...] = ()) -> None:
        super().__init__(message)
        self.refused = refused


class JoinError(Exception):
    """Somebody cannot join a study; the message says why and what to do."""


class LeftError(Exception):
    """The annotator no longer takes part, so nothing of theirs is written any more; the message says so."""


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


class ClosedError(SubmitError):
    """An assignment cannot be submitted because its study takes no more answers."""


class OverError(SubmitError):
    """An assignment cannot be submitted because the deadline has passed; it may be moved, so nothing is lost yet."""
