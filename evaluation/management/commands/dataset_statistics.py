from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from crsapp.jobs.registry import JobError
from crsapp.jobs.services import run_inline
from evaluation.dataset_figures import DatasetComparison
from evaluation.dataset_statistics import DEFAULT, TOKENISERS
from evaluation.exports.dataset_table import WRITERS
from evaluation.reports.datasets import state_of
from evaluation.services.dataset_statistics import count_in_background, kept
from generation.models import Dataset


class Command(BaseCommand):
    """Datasets side by side, the same figures as on their page."""

    help = "Print what datasets are made of: dialogues, distinct tokens and 4-grams, users, items; totals as unions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "datasets", nargs="+", metavar="DATASET", help="a dataset's name, or the slug in its address"
        )
        parser.add_argument("--tokeniser", choices=list(TOKENISERS), default=DEFAULT, help=f"default: {DEFAULT}")
        parser.add_argument("--keep-case", action="store_true", help="“The” and “the” are two tokens")
        parser.add_argument("--format", choices=list(WRITERS), default="markdown", help="default: markdown")
        parser.add_argument("--json", action="store_true", help="every number in full, and the labels by task")

    def handle(self, *args: Any, **options: Any) -> None:
        datasets = list(dict.fromkeys(dataset_named(name) for name in options["datasets"]))
        found = _counted(datasets, options["tokeniser"], keep_case=options["keep_case"])
        if options["json"]:
            self.stdout.write(orjson.dumps(found.as_json(), option=orjson.OPT_INDENT_2).decode())
        else:
            self.stdout.write(WRITERS[options["format"]](found))


def dataset_named(name: str) -> Dataset:
    """By its slug or its name. Raises CommandError where there is none."""
    named = Dataset.objects.visible()
    dataset = named.filter(slug=name).first() or named.filter(name=name).first()
    if dataset is None:
        known = ", ".join(named.values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"There is no dataset {name!r}. Known are: {known}.")
    return dataset


def _counted(datasets: list[Dataset], tokeniser: str, *, keep_case: bool) -> DatasetComparison:
    state = state_of(datasets, tokeniser, keep_case=keep_case)
    found = kept(state, datasets)
    if found is not None:
        return found
    job = count_in_background(datasets, tokeniser, keep_case=keep_case, by=None, dispatch_now=False)
    try:
        run_inline(job)
    except JobError as error:
        raise CommandError(str(error)) from error
    return DatasetComparison.from_json(job.result)
