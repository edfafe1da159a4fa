"""The figures that people download, as values: what stands in them, and the numbers behind them. Pure.

Drawing them is for `evaluation.drawing`, which needs matplotlib and runs in a process of its own.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from evaluation.estimates import Estimate, Estimates
from evaluation.figures import (
    MOST_COMPARED,
    BlockFigures,
    CriterionFigures,
    StudyFigures,
)

Kind = Literal["intervals", "shares"]
FORMATS: Final = ("svg", "pdf", "png")
THEMES: Final = ("light", "dark")
Cell = str | float | int | None


@dataclass(frozen=True)
class Mark:
    """One value of one series with its interval (`intervals`), or one share of a bar with its count (`shares`)."""

    series: str
    value: float | None
    low: float | None = None
    high: float | None = None
    count: int | None = None


@dataclass(frozen=True)
class Row:
    """What stands on one line of a chart, or in one bar; its title may have two lines."""

    title: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Chart:
    """A figure. `what` it shows stands in its name too; `series` is in the order of the legend, and at `half` stands a
    dashed line. `heading` and `numbers` are the table of what it shows."""

    name: str
    what: str
    kind: Kind
    title: str
    axis: str
    series: tuple[str, ...]
    rows: tuple[Row, ...]
    low: float
    high: float
    half: float | None
    heading: tuple[str, ...]
    numbers: tuple[tuple[Cell, ...], ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Chart":
        rows = tuple(Row(row["title"], tuple(Mark(**mark) for mark in row["marks"])) for row in told["rows"])
        known = {**told, "rows": rows, "series": tuple(told["series"]), "heading": tuple(told["heading"])}
        return cls(**known | {"numbers": tuple(tuple(line) for line in told["numbers"])})


INTERVAL_HEADING: Final = (
    "criterion", "series", "value", "any_panel_low", "any_panel_high", "this_panel_low", "this_panel_high", "level",
    "n", "method", "remark",
)  # fmt: skip
SHARE_HEADING: Final = ("criterion", "series", "answer", "label", "count", "share")


def charts_of(figures: StudyFigures) -> tuple[Chart, ...]:
    """Every chart of a study, blocks in their order; none that would be empty."""
    return tuple(chart for block in figures.blocks for chart in block_charts(block))


def block_charts(block: BlockFigures) -> Iterator[Chart]:
    if not block.counts.judgments:
        return
    makers = (_preference, _rankings, _means, _distributions, _superiority, _agreement)
    yield from (chart for make in makers for chart in make(block) if chart.rows)


def _means(block: BlockFigures) -> Iterator[Chart]:
    """Means with intervals, one chart for each scale that criteria share."""
    if len(block.systems) > MOST_COMPARED:
        return
    scales: dict[tuple[float, float], list[CriterionFigures]] = {}
    for one in block.criteria:
        if one.judgments and any(mean.estimates for mean in one.means):
            scales.setdefault((one.question.low, one.question.high), []).append(one)
    for (low, high), criteria in scales.items():
        rows = [
            (one.question.title, [(mean.system.name, mean.estimates) for mean in one.means if mean.estimates])
            for one in criteria
        ]
        suffix = "" if len(scales) == 1 else f"-{low:g}-{high:g}"
        title = f"{block.name}: means with 95 % intervals (other annotators like these)"
        axis = f"mean, {low:g} to {high:g}"
        yield _intervals(block, "means", suffix, title, axis, rows, low=low, high=high)


def _agreement(block: BlockFigures) -> Iterator[Chart]:
    """The coefficients that stand beside every criterion in one chart, and all of a criterion in one of its own."""
    found = [
        (one.question, [figure for figure in one.agreement if figure.system is None])
        for one in block.asked
        if one.judgments
    ]
    parts = [
        ("", block.name, [(one.title, [(each.title, each.estimates) for each in all_ if each.beside])
                          for one, all_ in found]),
        *(
            (f"-{one.criterion}", one.title, [(each.title, [("", each.estimates)]) for each in all_])
            for one, all_ in found
            if not all(each.beside for each in all_)
        ),
    ]  # fmt: skip
    for suffix, name, rows in parts:
        ends = [end for _, pairs in rows for _, both in pairs for end in _ends(both.headline)]
        low = -1.0 if min(ends, default=0.0) < 0 else 0.0
        title = f"{name}: agreement with 95 % intervals (other annotators like these)"
        half = 0.0 if low else None
        yield _intervals(block, "agreement", suffix, title, "agreement", rows, low=low, high=1.0, half=half)


def _preference(block: BlockFigures) -> Iterator[Chart]:
    """The share of votes for the system ahead, and for the left dialogue."""
    rows = []
    for one in block.preferences:
        if one.contest and one.judgments:
            contest = one.contest
            name = f"{one.question.title}: {contest.preferred.name} over {contest.other.name}"
            rows.append((name, [("Win rate", contest.preferred_rate)]))
    title = f"{block.name}: share of votes with 95 % intervals (other annotators like these)"
    yield _intervals(block, "preference", "", title, "share of votes", rows, low=0.0, high=1.0, half=0.5)


def _rankings(block: BlockFigures) -> Iterator[Chart]:
    """The log strengths of more than two systems, the strongest first."""
    for one in block.preferences:
        for found in one.rankings:
            rows = [(block.systems[each.system].name, [("Log strength", each.log_strength)]) for each in found.ranked]
            ends = [end for _, pairs in rows for _, both in pairs for end in _ends(both.headline)]
            if ends:
                title = f"{one.question.title}: log strengths with 95 % intervals (other annotators like these)"
                low, high = min(ends), max(ends)
                suffix = f"-{one.question.criterion}-{found.model}"
                yield _intervals(block, "ranking", suffix, title, "log strength against the average of all", rows,
                                 low=low, high=high, half=0.0)  # fmt: skip


def _ends(estimate: Estimate) -> Iterator[float]:
    yield from (end for end in (estimate.value, estimate.low, estimate.high) if end is not None)


def _superiority(block: BlockFigures) -> Iterator[Chart]:
    """Of two ratings by one annotator: how often the first system's is higher, equal, lower."""
    gaps = [(one, gap, gap.shares) for one in block.criteria for gap in one.differences if gap.shares]
    pairs = {(gap.first.name, gap.second.name) for _, gap, _ in gaps}
    first, second = pairs.pop() if len(pairs) == 1 else ("first", "second")
    words = (f"{first} higher", "equal", f"{second} higher")
    rows, numbers = [], []
    for one, gap, found in gaps:
        shares = (found.higher, found.equal, found.lower)
        against = f"{gap.first.name} – {gap.second.name}"
        values = [both.headline.value for both in shares]
        if None not in values:
            title = one.question.title if first == gap.first.name else f"{one.question.title}\n{against}"
            rows.append(Row(title, tuple(map(Mark, words, values))))
        numbers += [(one.question.title, against, *_line(word, both)) for word, both in zip(words, shares, strict=True)]
    title = f"{block.name}: how often one is rated higher"
    heading = ("criterion", "systems", *INTERVAL_HEADING[1:])
    name, axis = chart_name(block, "superiority"), "share of two ratings by one annotator"
    yield Chart(name, "superiority", "shares", title, axis, words, tuple(rows), 0.0, 1.0, None, heading, tuple(numbers))


