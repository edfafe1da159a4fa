"""How the matrix of a run fills up: for each scenario and assistant, what became of each profile's."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count

from generation.models import Attempt, GenerationRun, Planned
from generation.services.runs.simulated.planning import assistants_of
from generation.services.runs.simulated.settings import Situation, situations_of

MOST_CELLS: Final = 6_000
"""Above this only counts are shown."""
UNDER_WAY: Final = "open"


@dataclass(frozen=True, slots=True)
class Cell:
    """A conversation: its number in the run, how far to the right it stands, and its state."""

    n: int
    place: int
    state: str


@dataclass(frozen=True, slots=True)
class Row:
    """A scenario with an assistant."""

    situation: Situation
    assistant: str
    counts: Counter[str]
    cells: Sequence[Cell]

    @property
    def total(self) -> int:
        return self.counts.total()


@dataclass(frozen=True, slots=True)
class Filled:
    rows: Sequence[Row]
    width: int
    several_assistants: bool


def filled(run: GenerationRun) -> Filled:
    """Counted now. Profiles stand in the order of their numbers, the same in every row.

    When all is planned, scenarios that a sample left out have no row.
    """
    planned = Planned.objects.filter(run=run).order_by()
    begun = Attempt.objects.filter(run=run, verdict=Attempt.Verdict.OPEN)
    open_ones = set() if run.is_over else set(begun.values_list("planned", flat=True))
    assistants = list(assistants_of(run))
    keys = [(situation, name) for situation in situations_of(run.settings).values() for name in assistants]
    if planned.count() > MOST_CELLS:
        counts = _counts(run)
        counted = [Row(*key, counts.get((key[0].id, key[1]), Counter()), ()) for key in keys]
        return Filled(_with_some(run, counted), 0, len(assistants) > 1)
    rows = list(planned.values_list("pk", "n", "subject", "variant", "person", "state"))
    people = {name: place for place, name in enumerate(sorted({row[4] for row in rows}, key=_by_number))}
    cells: dict[tuple[str, str], list[Cell]] = {}
    for pk, n, subject, variant, person, state in rows:
        shown = UNDER_WAY if pk in open_ones else state
        cells.setdefault((subject, variant), []).append(Cell(n, people[person], shown))
    found = []
    for situation, name in keys:
        own = sorted(cells.get((situation.id, name), ()), key=lambda cell: cell.place)
        found.append(Row(situation, name, Counter(cell.state for cell in own), own))
    return Filled(_with_some(run, found), len(people), len(assistants) > 1)


def _with_some(run: GenerationRun, rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.total or not run.all_planned]


def _counts(run: GenerationRun) -> dict[tuple[str, str], Counter[str]]:
    """By scenario and assistant, how many are in which state; those under way are still to be made."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    rows = Planned.objects.filter(run=run).order_by().values_list("subject", "variant", "state")
    for subject, variant, state, count in rows.annotate(count=Count("pk")):
        counts.setdefault((subject, variant), Counter())[state] = count
    return counts


def _by_number(name: str) -> tuple[bool, int, str]:
    """
    >>> sorted(["10", "9", "x"], key=_by_number)
    ['9', '10', 'x']
    """
    digits = name.isascii() and name.isdecimal()
    return not digits, int(name) if digits else 0, name
