"""A5: does the user take what should be taken, and turn down what should be turned down? Pure.

Rules that know a few ways of saying so. Where an utterance says neither or both, they cannot tell and find nothing.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from generation.checks.findings import Case, Found
from generation.checks.phrases import phrases_in, plain
from generation.wording import worded

ENGLISH: Final = phrases_in("en")


class Outcome(StrEnum):
    ACCEPTS = "accepts"
    REJECTS = "rejects"


EXPECTED: Final = {
    "SG14": Outcome.ACCEPTS,
    "SG15": Outcome.ACCEPTS,
    "SG25": Outcome.ACCEPTS,
    "SG17": Outcome.REJECTS,
    "SG18": Outcome.REJECTS,
}
"""Goals that settle what becomes of an item. Declining a further suggestion (SG26) settles nothing of it."""
UNEXPECTED: Final = {
    Outcome.ACCEPTS: worded("the user accepts where the plan says: rejects"),
    Outcome.REJECTS: worded("the user rejects where the plan says: accepts"),
}


def other_outcome(case: Case) -> Iterator[Found]:
    if not case.fits:
        return
    for index, step in enumerate(case.plan.template.steps):
        for expected in filter(None, map(EXPECTED.get, step.goals)):
            said = outcome(case.masked[index])
            if said and said[0] != expected:
                yield Found(index, said[1], UNEXPECTED[said[0]])


def outcome(text: str) -> tuple[Outcome, tuple[int, int]] | None:
    """What the user decides and the words that say so, or None where the rules cannot tell.

    >>> outcome("No thanks, not for me.")
    (<Outcome.REJECTS: 'rejects'>, (0, 9))
    >>> outcome("Sounds good, but I'll pass."), outcome("Who directed it?")
    (None, None)
    """
    said = plain(text)
    accepts, rejects = ENGLISH.search("accepts", said), ENGLISH.search("rejects", said)
    if rejects and not accepts:
        return Outcome.REJECTS, rejects.span()
    if accepts and not rejects and not ENGLISH.search("doubts", said):
        return Outcome.ACCEPTS, accepts.span()
    return None
