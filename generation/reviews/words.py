"""How findings about templates speak. Pure."""

from typing import Final, NamedTuple

from generation.reviews.goals import GOALS
from generation.wording import worded

SPEAKER_WORDS: Final = {"user": worded("the user"), "system": worded("the agent")}


class Finding(NamedTuple):
    """What keeps a template from being legal: the rule it breaks, the utterance (0: the whole), what to do."""

    rule: str
    utterance: int
    words: str

    def __str__(self) -> str:
        return f"utterance {self.utterance}: {self.words}" if self.utterance else self.words


def named(goal: str) -> str:
    """A goal with what it does.

    >>> named("SG14")
    'SG14 (accepts)'
    """
    if goal not in GOALS:
        return goal
    return worded("%(goal)s (%(does)s)", goal=goal, does=worded(GOALS[goal].does))
