"""What was changed while people judged, and which answers were given to which wording."""

from collections.abc import Mapping, Sequence

from annotation.amendments import rewords
from annotation.models import Study
from evaluation.figures import Amended


def amendments_of(study: Study) -> tuple[Amended, ...]:
    """The study's amendments, the first one first."""
    return tuple(
        Amended(one.number, one.at.isoformat(), one.reason, tuple(one.changes), one.before, one.after)
        for one in study.amendments.order_by("number")
    )


def answers_by_wording(
    answers: Mapping[int, int], amended: Sequence[Amended], instrument: str, criterion: str
) -> dict[int, int]:
    """How many answers to a criterion were given to each of its wordings; empty if it had only one.

    `answers` counts them by the last amendment in force; a wording is known by the amendment that brought it.
    """
    brought = [one.number for one in amended if any(rewords(change, instrument, criterion) for change in one.changes)]
    if not brought:
        return {}
    found = dict.fromkeys([0, *brought], 0)
    for number, count in answers.items():
        found[max(start for start in found if start <= number)] += count
    return found
