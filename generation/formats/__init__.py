"""Dataset formats, one file each, found by looking through this folder. Pure: no Django, no database, no network.

To add one, write `<name>.py` here with a `FORMAT` (`base.Format`): import, export, commands and the round-trip test of
`tests/generation/test_formats.py` follow.
"""

from pathlib import Path
from typing import Final

from generation.formats.base import Format
from generation.formats.shelf import Shelf
from generation.wording import worded

FORMATS: Final = Shelf(
    package=__name__,
    folder=Path(__file__).parent,
    described=Format,
    tools=frozenset(
        {
            "archives",
            "base",
            "columns",
            "lists",
            "losses",
            "opening",
            "places",
            "shelf",
            "sources",
            "tables",
            "text",
            "values",
        }
    ),
    called=worded("format"),
    all_called=worded("formats"),
    holds=worded("dialogues"),
)


def writers() -> dict[str, Format]:
    """The formats that can be written."""
    return {name: format for name, format in FORMATS.all.items() if format.write is not None}
