import json
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from crsapp.jobs.registry import JobError
from crsapp.jobs.services import run_inline
from generation.management.again import enquire_again
from generation.management.options import add_budget, dataset_named, endpoint_named, limits_of
from generation.models import Dataset, Enquiry
from generation.services.enquiries.kinds import EnquiryError
from generation.services.preferences import sources, tables, take_from_file

FILE: Final = "file"
SHOWN: Final = 20


class Command(BaseCommand):
    help = (
        "Find the preferences that users show in a dataset's dialogues, and count them by task. Typed again after it "
        "was stopped, it goes on where it was; after it has finished, it tries what failed again, or says that it "
        "is done."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="Name or slug of the dataset.")
        help_text = "Name of an endpoint; “scripted” needs none. “file”: take what the dataset's file says."
        parser.add_argument("--endpoint", required=True, help=help_text)
        add_budget(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        dataset = dataset_named(options["dataset"])
        said: dict[str, Any] = {"state": "complete", "scripted": False}
        try:
            if options["endpoint"] == FILE:
                run_inline(take_from_file(dataset=dataset, here=True))
            else:
                said = self._ask(dataset, options)
        except (EnquiryError, JobError) as error:
            raise CommandError(str(error)) from error
        found = sources(dataset)
        counted = tables(dataset, found[0]) if found else []
        for table in counted:
            self.stdout.write(f"{table.task or 'without a task'}: {len(table.rows):,} in {table.dialogues:,} dialogues")
            for row in table.rows[:SHOWN]:
                self.stdout.write(f"  {row.dialogues:>6,}  {row.name}")
        if options["json"]:
            said["tasks"] = {
                table.task: [
                    {"preference": row.name, "dialogues": row.dialogues, "by_profile": row.by_profile}
                    for row in table.rows
                ]
                for table in counted
            }
            self.stdout.write(json.dumps(said, ensure_ascii=False))

    def _ask(self, dataset: Dataset, options: dict[str, Any]) -> dict[str, Any]:
        endpoint = endpoint_named(options["endpoint"])
        enquiry = enquire_again(
            self, dataset=dataset, kind=Enquiry.Kind.PREFERENCES, endpoint=endpoint, limits=limits_of(options)
        )
        found: Any = Enquiry.objects.with_counts().get(pk=enquiry.pk)
        counts = {"done": found.done_count, "failed": found.failed_count, "to_do": found.to_do_count}
        scripted = " Scripted: no model was asked." if found.is_scripted else ""
        self.stdout.write(
            f"{found.get_state_display()}: {counts['done']:,} texts read, {counts['failed']:,} failed, "
            f"{counts['to_do']:,} to be asked. {found.why}{scripted}"
        )
        return {"state": found.state, "scripted": found.is_scripted, **counts}
