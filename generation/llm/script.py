"""A dialogue from a plan without any model: lines from `script.toml`, combined by a seed. Pure.

The same plan and seed give the same dialogue; another seed gives another. It is no imitation of a good writer: it is
there so that everything behind the writer can be tried and tested.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

from generation.reviews.goals import GOALS, PLACEHOLDER

NAMED: Final = re.compile(r"\[([A-Z_]+?(?:_\d+)?)\]")
WORD: Final = re.compile(r"(?<![\w'’-])[a-z]{5,14}(?![\w'’-])")
ASKS_TASTE, ASKS_SUGGESTION = "SG05", "SG03"
MORE_OFTEN: Final = 0.4


@dataclass(frozen=True)
class Planned:
    """One utterance of a plan, with what it may draw on."""

    speaker: str
    goals: tuple[str, ...]
    item: str
    review: str


@dataclass(frozen=True)
class ScriptPlan:
    """What a plan says that the script needs. `gold` is the title that is to be recommended and accepted."""

    domain: str
    gold: str
    utterances: tuple[Planned, ...]


@dataclass(frozen=True)
class Line:
    speaker: str
    text: str


def read_plan(text: str) -> ScriptPlan | None:
    """A plan from its JSON, or None where it is none."""
    try:
        said = json.loads(text)
        titles = {name: str(item["title"]) for name, item in said["items"].items()}
        utterances, current = [], ""
        for one in said["utterances"]:
            values = {**titles, **{name: str(value) for name, value in one["slots"].items()}}
            goals = [str(goal) for goal in one["goals"]]
            named = [name for goal in goals for name in NAMED.findall(goal)]
            current = next((values[name] for name in named if name in titles), current)
            review = next((values[name] for name in named if "REVIEW" in name and name in values), "")
            utterances.append(Planned(str(one["speaker"]), tuple(map(goal_id, goals)), current, review))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return ScriptPlan(str(said.get("domain", "")), titles.get("USER_MIGHT_LIKES", ""), tuple(utterances))


def goal_id(instruction: str) -> str:
    """The goal that an instruction of a plan comes from; empty where it is none of ours.

    >>> goal_id("Suggest [USER_HIS_LIKES_2]")
    'SG12'
    """
    found = [(len(words.pattern), id) for words, id in _instructions() if words.match(instruction)]
    return max(found, default=(0, ""))[1]


@cache
def _instructions() -> tuple[tuple[re.Pattern[str], str], ...]:
    wordings = [
        (words, goal.id) for goal in GOALS.values() for words in (goal.instruction, goal.without_review) if words
    ]
    return tuple((re.compile(_as_pattern(words)), id) for words, id in wordings)


def _as_pattern(words: str) -> str:
    """The instruction with its slots numbered and in brackets, and perhaps one more behind it."""
    parts = PLACEHOLDER.split(words)
    named = [rf"\[{part}(?:_\d+)?\]" if number % 2 else re.escape(part) for number, part in enumerate(parts)]
    return "".join(named) + r"(?:: \[\w+\])?$"


def write(plan: ScriptPlan, seed: int) -> list[Line]:
    """The dialogue of a plan, a line for each utterance."""
    random = random_of(plan, seed)
    lines: list[Line] = []
    before: tuple[str, ...] = ()
    used: set[str] = set()
    for one in plan.utterances:
        said = [_taste(random, used)] if ASKS_TASTE in before and ASKS_SUGGESTION in one.goals else []
        said += [_say(goal, one, plan, random, used) for goal in one.goals]
        lines.append(Line(one.speaker, " ".join(said)))
        before = one.goals
    return lines


def as_text(lines: Sequence[Line]) -> str:
    return "\n\n".join(f"{line.speaker}: {line.text}" for line in lines)


def random_of(plan: ScriptPlan, seed: int) -> Random:
    digest = hashlib.sha256(f"{seed} {plan!r}".encode()).digest()
    return Random(digest)  # noqa: S311 – drawn again from its seed; no secret


def reworded(line: Line, text: str) -> Line:
    return replace(line, text=text)


@cache
def bank() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "script.toml").read_text(encoding="utf-8"))


def _say(goal: str, one: Planned, plan: ScriptPlan, random: Random, used: set[str]) -> str:
    lines = bank()["goals"].get(goal, bank()["unknown"])
    words = _words_of(one.review, plan, random)
    text = _one_of([line for line in lines["say"] if len(words) == 2 or not _wants_words(line)], random, used)
    if "more" in lines and random.random() < MORE_OFTEN:
        text += " " + _one_of(lines["more"], random, used)
    first, second = [f"“{word}”" for word in words] or ("", "")
    noun = bank()["nouns"].get(plan.domain.lower(), "one")
    return _filled(text, {"item": one.item, "first": first, "second": second, "noun": noun})


def _filled(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], text)


def _wants_words(line: str) -> bool:
    return "{first}" in line or "{second}" in line


def _taste(random: Random, used: set[str]) -> str:
    return _one_of(bank()["taste"]["say"], random, used)


def _one_of(lines: Sequence[str], random: Random, used: set[str]) -> str:
    """One that this dialogue has not had yet, as long as there are any."""
    line = random.choice([line for line in lines if line not in used] or lines)
    used.add(line)
    return line


def _words_of(review: str, plan: ScriptPlan, random: Random) -> tuple[str, ...]:
    """Two words that the review has and that no title has, or none."""
    titles = f"{plan.gold} {' '.join(one.item for one in plan.utterances)}".lower()
    apart = set(bank()["words"]["common"].split())
    words = sorted({word for word in WORD.findall(review.lower()) if word not in apart and word not in titles})
    return tuple(random.sample(words, 2)) if len(words) >= 2 else ()
