"""Draws charts as SVG, PDF and PNG, with matplotlib. Pure; run as a process of its own: `python -m evaluation.drawing`.

matplotlib takes a second and some 40 MB, so web and worker never load it: `evaluation.services.drawing` starts this.
On stdin: {"charts": [a chart as JSON, …], "files": [[its place, theme, format, path], …]}.
"""

import json
import sys
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from evaluation.charts import Chart, Mark
from evaluation.palette import ink_on, viridis

WIDTH: Final = 6.5
LINE: Final = 0.27
MARKERS: Final = ("o", "s", "D", "^", "v", "P")
HAN_FONTS: Final = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei",
    "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB", "SimHei",
)  # fmt: skip
LONGEST: Final = 34


@dataclass(frozen=True)
class Theme:
    """Colours on a ground: Okabe and Ito's for series, viridis for the steps of a scale."""

    ground: str
    ink: str
    muted: str
    line: str
    edge: str
    series: tuple[str, ...]


THEMES: Final[Mapping[str, Theme]] = {
    "light": Theme("#ffffff", "#1c1f23", "#5c6066", "#dcdcd6", "#ffffff",
                   ("#0072b2", "#d55e00", "#009e73", "#a3568a", "#8a6d00", "#1c1f23")),
    "dark": Theme("#1d2024", "#e8eaec", "#a4abb3", "#3f444b", "#a4abb3",
                  ("#56b4e9", "#e69f00", "#4fd1a5", "#cc79a7", "#f0e442", "#e8eaec")),
}  # fmt: skip


def settings(theme: Theme) -> dict[str, Any]:
    """What matplotlib is told: fonts embedded (as outlines in SVG, as TrueType in PDF), no dates, no TeX."""
    there = {font.name for font in font_manager.fontManager.ttflist}
    return {
        "font.family": ["DejaVu Sans", *(name for name in HAN_FONTS if name in there)],
        "font.size": 9,
        "text.parse_math": False,
        "text.color": theme.ink,
        "axes.edgecolor": theme.line,
        "axes.labelcolor": theme.muted,
        "xtick.color": theme.muted,
        "ytick.color": theme.ink,
        "figure.facecolor": theme.ground,
        "axes.facecolor": theme.ground,
        "savefig.facecolor": theme.ground,
        "svg.fonttype": "path",
        "svg.hashsalt": "crsapp",
        "pdf.fonttype": 42,
    }


def draw(chart: Chart, theme: str, files: Sequence[tuple[str, Path]]) -> None:
    """Write one chart to files, each given by its format and path."""
    colours = THEMES[theme]
    told: Any = settings(colours)
    dates = {"svg": {"Date": None}, "pdf": {"CreationDate": None}, "png": {}}
    with mpl.rc_context(told):
        figure = _shares(chart, colours) if chart.kind == "shares" else _intervals(chart, colours)
        for format, path in files:
            metadata = {"Title": plain(chart.title, 200), **dates[format]}
            figure.savefig(path, format=format, dpi=200, metadata=metadata)


