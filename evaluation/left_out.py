"""What the figures of a study rest on, and what was left out of them, changed and by whom, as values. Pure."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Excluded:
    """A unit that was taken out: why, by whom, when, what was known by then, and the judgments set apart with it.

    `reports` counts the annotators' reports about it, `after_look` and `after_closing` say that somebody, or everybody,
    could have seen by then which system it helped.
    """

    unit: int
    reason: str
    who: str
    at: str
    reports: int
    after_look: bool
    after_closing: bool
    judgments: int


@dataclass(frozen=True)
class Counts:
    """What the figures of a block rest on, and what was left out of them.

    `units` are those in use, without `units_control`, of which no answer ever counts; the judgments of those taken out
    stand in `judgments_excluded` and nowhere else.
    """

    units: int
    units_control: int
    units_excluded: int
    annotators: int
    places: int
    counted: int
    in_progress: int
    not_counted: int
    judgments: int
    cannot_judge: int
    superseded: int
    judgments_not_counted: int
    judgments_excluded: int


@dataclass(frozen=True)
class Amended:
    """A change of the protocol after opening, as it is stored with the study."""

    number: int
    at: str
    reason: str
    changes: tuple[dict[str, Any], ...]
    before: str
    after: str


@dataclass(frozen=True)
class Departed:
    """An annotator who was removed; `knowingly` says that it could be known by then which system that helps."""

    annotator: str
    at: str
    reason: str
    kept: bool
    units_set_aside: int
    knowingly: bool
