"""Scenarios as files, with the keys of the published data. Pure.

>>> read_scenarios('[{"task": "tea", "task_context_id": 4, "task_context": "Make tea."}]')[0].text
'Make tea.'
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from generation.simulation.scenarios import still_open
from generation.simulation.tasks import LONGEST_DESCRIPTION, LONGEST_TITLE, MOST_OPTIONS
from generation.simulation.text import clean, one_line
from generation.wording import worded

TRANSLATED: Final = "task_context_"
LARGEST_NUMBER: Final = 10**6
LONGEST_CODE: Final = 16


class ScenarioFileError(ValueError):
    """A file of scenarios that cannot be read; `problems` says why, each with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class FiledScenario:
    """A scenario in a file: its task's title, its number there, its text, and that in other languages."""

    task: str
    number: int
    text: str
    translations: Mapping[str, str] = field(default_factory=dict)


def write_scenarios(filed: Iterable[FiledScenario]) -> str:
    return json.dumps([_entry(one) for one in filed], ensure_ascii=False, indent=1) + "\n"


def _entry(one: FiledScenario) -> dict[str, Any]:
    others = {f"{TRANSLATED}{language}": text for language, text in one.translations.items()}
    return {"task": one.task, "task_context_id": one.number, "task_context": one.text, **others}


def read_scenarios(text: str) -> list[FiledScenario]:
    """The scenarios of a JSON file. Raises `ScenarioFileError` with every problem."""
    problems: list[str] = []
    filed = list(_read(text, problems))
    places = [(one.task, one.number) for one in filed]
    if twice := sorted({place for place in places if places.count(place) > 1}):
        problems.append(
            worded("number %(number)d of “%(task)s” stands in the file twice.", number=twice[0][1], task=twice[0][0])
        )
    for task in {one.task for one in filed}:
        if sum(one.task == task for one in filed) > MOST_OPTIONS:
            problems.append(worded("“%(task)s” has more than %(most)d scenarios.", task=task, most=MOST_OPTIONS))
    if not filed and not problems:
        problems.append(worded("There is no scenario in the file."))
    if problems:
        raise ScenarioFileError(problems)
    return filed


def _read(text: str, problems: list[str]) -> Iterator[FiledScenario]:
    try:
        entries = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        problems.append(worded("This is no JSON: %(error)s.", error=error))
        return
    if not isinstance(entries, list):
        problems.append(worded("The JSON should be a list of scenarios."))
        return
    for place, entry in enumerate(entries, 1):
        said: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {}
        found = list(_problems(said))
        problems += [worded("entry %(place)d: %(problem)s", place=place, problem=words) for words in found]
        if not found:
            others = {
                one_line(str(key).removeprefix(TRANSLATED), LONGEST_CODE): clean(value)
                for key, value in said.items()
                if str(key).startswith(TRANSLATED) and key != "task_context_id" and isinstance(value, str)
            }
            yield FiledScenario(said["task"], said["task_context_id"], clean(said["task_context"]), others)


def _problems(said: Mapping[str, Any]) -> Iterator[str]:
    task, number, text = (said.get(key) for key in ("task", "task_context_id", "task_context"))
    if not isinstance(task, str) or not task.strip() or len(task) > LONGEST_TITLE or not task.isprintable():
        yield worded("“task” should be the task's title, at most %(most)d letters.", most=LONGEST_TITLE)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= LARGEST_NUMBER:
        yield worded("“task_context_id” should be a whole number from 0.")
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_DESCRIPTION:
        yield worded(
            "“task_context” should be the scenario's text, at most %(most)s letters.",
            most=f"{LONGEST_DESCRIPTION:,}",
        )
    elif found := still_open(text):
        yield worded("“%(what)s” is still to be filled in.", what=found[0])
