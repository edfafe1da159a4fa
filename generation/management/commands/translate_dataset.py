import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crsapp.jobs.registry import JobError
from generation.languages import languages
from generation.management.again import enquire_again
from generation.management.options import add_budget, dataset_named, endpoint_named, limits_of
from generation.models import Enquiry
from generation.services.enquiries.kinds import EnquiryError


class Command(BaseCommand):
    help = (
        "Translate the texts of a dataset into another language. Typed again after it was stopped, it goes on where "
        "it was; after it has finished, it tries what failed again, or says that it is done."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="Name or slug of the dataset.")
        parser.add_argument("--language", required=True, choices=list(languages()), metavar="CODE")
        parser.add_argument("--endpoint", required=True, help="Name of an endpoint; “scripted” needs none.")
        parser.add_argument("--only-utterances", action="store_true", help="Leave situations and profiles as they are.")
        add_budget(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        dataset, endpoint = dataset_named(options["dataset"]), endpoint_named(options["endpoint"])
        try:
            enquiry = enquire_again(
                self,
                dataset=dataset,
                kind=Enquiry.Kind.TRANSLATION,
                endpoint=endpoint,
                limits=limits_of(options),
                language=options["language"],
                settings={"beside": not options["only_utterances"]},
            )
        except (EnquiryError, JobError) as error:
            raise CommandError(str(error)) from error
        found: Any = Enquiry.objects.with_counts().get(pk=enquiry.pk)
        counts = {"done": found.done_count, "failed": found.failed_count, "to_do": found.to_do_count}
        scripted = " Scripted: no model was asked." if found.is_scripted else ""
        self.stdout.write(
            f"{found.get_state_display()}: {counts['done']:,} texts of “{dataset}” translated, "
            f"{counts['failed']:,} failed, {counts['to_do']:,} to be asked. {found.why}{scripted}"
        )
        if options["json"]:
            said = {"state": found.state, "scripted": found.is_scripted, "language": found.language, **counts}
            self.stdout.write(json.dumps(said))
