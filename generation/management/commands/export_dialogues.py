from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from generation.formats import writers
from generation.models import Dataset, Dialogue
from generation.services.exporting import layouts
from generation.services.filing import export_dialogues


class Command(BaseCommand):
    help = "Write the dialogues of a dataset to a file, by default as crsapp's own JSON lines, which lose nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="The dataset's name, or the slug in its address.")
        parser.add_argument("--out", type=Path, required=True, help="The file to write; it must not be there yet.")
        parser.add_argument("--format", choices=sorted(writers()), default="jsonl")

    def handle(self, *args: Any, **options: Any) -> None:
        named = Dataset.objects.visible()
        dataset = named.filter(slug=options["dataset"]).first() or named.filter(name=options["dataset"]).first()
        if dataset is None:
            known = ", ".join(named.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no dataset {options['dataset']!r}. Known are: {known}.")
        try:
            with options["out"].open("xb") as file:
                file.writelines(export_dialogues(dataset=dataset, format=options["format"]))
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error}. Choose another name.") from error
        written = Dialogue.objects.visible().in_dataset(dataset).count()
        self.stdout.write(f"{written:,} dialogues written to {options['out']}.")
        layout = next(layout for layout in layouts(dataset) if layout.format.name == options["format"])
        if layout.lost:
            parts = ", ".join(f"{part} ({count})" for part, count in layout.lost.items())
            looked = f"Of {layout.looked_at:,} dialogues looked at, this layout does not hold: {parts}."
            self.stderr.write(looked)