def plain(text: str, longest: int = LONGEST) -> str:
    """One line of printable text; what is too long ends in an ellipsis.

    >>> plain("a  b" + chr(0) + "c"), plain("x" * 50, 10)
    ('a b c', 'xxxxxxxxx…')
    """
    shown = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    line = " ".join(shown.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def _intervals(chart: Chart, theme: Theme) -> Figure:
    """Each value a point with its interval, rows from top to bottom, the series of a row one under the other."""
    heights = [max(1, len(row.marks)) for row in chart.rows]
    figure, axes = _frame(chart, theme, sum(heights) + 0.6 * len(heights))
    y, ticks = 0.0, []
    for row, height in zip(chart.rows, heights, strict=True):
        ticks.append(y + (height - 1) / 2)
        for mark in row.marks:
            _interval(axes, mark, y, chart, theme)
            y += 1
        y += 0.6
    if chart.half is not None:
        axes.axvline(chart.half, color=theme.ink, linewidth=0.8, linestyle=(0, (3, 3)), zorder=1)
    axes.set_yticks(ticks, [_wrapped(row.title) for row in chart.rows])
    axes.set_ylim(y - 0.6 + 0.1, -0.7)
    margin = (chart.high - chart.low) * 0.02
    axes.set_xlim(chart.low - margin, chart.high + margin)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.grid(axis="x", color=theme.line, linewidth=0.6)
    if len(chart.series) > 1:
        handles = [
            Line2D([], [], color=_colour(theme, place), marker=MARKERS[place % len(MARKERS)], linewidth=1.6)
            for place in range(len(chart.series))
        ]
        _legend(figure, handles, chart.series)
    return figure


def _interval(axes: Axes, mark: Mark, y: float, chart: Chart, theme: Theme) -> None:
    if mark.value is None:
        return
    place = chart.series.index(mark.series)
    colour, marker = _colour(theme, place), MARKERS[place % len(MARKERS)]
    if mark.low is not None and mark.high is not None:
        axes.plot([mark.low, mark.high], [y, y], color=colour, linewidth=1.8, solid_capstyle="butt", zorder=2)
        axes.plot([mark.low, mark.high], [y, y], color=colour, linestyle="", marker="|", markersize=7, zorder=2)
    axes.plot([mark.value], [y], color=colour, marker=marker, markersize=6, markeredgecolor=theme.ground, zorder=3)
    axes.annotate(
        f"{mark.value:.2f}", (mark.value, y), (0, 5), textcoords="offset points", ha="center", fontsize=7,
        color=theme.muted,
    )  # fmt: skip


def _shares(chart: Chart, theme: Theme) -> Figure:
    """Each row one bar of shares that add up to 1, each part with its percentage where it fits."""
    figure, axes = _frame(chart, theme, 1.35 * len(chart.rows))
    colours = viridis(len(chart.series))
    for y, row in enumerate(chart.rows):
        left = 0.0
        for place, mark in enumerate(row.marks):
            share = mark.value or 0.0
            axes.barh(y, share, left=left, height=0.72, color=colours[place], edgecolor=theme.edge, linewidth=0.8)
            if share >= 0.055:
                ink = ink_on(colours[place])
                axes.text(left + share / 2, y, f"{share:.0%}", ha="center", va="center", fontsize=7, color=ink)
            left += share
    axes.set_yticks(range(len(chart.rows)), [_wrapped(row.title) for row in chart.rows])
    axes.set_ylim(len(chart.rows) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(lambda value, _place: f"{value:.0%}")
    _legend(figure, [Patch(color=colour) for colour in colours], chart.series)
    return figure


def _frame(chart: Chart, theme: Theme, lines: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, 1.35 + LINE * max(lines, 2)), layout="constrained")
    axes = figure.add_subplot()
    figure.suptitle(_wrapped(chart.title, 80), x=0.01, ha="left", fontsize=10, fontweight="bold")
    axes.set_xlabel(plain(chart.axis, 80))
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    return figure, axes


def _legend(figure: Figure, handles: Sequence[Any], names: Sequence[str]) -> None:
    """Under the axes. A space before each name: matplotlib leaves out those that begin with an underscore."""
    labels = [" " + plain(name) for name in names]
    columns = max(1, min(len(labels), 100 // (max(len(label) for label in labels) + 8)))
    figure.legend(handles, labels, loc="outside lower left", ncols=columns, frameon=False, fontsize=8)


def _wrapped(text: str, width: int = 30) -> str:
    lines, _, second = text.partition("\n")
    wrapped = [
        *textwrap.wrap(plain(lines, 3 * width), width, max_lines=2, placeholder="…"),
        *textwrap.wrap(plain(second, width), width, max_lines=1, placeholder="…"),
    ]
    return "\n".join(wrapped) or " "


def _colour(theme: Theme, place: int) -> str:
    return theme.series[place % len(theme.series)]


def main() -> None:
    told = json.load(sys.stdin)
    charts = [Chart.from_json(one) for one in told["charts"]]
    together: dict[tuple[int, str], list[tuple[str, Path]]] = {}
    for place, theme, format, path in told["files"]:
        together.setdefault((place, theme), []).append((format, Path(path)))
    for (place, theme), files in together.items():
        draw(charts[place], theme, files)


if __name__ == "__main__":
    main()
