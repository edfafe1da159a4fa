"""The goals of utterances, read from `goals.toml` beside this file. Pure.

>>> GOALS["SG12"].does
'suggests an item the user knows and likes'
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from generation.records import SPEAKERS

SOURCES: Final = {"likes": "USER_HIS_LIKES", "dislikes": "USER_HIS_DISLIKES", "might_likes": "USER_MIGHT_LIKES"}
"""Where a user's items come from, and the slot that stands for one of them."""
ANY_SOURCE: Final = "any"
REVIEW_SLOTS: Final = frozenset(
    {
        "USER_HIS_LIKES_REVIEW",
        "USER_HIS_DISLIKES_REVIEW",
        "OTHER_REVIEW",
        "OTHER_DISLIKES_REVIEW",
        "OTHER_HISLIKES_REVIEW",
        "OTHER_MIGHTLIKES_REVIEW",
    }
)
SLOTS: Final = REVIEW_SLOTS | set(SOURCES.values())
PLACEHOLDER: Final = re.compile(r"\{\{(\w+)\}\}")


class GoalsError(ValueError):
    """A file of goals that cannot be used; `problems` says why, each with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What one part of an utterance is for (a sub-goal). The fields are those that `goals.toml` explains."""

    id: str
    slug: str
    primary: str
    speakers: tuple[str, ...]
    does: str
    meaning: str
    instruction: str
    without_review: str = ""
    slots: tuple[str, ...] = ()
    optional_slots: tuple[str, ...] = ()
    item: str = ""
    source: str = ""

    @property
    def introduces(self) -> bool:
        """Does it bring an item into the conversation?"""
        return self.item == "new"


def read_goals(text: str) -> tuple[dict[str, str], dict[str, Goal]]:
    """The titles of primary goals by slug, and the goals by id. Raises `GoalsError` with every problem.

    >>> read_goals("[primary]\\nask = 'Ask'\\n[[goal]]\\nid = 'SG01'\\nslug = 'ask_it'")
    Traceback (most recent call last):
    generation.reviews.goals.GoalsError: goal SG01: give it primary, speakers, does, meaning, instruction
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise GoalsError([f"this is no TOML: {error}"]) from error
    primaries = {str(slug): str(title) for slug, title in data.get("primary", {}).items()}
    problems: list[str] = []
    goals: dict[str, Goal] = {}
    for number, table in enumerate(data.get("goal", []), 1):
        place = f"goal {table.get('id', f'number {number}')}"
        found = list(_problems_of_table(table))
        if not found:
            said: dict[str, Any] = {key: tuple(table[key]) if key in LISTS else table[key] for key in table}
            goal = Goal(**said)
            found = list(_problems(goal, primaries, goals))
            goals[goal.id] = goal
        problems += [f"{place}: {problem}" for problem in found]
    if not goals and not problems:
        problems.append("there is no [[goal]]")
    if problems:
        raise GoalsError(problems)
    return primaries, goals


LISTS: Final = ("speakers", "slots", "optional_slots")
NEEDED: Final = ("id", "slug", "primary", "speakers", "does", "meaning", "instruction")


def _problems_of_table(table: Mapping[str, Any]) -> Iterator[str]:
    known = [field.name for field in fields(Goal)]
    if missing := [key for key in NEEDED if not table.get(key)]:
        yield f"give it {', '.join(missing)}"
    if unknown := [key for key in table if key not in known]:
        yield f"{', '.join(unknown)} is not known; known are {', '.join(known)}"
    for key, value in table.items():
        texts = value if key in LISTS and isinstance(value, list) else [value]
        if (key in LISTS) is not isinstance(value, list) or not all(isinstance(text, str) for text in texts):
            yield f"{key} should be a {'list of texts' if key in LISTS else 'text'}"


def _problems(goal: Goal, primaries: Mapping[str, str], others: Mapping[str, Goal]) -> Iterator[str]:
    if goal.id in others or goal.slug in {other.slug for other in others.values()}:
        yield f"its id or its slug “{goal.slug}” is taken by an earlier goal"
    if goal.primary not in primaries:
        yield f"“{goal.primary}” is no primary goal; known are {', '.join(primaries)}"
    if unknown := [speaker for speaker in goal.speakers if speaker not in SPEAKERS]:
        yield f"“{unknown[0]}” does not speak; speakers are {', '.join(SPEAKERS)}"
    if unknown := sorted({*goal.slots, *goal.optional_slots} - SLOTS):
        yield f"{', '.join(unknown)} is no slot; known are {', '.join(sorted(SLOTS))}"
    for words in (goal.instruction, goal.without_review):
        if strange := set(PLACEHOLDER.findall(words)) - set(goal.slots):
            yield f"its words use {', '.join(sorted(strange))}, which is not among its slots"
    if goal.item not in ("", "new", "current"):
        yield f"its item is “{goal.item}”; it should be new or current"
    if goal.source not in (*SOURCES, *([ANY_SOURCE] if goal.item == "current" else []), *([] if goal.item else [""])):
        yield f"its source “{goal.source}” does not fit its item; known are {', '.join(SOURCES)}"
    if (goal.slots or goal.optional_slots) and not goal.item:
        yield "it has slots, so say which item they are about (item, source)"
    if goal.introduces and goal.source in SOURCES and SOURCES[goal.source] not in goal.slots:
        yield f"it introduces an item of {goal.source}, so {SOURCES[goal.source]} should be among its slots"


PRIMARIES, GOALS = read_goals((Path(__file__).parent / "goals.toml").read_text(encoding="utf-8"))
