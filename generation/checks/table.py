"""The filters, in the order in which a funnel counts them. Pure. To add one, write its function and its entry here.

>>> list(FILTERS)
['F1', 'F2', 'F3', 'F4', 'A1', 'A2', 'A3', 'A4', 'A5', 'A6']
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from generation.checks.content import early_gold, leaked_instruction, residue
from generation.checks.findings import Case, CheckSettings, Duplicates, Finding, Found
from generation.checks.form import incomplete, other_shape, unreadable
from generation.checks.outcome import other_outcome
from generation.checks.parsing import Parsed
from generation.checks.wording import copied, long_sentence
from generation.reviews.plan import Plan

MOST_FINDINGS: Final = 20
"""So many a filter keeps of one dialogue: hostile text could have a million."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter: its code, what it is called, what it finds, and what does the finding."""

    code: str
    title: str
    meaning: str
    find: Callable[[Case], Iterator[Found]]

    @property
    def rejects(self) -> bool:
        """Whether it rejects unless settings say otherwise."""
        return self.code in CheckSettings().rejecting


def duplicate(case: Case) -> Iterator[Found]:
    twin = case.duplicates.twin_of(case.texts) if case.duplicates else None
    if twin:
        yield Found(None, None, f"almost the same as dialogue {twin.name} (similarity {twin.similarity:.2f})")


FILTERS: Final[Mapping[str, Filter]] = {
    one.code: one
    for one in (
        Filter("F1", "Incomplete", "is cut off, cannot be read as a dialogue, or goes on after its end", incomplete),
        Filter("F2", "Unreadable", "has lost, garbled, foreign or endlessly repeated letters", unreadable),
        Filter("F3", "Template residue", "shows slots, braces or goals, or does not name a title that is due", residue),
        Filter("F4", "Other shape", "has another number of utterances or order of speakers than planned", other_shape),
        Filter("A1", "Long sentence", "has a sentence of more words than allowed", long_sentence),
        Filter("A2", "Copied review", "repeats a review of the plan word for word", copied),
        Filter("A3", "Early gold", "names the item to be recommended before it is", early_gold),
        Filter("A4", "Leaked instruction", "speaks of the instructions it was written by", leaked_instruction),
        Filter("A5", "Other outcome", "accepts where it should decline, or the other way round", other_outcome),
        Filter("A6", "Duplicate", "is almost the same as a dialogue that was kept", duplicate),
    )
}


def check(
    parsed: Parsed,
    plan: Plan,
    *,
    finish_reason: str,
    settings: CheckSettings,
    duplicates: Duplicates | None = None,
) -> list[Finding]:
    """What every filter finds, in the order of the filters."""
    case = Case(parsed, plan, finish_reason, settings, duplicates)
    return [Finding(one.code, *found) for one in FILTERS.values() for found in islice(one.find(case), MOST_FINDINGS)]


def first_failure(findings: Sequence[Finding], settings: CheckSettings) -> str | None:
    """The code of the filter that rejects a dialogue: where the funnel counts it. None if none does."""
    return next((one.code for one in findings if one.code in settings.rejecting), None)
