"""A task while somebody writes it: options as lines of text, variables as they are named, what is still wrong. Pure.

An option is a line, `short-name: text`; without a short name it gets one. Where it depends on another variable, its
texts stand below it:

>>> text = '''birthday: It is your birthday.
... festival (by who):
...   aunt: Her holiday is near.'''
>>> options, problems = read_options(text)
>>> options[1]
Option(slug='festival', text={'aunt': 'Her holiday is near.'}, by='who')
>>> write_options(options) == text, problems
(True, [])
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from generation.simulation.scenarios import PLACEHOLDER, Option, Task, Variable
from generation.simulation.tasks import (
    LONGEST_DESCRIPTION,
    LONGEST_TITLE,
    MOST_OPTIONS,
    MOST_VARIABLES,
    NAME,
    SLUG,
    problems_of,
)
from generation.simulation.text import clean, one_line
from generation.wording import worded

DRAFT: Final = "draft"
LONGEST_OPTIONS: Final = 50_000
NAMED: Final = re.compile(r"([a-z0-9][a-z0-9-]{0,59})[ \t]*:[ \t]*(.*)")
BY: Final = re.compile(r"([a-z0-9][a-z0-9-]{0,59})[ \t]*\([ \t]*by[ \t]+(\w+)[ \t]*\)[ \t]*:")
LONGEST_SLUG: Final = 40
MOST_FIELDS: Final = 60
"""More than variables: whoever renames one while writing leaves fields behind."""


@dataclass(frozen=True, slots=True)
class VariableDraft:
    """A variable as its fields stand; `options` is text."""

    name: str
    title: str = ""
    options: str = ""


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A task as its fields stand."""

    title: str = ""
    description: str = ""
    variables: tuple[VariableDraft, ...] = ()
    language: str = "en"

    @property
    def named(self) -> list[str]:
        """The variables that its texts name, each once, in order."""
        texts = [self.description, *(one.options for one in self.variables)]
        by = [found[2] for one in self.variables for found in BY.finditer(one.options)]
        return list(dict.fromkeys([name for text in texts for name in PLACEHOLDER.findall(text)] + by))

    def completed(self) -> "TaskDraft":
        """With a variable for each name that has none, and without those that are empty and not named."""
        there = {one.name for one in self.variables}
        kept = [one for one in self.variables if one.name in self.named or one.options.strip()]
        new = [VariableDraft(name) for name in self.named if name not in there and NAME.fullmatch(name)]
        variables = tuple((kept + new)[:MOST_VARIABLES])
        return TaskDraft(self.title, self.description, variables, self.language)

    def task(self, slug: str = DRAFT) -> Task:
        variables = tuple(
            Variable(one.name, tuple(read_options(one.options)[0]), one.title.strip()) for one in self.variables
        )
        return Task(slug, " ".join(self.title.split()), self.description.strip(), variables, self.language)

    def problems(self) -> list[str]:
        """Everything that keeps it from being used, in words."""
        found: list[str] = [
            worded("variable %(name)s, %(problem)s", name=one.name, problem=words)
            for one in self.variables
            for words in read_options(one.options)[1]
        ]
        return found + problems_of(self.task())


def draft_of(task: Task) -> TaskDraft:
    variables = tuple(VariableDraft(one.name, one.title, write_options(one.options)) for one in task.variables)
    return TaskDraft(task.title, task.description, variables, task.language)


def read_draft(said: Mapping[str, str]) -> TaskDraft:
    """A draft from the fields of a form, bounded: `v0-name`, `v0-title`, `v0-options` and so on."""
    variables = []
    for number in range(MOST_FIELDS):
        name = said.get(f"v{number}-name", "")
        if NAME.fullmatch(name):
            title = one_line(said.get(f"v{number}-title"), LONGEST_TITLE)
            options = clean(said.get(f"v{number}-options", ""))[:LONGEST_OPTIONS]
            variables.append(VariableDraft(name, title, options))
    language = one_line(said.get("language"), 16) or "en"
    description = clean(said.get("description", ""))[: LONGEST_DESCRIPTION + 1]
    return TaskDraft(one_line(said.get("title"), LONGEST_TITLE + 1), description, tuple(variables), language)


def read_options(text: str) -> tuple[list[Option], list[str]]:
    """The options that a text tells, and what cannot be understood, with its line."""
    options: list[Option] = []
    problems: list[str] = []
    texts: dict[str, str] | None = None
    for place, line in enumerate(text.splitlines(), 1):
        said = line.strip()
        if not said:
            continue
        if line[:1].isspace() and texts is not None:
            named = NAMED.fullmatch(said)
            if named is None or not named[2]:
                problems.append(
                    worded("line %(line)d: write “option: text”, for an option of the other variable", line=place)
                )
            else:
                texts[named[1]] = named[2]
            continue
        texts = None
        if by := BY.fullmatch(said):
            texts = {}
            option = Option(by[1], texts, by=by[2])
        else:
            option = _plain(said, len(options) + 1)
        if option.slug in {one.slug for one in options}:
            problems.append(
                worded(
                    "line %(line)d: “%(option)s” is there twice; give one of them another short name",
                    line=place,
                    option=option.slug,
                )
            )
        elif len(options) >= MOST_OPTIONS:
            problems.append(
                worded("line %(line)d: there are more than %(most)d options", line=place, most=MOST_OPTIONS)
            )
            break
        else:
            options.append(option)
    return options, problems


def write_options(options: Iterable[Option]) -> str:
    """Options as `read_options` reads them."""
    return "\n".join(_lines(options))


def _lines(options: Iterable[Option]) -> Iterator[str]:
    for option in options:
        if isinstance(option.text, str):
            yield f"{option.slug}: {' '.join(option.text.split())}"
        else:
            yield f"{option.slug} (by {option.by}):"
            yield from (f"  {slug}: {' '.join(text.split())}" for slug, text in option.text.items())


def _plain(said: str, number: int) -> Option:
    named = NAMED.fullmatch(said)
    if named and named[2]:
        return Option(named[1], named[2])
    return Option(slug_of(said, f"option-{number}"), said)


def slug_of(text: str, otherwise: str) -> str:
    """A short name from a text.

    >>> slug_of("Two days, no more!", "x"), slug_of("两天", "option-1")
    ('two-days-no-more', 'option-1')
    """
    plain = unicodedata.normalize("NFKD", PLACEHOLDER.sub(" ", text)).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-")
    return found if SLUG.fullmatch(found) else otherwise


def examples_of(scenarios: Sequence[str], most: int = 3) -> list[str]:
    """The first, the last, and some between, so that one sees how they differ.

    >>> examples_of(["a", "b", "c", "d", "e"])
    ['a', 'c', 'e']
    """
    if len(scenarios) <= most:
        return list(scenarios)
    return [scenarios[round(step * (len(scenarios) - 1) / (most - 1))] for step in range(most)]
