"""A split as a section of a report, and as its files: every number, and which unit stands in which group."""

from collections.abc import Iterator

from evaluation.exports.document import Bullets, Heading, Paragraph, Part, Table
from evaluation.split_page import SplitTable, split_blocks, title_of
from evaluation.splits import StudySplit

UNIT_COLUMNS = ("block", "unit", "group", "group_kind")
UNIT_TEXTS = frozenset({"group"})


def split_parts(split: StudySplit) -> Iterator[Part]:
    """A heading, what to beware of, and a table for each question."""
    title = title_of(split.attribute)
    yield Heading(2, f"Split by: {title}")
    for block in split_blocks(split):
        yield Heading(3, f"{block.name} (block {block.number})")
        yield Paragraph(block.warning)
        things = "Pairs" if block.target == "pair" else "Dialogues"
        yield from (_table(table, title, things) for table in block.tables)
        if block.remarks:
            yield Bullets(block.remarks, numbered=True)


def _table(table: SplitTable, title: str, things: str) -> Table:
    rows = []
    for row in table.rows:
        told = []
        for cell in row.cells:
            marks = f" [{', '.join(map(str, cell.remarks))}]" if cell.remarks else ""
            told.append(f"{cell.value or '–'}{f' ({cell.interval})' if cell.interval else ''}{marks}")
        rows.append((row.group, row.units, row.judgments, *told))
    caption = f"{table.title}. 95 % intervals, any panel unless a remark says so, in brackets; remarks in square ones."
    return Table(caption, (title, things, "Judgments", *table.heads), tuple(rows))
