import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.management.commands._study import add_annotator_arguments, annotator_or_error, study_or_error
from annotation.services.departures import remove_annotator
from annotation.services.errors import StudyError


class Command(BaseCommand):
    help = (
        "End somebody's part in a study, for a reason that goes on its record. What they have not finished goes back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_annotator_arguments(parser)
        parser.add_argument("--reason", required=True, help="goes on the study's record for good: name nobody")
        finished = parser.add_mutually_exclusive_group(required=True)
        finished.add_argument("--keep", action="store_true", help="what they finished stays counted")
        finished.add_argument("--again", action="store_true", help="what they finished is set aside and judged again")

    def handle(self, *args: Any, **options: Any) -> None:
        annotator = annotator_or_error(study_or_error(options["slug"]), options["pseudonym"])
        try:
            gone = remove_annotator(annotator=annotator, reason=options["reason"], keep=options["keep"])
        except StudyError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps({"pseudonym": gone.pseudonym, "departure": gone.departure}))
        else:
            self.stdout.write(f"{gone.pseudonym} no longer takes part.")
