"""A template while it is edited: what each button of the editor makes of it. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from generation.reviews.templates import Step

OTHER: Final = {"user": "system", "system": "user"}
NEW_GOAL: Final = ""
"""A goal that is not chosen yet."""
FIRST: Final = (Step("user", (NEW_GOAL,)), Step("system", (NEW_GOAL,)))
Steps = tuple[Step, ...]


class Edited(NamedTuple):
    """What became of the utterances, and the control that the focus should be on, by its id."""

    steps: Steps
    focus: str = ""


def edited(steps: Steps, action: str) -> Edited:
    """The utterances after a button was pressed; one that makes no sense here changes nothing.

    >>> one = (Step("user", ("SG02",)), Step("system", ("SG08", "SG11")))
    >>> edited(one, "earlier-1-1")
    Edited(steps=(Step(speaker='user', goals=('SG02',)), Step(speaker='system', goals=('SG11', 'SG08'))), focus='u1-g0')
    """
    verb, *rest = action.split("-")
    places = [int(number) for number in rest if number.isdecimal()]
    if verb in UTTERANCES and len(places) == 1 and places[0] < len(steps):
        return UTTERANCES[verb](steps, places[0])
    if verb in GOALS and len(places) == 2 and places[0] < len(steps):
        return GOALS[verb](steps, *places)
    return insert(steps, len(steps)) if verb == "add" and not places else Edited(steps)


def insert(steps: Steps, at: int) -> Edited:
    """A new utterance at a place, by whoever does not speak before it."""
    speaker = OTHER.get(steps[at - 1].speaker, "user") if at else "user"
    return Edited((*steps[:at], Step(speaker, (NEW_GOAL,)), *steps[at:]), f"u{at}-g0")


def remove(steps: Steps, at: int) -> Edited:
    left = steps[:at] + steps[at + 1 :]
    return Edited(left, f"u{min(at, len(left) - 1)}-remove" if left else "add")


def move(steps: Steps, at: int, by: int) -> Edited:
    to = at + by
    if not 0 <= to < len(steps):
        return Edited(steps, f"u{at}-g0")
    moved = list(steps)
    moved.insert(to, moved.pop(at))
    direction = "up" if by < 0 else "down"
    at_the_edge = to in (0, len(steps) - 1)
    return Edited(tuple(moved), f"u{to}-g0" if at_the_edge else f"u{to}-{direction}")


def add_goal(steps: Steps, at: int) -> Edited:
    goals = steps[at].goals
    return Edited(_with_goals(steps, at, (*goals, NEW_GOAL)), f"u{at}-g{len(goals)}")


def drop_goal(steps: Steps, at: int, goal: int) -> Edited:
    goals = steps[at].goals
    left = goals[:goal] + goals[goal + 1 :]
    return Edited(_with_goals(steps, at, left), f"u{at}-g{max(0, min(goal, len(left) - 1))}")


def earlier(steps: Steps, at: int, goal: int) -> Edited:
    goals = list(steps[at].goals)
    if not 0 < goal < len(goals):
        return Edited(steps, f"u{at}-g0")
    goals.insert(goal - 1, goals.pop(goal))
    return Edited(_with_goals(steps, at, goals), f"u{at}-g{goal - 1}")


def _with_goals(steps: Steps, at: int, goals: Sequence[str]) -> Steps:
    return (*steps[:at], replace(steps[at], goals=tuple(goals)), *steps[at + 1 :])


UTTERANCES: Final = {
    "after": lambda steps, at: insert(steps, at + 1),
    "remove": remove,
    "up": lambda steps, at: move(steps, at, -1),
    "down": lambda steps, at: move(steps, at, 1),
    "goal": add_goal,
}
GOALS: Final = {"drop": drop_goal, "earlier": earlier}
