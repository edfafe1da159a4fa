"""A study's report as a document: the answer, what was asked and how, tables, figures, what was changed and left out.

Written in English, as papers are; numbers and rows are those of the results page.
"""

from collections.abc import Iterable, Iterator, Sequence

from annotation.word_diff import shown_changes
from evaluation.annotator_tables import Shown, annotator_tables
from evaluation.charts import Chart
from evaluation.details import times
from evaluation.exports.document import Bullets, Files, Heading, Paragraph, Part, Picture, Table
from evaluation.exports.facts import StudyFacts
from evaluation.exports.methods import methods
from evaluation.exports.split_text import split_parts
from evaluation.figures import BlockFigures, StudyFigures
from evaluation.headline import headline
from evaluation.left_out import Departed, Excluded
from evaluation.ranking_tables import RankingTable
from evaluation.rows import Rows
from evaluation.sentences import excluded_sentence
from evaluation.splits import StudySplit
from evaluation.tables import BlockPage, block_page

HEADING = ("Figure", "Value", "95 % interval, any panel", "95 % interval, this panel", "p", "n", "")


def report(
    figures: StudyFigures,
    facts: StudyFacts,
    charts: Sequence[Chart],
    files: Sequence[tuple[str, str]],
    splits: Sequence[StudySplit] = (),
) -> Iterator[Part]:
    """The parts of the report, in the order in which they are read."""
    ordered = sorted(figures.blocks, key=lambda block: not block.preferences)
    yield Heading(1, facts.title or figures.slug)
    yield from _warnings(figures, facts)
    yield from _answer(figures)
    yield Heading(2, "What was asked, and how")
    yield from methods(figures, facts)
    for block in ordered:
        yield from _block(block, [chart for chart in charts if chart.name.startswith(f"block-{block.number}-")])
    for split in splits:
        yield from split_parts(split)
    yield from _changes(figures, facts)
    yield Heading(2, "What is in this folder")
    yield Files(tuple(files))


def _warnings(figures: StudyFigures, facts: StudyFacts) -> Iterator[Part]:
    if facts.demo:
        yield Paragraph("This is the study of a demo: its answers were made up.", "warning")
    if facts.interim:
        yield Paragraph(
            f"Interim: the study was open when this was made ({facts.made}). Its figures will change, and whoever saw "
            "them could have swayed the rest. Only the sentences below hold at every look; intervals in the tables are "
            "those of a single look at a finished study. The looks are listed at the end; a paper must say so.",
            "warning",
        )
    if facts.problems:
        yield Paragraph("The study's own check found that promises were broken. Do not print this unseen:", "warning")
        yield Bullets(facts.problems)
    if not figures.judgments:
        yield Paragraph("No judgment counts in this study, so there is nothing to say of it.", "warning")


def _answer(figures: StudyFigures) -> Iterator[Part]:
    for place, sentence in enumerate(headline(figures)):
        yield Paragraph(sentence, "" if place else "lead")


def _block(block: BlockFigures, charts: Sequence[Chart]) -> Iterator[Part]:
    yield Heading(2, f"{block.name} (block {block.number})")
    if not block.counts.judgments:
        yield Paragraph("No judgments.")
        return
    yield Paragraph(_counts(block))
    page = block_page(block)
    for words in page.unsaid:
        yield Paragraph(words)
    for chart in charts:
        base = f"figures/{chart.name}"
        forms = (("SVG", f"{base}.svg"), ("PDF", f"{base}.pdf"), ("PNG", f"{base}.png"), ("numbers", f"{base}.csv"))
        yield Picture(chart.title, f"{base}.svg", f"{base}-dark.svg", forms)
    yield from (_ranking(one) for one in page.rankings)
    yield _table(page)
    if page.remarks:
        yield Bullets(page.remarks, numbered=True)
    yield from _annotators(block)
    yield from _time(block)
    yield Heading(3, "How each number was computed")
    yield Bullets(tuple(f"{name}: {method}" for name, method in page.methods))


def _counts(block: BlockFigures) -> str:
    counts = block.counts
    things = "pairs" if block.target == "pair" else "dialogues"
    parts = [
        f"{counts.judgments:,} judgments of {counts.units:,} {things} by {counts.annotators:,} annotators count",
        f"{counts.units_control:,} more {things} are kept and not counted (controls)" if counts.units_control else "",
        f"{counts.cannot_judge:,} times “cannot judge”, left out" if counts.cannot_judge else "",
        f"{counts.counted:,} of {counts.places:,} units of work were finished"
        if counts.counted < counts.places
        else "",
        f"{counts.judgments_not_counted:,} judgments do not count (their work was not finished, or late)"
        if counts.judgments_not_counted
        else "",
        f"{counts.superseded:,} answers were revised later" if counts.superseded else "",
    ]
    return "; ".join(part for part in parts if part) + "."


def _table(page: BlockPage) -> Table:
    rows: list[tuple[str, ...]] = []
    for group in page.groups:
        told = [group.title, group.text, f"({group.answers})", group.wordings]
        rows.append((" ".join(part for part in told if part),))
        for row in group.rows:
            marks = ", ".join(str(remark) for remark in row.remarks)
            rows.append((row.what, row.value or "–", row.any_panel or "–", row.this_panel or "–", row.p, row.n, marks))
    caption = (
        "Any panel: other dialogues or pairs and other annotators like these. This panel: other dialogues or pairs, "
        "these annotators. p-values of differences are Holm's over the criteria of the block, intervals unadjusted. "
        "The last column points to the remarks below."
    )
    return Table(caption, HEADING, tuple(rows), frozenset({5, 6}))


