"""What was changed while people judged, and which answers were given to which wording."""

from collections.abc import Mapping, Sequence

from annotation.amendments import rewords
from annotation.models import Study
from evaluation.columns import by_wording
from evaluation.left_out import Amended


def amendments_of(study: Study) -> tuple[Amended, ...]:
    """The study's amendments, the first one first."""
    return tuple(
        Amended(one.number, one.at.isoformat(), one.reason, tuple(one.changes), one.before, one.after)
        for one in study.amendments.order_by("number")
    )


def rewordings(amended: Sequence[Amended], instrument: str, criterion: str) -> list[int]:
    """The numbers of the amendments that brought other words of a criterion."""
    return [one.number for one in amended if any(rewords(change, instrument, criterion) for change in one.changes)]


def answers_by_wording(
    answers: Mapping[int, int], amended: Sequence[Amended], instrument: str, criterion: str
) -> dict[int, int]:
    """How many answers to a criterion were given to each of its wordings; empty if it had only one."""
    return by_wording(answers, rewordings(amended, instrument, criterion))