def _line(word: str, both: Estimates) -> tuple[Cell, ...]:
    """A row of a table of intervals, from its second column on."""
    shown = both.headline
    limits = (both.any_panel.low, both.any_panel.high, both.this_panel.low, both.this_panel.high)
    return word, shown.value, *limits, shown.level, _n(shown), shown.method, shown.reason


def _distributions(block: BlockFigures) -> Iterator[Chart]:
    """How often each answer was given, a bar for each criterion and system: one chart a set of labels."""
    scales: dict[tuple[tuple[int, str], ...], list[CriterionFigures]] = {}
    for one in block.criteria:
        if one.means and one.judgments and one.question.labels and len(block.systems) <= MOST_COMPARED:
            scales.setdefault(tuple(sorted(one.question.labels.items())), []).append(one)
    for number, (labels, criteria) in enumerate(_by_values(scales).items(), start=1):
        suffix = "" if number == 1 else f"-{number}"
        yield _shares(block, suffix, f"{block.name}: answers given", labels, criteria)


def _by_values(
    scales: dict[tuple[tuple[int, str], ...], list[CriterionFigures]],
) -> dict[tuple[int, ...], list[CriterionFigures]]:
    """Criteria whose answers have the same values share a chart, whatever their anchors say."""
    merged: dict[tuple[int, ...], list[CriterionFigures]] = {}
    for labels, criteria in scales.items():
        merged.setdefault(tuple(value for value, _ in labels), []).extend(criteria)
    return merged


def _shares(
    block: BlockFigures, suffix: str, title: str, values: Sequence[int], criteria: Sequence[CriterionFigures]
) -> Chart:
    nominal = any(one.question.scale == "nominal" for one in criteria)
    series = [_answer(criteria[0], value) if nominal and len(criteria) == 1 else str(value) for value in values]
    rows, numbers = [], []
    for one in criteria:
        for mean in one.means:
            total = sum(mean.distribution.values())
            if not total:
                continue
            marks = []
            for word, value in zip(series, values, strict=True):
                count = mean.distribution.get(value, 0)
                marks.append(Mark(word, count / total, count=count))
                label = one.question.labels.get(value, "")
                numbers.append((one.question.title, mean.system.name, value, label, count, count / total))
            rows.append(Row(f"{one.question.title}\n{mean.system.name}", tuple(marks)))
    name = chart_name(block, f"answers{suffix}")
    return Chart(name, "answers", "shares", title, "share of answers", tuple(series), tuple(rows), 0.0, 1.0, None,
                 SHARE_HEADING, tuple(numbers))  # fmt: skip


def _answer(one: CriterionFigures, value: int) -> str:
    return one.question.labels.get(value) or str(value)


def _intervals(
    block: BlockFigures,
    what: str,
    suffix: str,
    title: str,
    axis: str,
    rows: Iterable[tuple[str, Sequence[tuple[str, Estimates]]]],
    *,
    low: float,
    high: float,
    half: float | None = None,
) -> Chart:
    """A chart of the any-panel intervals, this panel's where two annotators allow no other; both in its table."""
    drawn, numbers = [], []
    series: dict[str, None] = {}
    for label, pairs in rows:
        marks = []
        for word, both in pairs:
            shown = both.headline
            series[word] = None
            marks.append(Mark(word, shown.value, shown.low, shown.high))
            numbers.append((label, *_line(word, both)))
        if any(mark.value is not None for mark in marks):
            drawn.append(Row(label, tuple(marks)))
    name = chart_name(block, f"{what}{suffix}")
    return Chart(name, what, "intervals", title, axis, tuple(series), tuple(drawn), low, high, half, INTERVAL_HEADING,
                 tuple(numbers))  # fmt: skip


def _n(estimate: Estimate) -> str:
    return ", ".join(f"{count:g} {thing}" for thing, count in estimate.n.items())


def chart_name(block: BlockFigures, what: str) -> str:
    """What a chart of a block is called, in addresses and names of files."""
    return re.sub(r"[^a-z0-9-]", "", f"block-{block.number}-{what}".replace(".", "-"))
