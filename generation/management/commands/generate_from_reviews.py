import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crsapp.jobs.registry import JobError
from generation.llm.money import money
from generation.management.again import run_again
from generation.management.options import add_budget, dataset_named, endpoint_named, limits_of
from generation.management.telling import tell_run
from generation.models import Dataset, Endpoint, GenerationRun
from generation.services.datasets import DatasetError
from generation.services.runs.from_reviews.planning import Estimate, estimate
from generation.services.runs.from_reviews.settings import ReviewSettings, frozen_with
from generation.services.runs.from_reviews.starting import preparation_of, start_run
from generation.services.runs.here import earlier, run_here
from generation.services.runs.settings import RunError
from generation.services.runs.steering import Limits


class Command(BaseCommand):
    help = (
        "Write dialogues from the prepared reviews of a dataset into a new one. Typed again after it was stopped, "
        "it goes on where it was; after it has finished, it says so."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="Name or slug of the dataset with the reviews.")
        parser.add_argument("--into", required=True, metavar="NAME", help="Name of the dataset that is made.")
        parser.add_argument("--endpoint", required=True, help="Name of an endpoint; “scripted” needs none.")
        parser.add_argument("--count", type=int, help="So many dialogues; without it, one for each might-like.")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--retries", type=int, default=2, help="Tries after the first (2).")
        parser.add_argument("--domain", default="", help="What the items are, as the prompt says it: movies, music …")
        add_budget(parser)
        parser.add_argument("--dry-run", action="store_true", help="Only draw the plans and say what they would cost.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            source, endpoint = dataset_named(options["dataset"]), endpoint_named(options["endpoint"])
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
        tell_run(self, run, "dialogues", as_json=options["json"])

    def _run(
        self, source: Dataset, endpoint: Endpoint, settings: ReviewSettings, options: dict[str, Any]
    ) -> GenerationRun:
        name = " ".join(options["into"].split())
        there = earlier(kind=GenerationRun.Kind.REVIEWS, name=name)
        if there is not None:
            asked = frozen_with(settings, endpoint, preparation_of(source))
            return run_again(self, there, asked, limits_of(options))
        return run_here(
            start_run(
                source=source,
                name=name,
                endpoint=endpoint,
                settings=settings,
                limits=Limits(**limits_of(options)),
                here=True,
            )
        )

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
