"""Tasks of one's own: kept when they are whole, changed with their scenarios, archived, brought along."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from generation.models import OwnTask, TickedScenario
from generation.services.simulation.scenarios import UPDATED, key_of, retold
from generation.simulation.drafts import slug_of
from generation.simulation.scenario_files import FiledScenario
from generation.simulation.scenarios import Option, Task, Variable, scenarios_of
from generation.simulation.tasks import BUILT_IN, as_tables, problems_of

RESERVED: Final = frozenset({"new", "draft", "import", "export"})
SITUATION: Final = "situation"
"""The one variable of a task whose scenarios came as texts."""


class TaskError(Exception):
    """Why a task cannot be kept like this; `problems` says so in words."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class TaskChangedError(Exception):
    """Somebody else changed the task since it was read."""


def state_of(row: OwnTask) -> str:
    """A digest of what a task is now, to see whether somebody changed it meanwhile."""
    return sha256(repr(row.task).encode()).hexdigest()[:16]


@transaction.atomic
def create_task(*, task: Task, by: User | None = None) -> OwnTask:
    """Keep a new task under a short name of its own. Raises TaskError where anything is wrong with it."""
    task = replace(task, slug=_free_slug(task.title))
    _check(task)
    try:
        with transaction.atomic():
            return OwnTask.objects.create(
                slug=task.slug,
                title=task.title,
                description=task.description,
                variables=as_tables(task.variables),
                language=task.language,
                created_by=by,
            )
    except IntegrityError:
        raise TaskError([_("Somebody else made a task of this name just now. Try again.")]) from None


@transaction.atomic
def change_task(*, row: OwnTask, task: Task, seen: str) -> OwnTask:
    """Replace a task that is still as it was `seen`, else raise TaskChangedError.

    Scenarios of it that are ticked get their new text; those that there are no more are unticked.
    """
    row = OwnTask.objects.select_for_update().get(pk=row.pk)
    if state_of(row) != seen:
        raise TaskChangedError
    task = replace(task, slug=row.slug)
    _check(task)
    row.title, row.description, row.language = task.title, task.description, task.language
    row.variables = as_tables(task.variables)
    row.save()
    made = {key_of(one): one for one in scenarios_of(task)}
    kept = list(TickedScenario.objects.select_for_update().filter(task=row.slug))
    for ticked in kept:
        was_ticked = ticked.is_ticked
        if ticked.key in made:
            if ticked.text != made[ticked.key].text:
                ticked.translations = {}
            retold(ticked, made[ticked.key])
        ticked.is_ticked = was_ticked and ticked.key in made
    TickedScenario.objects.bulk_update(kept, [*UPDATED, "translations"])
    return row


@transaction.atomic
def archive_task(*, row: OwnTask) -> None:
    """Take a task out of use; its scenarios are unticked. Done twice it does no harm."""
    OwnTask.objects.in_use().filter(pk=row.pk).update(archived=timezone.now())
    TickedScenario.objects.filter(task=row.slug).update(is_ticked=False)


def restore_task(*, row: OwnTask) -> None:
    OwnTask.objects.filter(pk=row.pk).update(archived=None)


@transaction.atomic
def bring_scenarios(*, filed: Iterable[FiledScenario], by: User | None = None) -> int:
    """Keep the scenarios of a file, ticked, under tasks of their titles; returns how many are new.

    A task whose scenarios came as texts has one variable, which chooses among them. Raises TaskError where a task of
    the same title says something else.
    """
    by_task: dict[str, list[FiledScenario]] = {}
    for one in filed:
        by_task.setdefault(" ".join(one.task.split()), []).append(one)
    return sum(_bring(title, texts, by) for title, texts in by_task.items())


def _bring(title: str, filed: list[FiledScenario], by: User | None) -> int:
    row = OwnTask.objects.select_for_update().filter(title__iexact=title).first()
    there = _texts_of(row) if row else {}
    clash = [one for one in filed if there.get(str(one.number), one.text) != one.text]
    if clash or (row is not None and not there):
        number = clash[0].number if clash else filed[0].number
        raise TaskError(
            [_("“%(task)s” %(number)s is here already, and is another.") % {"task": title, "number": number}]
        )
    texts = {**there, **{str(one.number): one.text.strip() for one in filed}}
    options = tuple(Option(slug, text) for slug, text in sorted(texts.items(), key=lambda pair: int(pair[0])))
    task = Task("", title, f"{{{{{SITUATION}}}}}", (Variable(SITUATION, options),))
    row = change_task(row=row, task=task, seen=state_of(row)) if row else create_task(task=task, by=by)
    restore_task(row=row)
    made = {one.values[SITUATION]: one for one in scenarios_of(row.task)}
    new = [one for one in filed if str(one.number) not in there]
    known = set(TickedScenario.objects.filter(task=row.slug).values_list("key", flat=True))
    rows = []
    for one in new:
        scenario = made[str(one.number)]
        if key_of(scenario) not in known:
            ticked = TickedScenario(task=row.slug, key=key_of(scenario), number=one.number, created_by=by)
            ticked.translations = dict(one.translations)
            rows.append(retold(ticked, scenario))
    TickedScenario.objects.bulk_create(rows)
    return len(new)


def _texts_of(row: OwnTask) -> Mapping[str, str]:
    """The texts of a task whose scenarios came as texts; of another none."""
    variables = row.task.variables
    if len(variables) != 1 or variables[0].name != SITUATION:
        return {}
    return {one.slug: one.text for one in variables[0].options if isinstance(one.text, str) and one.slug.isdecimal()}


def _check(task: Task) -> None:
    found = problems_of(task)
    if not found and _is_taken(task):
        found = [_("There is a task “%(title)s” already. Choose another title.") % {"title": task.title}]
    if found:
        raise TaskError(found)


def _is_taken(task: Task) -> bool:
    built_in = {one.title.casefold() for one in BUILT_IN.values()}
    others = OwnTask.objects.exclude(slug=task.slug)
    return task.title.casefold() in built_in or others.filter(title__iexact=task.title).exists()


def _free_slug(title: str) -> str:
    wanted = slug_of(title, "task")
    taken = set(OwnTask.objects.values_list("slug", flat=True)) | BUILT_IN.keys() | RESERVED
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
