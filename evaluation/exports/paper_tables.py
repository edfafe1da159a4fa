r"""A study's figures as LaTeX tables in the layouts of the papers. Pure; they need `\usepackage{booktabs}`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from evaluation.estimates import INDEPENDENT, Estimate, Estimates
from evaluation.exports.escaping import tex
from evaluation.figures import BlockFigures, CriterionFigures, StudyFigures

NOTHING: Final = "--"


@dataclass(frozen=True)
class PaperTable:
    """A file of the folder `tables/`, what it shows, and its LaTeX."""

    name: str
    what: str
    latex: str


def paper_tables(figures: StudyFigures) -> Iterator[PaperTable]:
    """Every table that a block has figures for."""
    for block in figures.blocks:
        makers = (_means, _tasks, _preferences, _agreement)
        yield from (table for make in makers for table in make(block))


def _means(block: BlockFigures) -> Iterator[PaperTable]:
    """Systems in rows, criteria in columns: the layout of LLM-REDIAL's Table 4, with an interval under each mean."""
    rated = [one for one in block.criteria if one.judgments and any(mean.estimates for mean in one.means)]
    if not rated:
        return
    rows: list[Sequence[str] | str] = []
    for place, system in enumerate(block.systems):
        both = [one.means[place].estimates for one in rated]
        rows.append([tex(system.name), *(_value(one.headline if one else None, 2) for one in both)])
        rows.append(["", *(_small(one.headline if one else None, 2) for one in both)])
    for gap in _gaps(rated):
        rows.append(r"\addlinespace")
        rows += gap
    rows.append(r"\midrule")
    for place, system in enumerate(block.systems):
        plain = [one.means[place].plain for one in rated]
        rows.append(
            [f"{tex(system.name)}, every rating alike", *(NOTHING if one is None else f"{one:.2f}" for one in plain)]
        )
    notes = [
        f"Block {block.number}. Means of dialogues, 95 % intervals for {_targets(rated)} in brackets.",
        "Rows “every rating alike”: as papers print them, ratings taken as independent. p: Holm over the criteria.",
    ]
    heads = ["", *(tex(one.question.title) for one in rated)]
    yield PaperTable(
        f"block-{block.number}-means.tex", "means by system and criterion, the layout of LLM-REDIAL's Table 4",
        tabular(heads, rows, notes),
    )  # fmt: skip


def _tasks(block: BlockFigures) -> Iterator[PaperTable]:
    """Tasks in rows, criteria in columns, three decimals: the layout of RecLLMSim's Table 2, a part for each system."""
    rated = [one for one in block.criteria if one.judgments and any(mean.by_task for mean in one.means)]
    if not rated:
        return
    rows: list[Sequence[str] | str] = []
    for place, system in enumerate(block.systems):
        if len(block.systems) > 1:
            rows.append(rf"\multicolumn{{{len(rated) + 1}}}{{l}}{{\emph{{{tex(system.name)}}}}} \\")
        means = [one.means[place] for one in rated]
        for task in dict.fromkeys(task for mean in means for task in mean.by_task):
            both = [mean.by_task.get(task) for mean in means]
            rows.append([tex(task), *(_value(_headline(one), 3) for one in both)])
            rows.append(["", *(_small(_headline(one), 3) for one in both)])
        rows.append(["All", *(_value(_headline(mean.estimates), 3) for mean in means)])
    notes = [f"Block {block.number}. Means of dialogues by task, 95 % intervals for {_targets(rated)} in brackets."]
    yield PaperTable(
        f"block-{block.number}-tasks.tex", "means by task and criterion, the layout of RecLLMSim's Table 2",
        tabular(["", *(tex(one.question.title) for one in rated)], rows, notes),
    )  # fmt: skip


def _gaps(rated: Sequence[CriterionFigures]) -> Iterator[list[Sequence[str] | str]]:
    """The differences of each two systems, their intervals and p-values, as three rows."""
    for place in range(min((len(one.differences) for one in rated), default=0)):
        gaps = [one.differences[place] for one in rated]
        what = f"{tex(gaps[0].first.name)} $-$ {tex(gaps[0].second.name)}"
        yield [
            [what, *(_value(gap.estimates.headline, 2) for gap in gaps)],
            ["", *(_small(gap.estimates.headline, 2) for gap in gaps)],
            [r"\quad $p$", *(_p(gap.holm if gap.family > 1 else gap.test.p) for gap in gaps)],
        ]


