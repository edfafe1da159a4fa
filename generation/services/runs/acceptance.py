"""How many of the answered attempts the checks accepted, by template or by assistant."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet

from generation.models import Attempt, GenerationRun
from generation.services.runs.keeping import NO_ANSWER

ACCEPTED: Final = Count("pk", filter=Q(verdict=Attempt.Verdict.KEPT))
ANSWERED: Final = Count("pk", filter=~Q(verdict=Attempt.Verdict.OPEN) & ~Q(code=NO_ANSWER))


@dataclass(frozen=True, slots=True)
class Accepted:
    """Of so many answered attempts, the checks accepted so many; what a person kept anyway is not among them."""

    accepted: int
    answered: int

    @property
    def percent(self) -> float:
        return 100 * self.accepted / self.answered


def accepted_in(run: GenerationRun) -> list[tuple[str, Accepted]]:
    """By the variant of the plans of a run, the most often rejected first."""
    found = _counted(Attempt.objects.filter(run=run))
    return sorted(found.items(), key=lambda one: (one[1].percent, -one[1].answered, one[0]))


def accepted_by_template(names: Collection[str]) -> dict[str, Accepted]:
    """In all runs, by the name of the template; without those that no attempt was made from."""
    written = Attempt.objects.filter(run__kind=GenerationRun.Kind.REVIEWS, planned__variant__in=names)
    return _counted(written)


def _counted(attempts: QuerySet[Attempt]) -> dict[str, Accepted]:
    rows = attempts.order_by().values_list("planned__variant").annotate(accepted=ACCEPTED, answered=ANSWERED)
    return {variant: Accepted(accepted, answered) for variant, accepted, answered in rows if answered}
