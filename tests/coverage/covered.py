"""How often intervals held the truth of simulated studies, as tables whose rows are run by tests and written down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Band = tuple[float, float]
HONEST: Band = (0.92, 0.99)
"""What an interval for any panel promises, with 10 dialogues or 20 pairs, five annotators, and away from the ends."""
SMALL: Band = (0.90, 0.995)
"""Three annotators, or within 5 % of an end of the scale."""
RUNS = 4000


@dataclass(frozen=True)
class Covered:
    """The share of studies whose interval held the truth, its Monte Carlo error, and the mean width."""

    share: float
    error: float
    width: float

    @classmethod
    def of(cls, low: npt.ArrayLike, high: npt.ArrayLike, truth: npt.ArrayLike) -> "Covered":
        """Of studies with limits; those without (NaN) are left out."""
        low, high, truth = (np.asarray(one, dtype=np.float64) for one in np.broadcast_arrays(low, high, truth))
        there = ~(np.isnan(low) | np.isnan(high))
        hit = ((low <= truth) & (truth <= high))[there]
        return cls(float(hit.mean()), monte_carlo(float(hit.mean()), hit.size), float((high - low)[there].mean()))

    @classmethod
    def errors(cls, p: Array) -> "Covered":
        """How often a test at 5 % rejects where nothing differs."""
        share = float((p < 0.05).mean())
        return cls(share, monte_carlo(share, p.size), float("nan"))


def monte_carlo(share: float, runs: float) -> float:
    return float(max(share * (1 - share), 0.01) ** 0.5 / runs**0.5)


@dataclass(frozen=True)
class Column:
    """An interval, or a test, with the band its figures have to lie in (None: shown for contrast alone)."""

    title: str
    band: Band | None = None


@dataclass(frozen=True)
class Row:
    """A design and a truth. `first` holds, for each column, the lowest and highest share of the study that was made
    before the product, rounded to whole percents where it was, or None; `bands` replaces a column's band."""

    name: str
    run: Callable[[], Sequence[Covered | None]]
    first: tuple[Band | None, ...] = ()
    bands: tuple[Band | None, ...] = ()


@dataclass(frozen=True)
class Table:
    """Rows of one kind. `runs` were those of the first study, for its own Monte Carlo error."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    runs: int = 2000
    note: str = ""

    def markdown(self, found: Sequence[Sequence[Covered | None]]) -> str:
        head = ["truth", *(column.title for column in self.columns), "width"]
        lines = [f"### {self.title}", "", *([self.note, ""] if self.note else [])]
        lines += [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
        for row, covered in zip(self.rows, found, strict=True):
            shares = [f"{100 * one.share:.1f}" if one else "–" for one in covered]
            width = covered[0].width if covered[0] else float("nan")
            lines.append(f"| {row.name} | {' | '.join(shares)} | {'–' if np.isnan(width) else f'{width:.3f}'} |")
        return "\n".join([*lines, ""])


def percent(low: float, high: float | None = None) -> Band:
    """A figure in whole percents, or a range of such, as what it may have been rounded from."""
    return (low - 0.5) / 100, ((high if high is not None else low) + 0.5) / 100


def tenths(low: float, high: float) -> Band:
    """A range of percents with one decimal, as what it may have been rounded from."""
    return (low - 0.05) / 100, (high + 0.05) / 100
