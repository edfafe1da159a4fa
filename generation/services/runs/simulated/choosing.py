"""What a simulation is made of, as its run freezes it: scenarios that were chosen, the profiles of a pool."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.utils.translation import gettext as _

from generation.models import PoolProfile, ProfilePool, TickedScenario
from generation.records import PersonRecord
from generation.services.runs.settings import RunError
from generation.services.runs.simulated.settings import Situation
from generation.services.simulation.scenarios import all_tasks
from generation.simulation.scenarios import Scenario, Task, scenarios_of

TICKED: Final = "ticked"
ALL: Final = "all"
SOME: Final = re.compile(r"(?P<task>[a-z0-9-]+)(?:/(?P<first>\d{1,6})(?:-(?P<last>\d{1,6}))?)?")


def ticked(keys: Iterable[int] | None = None) -> list[Situation]:
    """The scenarios that researchers ticked; only those of these keys where some are given."""
    rows = TickedScenario.objects.ticked()
    if keys is not None:
        rows = rows.filter(pk__in=list(keys))
    return [_situation(row.scenario) for row in rows]


def named(names: Sequence[str]) -> list[Situation]:
    """Scenarios by what a command says of them: `ticked`, `all`, a task (`travel`), some of its cross product
    (`travel/0`, `travel/0-7`).
    """
    found = [one for name in names for one in _named(name)]
    return list({one.id: one for one in found}.values())


def _named(name: str) -> Iterator[Situation]:
    tasks = all_tasks()
    if name == TICKED:
        yield from ticked()
        return
    if name == ALL:
        yield from (_situation(one) for task in tasks.values() for one in scenarios_of(task))
        return
    said = SOME.fullmatch(name)
    if said is None or said["task"] not in tasks:
        there = ", ".join([TICKED, ALL, *tasks])
        raise RunError(
            _("“%(name)s” names no scenarios. Say one of %(there)s, or some of a task like travel/0-7.")
            % {"name": name, "there": there}
        )
    first = int(said["first"] or 0)
    last = int(said["last"] or said["first"] or 10**6)
    yield from _between(tasks[said["task"]], first, last, name)


def _between(task: Task, first: int, last: int, name: str) -> Iterator[Situation]:
    chosen = [one for one in scenarios_of(task) if first <= one.number <= last]
    if not chosen:
        raise RunError(_("“%(name)s” names no scenario: the task has %(size)s.") % {"name": name, "size": task.size})
    yield from map(_situation, chosen)


def _situation(scenario: Scenario) -> Situation:
    return Situation(id=scenario.id, task=scenario.title, text=scenario.text)


def people_of(pool: ProfilePool) -> list[PersonRecord]:
    """The profiles of a pool as the people of a dataset, by their numbers."""
    return [
        PersonRecord(
            external_id=str(row.number),
            kind="simulated",
            profile=row.profile.text(),
            profile_translations=row.translations,
        )
        for row in PoolProfile.objects.in_pool(pool)
    ]
