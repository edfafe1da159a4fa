import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.management.commands._study import add_study_arguments, study_or_error
from annotation.services.errors import StudyError
from annotation.services.pilots import copy_as_pilot


class Command(BaseCommand):
    help = "Copy a draft as a pilot on few dialogues, which the study itself then leaves out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_study_arguments(parser)
        parser.add_argument("--size", type=int, default=5, help="dialogues of each sample at most (default: 5)")

    def handle(self, *args: Any, **options: Any) -> None:
        study = study_or_error(options["slug"])
        try:
            pilot = copy_as_pilot(study=study, size=options["size"])
        except StudyError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps({"slug": pilot.slug, "pilot_of": study.slug, "state": pilot.state}))
        else:
            self.stdout.write(f"Draft “{pilot.title}” made. Open it before the study opens:")
            self.stdout.write(f"manage.py open_study {pilot.slug}")
