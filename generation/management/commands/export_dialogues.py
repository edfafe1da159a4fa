from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from generation.formats import writers
from generation.management.files import file_to_write
from generation.models import Dataset, Dialogue
from generation.services.exporting import filename, layouts, part_name
from generation.services.filing import export_dialogues


class Command(BaseCommand):
    help = "Write the dialogues of a dataset to a file, by default as crsapp's own JSON lines, which lose nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        named = [f"  {one.name:<15} {one.title} ({one.written_as}): {one.description}" for one in writers().values()]
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = "\n".join(["formats:", *named])
        parser.add_argument("dataset", help="The dataset's name, or the slug in its address.")
        parser.add_argument(
            "--out",
            type=Path,
            required=True,
            help="The file to write, which must not be there yet, or a folder to write it into.",
        )
        parser.add_argument(
            "--format", choices=sorted(writers()), default="jsonl", help="See below; jsonl if not given."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        named = Dataset.objects.visible()
        dataset = named.filter(slug=options["dataset"]).first() or named.filter(name=options["dataset"]).first()
        if dataset is None:
            known = ", ".join(named.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no dataset {options['dataset']!r}. Known are: {known}.")
        format = writers()[options["format"]]
        out = file_to_write(options["out"], name=filename(dataset, format), endings=(format.written_as,))
        try:
            with out.open("xb") as file:
                file.writelines(export_dialogues(dataset=dataset, format=format.name))
        except FileExistsError as error:
            raise CommandError(f"{out} is there already. Remove it, or choose another --out.") from error
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}. Choose another --out.") from error
        written = Dialogue.objects.visible().in_dataset(dataset).count()
        self.stdout.write(f"{written:,} dialogues written to {out}, as {format.title}.")
        self._tell_lost(dataset, format.name)

    def _tell_lost(self, dataset: Dataset, format: str) -> None:
        """What of the dialogues does not go out like this, in the words of the page."""
        layout = next(layout for layout in layouts(dataset) if layout.format.name == format)
        if not layout.lost:
            return
        with override("en"):
            parts = ", ".join(f"{part_name(part).lower()} ({count:,})" for part, count in layout.lost.items())
        self.stderr.write(
            f"It has no place for: {parts}; in brackets, for how many of the {layout.looked_at:,} dialogues that were "
            "looked at. jsonl loses nothing."
        )
