"""Which tasks there are, and which of their scenarios are ticked to be simulated."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.db import transaction

from crsapp.accounts.models import User
from generation.models import OwnTask, TickedScenario
from generation.simulation.scenarios import Scenario, Task, scenarios_of
from generation.simulation.tasks import BUILT_IN

UPDATED: Final = ["title", "values", "text", "language", "is_ticked"]


def all_tasks() -> dict[str, Task]:
    """The tasks that scenarios can be made of, by slug: the built-in ones, then one's own that are in use."""
    own = {row.slug: row.task for row in OwnTask.objects.in_use()}
    return {**BUILT_IN, **own}


def scenarios_ticked(tasks: Iterable[str] | None = None) -> list[Scenario]:
    """The scenarios that are ticked, by task and number; of these tasks (their slugs) alone where some are named."""
    rows = TickedScenario.objects.ticked()
    if tasks is not None:
        rows = rows.filter(task__in=list(tasks))
    return [row.scenario for row in rows]


def key_of(scenario: Scenario) -> str:
    """What a scenario is known by within its task, whatever is added to the task later."""
    return " ".join(f"{name}={slug}" for name, slug in sorted(scenario.values.items())) or str(scenario.number)


@transaction.atomic
def tick(*, task: Task, numbers: Iterable[int], on: bool, by: User | None = None) -> int:
    """Tick these scenarios of a task's cross product, or untick them; returns how many. Twice does no harm.

    What is ticked is kept with its text and its number; unticked it is left, and taken up again when it is ticked.
    """
    wanted = set(numbers)
    chosen = [one for one in scenarios_of(task) if one.number in wanted]
    keys = [key_of(one) for one in chosen]
    if not on:
        return TickedScenario.objects.filter(task=task.slug, key__in=keys).update(is_ticked=False)
    kept = {row.key: row for row in TickedScenario.objects.select_for_update().filter(task=task.slug)}
    taken = {row.number for row in kept.values()}
    rows, made = [], []
    for scenario, key in zip(chosen, keys, strict=True):
        if key in kept:
            rows.append(retold(kept[key], scenario))
            continue
        number = scenario.number if scenario.number not in taken else max(taken) + 1
        taken.add(number)
        made.append(_row(scenario, key, number, by))
    TickedScenario.objects.bulk_update(rows, UPDATED)
    TickedScenario.objects.bulk_create(made)
    return len(chosen)


def _row(scenario: Scenario, key: str, number: int, by: User | None) -> TickedScenario:
    row = TickedScenario(task=scenario.task, key=key, number=number, created_by=by)
    return retold(row, scenario)


def retold(row: TickedScenario, scenario: Scenario) -> TickedScenario:
    """The row with what the scenario says now, ticked; its number and key stay."""
    row.title, row.values, row.text = scenario.title, dict(scenario.values), scenario.text
    row.language, row.is_ticked = scenario.language, True
    return row


def ticked_keys(tasks: Sequence[str]) -> set[tuple[str, str]]:
    """Which scenarios of these tasks are ticked, by task and key."""
    return set(TickedScenario.objects.ticked().filter(task__in=tasks).values_list("task", "key"))