def _preferences(block: BlockFigures) -> Iterator[PaperTable]:
    """One row a question: the share, both intervals, p; then the line as published."""
    contests = [(one.question.title, one.contest) for one in block.preferences if one.contest and one.judgments]
    if not contests:
        return
    rows: list[Sequence[str] | str] = []
    for title, contest in contests:
        rate, published = contest.preferred_rate, contest.preferred_published
        what = f"{tex(contest.preferred.name)} over {tex(contest.other.name)}"
        rows.append([
            tex(title), what, _share(rate.any_panel), _span(rate.any_panel), _span(rate.this_panel), _p(contest.test.p),
            _n(rate.any_panel),
        ])  # fmt: skip
        limits = f"{_span(published)} (Wilson, votes taken as independent)"
        rows.append(["", r"\quad as published", _share(published), rf"\multicolumn{{2}}{{l}}{{{limits}}}",
                     _p(contest.published_test.p), _n(published)])  # fmt: skip
    heads = ["", "", r"\% of votes", "any panel", "this panel", "$p$", "$n$"]
    notes = [
        f"Block {block.number}. 95 % intervals. Any panel: other pairs and annotators; this panel: these annotators."
    ]
    yield PaperTable(
        f"block-{block.number}-preference.tex",
        "win rates with both intervals, and as published",
        tabular(heads, rows, notes, "llrllrl"),
    )


def _agreement(block: BlockFigures) -> Iterator[PaperTable]:
    """Coefficients in rows, criteria in columns, over all systems."""
    asked = [one for one in block.asked if one.judgments and any(figure.system is None for figure in one.agreement)]
    found = [{figure.title: figure.estimates for figure in one.agreement if figure.system is None} for one in asked]
    titles = dict.fromkeys(title for each in found for title in each)
    if not titles:
        return
    rows: list[Sequence[str] | str] = []
    for title in titles:
        both = [_headline(each.get(title)) for each in found]
        rows.append([tex(title), *(_value(one, 2) for one in both)])
        rows.append(["", *(_small(one, 2) for one in both)])
    heads = ["", *(tex(one.question.title) for one in asked)]
    notes = [f"Block {block.number}. 95 % intervals for {_targets_of(asked)}."]
    yield PaperTable(
        f"block-{block.number}-agreement.tex", "agreement by coefficient and criterion", tabular(heads, rows, notes)
    )


def tabular(heads: Sequence[str], rows: Iterable[Sequence[str] | str], notes: Sequence[str], columns: str = "") -> str:
    """A booktabs table; a row that is a text is a command between rows. Cells are LaTeX already."""
    body = [row if isinstance(row, str) else f"{' & '.join(row)} \\\\" for row in rows]
    lines = [
        rf"\begin{{tabular}}{{{columns or 'l' + 'r' * (len(heads) - 1)}}}", r"\toprule", f"{' & '.join(heads)} \\\\",
        r"\midrule", *body, r"\bottomrule", r"\end{tabular}",
    ]  # fmt: skip
    return "\n".join([*lines, *(f"% {tex(note)}" for note in notes)]) + "\n"


def _headline(both: Estimates | None) -> Estimate | None:
    return both.headline if both else None


def _targets(rated: Sequence[CriterionFigures]) -> str:
    named = dict.fromkeys(mean.estimates.headline.target for one in rated for mean in one.means if mean.estimates)
    return " or ".join(named)


def _targets_of(asked: Sequence[object]) -> str:
    named = dict.fromkeys(figure.estimates.headline.target for one in asked for figure in getattr(one, "agreement", ()))
    return " or ".join(named) or INDEPENDENT


def _value(one: Estimate | None, places: int) -> str:
    return NOTHING if one is None or one.value is None else tex(f"{one.value:.{places}f}".replace("-", "\u2212"))


def _small(one: Estimate | None, places: int) -> str:
    if one is None or one.low is None or one.high is None:
        return ""
    low, high = (f"{limit:.{places}f}".replace("-", "$-$") for limit in (one.low, one.high))
    return rf"{{\small [{low}, {high}]}}"


def _share(one: Estimate) -> str:
    return NOTHING if one.value is None else f"{100 * one.value:.1f}"


def _span(one: Estimate) -> str:
    return NOTHING if one.low is None or one.high is None else f"{100 * one.low:.1f}--{100 * one.high:.1f}"


def _p(p: float | None) -> str:
    if p is None:
        return NOTHING
    return "$<$0.001" if p < 0.001 else f"{p:.3f}"


def _n(one: Estimate) -> str:
    known = [
        f"{one.n[key]:g} {word}"
        for key, word in (("units", "pairs"), ("annotators", "annotators"), ("judgments", "votes"))
        if key in one.n
    ]
    return ", ".join(known)
