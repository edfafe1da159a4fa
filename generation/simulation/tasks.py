"""Tasks as they are written in TOML and kept in JSON, and the ones that come with the product. Pure.

>>> [(task.slug, task.size) for task in BUILT_IN.values()]
[('travel', 18), ('skills', 12), ('recipe', 8), ('gifts', 12)]
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from generation.languages import written_as
from generation.simulation.scenarios import (
    PLACEHOLDER,
    Option,
    Scenario,
    ScenarioError,
    Task,
    Variable,
    resolve,
    scenarios_of,
)
from generation.wording import worded

SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST_TITLE: Final = 100
LONGEST_DESCRIPTION: Final = 10_000
LONGEST_TEXT: Final = 2_000
MOST_VARIABLES: Final = 10
MOST_OPTIONS: Final = 50
MOST_SCENARIOS: Final = 5_000


class TasksError(ValueError):
    """Tasks that cannot be used; `problems` says why, each with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_tasks(text: str) -> dict[str, Task]:
    """The tasks of a TOML file by slug. Raises `TasksError` with every problem.

    >>> read_tasks("[[task]]\\nslug = 'tea'\\ntitle = 'tea'\\ndescription = 'Make {{kind}} tea.'")
    Traceback (most recent call last):
    generation.simulation.tasks.TasksError: tea: {{kind}} in the description is no variable
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TasksError([f"this is no TOML: {error}"]) from error
    tasks = [task_of(table) for table in data.get("task", [])]
    found = [f"{task.slug}: {problem}" for task in tasks for problem in problems_of(task)]
    if found or not tasks:
        raise TasksError(found or ["there is no [[task]]"])
    return {task.slug: task for task in tasks}


def task_of(said: Mapping[str, Any]) -> Task:
    """A task from a table of TOML or JSON; `problems_of` says whether it can be used."""
    return Task(
        slug=str(said.get("slug", "")),
        title=str(said.get("title", "")),
        description=str(said.get("description", "")).strip(),
        variables=variables_of(said.get("variable", [])),
        language=str(said.get("language", "en")),
    )


def variables_of(said: Any) -> tuple[Variable, ...]:
    return tuple(
        Variable(str(one.get("name", "")), tuple(_options_of(one.get("options", {}))), str(one.get("title", "")))
        for one in said
    )


def _options_of(said: Mapping[str, Any] | Sequence[Sequence[Any]]) -> Iterator[Option]:
    """Options in their order, of a table or, where a database would not keep that order, of pairs."""
    for slug, text in said.items() if isinstance(said, Mapping) else said:
        if isinstance(text, Mapping):
            by = {key: value for key, value in text.items() if key != "by"}
            yield Option(str(slug), _texts(text.get("texts", by)), by=str(text.get("by", "")))
        else:
            yield Option(str(slug), str(text))


def _texts(said: Mapping[str, Any] | Sequence[Sequence[Any]]) -> dict[str, str]:
    pairs = said.items() if isinstance(said, Mapping) else said
    return {str(key): str(value) for key, value in pairs}


def as_tables(variables: tuple[Variable, ...]) -> list[dict[str, Any]]:
    """Variables as `variables_of` reads them. What has an order is a list: PostgreSQL sorts the keys of an object."""
    return [
        {
            "name": variable.name,
            "title": variable.title,
            "options": [
                [option.slug, option.text if isinstance(option.text, str) else _by(option.by, option.text)]
                for option in variable.options
            ],
        }
        for variable in variables
    ]


def _by(name: str, texts: Mapping[str, str]) -> dict[str, Any]:
    return {"by": name, "texts": [list(pair) for pair in texts.items()]}


def problems_of(task: Task) -> list[str]:
    """Everything that keeps a task from being used, in words."""
    found = list(_problems(task))
    return found or list(_problems_of_scenarios(task))


def _problems(task: Task) -> Iterator[str]:
    if not SLUG.fullmatch(task.slug):
        yield worded("its slug should be small letters, digits and hyphens")
    if not task.title.strip() or len(task.title) > LONGEST_TITLE or not task.title.isprintable():
        yield worded("it needs a title of at most %(most)d letters", most=LONGEST_TITLE)
    if not task.description.strip():
        yield worded("it needs a description")
    if len(task.description) > LONGEST_DESCRIPTION:
        yield worded(
            "the description has more than %(most)s letters",
            most=f"{LONGEST_DESCRIPTION:,}",
        )
    names = [variable.name for variable in task.variables]
    if len(names) > MOST_VARIABLES:
        yield worded("it has more than %(most)d variables", most=MOST_VARIABLES)
    if twice := sorted({name for name in names if names.count(name) > 1}):
        yield worded("the variable %(name)s is there twice", name=twice[0])
    for name in _named_in(task.description):
        if name not in names:
            yield worded("{{%(name)s}} in the description is no variable", name=name)
    for variable in task.variables:
        yield from _problems_of_variable(variable, task)
    for name in names:
        if name not in reached(task):
            yield worded("nothing uses the variable %(name)s: write {{%(name)s}} where it belongs", name=name)
    if task.size > MOST_SCENARIOS:
        yield worded(
            "it makes %(size)s scenarios; %(most)s is the most",
            size=f"{task.size:,}",
            most=f"{MOST_SCENARIOS:,}",
        )


def _problems_of_variable(variable: Variable, task: Task) -> Iterator[str]:
    place = worded("variable %(name)s", name=variable.name)
    names = {one.name: one for one in task.variables}
    if not NAME.fullmatch(variable.name):
        yield worded("%(place)s: its name should be small letters, digits and _", place=place)
    if not variable.options:
        yield worded("%(place)s: it needs an option", place=place)
    if len(variable.options) > MOST_OPTIONS:
        yield worded("%(place)s: it has more than %(most)d options", place=place, most=MOST_OPTIONS)
    for option in variable.options:
        where = worded("%(place)s, option %(slug)s", place=place, slug=option.slug)
        texts = [option.text] if isinstance(option.text, str) else list(option.text.values())
        if not SLUG.fullmatch(option.slug):
            yield worded("%(where)s: its short name should be small letters, digits and hyphens", where=where)
        if not texts or not all(text.strip() for text in texts):
            yield worded("%(where)s: it says nothing", where=where)
        if any(len(text) > LONGEST_TEXT for text in texts):
            yield worded("%(where)s: it has more than %(most)s letters", where=where, most=f"{LONGEST_TEXT:,}")
        for name in sorted({name for text in texts for name in _named_in(text)} - set(names)):
            yield worded("%(where)s: {{%(name)s}} is no variable", where=where, name=name)
        if not isinstance(option.text, str):
            yield from _problems_of_dictionary(option, variable, names, where)


def _problems_of_dictionary(
    option: Option, variable: Variable, names: Mapping[str, Variable], where: str
) -> Iterator[str]:
    other = names.get(option.by)
    if other is None or other is variable:
        yield worded("%(where)s: say by which other variable it differs", where=where)
        return
    for slug in option.text:
        if other.option(slug) is None:
            there = ", ".join(one.slug for one in other.options)
            yield worded(
                "%(where)s: “%(slug)s” is no option of %(name)s; there are %(there)s",
                where=where,
                slug=slug,
                name=other.name,
                there=there,
            )


def _problems_of_scenarios(task: Task) -> Iterator[str]:
    try:
        any_made = False
        for _scenario in scenarios_of(task):
            any_made = True
    except ScenarioError as error:
        yield error.args[0]
    else:
        if not any_made:
            yield worded("no combination of its options goes together")


def reached(task: Task) -> set[str]:
    """The variables that the description names, itself or by way of an option, or by which an option differs."""
    variables = {variable.name: variable for variable in task.variables}
    found: set[str] = set()
    to_do = list(_named_in(task.description))
    while to_do:
        name = to_do.pop()
        if name in found or name not in variables:
            continue
        found.add(name)
        for option in variables[name].options:
            texts = [option.text] if isinstance(option.text, str) else [*option.text.values()]
            to_do += [inner for text in texts for inner in _named_in(text)]
            to_do += [option.by] if option.by else []
    return found


def _named_in(text: str) -> list[str]:
    """The variables that a text names, each once, in order."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