def _ranking(found: RankingTable) -> Part:
    """Systems from the strongest to the weakest, or why they cannot be ranked."""
    if found.reason:
        return Paragraph(f"{found.criterion}, {found.model}: no ranking. {found.reason}")
    rows = [(one.rank, one.ranks, one.system, one.strength, one.figures.value, one.figures.any_panel or "–",
             one.figures.this_panel or "–") for one in found.rows]  # fmt: skip
    heading = ("Rank", "Ranks it may have", "System", "Strength", "Log strength", *HEADING[2:4])
    told = [f"{found.criterion}: {found.model}", found.method, f"Tie parameter {found.tie}" if found.tie else "",
            f"Not told apart: {'; '.join(found.groups)}" if found.groups else "", *found.remarks]  # fmt: skip
    return Table(". ".join(part.rstrip(".") for part in told if part) + ".", heading, tuple(rows), frozenset({2}))


def _annotators(block: BlockFigures) -> Iterator[Part]:
    """Each annotator beside the others, and how they went about it."""
    rows = Rows(block.number)
    tables = annotator_tables(rows, block)
    if tables:
        yield Heading(3, "Annotators")
    for table in tables:
        lines = [(line.who, *(_cell(shown) for shown in line.cells)) for line in table.lines]
        yield Table(table.title or "Over all questions", ("Annotator", *table.headings), tuple(lines))
    if rows.remarks:
        yield Bullets(tuple(rows.remarks), numbered=True)


def _cell(shown: Shown) -> str:
    marks = f" [{', '.join(map(str, shown.remarks))}]" if shown.remarks else ""
    return f"{shown.value or '–'}{f' ({shown.beneath})' if shown.beneath else ''}{marks}"


def _time(block: BlockFigures) -> Iterator[Part]:
    rows = tuple((row.who, row.units, row.median, row.half, row.total) for row in times(block))
    if rows:
        caption = (
            "Active time on a unit. Medians of few people have no honest interval; the middle half shows the spread."
        )
        yield Heading(3, "Time spent")
        yield Table(caption, ("Who", "Finished units", "Median", "Middle half", "In all"), rows)


def _changes(figures: StudyFigures, facts: StudyFacts) -> Iterator[Part]:
    """Amendments, exclusions, leavers and looks: each said, also where there were none."""
    yield Heading(2, "What was changed, left out and seen")
    yield Heading(3, "Amendments of the protocol")
    if not figures.amendments:
        yield Paragraph("None: the protocol in force is the one with which the study opened.")
    for one in figures.amendments:
        yield Paragraph(
            f"Amendment {one.number}, {one.at[:16]}: {one.reason}. Digest {one.before} before, {one.after} after."
        )
        yield Bullets(tuple(_change(change.what, change.place, change.pieces) for change in shown_changes(one.changes)))
    yield Heading(3, "Excluded units")
    excluded = [(block, one) for block in figures.blocks for one in block.excluded]
    for block in figures.blocks:
        if block.excluded:
            yield Paragraph(f"{block.name}: {excluded_sentence(block)}")
    yield Bullets(tuple(_excluded(block, one) for block, one in excluded)) if excluded else Paragraph("None.")
    yield Heading(3, "Annotators who left")
    left = [_left(one) for one in figures.removed]
    if figures.withdrawn:
        left.append(f"{figures.withdrawn} withdrew; what they had asked to be deleted is not in the data.")
    yield Bullets(tuple(left)) if left else Paragraph("None.")
    yield Heading(3, "Looks at results before the end")
    looks = tuple(f"{look.at}, {look.what}: {look.reason}" for look in facts.looks)
    yield Bullets(looks) if looks else Paragraph("None: nobody saw differences between the systems while it was open.")


def _change(what: str, place: str, pieces: Iterable[object]) -> str:
    words = "".join({"gone": f"[-{text}-]", "new": f"[+{text}+]"}.get(kind, text) for kind, text in _pieces(pieces))
    return f"{what}{f' ({place})' if place else ''}: {words}"


def _pieces(pieces: Iterable[object]) -> Iterator[tuple[str, str]]:
    for piece in pieces:
        yield str(getattr(piece, "kind", "")), str(getattr(piece, "text", ""))


def _excluded(block: BlockFigures, one: Excluded) -> str:
    told = [
        f"Block {block.number}, unit {one.unit}, {one.at[:10]}: {one.reason}",
        f"{one.reports} annotators' reports" if one.reports else "",
        f"{one.judgments} judgments set apart",
        "after the study was closed" if one.after_closing else "after results were looked at" if one.after_look else "",
    ]
    return "; ".join(part for part in told if part)


def _left(one: Departed) -> str:
    kept = "what they finished counts" if one.kept else f"{one.units_set_aside} units set aside"
    knowingly = "; results could be seen by then" if one.knowingly else ""
    return f"{one.annotator}, {one.at[:10]}: {one.reason} ({kept}{knowingly})"
