import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.models import Study
from annotation.published import SCALES, TableError, parse_options
from annotation.published.columns import ROLES
from annotation.services.elsewhere import ElsewhereError, import_table
from annotation.services.errors import StudyError
from crsapp.jobs.registry import Progress
from evaluation.figures import agreement_rows
from evaluation.reports import study_figures


class Command(BaseCommand):
    """Published judgments as a closed study, and how far their annotators agree."""

    help = (
        "Import judgments that were given elsewhere into a closed study made for them: one answer a row "
        "(unit, annotator, criterion, value), one column an annotator, or one column a criterion; votes on pairs "
        "(unit, annotator, left, right, value). CSV, TSV or JSON lines, plain or .gz."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="The file.")
        parser.add_argument("--study", required=True, metavar="NAME", help="Name of the study that is made.")
        parser.add_argument(
            "--scale",
            action="append",
            default=[],
            metavar="[CRITERION=]SCALE",
            help=f"{', '.join(SCALES)}; of all criteria, or of one. Guessed if not given. May be repeated.",
        )
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="ROLE=HEADING",
            help=f"Which column is what: {', '.join(ROLES)}. With ! before the heading, yes is no. May be repeated.",
        )
        parser.add_argument("--criteria", default="", metavar="A,B", help="The columns that hold criteria, no others.")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be imported.")
        parser.add_argument("--skip-bad", action="store_true", help="Leave bad rows and cells out, import the rest.")
        parser.add_argument("--json", action="store_true", help="End with one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            said = parse_options(
                columns=options["column"], criteria=options["criteria"].split(","), scales=options["scale"]
            )
            report = import_table(
                path=options["path"],
                title=options["study"],
                options=said,
                skip_bad=options["skip_bad"],
                dry_run=options["dry_run"],
                progress=self._show,
            )
        except (TableError, StudyError) as error:
            raise CommandError(str(error)) from error
        except ElsewhereError as error:
            if options["json"]:
                self.stdout.write(json.dumps(error.report, ensure_ascii=False))
            raise CommandError(str(error)) from error
        self._tell(report)
        if not options["dry_run"]:
            report["agreement"] = self._agreement(Study.objects.get(slug=report["study"]))
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))

    def _show(self, progress: Progress) -> None:
        percent = 100 * progress.done // (progress.total or 1)
        self.stderr.write(f"{percent:3d} % · {progress.message}", ending="\r" if sys.stderr.isatty() else "\n")

    def _tell(self, report: dict[str, Any]) -> None:
        study = report.get("study")
        self.stdout.write(f"Imported as the study “{study}”:" if study else "Would import:")
        self.stdout.write(
            f"{report['judgments']:,} judgments of {report['units']:,} units by {report['annotators']:,} annotators; "
            f"{report['units_not_counted']:,} of these units (controls) are kept and not counted; "
            f"{report['cannot_judge']:,} “cannot judge”, {report['missing']:,} cells without an answer, "
            f"{report['not_counted']:,} judgments kept and not counted."
        )
        for problem in report["problems"]:
            where = f"{problem['place']}: " if problem["place"] else ""
            self.stdout.write(f"Left out: {where}{problem['problem']}. {problem['remedy']}")

    def _agreement(self, study: Study) -> list[dict[str, Any]]:
        found = agreement_rows(study_figures(study, unblinded=True))
        for one in found:
            value = "undefined" if one["value"] is None else f"{one['value']:.6f}"
            self.stdout.write(f"{one['title']}: {one['name']} {value}")
        return found
