"""What a report says of a study beside its figures: protocol, dates, looks, and what its check found."""

from dataclasses import dataclass, replace

from django.utils import timezone

from annotation.models import Event, Study
from annotation.protocol import Protocol
from annotation.services.checking import CheckReport
from annotation.services.material import protocol_of
from annotation.services.recording import LOOKED
from evaluation.figures import StudyFigures


@dataclass(frozen=True)
class Look:
    """Somebody saw differences between the systems while the study was open: when, of what, why. Nobody is named."""

    at: str
    what: str
    reason: str


@dataclass(frozen=True)
class StudyFacts:
    """The study as its report has it. `problems` are those of its check, `interim` says that it is still open."""

    title: str
    opened: str
    closed: str
    made: str
    interim: bool
    demo: bool
    protocol: Protocol
    looks: tuple[Look, ...]
    problems: tuple[str, ...]


def facts_of(study: Study, check: CheckReport) -> StudyFacts:
    looks = Event.objects.filter(study=study, kind=LOOKED).order_by("number").values_list("at", "detail")
    return StudyFacts(
        study.title,
        _day(study.opened),
        _day(study.closed),
        _day(timezone.now()),
        study.state == Study.State.OPEN,
        study.is_demo,
        protocol_of(study),
        tuple(Look(_day(at), str(detail.get("at", "")), str(detail.get("reason", ""))) for at, detail in looks),
        tuple(check.problems),
    )


def without_names(figures: StudyFigures) -> StudyFigures:
    """The same without the names of researchers, who are nobody's business where a report goes."""
    blocks = [
        replace(block, excluded=tuple(replace(one, who="") for one in block.excluded)) for block in figures.blocks
    ]
    return replace(figures, blocks=tuple(blocks))


def _day(moment: object) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""
