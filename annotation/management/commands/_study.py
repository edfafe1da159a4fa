"""What the commands about one study share."""

from argparse import ArgumentParser

from django.core.management.base import CommandError

from annotation.models import Annotator, Study


def add_study_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("slug", help="the study's address")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def study_or_error(slug: str) -> Study:
    study = Study.objects.filter(slug=slug).first()
    if study is None:
        known = ", ".join(Study.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none yet"
        raise CommandError(f"There is no study “{slug}”. Studies: {known}.")
    return study


def add_annotator_arguments(parser: ArgumentParser) -> None:
    add_study_arguments(parser)
    parser.add_argument("pseudonym", help="the annotator's pseudonym in the study")


def annotator_or_error(study: Study, pseudonym: str) -> Annotator:
    annotator = study.annotators.filter(pseudonym=pseudonym).first()
    if annotator is None:
        known = ", ".join(study.annotators.values_list("pseudonym", flat=True)[:20]) or "nobody yet"
        raise CommandError(f"Nobody in “{study.title}” is called “{pseudonym}”. There: {known}.")
    return annotator
