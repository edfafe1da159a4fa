"""The filters, in the order in which a funnel counts them. Pure. To add one, write its function and its entry here.

>>> list(FILTERS)
['F1', 'F2', 'F3', 'F4', 'A1', 'A2', 'A3', 'A4', 'A5', 'A6']
>>> list(CONVERSATION_FILTERS)
['Q1', 'Q2', 'Q3', 'Q4', 'Q5', 'Q6', 'Q7', 'Q9', 'A6']
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Generic, TypeVar

from generation.checks.content import early_gold, leaked_instruction, residue
from generation.checks.conversation import (
    Talk,
    foreign_language,
    leaked_prompt,
    never_ended,
    no_answer,
    one_sided,
    repeated,
    swapped_assistant,
    swapped_user,
)
from generation.checks.findings import REJECTING, Case, CheckSettings, Duplicates, Finding, Found
from generation.checks.form import incomplete, other_shape, unreadable
from generation.checks.language import is_judged
from generation.checks.outcome import other_outcome
from generation.checks.parsing import Parsed
from generation.checks.phrases import phrases_in
from generation.checks.wording import copied, long_sentence
from generation.languages import written_as
from generation.reviews.plan import Plan
from generation.wording import gettext_noop, worded

MOST_FINDINGS: Final = 20
"""So many a filter keeps of one dialogue: hostile text could have a million."""
T_contra = TypeVar("T_contra", contravariant=True)
"""What filters of one kind look at."""


def any_language(code: str) -> bool:
    return True


def english(code: str) -> bool:
    """Filters of dialogues written from reviews know phrases of English alone."""
    return written_as(code, {"en"}) == "en"


def with_phrases(name: str) -> Callable[[str], bool]:
    """For a filter that looks for phrases of this list: those languages that have one."""
    return lambda code: phrases_in(code).knows(name)


@dataclass(frozen=True, slots=True)
class Filter(Generic[T_contra]):
    """A filter: its code, what it is called, what it finds, and what does the finding."""

    code: str
    title: str
    meaning: str
    find: Callable[[T_contra], Iterator[Found]]
    judges: Callable[[str], bool] = any_language
    """Whether it can say something of texts in a language; of others it finds little or nothing."""

    @property
    def rejects(self) -> bool:
        """Whether it rejects unless settings say otherwise."""
        return self.code in REJECTING


def duplicate(case: Case | Talk) -> Iterator[Found]:
    twin = case.duplicates.twin_of(case.texts) if case.duplicates else None
    if twin:
        reason = worded(
            "almost the same as dialogue %(number)d (similarity %(similarity)s)",
            number=twin.name,
            similarity=f"{twin.similarity:.2f}",
        )
        yield Found(None, None, reason)


DUPLICATE: Final = (
    gettext_noop("Duplicate"),
    gettext_noop("is almost the same as a dialogue that was kept"),
    duplicate,
)
FILTERS: Final[Mapping[str, Filter[Case]]] = {
    one.code: one
    for one in (
        Filter(
            "F1",
            gettext_noop("Incomplete"),
            gettext_noop("is cut off, cannot be read as a dialogue, or goes on after its end"),
            incomplete,
        ),
        Filter(
            "F2",
            gettext_noop("Unreadable"),
            gettext_noop("has lost, garbled, foreign or endlessly repeated letters"),
            unreadable,
        ),
        Filter(
            "F3",
            gettext_noop("Template residue"),
            gettext_noop("shows slots, braces or goals, or does not name a title that is due"),
            residue,
        ),
        Filter(
            "F4",
            gettext_noop("Other shape"),
            gettext_noop("has another number of utterances or order of speakers than planned"),
            other_shape,
        ),
        Filter(
            "A1",
            gettext_noop("Long sentence"),
            gettext_noop("has a sentence of more words than allowed"),
            long_sentence,
        ),
        Filter("A2", gettext_noop("Copied review"), gettext_noop("repeats a review of the plan word for word"), copied),
        Filter(
            "A3", gettext_noop("Early gold"), gettext_noop("names the item to be recommended before it is"), early_gold
        ),
        Filter(
            "A4",
            gettext_noop("Leaked instruction"),
            gettext_noop("speaks of the instructions it was written by"),
            leaked_instruction,
            english,
        ),
        Filter(
            "A5",
            gettext_noop("Other outcome"),
            gettext_noop("accepts where it should decline, or the other way round"),
            other_outcome,
            english,
        ),
        Filter("A6", *DUPLICATE),
    )
}
CONVERSATION_FILTERS: Final[Mapping[str, Filter[Talk]]] = {
    one.code: one
    for one in (
        Filter(
            "Q1",
            gettext_noop("Not ended"),
            gettext_noop("was not ended by the user within the turns it may have"),
            never_ended,
        ),
        Filter(
            "Q2",
            gettext_noop("User swaps roles"),
            gettext_noop("has the user offer help or lay out a plan, as the assistant does"),
            swapped_user,
            with_phrases("offers_help"),
        ),
        Filter(
            "Q3",
            gettext_noop("Assistant swaps roles"),
            gettext_noop("has the assistant speak as the user"),
            swapped_assistant,
            with_phrases("speaks_as_user"),
        ),
        Filter(
            "Q4",
            gettext_noop("One-sided"),
            gettext_noop("has nothing of one side, or speakers who do not take turns"),
            one_sided,
        ),
        Filter(
            "Q5",
            gettext_noop("Leaked prompt"),
            gettext_noop("repeats what only the simulated user was told"),
            leaked_prompt,
        ),
        Filter(
            "Q6",
            gettext_noop("Other language"),
            gettext_noop("goes on in another language than it should"),
            foreign_language,
            is_judged,
        ),
        Filter(
            "Q7",
            gettext_noop("No answer"),
            gettext_noop("has an empty message, a refusal or an error in place of an answer"),
            no_answer,
            with_phrases("refusals"),
        ),
        Filter(
            "Q9", gettext_noop("Repetition"), gettext_noop("has somebody say the same again, word for word"), repeated
        ),
        Filter("A6", *DUPLICATE),
    )
}
"""For conversations of a simulated user and an assistant. Q8 is a person's look at the roles, after all of these."""


def check(
    parsed: Parsed,
    plan: Plan,
    *,
    finish_reason: str,
    settings: CheckSettings,
    duplicates: Duplicates | None = None,
) -> list[Finding]:
    """What every filter finds in a dialogue that was written by a plan, in the order of the filters."""
    return found_by(FILTERS.values(), Case(parsed, plan, finish_reason, settings, duplicates))


def check_conversation(talk: Talk) -> list[Finding]:
    """What every filter finds in a conversation, in the order of the filters."""
    return found_by(CONVERSATION_FILTERS.values(), talk)


def found_by(filters: Iterable[Filter[T_contra]], case: T_contra) -> list[Finding]:
    return [Finding(one.code, *found) for one in filters for found in islice(one.find(case), MOST_FINDINGS)]


def unjudged(filters: Mapping[str, Filter[Any]], language: str) -> list[str]:
    """The codes of the filters that cannot look at texts in a language as they should.

    >>> unjudged(CONVERSATION_FILTERS, "zh"), unjudged(CONVERSATION_FILTERS, "de")
    ([], ['Q2', 'Q3', 'Q7'])
    """
    return [code for code, one in filters.items() if not one.judges(language)]


def first_failure(findings: Sequence[Finding], rejecting: AbstractSet[str]) -> str | None:
    """The code of the filter that rejects a dialogue: where the funnel counts it. None if none does."""
    return next((one.code for one in findings if one.code in rejecting), None)
