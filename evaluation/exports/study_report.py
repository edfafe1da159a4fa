"""A study's report as a folder: the text, tables, figures, the data, and the script that recomputes it all."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import orjson
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from annotation.models import Study
from annotation.protocol import to_toml
from annotation.services.checking import CheckReport, check_study
from annotation.services.material import protocol_of
from evaluation.charts import FORMATS, Chart, charts_of
from evaluation.exports.document import Heading, Paragraph, Part, as_html, as_markdown
from evaluation.exports.facts import StudyFacts, facts_of, without_names
from evaluation.exports.long_table import COLUMNS, TEXT_COLUMNS, long_table
from evaluation.exports.neutral import neutral
from evaluation.exports.paper_tables import PaperTable, paper_tables
from evaluation.exports.report_text import report
from evaluation.exports.script import script_files
from evaluation.exports.split_text import UNIT_COLUMNS, UNIT_TEXTS
from evaluation.exports.writing import csv_pieces
from evaluation.figures import StudyFigures, as_json
from evaluation.reports import study_figures
from evaluation.reports.asked import asked_of
from evaluation.reports.attributes import Attributes
from evaluation.reports.splits import study_split, unit_groups
from evaluation.services.drawing import draw_files
from evaluation.split_page import COLUMNS as COLUMNS_OF_SPLIT
from evaluation.split_page import TEXT_COLUMNS as TEXTS_OF_SPLIT
from evaluation.split_page import named, split_rows
from evaluation.splits import StudySplit

TRIES: Final = 3
HOLDS: Final = (
    ("report.html", gettext_noop("the report, to read and print")),
    ("report.md", gettext_noop("the same as Markdown")),
    ("tables/", gettext_noop("LaTeX tables in the papers' layouts")),
    ("figures/", gettext_noop("each figure as SVG, PDF and PNG, in light and dark, with its numbers as CSV")),
    ("data/judgments.csv", gettext_noop("every judgment, counted or not, a row each")),
    ("data/figures.json", gettext_noop("every number of the report in full")),
    ("data/asked.json", gettext_noop("what was asked: systems, questions, scales")),
    ("data/protocol.toml", gettext_noop("the protocol, from which the same study can be made again")),
    ("recompute.py", gettext_noop("recomputes every number from data/judgments.csv alone; needs NumPy and SciPy")),
    ("evaluation/", gettext_noop("the formulas that recompute.py uses, as the product has them")),
    ("SHA256SUMS", gettext_noop("digests of all these files")),
)


SPLITS_STAND: Final = 6
HOLDS_SPLITS: Final = (
    (
        "data/split-1.csv",
        gettext_noop("every number of the split by an attribute, a row each; split-2.csv of a second one"),
    ),
    ("data/split-1-units.csv", gettext_noop("which unit stands in which of its groups")),
)


class ReportError(ValueError):
    """A report that cannot be made; the message says what to do."""


class ReportFolder:
    """Writes the report of a study into an empty folder, a step at a time: a step takes seconds, and reads only."""

    def __init__(self, study: Study, folder: Path, splits: Sequence[str] = ()) -> None:
        self.study = study
        self.folder = folder
        self.wanted = tuple(dict.fromkeys(splits))
        self.splits: list[StudySplit] = []
        self.check: CheckReport
        self.figures: StudyFigures
        self.charts: tuple[Chart, ...]

    def steps(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        """What is done, in words, and the doing."""
        return (
            (_("The study is checked"), self.look_through),
            (_("Judgments are written and figures computed"), self.compute),
            (_("Figures are drawn"), self.draw),
            (_("The report is written"), self.write),
        )

    def look_through(self) -> None:
        self.check = check_study(self.study)

    def compute(self) -> None:
        """The table and the figures of one and the same state, also while people judge."""
        for _attempt in range(TRIES):
            self.study.refresh_from_db()
            before = self.study.judgment_revision
            table = csv_pieces(COLUMNS, long_table(self.study), text_columns=TEXT_COLUMNS)
            with self._path("data/judgments.csv").open("wb") as file:
                file.writelines(table)
            self.figures = without_names(study_figures(self.study, unblinded=True))
            with translation.override("en"):
                self.splits = list(self._splits())
            if self.study.judgment_revision == before:
                return
        raise ReportError("People are judging so fast that no two readings agree. Try again when it is quieter.")

    def _splits(self) -> Iterator[StudySplit]:
        """What is split by attributes, with its files."""
        attributes = Attributes(self.study) if self.wanted else None
        for number, key in enumerate(self.wanted, 1):
            chosen = attributes.named(key) if attributes else None
            if attributes is None or chosen is None:
                known = ", ".join(one.key for one in attributes.offered) if attributes else ""
                raise ReportError(f"No dialogue of the study has the attribute {key!r}. There are: {known or 'none'}.")
            split = study_split(self.study, attributes, chosen)
            self._rows(f"data/split-{number}.csv", COLUMNS_OF_SPLIT, split_rows(split), TEXTS_OF_SPLIT)
            units = (
                (block, unit, named(group), group.kind)
                for block, unit, group in unit_groups(self.study, attributes, chosen)
            )
            self._rows(f"data/split-{number}-units.csv", UNIT_COLUMNS, units, UNIT_TEXTS)
            yield split

    def draw(self) -> None:
        self.charts = charts_of(self.figures)
        files = []
        for chart in self.charts:
            path = self._path(f"figures/{chart.name}.csv")
            path.write_text(numbers_csv(chart), encoding="utf-8")
            files += [(chart, "light", format, path.with_suffix(f".{format}")) for format in FORMATS]
            files += [(chart, "dark", format, path.with_name(f"{chart.name}-dark.{format}")) for format in FORMATS]
        draw_files(files)

    def write(self) -> None:
        facts = facts_of(self.study, self.check)
        with translation.override("en"):
            parts = list(report(self.figures, facts, self.charts, self._holds(), self.splits))
        tables = list(paper_tables(self.figures))
        self._text("report.html", as_html(facts.title or self.figures.slug, parts))
        self._text("report.md", as_markdown(parts))
        for table in tables:
            self._text(f"tables/{table.name}", table.latex)
        self._json("data/figures.json", as_json(self.figures))
        self._json("data/asked.json", asked_of(self.study).as_json())
        self._text("data/protocol.toml", to_toml(protocol_of(self.study)))
        for name, text in script_files():
            self._text(name, text)
        self._text("README.md", readme(facts, tables, self._holds()))
        self._text("SHA256SUMS", "".join(self._sums()))

    def _holds(self) -> tuple[tuple[str, str], ...]:
        return HOLDS[:SPLITS_STAND] + HOLDS_SPLITS + HOLDS[SPLITS_STAND:] if self.splits else HOLDS

    def _rows(
        self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], text_columns: frozenset[str]
    ) -> None:
        with self._path(name).open("wb") as file:
            file.writelines(csv_pieces(columns, rows, text_columns=text_columns))

    def _sums(self) -> Iterator[str]:
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                name = path.relative_to(self.folder).as_posix()
                yield f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n"

    def _path(self, name: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _text(self, name: str, text: str) -> None:
        self._path(name).write_text(text, encoding="utf-8")

    def _json(self, name: str, value: dict[str, Any]) -> None:
        self._path(name).write_bytes(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_INDENT_2))


def numbers_csv(chart: Chart) -> str:
    """The table of what a chart shows; no name is taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(chart.heading)
    writer.writerows([neutral(cell) if isinstance(cell, str) else cell for cell in row] for row in chart.numbers)
    return text.getvalue()


def readme(facts: StudyFacts, tables: list[PaperTable], holds: Sequence[tuple[str, str]] = HOLDS) -> str:
    """What is here, and how to check it."""
    about: list[Part] = [
        Heading(1, facts.title or "A study"),
        Paragraph(f"Made {facts.made}. Begin with report.html."),
    ]
    listed = "\n".join(f"- `{path}`: {what}" for path, what in holds)
    latex = "\n".join(f"- `tables/{one.name}`: {one.what}" for one in tables)
    return f"""{as_markdown(about)}
{listed}

## Tables
{latex or "None: nothing is compared."}

They need `\\usepackage{{booktabs}}`; names in Chinese need XeLaTeX or LuaLaTeX.

## Recompute every number

    python -m venv check && check/bin/pip install -r requirements.txt
    check/bin/python recompute.py

The script reads `data/judgments.csv` and what was asked (`data/asked.json`), computes every figure again, writes
`recomputed.csv` with each number beside the published one, and ends with an error if one differs. How many units and
places there were, also unjudged ones, is of the study's record and not in the table; so is the order that an interim
report's intervals for looks rest on, and what a split is by (`data/split-1-units.csv`, where there is one). Nothing
else is from elsewhere.
"""
