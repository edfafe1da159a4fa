from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.management.commands._study import study_or_error
from annotation.services.recording import record_json, record_lines, record_problems
from annotation.services.removal_reasons import reasons, told
from annotation.views.event_words import detail_words, event_words, pseudonyms


class Command(BaseCommand):
    help = "Print everything that changed a study or unblinded somebody, and prove that no line was changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the study's address")
        parser.add_argument("--json", action="store_true", help="one JSON object a line, with its digests")

    def handle(self, *args: Any, **options: Any) -> None:
        study = study_or_error(options["slug"])
        if options["json"]:
            for text in record_json(study):
                self.stdout.write(text)
        else:
            annotators, kept = pseudonyms(study), reasons(study)
            for line in record_lines(study):
                said = detail_words(told(line.number, line.detail, kept), annotators)
                details = " · ".join(f"{name} {value}" for name, value in said)
                parts = (f"{line.at:%Y-%m-%d %H:%M:%S}", line.who or "–", event_words(line.kind), details)
                self.stdout.write(f"{line.number:>5}  " + "  ".join(part for part in parts if part))
        problems = record_problems(study)
        for problem in problems:
            self.stderr.write(f"problem: {problem}")
        if problems:
            raise CommandError(f"The record of “{study.title}” was changed in {len(problems)} places.")
