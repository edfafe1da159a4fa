import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.management.commands._study import add_study_arguments
from annotation.models import Study
from annotation.services.checking import CheckReport, check_study
from annotation.services.excluding import exclusions
from evaluation.amended import amendments_of
from evaluation.exports.tables import JUDGMENTS, TABLES, ExportTable
from evaluation.exports.writing import FILE_FORMATS
from evaluation.management.commands.study_results import look, opened_study
from generation.management.files import file_to_write

CSV: Final = "csv"


class Command(BaseCommand):
    """Every judgment of a study in one table, or one label for each of its units."""

    help = "Write the long table of a study's judgments, or its labels, to a file, after checking the study."

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_arguments(parser)
        parser.add_argument(
            "--out",
            required=True,
            type=Path,
            help="the file to write, or a folder to write it into; one that is there is replaced",
        )
        parser.add_argument(
            "--table",
            choices=sorted(TABLES),
            default=JUDGMENTS.name,
            help="judgments: one row an answer (the default); labels: one for each unit and criterion",
        )
        parser.add_argument(
            "--format", choices=sorted(FILE_FORMATS), help="if not given: by the file's ending, csv without one"
        )
        parser.add_argument("--force", action="store_true", help="export although the study's check found problems")
        parser.add_argument("--look", metavar="REASON", help="needed while the study is open; kept on its record")

    def handle(self, *args: Any, **options: Any) -> None:
        study, out, table = opened_study(options["slug"]), options["out"], TABLES[options["table"]]
        ending = out.suffix.removeprefix(".")
        name = options["format"] or (ending if ending in FILE_FORMATS else CSV)
        endings = (f".{name}",) if options["format"] else tuple(f".{one}" for one in FILE_FORMATS)
        out = file_to_write(out, name=f"{study.slug}-{table.name}.{name}", endings=endings)
        if study.state == Study.State.OPEN and not options["look"]:
            raise CommandError(
                'The study is open and the export names datasets. Add --look "why"; it is kept on record.'
            )
        report = self._checked(study, force=options["force"])
        if study.state == Study.State.OPEN:
            look(study, options["look"], at=f"export {name}" if table is JUDGMENTS else f"export {table.name} {name}")
        started = perf_counter()
        rows = _write(study, table, name, out)
        seconds = perf_counter() - started
        self.stdout.write(f"{rows:,} {table.name} written to {out}, as {name}, in {seconds:.1f} s.")
        if options["json"]:
            told = {"rows": rows, "file": str(out), "format": name, "check": report.ok, "problems": report.problems}
            told |= {"digest": study.digest, "amendments": [asdict(one) for one in amendments_of(study)]}
            told["excluded"] = [asdict(one) for one in exclusions(study)]
            self.stdout.write(orjson.dumps(told).decode())

    def _checked(self, study: Study, *, force: bool) -> CheckReport:
        report = check_study(study)
        if report.ok:
            return report
        for problem in report.problems:
            self.stderr.write(f"check: {problem}")
        if not force:
            raise CommandError(
                f"The study's check found {len(report.problems)} problems, so nothing is written. Mend them, or add "
                "--force to export all the same."
            )
        return report


def _write(study: Study, table: ExportTable, name: str, out: Path) -> int:
    """Write beside the file and move it in place, so that a broken export never looks whole. Returns the rows."""
    counted = 0

    def counting() -> Any:
        nonlocal counted
        for row in table.rows(study):
            counted += 1
            yield row

    handle, part = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in FILE_FORMATS[name].pieces(table.columns, counting(), text_columns=table.text_columns):
                file.write(piece)
        Path(part).chmod(0o644)
        Path(part).replace(out)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    return counted
