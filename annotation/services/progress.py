"""How far an annotator, and a study, has come."""

from dataclasses import dataclass, field
from datetime import datetime

from annotation.models import Annotator, Study


@dataclass(frozen=True)
class AnnotatorProgress:
    """Units of one annotator; `seconds_left` at their own pace, None before there is one."""

    done: int
    total: int
    seconds_left: float | None


@dataclass(frozen=True)
class BlockProgress:
    """Slots of one block that hold a submitted assignment."""

    number: int
    name: str
    done: int
    total: int


@dataclass(frozen=True)
class AnnotatorLine:
    """One annotator on the researcher's page: pseudonyms, never names of systems."""

    pseudonym: str
    done: int
    total: int
    judging: bool
    median_seconds: float | None
    last_seen: datetime | None


@dataclass(frozen=True)
class StudyProgress:
    """Slots filled of a whole study; `per_day` over the last week, and when it ends at that pace."""

    done: int
    total: int
    judging: int
    late: int
    per_day: float | None
    ends: datetime | None
    blocks: list[BlockProgress] = field(default_factory=list)
    annotators: list[AnnotatorLine] = field(default_factory=list)


def annotator_progress(annotator: Annotator) -> AnnotatorProgress:
    """Submitted and to be submitted by this annotator."""
    raise NotImplementedError


def study_progress(study: Study) -> StudyProgress:
    """Counted when asked, nothing kept by hand."""
    raise NotImplementedError
