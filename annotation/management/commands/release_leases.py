import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from annotation.management.commands._study import study_or_error
from annotation.services.assignments import release_expired


class Command(BaseCommand):
    help = "Take back every unit whose lease ran out. Asking for work does it too; this is for when nobody asks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", nargs="?", help="of one study; by default of all")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        study = study_or_error(options["slug"]) if options["slug"] else None
        released = release_expired(study=study)
        self.stdout.write(
            json.dumps({"released": released})
            if options["json"]
            else f"{released} {'unit' if released == 1 else 'units'} taken back."
        )
