import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crsapp.jobs.registry import JobError
from generation.llm.money import money
from generation.management.again import run_again
from generation.management.options import add_budget, endpoint_named, language, limits_of
from generation.management.telling import not_known, tell_run
from generation.models import GenerationRun, ProfilePool
from generation.services.datasets import DatasetError
from generation.services.runs.here import earlier, run_here
from generation.services.runs.settings import RunError
from generation.services.runs.simulated.choosing import TICKED, named, people_of
from generation.services.runs.simulated.estimating import Estimate, estimate
from generation.services.runs.simulated.settings import Matrix, SimulationSettings, frozen_with
from generation.services.runs.simulated.starting import start_simulation
from generation.services.runs.steering import Limits
from generation.simulation.conversation import MOST_TURNS, Priming


class Command(BaseCommand):
    help = (
        "Let simulated users talk to assistants: scenarios × profiles × assistants, into a new dataset. Typed again "
        "after it was stopped, it goes on where it was; after it has finished, it says so."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--into", required=True, metavar="NAME", help="Name of the dataset that is made.")
        parser.add_argument(
            "--scenarios",
            nargs="+",
            default=[TICKED],
            metavar="WHICH",
            help="ticked (those ticked on the site, the default), all, a task (travel), or some of it (travel/0-7).",
        )
        parser.add_argument("--profiles", required=True, metavar="POOL", help="Name of a pool of profiles.")
        parser.add_argument("--user-endpoint", required=True, help="Who plays the user; “scripted” needs no model.")
        parser.add_argument(
            "--assistant-endpoint", required=True, nargs="+", help="Who assists; with several, each in turn."
        )
        parser.add_argument("--count", type=int, help="So many pairs of scenario and profile, drawn; without it, all.")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--max-turns", type=int, default=MOST_TURNS, help=f"At most so many ({MOST_TURNS}).")
        parser.add_argument("--priming", choices=list(Priming), default=Priming.SYSTEM.value)
        parser.add_argument("--guided", action="store_true", help="Give the assistant a system message.")
        parser.add_argument(
            "--interview", action="store_true", help="Ask both sides a few questions when a conversation is over."
        )
        parser.add_argument("--language", type=language, default="en", help="The language both speak, as a code.")
        parser.add_argument("--retries", type=int, default=2, help="Tries after the first (2).")
        add_budget(parser)
        parser.add_argument("--dry-run", action="store_true", help="Only say what it would come to.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            matrix = _matrix(options)
            names = ("count", "seed", "max_turns", "priming", "guided", "interview", "language", "retries")
            settings = SimulationSettings(**{name: options[name] for name in names})
            if options["dry_run"]:
                self._tell_estimate(estimate(matrix, settings), settings, options)
                return
            run = self._run(matrix, settings, options)
        except (RunError, DatasetError, JobError) as error:
            raise CommandError(str(error)) from error
        tell_run(self, run, "conversations", as_json=options["json"])

    def _run(self, matrix: Matrix, settings: SimulationSettings, options: dict[str, Any]) -> GenerationRun:
        name = " ".join(options["into"].split())
        run = earlier(kind=GenerationRun.Kind.SIMULATION, name=name)
        if run is None:
            limits = Limits(**limits_of(options))
            return run_here(start_simulation(name=name, matrix=matrix, settings=settings, limits=limits, here=True))
        return run_again(self, run, frozen_with(settings, matrix), limits_of(options))

    def _tell_estimate(self, found: Estimate, settings: SimulationSettings, options: dict[str, Any]) -> None:
        self.stdout.write(
            f"{found.conversations:,} conversations ({found.pairs:,} pairs), about {found.calls:,} calls, "
            f"{found.tokens:,} tokens, {money(found.money):f} of money; never more than {found.most_calls:,} calls and "
            f"{money(found.most_money):f}. Nothing was asked and nothing is kept."
        )
        if found.foreign_scenarios or found.foreign_profiles:
            self.stdout.write(
                f"Not told in “{settings.language}”: {found.foreign_scenarios:,} scenarios, "
                f"{found.foreign_profiles:,} of the profiles looked at."
            )
        if unjudged := settings.unjudged():
            self.stdout.write(not_known(unjudged, settings.language))
        if options["json"]:
            self.stdout.write(json.dumps({**found.as_dict(), "unjudged": unjudged}))


def _matrix(options: dict[str, Any]) -> Matrix:
    pool = ProfilePool.objects.filter(name__iexact=options["profiles"]).first()
    if pool is None:
        there = ", ".join(ProfilePool.objects.values_list("name", flat=True)) or "none"
        raise CommandError(f"There is no pool of profiles {options['profiles']!r}; there are: {there}.")
    return Matrix(
        scenarios=named(options["scenarios"], language=options["language"]),
        profiles=people_of(pool, language=options["language"]),
        pool=pool.name,
        user=endpoint_named(options["user_endpoint"]),
        assistants=[endpoint_named(name) for name in dict.fromkeys(options["assistant_endpoint"])],
    )
