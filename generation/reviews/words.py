"""How findings about templates speak. Pure."""

from typing import Final, NamedTuple

from generation.reviews.goals import GOALS

SPEAKER_WORDS: Final = {"user": "the user", "system": "the agent"}


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
    return f"{goal} ({GOALS[goal].does})" if goal in GOALS else goal
