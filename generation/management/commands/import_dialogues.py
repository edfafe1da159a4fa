import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crsapp.jobs.registry import Progress
from generation.formats import all_formats
from generation.formats.table import PARTS
from generation.services.datasets import DatasetError
from generation.services.import_steps import refusal
from generation.services.importing import ImportingError, ImportReport, choose_format, import_path


def mapped(text: str) -> tuple[str, str]:
    """`part=column` of a mapping."""
    part, sign, column = text.partition("=")
    if not sign or part not in PARTS:
        raise ArgumentTypeError(f"{text!r} is not PART=COLUMN with one of {', '.join(PARTS)}")
    return part, column


def together(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Columns by part; an empty one says that there is none."""
    mapping: dict[str, list[str]] = {}
    for part, column in pairs:
        mapping.setdefault(part, []).extend([column] if column else [])
    return mapping


class Command(BaseCommand):
    help = "Import dialogues from a file, plain or .gz, a .zip, .tar or folder. One bad entry refuses the whole."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="File, folder or archive.")
        parser.add_argument("--format", choices=sorted(all_formats()), default="", help="Guessed if not given.")
        parser.add_argument("--dataset", required=True, help="Name of the dataset; made if there is none.")
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be imported.")
        parser.add_argument("--skip-bad", action="store_true", help="Leave bad entries out and import the rest.")
        parser.add_argument("--language", default="en", help="Of the messages, as a code; for a new dataset.")
        parser.add_argument("--licence", default="", help="For a new dataset.")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            type=mapped,
            metavar="PART=COLUMN",
            help=f"What a column of a table means; may be said several times. Parts are {', '.join(PARTS)}.",
        )
        parser.add_argument("--json", action="store_true", help="End with one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            chosen = choose_format(options["path"], options["format"])
            if not options["format"]:
                self.stderr.write(f"The file looks like {chosen.name} ({chosen.title}).")
            report = import_path(
                path=options["path"],
                format=chosen.name,
                dataset_name=options["dataset"],
                options={
                    **{name: options[name] for name in ("skip_bad", "language", "licence")},
                    **({"mapping": mapping} if (mapping := together(options["map"])) else {}),
                },
                dry_run=options["dry_run"],
                progress=self._show,
            )
        except ImportingError as error:
            self._end_progress()
            raise CommandError(str(error)) from error
        except DatasetError as error:
            raise CommandError(str(error)) from error
        self._end_progress()
        self._tell(report, as_json=options["json"])
        if report.dry_run and report.figures["problem_count"] and not options["skip_bad"]:
            raise CommandError(refusal(dict(report.figures)))

    def _show(self, progress: Progress) -> None:
        percent = 100 * progress.done // (progress.total or 1)
        self.stderr.write(f"{percent:3d} % · {progress.message}", ending="\r" if sys.stderr.isatty() else "\n")

    def _end_progress(self) -> None:
        if sys.stderr.isatty():
            self.stderr.write("")

    def _tell(self, report: ImportReport, *, as_json: bool) -> None:
        if report.unchanged:
            done = f"This very file is in “{report.dataset}” already; nothing was changed."
        elif report.dry_run:
            done = f"Would import into “{report.dataset}”:"
        else:
            done = f"Imported into “{report.dataset}”:"
        figures = report.figures
        self.stdout.write(done)
        self.stdout.write(
            f"{_counted(report.dialogues, 'dialogue')}, {_counted(report.utterances, 'utterance')} "
            f"({figures['user_utterances']:,} by users, {figures['system_utterances']:,} by agents), "
            f"{_counted(figures['items'], 'item')}, {_counted(figures['people'], 'person', 'people')}."
        )
        for problem in figures["problems"]:
            self.stdout.write(f"Left out: {problem['place']}: {problem['problem']}. {problem['remedy']}")
        if as_json:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False))


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
