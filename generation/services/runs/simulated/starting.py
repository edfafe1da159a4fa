"""Starting a run of simulated users, and what it would come to."""

from django.db import transaction

from crsapp.accounts.models import User
from generation.models import GenerationRun, Person
from generation.services.rows import PERSON_FIELDS, stored
from generation.services.runs.simulated.settings import Matrix, SimulationSettings, frozen_with
from generation.services.runs.steering import Limits, begin_run, new_run_dataset


@transaction.atomic
def start_simulation(
    *,
    name: str,
    matrix: Matrix,
    settings: SimulationSettings,
    limits: Limits | None = None,
    by: User | None = None,
    here: bool = False,
) -> GenerationRun:
    """Make the dataset with the people of the pool, and the run; a worker begins, unless it is to be run `here`."""
    domain = ", ".join(dict.fromkeys(one.task for one in matrix.scenarios))
    dataset = new_run_dataset(name=name, language=settings.language, domain=domain, by=by)
    stored(Person, dataset, matrix.profiles, PERSON_FIELDS)
    return begin_run(
        kind=GenerationRun.Kind.SIMULATION,
        dataset=dataset,
        said=frozen_with(settings, matrix),
        parts=matrix.parts,
        limits=limits,
        by=by,
        here=here,
    )
