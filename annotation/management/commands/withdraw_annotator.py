import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from annotation.management.commands._study import add_annotator_arguments, annotator_or_error, study_or_error
from annotation.services.withdrawals import withdraw


class Command(BaseCommand):
    help = (
        "Take a participant out at their own wish, for good: nothing leads to them, or to answers of theirs, any more."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_annotator_arguments(parser)
        answers = parser.add_mutually_exclusive_group(required=True)
        answers.add_argument("--delete", action="store_true", help="delete their answers")
        answers.add_argument("--pseudonymise", action="store_true", help="keep them under a new random name")

    def handle(self, *args: Any, **options: Any) -> None:
        annotator = annotator_or_error(study_or_error(options["slug"]), options["pseudonym"])
        gone = withdraw(annotator=annotator, delete=options["delete"])
        done = "are deleted" if options["delete"] else "stay under that name"
        if options["json"]:
            self.stdout.write(json.dumps({"pseudonym": gone.pseudonym, "departure": gone.departure}))
        else:
            self.stdout.write(f"Withdrawn. They are called {gone.pseudonym} from now on; their answers {done}.")
