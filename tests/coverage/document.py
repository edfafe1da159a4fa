"""`docs/coverage.md`: written from the simulated studies, and read again by the tests that hold it to them."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tests.coverage import agreement, means, votes
from tests.coverage.covered import Table

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "coverage.md"
TABLES: tuple[Table, ...] = (*votes.TABLES, *means.TABLES, *agreement.TABLES)
INTRODUCTION = """# Coverage

How often the intervals on a results page hold the truth, in studies drawn from a known one. `make coverage` writes this
page; the suite runs every row again and fails where one leaves its band by more than three Monte Carlo errors, where it
differs from the study that was made before the product, or where this page states another figure.

Answers are logistic with normal effects; their standard deviations, in logits, stand in the rows. Utterances of a
dialogue have an sd of .8 and annotators' leniency one of .6 where nothing else is said. Votes and means are of 4,000
studies a row, agreement of 2,000, so that a row is known to about half a point. Seeds are fixed. Nothing is missing
in these studies and nobody tires: real ones can only be worse.

*Any panel* is the share of studies whose interval held what other annotators like these would say of other dialogues;
*this panel*, what these annotators would. Every figure is in percent and should be near 95; *width* is the first
interval's.

What the product promises: 92–99 % for any panel from 10 dialogues a system or 20 pairs, five annotators, and rates or
means within 5–95 % of their scale. α keeps no such promise with fewer than 50 dialogues or more than 90 % of the
ratings in one category; there, a results page states what is found here for that size. Annotators who differ much by
system, and dialogues that differ much, are in the rows.
"""


def written() -> str:
    found = [[row.run() for row in table.rows] for table in TABLES]
    tables = (table.markdown(covered) for table, covered in zip(TABLES, found, strict=True))
    shares = [[tuple(one.share if one else None for one in row) for row in covered] for covered in found]
    return "\n".join([INTRODUCTION, summary(shares), *tables])


def summary(shares: Sequence[Sequence[Sequence[float | None]]]) -> str:
    """The lowest and highest figure of every column of every table, from those of its rows."""
    lines = ["## In short", "", "| studies | figure | rows | lowest | highest |", "| --- | --- | --- | --- | --- |"]
    for table, rows in zip(TABLES, shares, strict=True):
        for place, column in enumerate(table.columns):
            known = [100 * one for row in rows if (one := row[place]) is not None]
            lines.append(f"| {table.title} | {column.title} | {len(known)} | {min(known):.1f} | {max(known):.1f} |")
    return "\n".join([*lines, "", "## Every row", ""])


@cache
def documented() -> dict[tuple[str, str], tuple[float | None, ...]]:
    """The shares that the page states for each row of each table."""
    found: dict[tuple[str, str], tuple[float | None, ...]] = {}
    title = ""
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            title = line.removeprefix("### ")
        elif title and line.startswith("| ") and not line.startswith(("| truth", "| ---")):
            name, *numbers, _width = (cell.strip() for cell in line.strip("|").split("|"))
            found[title, name] = tuple(float(one) / 100 if re.fullmatch(r"\d+\.\d", one) else None for one in numbers)
    return found
