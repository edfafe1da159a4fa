"""What the commands that import files have in common."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError

from crsapp.jobs.registry import Progress
from generation.services.datasets import DatasetError
from generation.services.import_kinds import KINDS, Kind
from generation.services.import_report import ImportReport
from generation.services.import_steps import refusal
from generation.services.importing_here import import_path
from generation.services.recognising import choose


def together(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Columns by part; an empty one says that there is none."""
    mapping: dict[str, list[str]] = {}
    for part, column in pairs:
        mapping.setdefault(part, []).extend([column] if column else [])
    return mapping


class ImportCommand(BaseCommand):
    """A file is imported in this process; what was done is said, and with `--json` ends with one object."""

    kind: ClassVar[str]
    parts: ClassVar[Collection[str]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        kind = KINDS[self.kind]
        parser.add_argument("path", type=Path, help="File, folder or archive.")
        parser.add_argument(
            f"--{kind.shelf.noun}",
            dest="format",
            choices=sorted(kind.shelf.all),
            default="",
            help="Guessed if not given.",
        )
        parser.add_argument("--dataset", required=True, help="Name of the dataset; made if there is none.")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be imported.")
        parser.add_argument("--skip-bad", action="store_true", help="Leave bad entries out and import the rest.")
        parser.add_argument("--language", default="en", help="Of the texts, as a code; for a new dataset.")
        parser.add_argument("--licence", default="", help="For a new dataset.")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            type=self._mapped,
            metavar="PART=COLUMN",
            help=f"What a column of a table means; may be said several times. Parts are {', '.join(self.parts)}.",
        )
        parser.add_argument("--json", action="store_true", help="End with one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = self._import(KINDS[self.kind], options)
        except DatasetError as error:
            raise CommandError(str(error)) from error
        finally:
            if sys.stderr.isatty():
                self.stderr.write("")
        self._tell(report)
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False))
        if report.dry_run and report.figures["problem_count"] and not options["skip_bad"]:
            raise CommandError(refusal(dict(report.figures)))

    def counted(self, figures: Mapping[str, Any]) -> str:
        """What a report counts, as a sentence."""
        raise NotImplementedError

    def _import(self, kind: Kind, options: Mapping[str, Any]) -> ImportReport:
        chosen = choose(kind, options["path"], options["format"])
        if not options["format"]:
            self.stderr.write(f"The file looks like {chosen.name} ({chosen.title}).")
        mapping = together(options["map"])
        return import_path(
            path=options["path"],
            items=options.get("items"),
            kind=self.kind,
            format=chosen.name,
            dataset_name=options["dataset"],
            options={
                **{name: options[name] for name in ("skip_bad", "language", "licence")},
                **({"mapping": mapping} if mapping else {}),
            },
            dry_run=options["dry_run"],
            progress=self._show,
        )

    def _mapped(self, text: str) -> tuple[str, str]:
        """`part=column` of a mapping."""
        part, sign, column = text.partition("=")
        if not sign or part not in self.parts:
            raise ArgumentTypeError(f"{text!r} is not PART=COLUMN with one of {', '.join(self.parts)}")
        return part, column

    def _show(self, progress: Progress) -> None:
        percent = 100 * progress.done // (progress.total or 1)
        self.stderr.write(f"{percent:3d} % · {progress.message}", ending="\r" if sys.stderr.isatty() else "\n")

    def _tell(self, report: ImportReport) -> None:
        if report.unchanged:
            done = f"This very file is in “{report.dataset}” already; nothing was changed."
        elif report.dry_run:
            done = f"Would import into “{report.dataset}”:"
        else:
            done = f"Imported into “{report.dataset}”:"
        self.stdout.write(done)
        self.stdout.write(self.counted(report.figures))
        for problem in report.figures["problems"]:
            self.stdout.write(f"Left out: {problem['place']}: {problem['problem']}. {problem['remedy']}")
