"""How a run stands: what was planned, written, rejected and kept, how long it will take, what it costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Count
from django.utils import timezone

from generation.models import Attempt, GenerationRun, Planned
from generation.services.runs.keeping import LATE, NO_ANSWER
from generation.services.runs.kinds import maker_of


class Step(NamedTuple):
    """A step of the funnel: the code of its filter, how many attempts it rejected, and how many it left."""

    code: str
    rejected: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts of dialogues (`planned` to `given_up`) and of attempts (`attempts` on)."""

    planned: int
    impossible: int
    kept: int
    given_up: int
    to_do: int
    under_way: int
    attempts: int
    answered: int
    funnel: Sequence[Step]
    rejected: Mapping[str, int]
    overridden: int

    @property
    def done(self) -> int:
        return self.kept + self.given_up

    def as_dict(self) -> dict[str, Any]:
        names = (
            "planned",
            "impossible",
            "kept",
            "given_up",
            "to_do",
            "under_way",
            "attempts",
            "answered",
            "overridden",
        )
        return {
            **{name: getattr(self, name) for name in names},
            "funnel": [step._asdict() for step in self.funnel],
            "rejected": dict(self.rejected),
        }


def figures_of(run: GenerationRun) -> Figures:
    """Counted now, in two queries."""
    states = dict(Planned.objects.filter(run=run).order_by().values_list("state").annotate(Count("pk")))
    rows = Attempt.objects.filter(run=run).order_by().values_list("verdict", "code").annotate(count=Count("pk"))
    failed: dict[str, int] = {}
    overridden = attempts = under_way = 0
    for verdict, code, count in rows:
        attempts += count
        under_way += count if verdict == Attempt.Verdict.OPEN else 0
        overridden += count if verdict == Attempt.Verdict.OVERRIDDEN else 0
        if code:
            failed[code] = failed.get(code, 0) + count
    answered = attempts - under_way - failed.get(NO_ANSWER, 0)
    of = Planned.State
    return Figures(
        planned=sum(count for state, count in states.items() if state != of.IMPOSSIBLE),
        impossible=states.get(of.IMPOSSIBLE, 0),
        kept=states.get(of.KEPT, 0),
        given_up=states.get(of.GIVEN_UP, 0),
        to_do=states.get(of.TO_DO, 0),
        under_way=under_way,
        attempts=attempts,
        answered=answered,
        funnel=_funnel(run, answered - failed.get(LATE, 0), failed),
        rejected=failed,
        overridden=overridden,
    )


def _funnel(run: GenerationRun, left: int, failed: Mapping[str, int]) -> list[Step]:
    """Each filter that may reject in this run, in its order: an attempt counts where it fails first."""
    settings = maker_of(run).settings
    steps = []
    for code in settings.funnel():
        left -= failed.get(code, 0)
        steps.append(Step(code, failed.get(code, 0), left))
    return steps


def seconds_left(run: GenerationRun, figures: Figures) -> float | None:
    """At the pace since it was last started; None where that says nothing yet."""
    if run.state != GenerationRun.State.RUNNING or run.resumed is None or not run.all_planned:
        return None
    done = figures.done + figures.impossible - run.done_before
    elapsed = (timezone.now() - run.resumed) / timedelta(seconds=1)
    if done < 1 or elapsed < 2:
        return None
    return elapsed * figures.to_do / done
