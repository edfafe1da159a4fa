"""The designs whose intervals are simulated: the tests run them, `docs/statistics.md` shows them.

`python -m tests.evaluation.coverage_cells` writes the document's tables anew.
"""

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from evaluation.agreement import COEFFICIENTS
from tests.evaluation.simulation import (
    LEVELS,
    Covered,
    coefficient,
    no_difference,
    overlap_win_rate,
    rated_difference,
    rated_mean,
    win_rate,
)

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "statistics.md"
HONEST = (0.92, 0.99)
NO_DIFFERENCE = "No difference: how often the two-way t does not reject at 5 %"


@dataclass(frozen=True)
class Cell:
    """One design and truth, with the band that its coverage should lie in."""

    table: str
    name: str
    run: Callable[[], Covered]
    band: tuple[float, float] = HONEST


def win_cells() -> list[Cell]:
    crossed = [
        (0, 0, 0.5),
        (1, 0.3, 0.5),
        (1, 0.6, 0.5),
        (2, 1, 0.5),
        (1.5, 0, 0.65),
        (0.5, 0.3, 0.88),
        (1, 0.6, 0.88),
        (2, 1, 0.88),
    ]
    alone = [(0.5, 0.3, 0.5), (1, 0.6, 0.88), (2, 1, 0.65)]
    overlap = [(0, 0, 0.5), (1, 0.6, 0.5), (1, 0.6, 0.88)]
    designs: list[tuple[str, Callable[..., Covered], list[tuple[float, float, float]]]] = [
        ("Win rate, 50 pairs × 7 annotators, any panel", win_rate, crossed),
        ("Win rate, 50 pairs × 7 annotators, this panel", partial(win_rate, target="this"), alone),
        ("Win rate, 100 pairs, 12 annotators, 3 a pair, any panel", overlap_win_rate, overlap),
    ]
    return [
        Cell(table, f"rate {rate}, sd of pairs {unit}, of annotators {person}", partial(run, unit, person, rate))
        for table, run, truths in designs
        for unit, person, rate in truths
    ]


def rating_cells() -> list[Cell]:
    designs: list[tuple[str, Callable[..., Covered], list[tuple[str, float, float]]]] = [
        (
            "Mean on 0–2, 10 dialogues × 7 annotators, any panel",
            rated_mean,
            [("mid", 0.4, 0.3), ("ceiling", 0.8, 0.3), ("extreme", 0.4, 0.6)],
        ),
        (
            "Difference of means on 0–2, 10 + 10 dialogues × 7 annotators, any panel (MOVER)",
            rated_difference,
            [
                ("mid", 0, 0),
                ("mid", 0.4, 0.3),
                ("mid", 0.8, 0.6),
                ("ceiling", 0.4, 0),
                ("ceiling", 0.8, 0.6),
                ("extreme", 0.4, 0.3),
            ],
        ),
        (NO_DIFFERENCE, no_difference, [("mid", 0.4, 0.6)]),
    ]
    return [
        Cell(
            table,
            f"{level} ({_means(table, level)}), sd of dialogues {dialogue}, of annotator × system {own}",
            partial(run, level, dialogue, own),
        )
        for table, run, truths in designs
        for level, dialogue, own in truths
    ]


def agreement_cells() -> list[Cell]:
    truths = [
        ("alpha-ordinal", 1.4, 50, (1, 1, 0.3), HONEST),
        ("alpha-ordinal", 1.75, 50, (1, 1, 0.8), HONEST),
        ("alpha-ordinal", 1.4, 20, (0.5, 1, 0.3), (0.84, 0.99)),
        ("exact", 1.4, 20, (1, 1, 0.3), HONEST),
    ]
    return [
        Cell(
            "Agreement, dialogues of 5 utterances × 7 annotators, any panel (two-way jackknife)",
            f"{COEFFICIENTS[key].title}, mean {mean}, {dialogues} dialogues, "
            f"sd of dialogues, utterances, annotators {'/'.join(map(str, sds))}",
            partial(coefficient, key, mean, dialogues, sds),
            band,
        )
        for key, mean, dialogues, sds, band in truths
    ]


def tables(covered: Iterable[tuple[Cell, Covered]]) -> str:
    """The cells as Markdown, a table for each kind of figure."""
    lines = []
    for title, rows in groupby(covered, key=lambda row: row[0].table):
        lines += [f"### {title}", "", "| truth | coverage, % | mean width |", "| --- | --- | --- |"]
        for cell, one in rows:
            width = "–" if title == NO_DIFFERENCE else f"{one.width:.3f}"
            lines.append(f"| {cell.name} | {100 * one.share:.1f} | {width} |")
        lines.append("")
    return "\n".join(lines)


def documented() -> dict[tuple[str, str], float]:
    """The coverage that the document states for each cell."""
    found: dict[tuple[str, str], float] = {}
    title = ""
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("### "):
            title = line.removeprefix("### ")
        elif row := re.fullmatch(r"\| (.+) \| (\d+\.\d) \| .* \|", line):
            found[title, row[1]] = float(row[2]) / 100
    return found


def _means(table: str, level: str) -> str:
    first, second = LEVELS[level]
    if table == NO_DIFFERENCE:
        return f"both {first}"
    return f"{first} v {second}" if table.startswith("Difference") else f"{first}"


CELLS = [*win_cells(), *rating_cells(), *agreement_cells()]


def main() -> None:
    written = tables((cell, cell.run()) for cell in CELLS)
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split("<!-- simulated -->\n")
    after = rest.split("<!-- end of simulated -->")[1]
    DOCUMENT.write_text(f"{before}<!-- simulated -->\n\n{written}\n<!-- end of simulated -->{after}", encoding="utf-8")
    sys.stdout.write(written)


if __name__ == "__main__":
    main()
