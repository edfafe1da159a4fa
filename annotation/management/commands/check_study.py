import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.management.commands._study import add_study_arguments, study_or_error
from annotation.services.checking import check_study


class Command(BaseCommand):
    help = "Prove that a study kept its promises: k, sides, order, digests, counts, completeness. Fails if it did not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_study_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        study = study_or_error(options["slug"])
        report = check_study(study)
        if not options["json"]:
            for name, value in report.counts.items():
                self.stdout.write(f"{name.replace('_', ' ')}: {value}")
        for note in report.notes:
            self.stderr.write(f"note: {note}")
        for problem in report.problems:
            self.stderr.write(f"problem: {problem}")
        if options["json"]:
            self.stdout.write(json.dumps({"slug": study.slug, **asdict(report)}))
        if not report.ok:
            raise CommandError(f"The check of “{study.title}” found {len(report.problems)} problems.")
        if not options["json"]:
            self.stdout.write("Nothing wrong was found.")
