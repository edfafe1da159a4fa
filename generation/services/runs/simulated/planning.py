"""The conversations of a simulation: pairs of scenario and profile in the seed's order, each with every assistant."""

from collections.abc import Iterator
from itertools import islice, product
from random import Random
from typing import Final

from django.db.models import Max

from crsapp.jobs.registry import Progress
from generation.models import GenerationRun, Person, Planned, RunPart
from generation.services.inserting import insert, reserve_ids
from generation.services.runs.simulated.settings import SimulationSettings, situations_of

AT_ONCE: Final = 1_000

Cell = tuple[str, str, str]
"""A scenario, a profile, an assistant."""


def cells(run: GenerationRun) -> list[Cell]:
    """Every conversation there is to be, in order: a pair goes through all assistants before the next one does.

    So a sample compares assistants by the same pairs, and a run that is ended early does nearly so.
    """
    settings = SimulationSettings.of(run.settings)
    people = Person.objects.filter(dataset=run.dataset_id).order_by("pk").values_list("external_id", flat=True)
    pairs = list(product(situations_of(run.settings), people))
    Random(f"pairs {settings.seed}").shuffle(pairs)  # noqa: S311 - drawn again from its seed; no secret
    assistants = list(assistants_of(run))
    return [(*pair, assistant) for pair in islice(pairs, settings.count) for assistant in assistants]


def assistants_of(run: GenerationRun) -> dict[str, int]:
    """The assistants' endpoints by name, in the order in which they were chosen."""
    parts = run.parts.filter(plays=RunPart.Plays.ASSISTANT).order_by("pk")
    return dict(parts.values_list("endpoint__name", "endpoint"))


def plan_steps(run: GenerationRun) -> Iterator[Progress]:
    """Write down which conversations there will be, going on where the rows end."""
    wanted = cells(run)
    done = Planned.objects.filter(run=run).aggregate(last=Max("n"))["last"] or 0
    while done < len(wanted):
        some = wanted[done : done + AT_ONCE]
        written = {
            "id": reserve_ids(Planned, len(some)),
            "run": [run.pk] * len(some),
            "n": range(done + 1, done + 1 + len(some)),
            "state": [Planned.State.TO_DO.value] * len(some),
            "person": [person for _subject, person, _variant in some],
            "subject": [subject for subject, _person, _variant in some],
            "variant": [variant for _subject, _person, variant in some],
            "plan": [{}] * len(some),
            "reason": [""] * len(some),
        }
        insert(Planned, written)
        done += len(some)
        yield Progress(done=done, total=len(wanted))
    GenerationRun.objects.filter(pk=run.pk).update(all_planned=True)
