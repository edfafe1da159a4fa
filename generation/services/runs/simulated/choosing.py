"""What a simulation is made of, as its run freezes it: scenarios that were chosen, the profiles of a pool."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _

from generation.languages import written_as
from generation.models import PoolProfile, ProfilePool, TickedScenario
from generation.records import PersonRecord
from generation.services.runs.settings import RunError
from generation.services.runs.simulated.settings import Situation
from generation.services.simulation.scenarios import all_tasks
from generation.simulation.scenarios import Scenario, Task, scenarios_of
from generation.simulation.tasks import told_in

TICKED: Final = "ticked"
ALL: Final = "all"
SOME: Final = re.compile(r"(?P<task>[a-z0-9-]+)(?:/(?P<first>\d{1,6})(?:-(?P<last>\d{1,6}))?)?")


def ticked(keys: Iterable[int] | None = None, *, language: str = "en") -> list[Situation]:
    """The scenarios that researchers ticked; only those of these keys where some are given.

    Each is told in the language where its file or its task has it in it, else as it stands.
    """
    rows = TickedScenario.objects.ticked()
    if keys is not None:
        rows = rows.filter(pk__in=list(keys))
    return [_situation(row.scenario, language, row.translations) for row in rows]


def named(names: Sequence[str], *, language: str = "en") -> list[Situation]:
    """Scenarios by what a command says of them: `ticked`, `all`, a task (`travel`), some of its cross product
    (`travel/0`, `travel/0-7`).
    """
    found = [one for name in names for one in _named(name, language)]
    return list({one.id: one for one in found}.values())


def _named(name: str, language: str) -> Iterator[Situation]:
    tasks = all_tasks()
    if name == TICKED:
        yield from ticked(language=language)
        return
    if name == ALL:
        yield from (_situation(one, language) for task in tasks.values() for one in scenarios_of(task))
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
    yield from (_situation(one, language) for one in _between(tasks[said["task"]], first, last, name))


def _between(task: Task, first: int, last: int, name: str) -> list[Scenario]:
    chosen = [one for one in scenarios_of(task) if first <= one.number <= last]
    if not chosen:
        raise RunError(_("“%(name)s” names no scenario: the task has %(size)s.") % {"name": name, "size": task.size})
    return chosen


def _situation(scenario: Scenario, language: str, translations: Mapping[str, str] | None = None) -> Situation:
    filed = (translations or {}).get(written_as(language, translations or {}))
    return Situation(id=scenario.id, task=scenario.title, text=filed or told_in(scenario, language))


def people_of(pool: ProfilePool, *, language: str = "en") -> list[PersonRecord]:
    """The profiles of a pool as the people of a dataset, by their numbers; in a language that they are told in too,
    the text in it comes first and the one they were written in is a translation.
    """
    return [_person(row, pool.language, language) for row in PoolProfile.objects.in_pool(pool)]


def _person(row: PoolProfile, written: str, language: str) -> PersonRecord:
    text, others = row.profile.text(), dict(row.translations)
    if wanted := written_as(language, others):
        text, others = others.pop(wanted), {**others, written: text}
    return PersonRecord(external_id=str(row.number), kind="simulated", profile=text, profile_translations=others)
