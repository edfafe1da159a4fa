from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.management.commands._study import add_study_arguments, study_or_error
from annotation.models import Study
from evaluation.figures import as_json
from evaluation.headline import headline
from evaluation.reports import study_figures
from evaluation.sentences import excluded_sentence
from evaluation.services import LookError, record_look


class Command(BaseCommand):
    """A study's figures, the same as on its results page."""

    help = "Print a study's results. Of an open study differences between systems are shown only with --look."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_arguments(parser)
        parser.add_argument("--look", metavar="REASON", help="look at an open study's differences; kept on its record")

    def handle(self, *args: Any, **options: Any) -> None:
        study = opened_study(options["slug"])
        unblinded = study.state != Study.State.OPEN
        if options["look"] is not None:
            look(study, options["look"], at="study_results")
            unblinded = True
        figures = study_figures(study, unblinded=unblinded)
        sentences = headline(figures)
        for sentence in sentences:
            self.stdout.write(sentence)
        if not sentences and not figures.blinded:
            self.stdout.write("No judgment counts in this study, so there is nothing to say of it.")
        for block in figures.blocks:
            if block.excluded:
                self.stdout.write(f"{block.name}: {excluded_sentence(block)}")
        if figures.blinded:
            self.stdout.write('The study is open: differences are hidden. --look "why" shows them, on record.')
        if options["json"]:
            self.stdout.write(orjson.dumps(as_json(figures), option=orjson.OPT_NON_STR_KEYS).decode())


def opened_study(slug: str) -> Study:
    """The study of this slug if it has opened, or a `CommandError` in words."""
    study = study_or_error(slug)
    if study.state == Study.State.DRAFT:
        raise CommandError(f"The study “{slug}” has not opened yet, so it has no judgments. Open it first.")
    return study


def look(study: Study, reason: str, *, at: str) -> None:
    """Record a look from the command line, or say why it cannot be."""
    try:
        record_look(study=study, by=None, reason=reason, at=at)
    except LookError as error:
        raise CommandError(str(error)) from error