FOLDER: Final = Path(__file__).parent
BUILT_IN: Final = read_tasks((FOLDER / "tasks.toml").read_text(encoding="utf-8"))


@cache
def built_in_in(code: str) -> Mapping[str, Task]:
    """The built-in tasks as they are told in a language, by slug; nothing where they are not told in it.

    >>> built_in_in("zh-CN")["skills"].language, dict(built_in_in("de"))
    ('zh', {})
    """
    known = {path.stem.partition(".")[2] for path in FOLDER.glob("tasks.*.toml")}
    base = written_as(code, known)
    return read_tasks((FOLDER / f"tasks.{base}.toml").read_text(encoding="utf-8")) if base else {}


def told_in(scenario: Scenario, code: str) -> str:
    """A scenario's text in a language: that of the built-in task it is of, as long as that says it as it says it now.

    >>> english = next(scenarios_of(BUILT_IN["skills"]))
    >>> told_in(english, "zh")[:10], told_in(english, "de") == english.text
    ('你想学用Python', True)
    """
    task, other = BUILT_IN.get(scenario.task), built_in_in(code).get(scenario.task)
    if task is None or other is None:
        return scenario.text
    try:
        return resolve(other, scenario.values) if resolve(task, scenario.values) == scenario.text else scenario.text
    except ScenarioError:
        return scenario.text
