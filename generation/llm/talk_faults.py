"""How the scripted user and the scripted assistant get things wrong, named as in `mishaps.py`. Pure.

Who repeats the command leaves its words out: the whole line would end the conversation, and be no part of it.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from generation.llm.talk import Told
from generation.llm.tongues import Tongue

USER_FAULTS: Final = ("ends_at_once", "role_swap", "leaked_command", "foreign_language", "says_nothing", "repeats")
ASSISTANT_FAULTS: Final = ("speaks_as_user", "refuses", "answers_nothing")
"""In the order in which they are looked for: one message has one fault at most."""


def user_fault(slugs: set[str], who: Told, *, seed: int, turns: int) -> str | None:
    """What the user says instead, in the turn that has its fault; None where all is as it should be.

    A fault befalls one of the conversation's turns, so that it is seen wherever the conversation ends.
    """
    turn = len(who.own) + 1
    if "ends_at_once" in slugs:
        return who.trigger
    for slug in USER_FAULTS[1:]:
        first = 2 if slug in ("repeats", "leaked_command") else 1
        if slug in slugs and turn == who.random(seed, slug).randint(min(first, turns), turns):
            return _USER[slug](who, who.random(seed, f"{slug} words"))
    return None


def assistant_fault(slugs: set[str], *, turn: int, tongue: Tongue, random: Random) -> str | None:
    """What the assistant says instead. It cannot know how long the talk will be: its first answer has the fault."""
    slug = next((one for one in ASSISTANT_FAULTS if one in slugs), None)
    if slug is None or turn != 1:
        return None
    return str(random.choice(tongue.lines["faults"][slug]))


def _from_bank(name: str) -> Callable[[Told, Random], str]:
    return lambda who, random: str(random.choice(who.tongue.lines["faults"][name]))


_USER: Final[Mapping[str, Callable[[Told, Random], str | None]]] = {
    "role_swap": _from_bank("role_swap"),
    "leaked_command": _from_bank("leaked_command"),
    "foreign_language": _from_bank("foreign"),
    "says_nothing": _from_bank("says_nothing"),
    "repeats": lambda who, random: who.own[-1] if who.own else None,
}
