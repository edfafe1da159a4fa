"""Tasks as templates with variables, and the scenarios that they make: one option for each variable. Pure.

>>> skill = Variable("skill", (Option("python", "Python"), Option("french", "French")))
>>> aim = Variable("aim", (Option("work", {"python": "to program", "french": "to phone"}, by="skill"),))
>>> task = Task("learning", "skill learning", "You learn {{skill}} {{aim}}.", (skill, aim))
>>> [str(one) for one in scenarios_of(task)]
['You learn Python to program.', 'You learn French to phone.']
>>> resolve(task, {"skill": "latin"})
Traceback (most recent call last):
generation.simulation.scenarios.ScenarioError: “latin” is no option of skill; there are python, french.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from random import Random
from typing import Final

from generation.wording import worded

PLACEHOLDER: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
LEFT_OPEN: Final = re.compile(r"\{\{.*?\}\}|\{\w*\}|\[[A-Z][A-Z0-9_ -]*\]|<[A-Z][A-Z0-9_ -]*>|\{\{|\}\}")
"""What would be read as something still to be filled in."""
DEEPEST: Final = 8


class ScenarioError(ValueError):
    """A scenario that cannot be made, in words."""


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a variable: its text, or a text for each option of the variable `by`. Texts may name variables."""

    slug: str
    text: str | Mapping[str, str]
    by: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """What differs between the scenarios of a task."""

    name: str
    options: tuple[Option, ...]
    title: str = ""

    def option(self, slug: str) -> Option | None:
        return next((one for one in self.options if one.slug == slug), None)


@dataclass(frozen=True, slots=True)
class Task:
    """What people come to the assistant for; `{{name}}` in the description stands for a variable."""

    slug: str
    title: str
    description: str
    variables: tuple[Variable, ...] = ()
    language: str = "en"

    @property
    def size(self) -> int:
        """Combinations of options; `scenarios_of` leaves out those that a dictionary does not tell."""
        return prod(len(variable.options) for variable in self.variables)

    @property
    def is_bare(self) -> bool:
        """Whether its description is one variable and nothing else: its scenarios came as whole texts."""
        return len(self.variables) == 1 and bool(PLACEHOLDER.fullmatch(self.description))


@dataclass(frozen=True, slots=True)
class Scenario:
    """A task with one option for each variable. `number` is its place in the cross product, from 0, or its own."""

    task: str
    title: str
    number: int
    values: Mapping[str, str]
    text: str
    language: str = "en"

    def __str__(self) -> str:
        return self.text

    @property
    def id(self) -> str:
        """As records of dialogues name it: the task's title and the number in it."""
        return f"{self.title}/{self.number}"


def scenarios_of(task: Task) -> Iterator[Scenario]:
    """The cross product, in order of the options, without the combinations that a dictionary leaves out.

    Combinations that read the same are one scenario, as where a variable is only named by another one's option. Those
    that came as whole texts keep the numbers they came with.
    Raises ScenarioError where a variable stays open.
    """
    names = [variable.name for variable in task.variables]
    slugs = [[option.slug for option in variable.options] for variable in task.variables]
    seen: set[str] = set()
    for number, chosen in enumerate(product(*slugs)):
        values = dict(zip(names, chosen, strict=True))
        if is_told(task, values) and (text := resolve(task, values)) not in seen:
            seen.add(text)
            number = int(chosen[0]) if task.is_bare and chosen[0].isdecimal() else number
            yield Scenario(task.slug, task.title, number, values, text, task.language)


def is_told(task: Task, values: Mapping[str, str]) -> bool:
    """Whether every dictionary among the chosen options has an entry for what the others are."""
    chosen = [option for variable in task.variables if (option := variable.option(values.get(variable.name, "")))]
    return all(isinstance(one.text, str) or values.get(one.by, "") in one.text for one in chosen)


def resolve(task: Task, values: Mapping[str, str]) -> str:
    """The description with the chosen options in it. Raises ScenarioError where anything stays open."""
    texts = {variable.name: _chosen_text(variable, values) for variable in task.variables}
    text = task.description
    for _depth in range(DEEPEST):
        if not (named := PLACEHOLDER.findall(text)):
            break
        if unknown := [name for name in named if name not in texts]:
            raise ScenarioError(worded("{{%(name)s}} is no variable of this task.", name=unknown[0]))
        text = PLACEHOLDER.sub(lambda found: texts[found[1]], text)
    else:
        raise ScenarioError(worded("The variables name one another in a circle."))
    if found := still_open(text):
        raise ScenarioError(worded("“%(what)s” is still to be filled in.", what=found[0]))
    return text.strip()


def still_open(text: str) -> list[str]:
    """What a text still has to be filled in.

    >>> still_open("Give it to [RECIPIENT] {today}, says {{who}} [sic]")
    ['[RECIPIENT]', '{today}', '{{who}}']
    """
    return LEFT_OPEN.findall(text)


def _chosen_text(variable: Variable, values: Mapping[str, str]) -> str:
    slug = values.get(variable.name, "")
    option = variable.option(slug)
    if option is None:
        there = ", ".join(one.slug for one in variable.options)
        words = worded(
            "“%(option)s” is no option of %(variable)s; there are %(there)s.",
            option=slug,
            variable=variable.name,
            there=there,
        )
        raise ScenarioError(words)
    if isinstance(option.text, str):
        return option.text
    other = values.get(option.by, "")
    if other not in option.text:
        words = worded(
            "%(variable)s “%(option)s” says nothing for %(by)s “%(other)s”.",
            variable=variable.name,
            option=slug,
            by=option.by,
            other=other,
        )
        raise ScenarioError(words)
    return option.text[other]


def sample(scenarios: Sequence[Scenario], count: int, seed: int) -> list[Scenario]:
    """So many of them by chance, in their order; the same for the same seed, all where there are no more."""
    drawn = Random(seed).sample(range(len(scenarios)), min(count, len(scenarios)))  # noqa: S311 – no secret
    return [scenarios[place] for place in sorted(drawn)]
