import shutil
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.management.commands._study import add_study_arguments
from annotation.models import Study
from annotation.services.checking import check_study
from evaluation.exports.study_report import ReportError, ReportFolder
from evaluation.management.commands.study_results import look, opened_study
from evaluation.services.drawing import DrawingError


class Command(BaseCommand):
    """Everything about a study in one folder, for a paper and for whoever wants to check it."""

    help = (
        "Write a study's report: HTML, Markdown, LaTeX tables, figures, the data, and a script that recomputes every "
        "number from them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_study_arguments(parser)
        parser.add_argument("--out", required=True, type=Path, help="the folder to make")
        parser.add_argument("--force", action="store_true", help="although the study's check found problems")
        parser.add_argument(
            "--split",
            metavar="ATTRIBUTE",
            action="append",
            default=[],
            help="also split by this attribute of the dialogues, such as task, turns or label:NAME; may come again",
        )
        parser.add_argument("--look", metavar="REASON", help="needed while the study is open; kept on its record")

    def handle(self, *args: Any, **options: Any) -> None:
        study, out = opened_study(options["slug"]), options["out"]
        _refuse_what_is_there(out)
        if study.state == Study.State.OPEN and not options["look"]:
            raise CommandError(
                'The study is open and a report compares its systems. Add --look "why"; it is kept on record.'
            )
        problems = check_study(study).problems
        for problem in problems:
            self.stderr.write(f"check: {problem}")
        if problems and not options["force"]:
            raise CommandError(
                f"The study's check found {len(problems)} problems, so nothing is written. Mend them, or add --force: "
                "the report then begins with them."
            )
        if study.state == Study.State.OPEN:
            look(study, options["look"], at="report")
        started = perf_counter()
        report = self._write(study, out, options["split"])
        self.stdout.write(f"The report of “{study.title}” is in {out} ({perf_counter() - started:.1f} s).")
        self.stdout.write(f"Read {out / 'report.html'}; check it with: python {out / 'recompute.py'}")
        if options["json"]:
            files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
            interim, revision = study.state == Study.State.OPEN, report.figures.revision
            told = {"study": study.slug, "out": str(out), "digest": study.digest, "revision": revision}
            told |= {"interim": interim, "problems": problems, "files": files}
            self.stdout.write(orjson.dumps(told).decode())

    def _write(self, study: Study, out: Path, splits: list[str]) -> ReportFolder:
        """Write beside the folder and move it in place, so that a broken report never looks whole."""
        part = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
        try:
            report = ReportFolder(study, part, splits)
            for words, step in report.steps():
                self.stderr.write(f"{words} …")
                step()
            part.chmod(0o755)
            if out.is_dir():
                out.rmdir()
            part.replace(out)
        except (ReportError, DrawingError) as error:
            raise CommandError(str(error)) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return report


def _refuse_what_is_there(out: Path) -> None:
    if not out.parent.is_dir():
        raise CommandError(f"The folder {out.parent} does not exist. Make it, or choose another --out.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CommandError(f"{out} is there already and not empty. Choose another --out, or remove it.")
