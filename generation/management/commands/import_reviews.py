from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generation.management.importing import ImportCommand
from generation.models import Import
from generation.reviews.layouts.cells import PARTS


class Command(ImportCommand):
    help = "Import product reviews from a file, plain or .gz, a .zip, .tar or folder. One bad entry refuses the whole."
    kind = Import.Kind.REVIEWS
    parts = PARTS

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--items", type=Path, help="What the items are called: metadata, a map of titles, a table.")

    def counted(self, figures: Mapping[str, Any]) -> str:
        return (
            f"{figures['reviews']:,} reviews ({figures['with_text']:,} with text) by {figures['people']:,} people "
            f"of {figures['items']:,} items, {figures['titled']:,} of them with a title."
        )
