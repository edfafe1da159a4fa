"""Judgments that were given elsewhere: a published table becomes units, annotators, scales and answers. Pure.

Read in this order: `lines` (files to cells), `columns` (what the header says), `gathering` (cells to answers),
`scales` (what the answers to one criterion mean), `table` (the whole, ready to be written).
"""

from annotation.published.columns import Layout, TableError, recognise
from annotation.published.options import SCALES, Options, parse_options
from annotation.published.reading import Reading
from annotation.published.suggesting import mark_of_controls, suggested
from annotation.published.table import Table

__all__ = [
    "SCALES",
    "Layout",
    "Options",
    "Reading",
    "Table",
    "TableError",
    "mark_of_controls",
    "parse_options",
    "recognise",
    "suggested",
]
