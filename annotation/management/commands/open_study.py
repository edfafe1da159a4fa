import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.management.commands._study import add_study_arguments, study_or_error
from annotation.models import Slot, Unit
from annotation.services.errors import StudyError
from annotation.services.studies import open_study, preflight


class Command(BaseCommand):
    help = "Draw the samples of a draft, lay out who judges what, and freeze its protocol. Warnings go to stderr."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_study_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        study = study_or_error(options["slug"])
        warnings = [finding.text for finding in preflight(study) if finding.level == "warning"]
        for text in warnings:
            self.stderr.write(f"warning: {text}")
        try:
            study = open_study(study=study)
        except StudyError as error:
            raise CommandError(str(error)) from error
        units = Unit.objects.filter(block__study=study).count()
        slots = Slot.objects.filter(block__study=study).count()
        if options["json"]:
            result = {"slug": study.slug, "digest": study.digest, "units": units, "slots": slots, "warnings": warnings}
            self.stdout.write(json.dumps(result))
        else:
            self.stdout.write(f"Open: {units} units, {slots} judgments of a unit wanted. Digest {study.digest}")
