import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.management.commands._study import add_study_arguments, study_or_error
from annotation.services.errors import StudyError
from annotation.services.studies import close_study


class Command(BaseCommand):
    help = "Take no more answers in a study, and check it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_study_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            study = close_study(study=study_or_error(options["slug"]))
        except StudyError as error:
            raise CommandError(str(error)) from error
        checked = study.events.filter(kind="checked").latest("at").detail
        if options["json"]:
            self.stdout.write(json.dumps({"slug": study.slug, "state": study.state, **checked}))
        else:
            found = "The check found nothing wrong." if checked["ok"] else "The check found problems: see check_study."
            self.stdout.write(f"“{study.title}” is closed. {found}")
