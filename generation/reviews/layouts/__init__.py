"""Layouts of reviews, one file each, found by looking through this folder. Pure: no Django, no database, no network.

To add one, write `<name>.py` here with a `LAYOUT` (`base.Layout`): recognition, upload and command follow.
"""

from pathlib import Path
from typing import Final

from generation.formats.shelf import Shelf
from generation.reviews.layouts.base import Layout
from generation.wording import worded

LAYOUTS: Final = Shelf(
    package=__name__,
    folder=Path(__file__).parent,
    described=Layout,
    tools=frozenset({"amazon", "base", "cells"}),
    called=worded("layout"),
    all_called=worded("layouts"),
    holds=worded("reviews"),
)
