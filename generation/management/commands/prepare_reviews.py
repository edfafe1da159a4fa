import json
from argparse import ArgumentParser
from dataclasses import fields
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from crsapp.jobs.registry import JobError
from crsapp.jobs.services import run_inline
from generation.models import Dataset
from generation.reviews.settings import CHOICES, Settings, SettingsError
from generation.services.reviews.preparing import (
    PreparingError,
    start_preparation,
    suggested_settings,
    try_out,
)

NUMBERS: Final = {
    "max_token_length": (int, "Longer tokens are irregular (P1)."),
    "min_words": (int, "Least words of a review (P2)."),
    "max_words": (int, "Most words of a review (P2)."),
    "k": (int, "Least reviews of a person and of an item (P3)."),
    "positive": (float, "Ratings from here are likes (P4)."),
    "negative": (float, "Ratings up to here are dislikes (P4)."),
    "holdout": (float, "Share of likes that becomes might-likes (P6)."),
    "at_least": (int, "Might-likes of whoever has a like, at least (P6)."),
    "max_pool": (int, "Reviews by others that may be quoted (P7)."),
}
CHOSEN: Final = {
    "word_rule": "How words are counted (P2).",
    "duplicates": "Only the latest review of an item by a person counts: before P3, or after.",
    "rounding": "Of the hold-out (P6).",
    "greet_with": "What a dialogue may open with; who has none of it gets no dialogue.",
}


class Command(BaseCommand):
    help = "Prepare the reviews of a dataset for dialogues (P1 to P7). What is not given keeps the paper's setting."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="Name or slug of the dataset.")
        for name, (kind, text) in NUMBERS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", type=kind, help=text)
        for name, text in CHOSEN.items():
            parser.add_argument(f"--{name.replace('_', '-')}", choices=CHOICES[name], help=text)
        parser.add_argument("--no-cleaning", dest="cleaning", action="store_false", default=None, help="Leave out P1.")
        parser.add_argument("--single-pass", dest="iterative", action="store_false", default=None, help="P3 only once.")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be left.")
        parser.add_argument("--json", action="store_true", help="End with one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        named = Dataset.objects.visible()
        dataset = named.filter(name=options["dataset"]).first() or named.filter(slug=options["dataset"]).first()
        if dataset is None:
            raise CommandError(f"There is no dataset {options['dataset']!r}. Import its reviews first.")
        said = {field.name: options[field.name] for field in fields(Settings) if options.get(field.name) is not None}
        try:
            settings = Settings.of({**suggested_settings(dataset).as_dict(), **said})
            report = try_out(dataset, settings) if options["dry_run"] else _prepared(dataset, settings)
        except (PreparingError, SettingsError, JobError) as error:
            raise CommandError(str(error)) from error
        self._tell(report)
        if options["json"]:
            self.stdout.write(json.dumps({**report, "settings": settings.as_dict()}))

    def _tell(self, report: dict[str, Any]) -> None:
        self.stdout.write(f"{'step':<12} {'reviews':>10} {'people':>9} {'items':>9}")
        for step in report["steps"]:
            self.stdout.write(f"{step['name']:<12} {step['reviews']:>10,} {step['people']:>9,} {step['items']:>9,}")
        self.stdout.write(
            f"{report['likes']:,} likes, {report['might_likes']:,} might-likes, {report['dislikes']:,} dislikes; "
            f"{report['with_dialogue']:,} of {report['people']:,} people get {report['dialogues']:,} dialogues, "
            f"{report['speechless']:,} more have a might-like but nothing to greet with."
        )
        if found := report["diagnosis"]:
            self.stdout.write(f"Nothing is left after the step “{found['step']}”. What would leave something:")
            for one in found["advice"]:
                self.stdout.write(
                    f"  {one['setting']} = {one['value']}: {one['people']:,} people, {one['dialogues']:,} dialogues"
                )


def _prepared(dataset: Dataset, settings: Settings) -> dict[str, Any]:
    preparation = start_preparation(dataset=dataset, settings=settings, here=True)
    if preparation.job is not None:
        run_inline(preparation.job)
    preparation.refresh_from_db()
    return dict(preparation.report)
