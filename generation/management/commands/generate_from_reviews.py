import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crsapp.jobs.registry import JobError
from generation.llm.money import money
from generation.management.options import amount, endpoint_named
from generation.models import Dataset, Endpoint, GenerationRun
from generation.services.datasets import DatasetError
from generation.services.runs.figures import Figures, figures_of
from generation.services.runs.from_reviews.planning import Estimate, estimate
from generation.services.runs.from_reviews.settings import ReviewSettings, frozen_with
from generation.services.runs.from_reviews.starting import preparation_of, start_run
from generation.services.runs.here import run_here, unfinished
from generation.services.runs.settings import RunError
from generation.services.runs.steering import Limits


class Command(BaseCommand):
    help = (
        "Write dialogues from the prepared reviews of a dataset into a new one. Typed again after it was stopped, "
        "it goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="Name or slug of the dataset with the reviews.")
        parser.add_argument("--into", required=True, metavar="NAME", help="Name of the dataset that is made.")
        parser.add_argument("--endpoint", required=True, help="Name of an endpoint; “scripted” needs none.")
        parser.add_argument("--count", type=int, help="So many dialogues; without it, one for each might-like.")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--retries", type=int, default=2, help="Tries after the first (2).")
        parser.add_argument("--domain", default="", help="What the items are, as the prompt says it: movies, music …")
        parser.add_argument("--budget", metavar="MONEY", help="At most so much, in the unit of the endpoint's prices.")
        parser.add_argument("--tokens", type=int, help="At most so many tokens.")
        parser.add_argument("--dry-run", action="store_true", help="Only draw the plans and say what they would cost.")
        parser.add_argument("--json", action="store_true", help="End with one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            source, endpoint = _dataset(options["dataset"]), endpoint_named(options["endpoint"])
            settings = ReviewSettings(
                count=options["count"],
                seed=options["seed"],
                retries=options["retries"],
                domain=options["domain"] or source.domain,
            )
            if options["dry_run"]:
                self._tell_estimate(
                    estimate(preparation=preparation_of(source), endpoint=endpoint, settings=settings), options
                )
                return
            run = self._run(source, endpoint, settings, options)
        except (RunError, DatasetError, JobError) as error:
            raise CommandError(str(error)) from error
        self._tell(run, figures_of(run), options)
        if run.state != GenerationRun.State.COMPLETE:
            raise CommandError(f"The run is {run.get_state_display().lower()}. {run.why}")

    def _run(
        self, source: Dataset, endpoint: Endpoint, settings: ReviewSettings, options: dict[str, Any]
    ) -> GenerationRun:
        name = " ".join(options["into"].split())
        run = unfinished(said=frozen_with(settings, endpoint, preparation_of(source)), name=name)
        if run is None:
            run = start_run(
                source=source,
                name=name,
                endpoint=endpoint,
                settings=settings,
                limits=Limits(amount(options["budget"]), options["tokens"]),
                here=True,
            )
        return run_here(run)

    def _tell_estimate(self, found: Estimate, options: dict[str, Any]) -> None:
        self.stdout.write(
            f"{found.possible:,} dialogues can be planned from {found.looked_at:,} might-likes that were looked at."
        )
        for reason, count in found.impossible.items():
            self.stdout.write(f"  {count:,} cannot. {reason}")
        self.stdout.write(
            f"About {found.tokens:,} tokens, {money(found.money):f} of money; never more than "
            f"{money(found.most_money):f}, with every retry. Nothing was asked and nothing is kept."
        )
        if options["json"]:
            self.stdout.write(json.dumps(found.as_dict()))

    def _tell(self, run: GenerationRun, figures: Figures, options: dict[str, Any]) -> None:
        scripted = " Scripted: no model was asked." if run.is_scripted else ""
        self.stdout.write(f"{figures.kept:,} of {figures.planned:,} dialogues are in “{run.dataset}”.{scripted}")
        self.stdout.write(f"{'step':<10} {'rejected':>9} {'left':>9}")
        self.stdout.write(f"{'answered':<10} {'':>9} {figures.answered:>9,}")
        for step in figures.funnel:
            self.stdout.write(f"{step.code:<10} {step.rejected:>9,} {step.left:>9,}")
        budget = run.budget
        budget.refresh_from_db()
        if options["json"]:
            said = {
                "dataset": run.dataset.name,
                "slug": run.dataset.slug,
                "state": run.state,
                "scripted": run.is_scripted,
                "settings": run.settings_digest,
                **figures.as_dict(),
                "tokens": budget.tokens_spent,
                "cost": str(money(budget.money_spent)),
            }
            self.stdout.write(json.dumps(said))


def _dataset(name: str) -> Dataset:
    named = Dataset.objects.visible()
    found = named.filter(name=name).first() or named.filter(slug=name).first()
    if found is None:
        raise CommandError(f"There is no dataset {name!r}. Import its reviews first.")
    return found
