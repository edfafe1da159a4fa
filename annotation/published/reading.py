"""Reading a whole table with every problem it has, up to a bound. Pure."""

from collections.abc import Generator, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

from annotation.published.columns import recognise, refuse_nested
from annotation.published.examples import Example, examples
from annotation.published.gathering import Gathering
from annotation.published.lines import rows_of
from annotation.published.options import Options
from annotation.published.table import Table, table_of, unknown_scales
from generation.formats.sources import Source
from generation.formats.values import FormatError, Limits

MOST_PROBLEMS: Final = 100
MOST_HEADINGS: Final = 60
MOST_HEADING: Final = 80
ROWS_KEPT: Final = 5
EXAMPLES_KEPT: Final = 6
ROWS_AT_ONCE: Final = 5_000


class Reading:
    """One table being read. Go through `steps`, then look at `table`, `problems` and `fatal`.

    `most` rows are read, or all; `first` are the first rows as they stand, `examples` the first answers in them.
    """

    def __init__(
        self, path: Path, options: Options, *, name: str = "", limits: Limits | None = None, most: int | None = None
    ) -> None:
        self.options = options
        self.table: Table | None = None
        self.rows = 0
        self.problems: list[FormatError] = []
        self.problem_count = 0
        self.fatal = False
        self.across = ""
        self.headings: list[str] = []
        self.columns: dict[str, str] = {}
        self.first: list[Sequence[str]] = []
        self.examples: list[Example] = []
        self.most = most
        self._path, self._name, self._limits = path, name, limits

    @property
    def is_clean(self) -> bool:
        return self.table is not None and not self.problem_count

    def steps(self) -> Generator[tuple[int, int], None, None]:
        """Read everything; yields (bytes read, bytes in all) now and then. Errors are kept, none is raised."""
        try:
            source = Source(self._path, self._limits, self._name)
            yield from self._read(source)
        except FormatError as error:
            self._report(error, fatal=True)

    def figures(self) -> dict[str, Any]:
        """What was recognised and what is wrong, as JSON-able values."""
        return {
            **(self.table.figures() if self.table else {}),
            "rows": self.rows,
            "layout": self.across,
            "columns": self.columns,
            "headings": [name[:MOST_HEADING] for name in self.headings[:MOST_HEADINGS]],
            "problems": [problem.as_dict() for problem in self.problems],
            "problem_count": self.problem_count,
            "fatal": self.fatal,
        }

    def _read(self, source: Source) -> Iterator[tuple[int, int]]:
        header, nested, rows = rows_of(source, self._report)
        self.headings = [name.strip() for name in header]
        kept = list(islice(rows, ROWS_KEPT))
        self.first = [cells for _place, cells in kept]
        layout = recognise(header, self.options.columns, self.options.criteria, self.options.annotators)
        self.across = layout.across_is
        self.columns = {role: self.headings[place] for role, place in layout.roles.items()}
        refuse_nested(layout, header, nested)
        found = Gathering(layout)
        for place, cells in islice(chain(kept, rows), self.most):
            self.rows += 1
            for problem in found.add(place, cells):
                self._report(problem)
            if self.rows % ROWS_AT_ONCE == 0:
                yield source.position, source.size
        self.examples = examples(found, EXAMPLES_KEPT)
        self.table, late = table_of(found, self.options)
        if self.most is None:
            late += unknown_scales(found, self.options)
        for problem in late:
            self._report(problem, fatal=problem.fatal)
        yield source.size, source.size

    def _report(self, problem: FormatError, *, fatal: bool = False) -> None:
        self.problem_count += 1
        self.fatal = self.fatal or fatal or problem.fatal
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
