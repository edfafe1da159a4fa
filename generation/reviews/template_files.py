"""Templates as files that people edit elsewhere: JSON, or CSV with one utterance a row. Pure.

>>> print(as_csv([Template.parse("mine U:SG02 S:SG08+SG11")]))
template,utterance,speaker,goals
mine,1,user,SG02
mine,2,system,SG08+SG11
<BLANKLINE>
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from generation.records import SPEAKERS
from generation.reviews.goals import GOALS
from generation.reviews.templates import Step, Template
from generation.wording import either, worded

COLUMNS: Final = ("template", "utterance", "speaker", "goals")
MOST_TEMPLATES: Final = 2_000
MOST_UTTERANCES: Final = 40
MOST_GOALS: Final = 8
LONGEST_NAME: Final = 100
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
BY_SLUG: Final = {goal.slug: goal.id for goal in GOALS.values()}


class TemplateFileError(ValueError):
    """A file of templates that cannot be read; `problems` says why, each with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def as_json(templates: Iterable[Template]) -> dict[str, Any]:
    return {"templates": [_table(template) for template in templates]}


def _table(template: Template) -> dict[str, Any]:
    return {
        "id": template.id,
        "n_recommendations": template.recommendations,
        "length": template.length,
        "needs": template.needs._asdict(),
        "utterances": steps_as_json(template.steps),
    }


def steps_as_json(steps: Iterable[Step]) -> list[dict[str, Any]]:
    return [{"speaker": step.speaker, "goals": list(step.goals)} for step in steps]


def as_csv(templates: Iterable[Template]) -> str:
    """One utterance a row. A name that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for template in templates:
        name = f"'{template.id}" if template.id.startswith(FORMULA) else template.id
        for number, step in enumerate(template.steps, 1):
            writer.writerow([name, number, step.speaker, "+".join(step.goals)])
    return out.getvalue()


def read_templates(text: str) -> list[Template]:
    """The templates of a file, JSON or CSV as its first character says. Raises `TemplateFileError`.

    Goals are given by id or by slug.

    >>> read_templates('{"templates": [{"id": "mine", "utterances": [{"speaker": "user", "goals": ["greet_like"]}]}]}')
    [Template(id='mine', steps=(Step(speaker='user', goals=('SG02',)),))]
    """
    text = text.lstrip("\ufeff \t\r\n")
    problems: list[str] = []
    tables = _json_tables(text, problems) if text[:1] in ("{", "[") else _csv_tables(text, problems)
    templates = [template for table in tables if (template := _template(table, problems))]
    if not templates and not problems:
        problems.append(worded("There is no template in the file."))
    if len(templates) > MOST_TEMPLATES:
        problems.append(
            worded(
                "There are %(templates)s templates; at most %(most)s fit into one file.",
                templates=f"{len(templates):,}",
                most=f"{MOST_TEMPLATES:,}",
            )
        )
    counts = Counter(template.id for template in templates)
    problems += [
        worded("“%(name)s” stands in the file %(count)d times. Rename.", name=name, count=count)
        for name, count in counts.items()
        if count > 1
    ]
    if problems:
        raise TemplateFileError(problems)
    return templates


def _json_tables(text: str, problems: list[str]) -> list[Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        problems.append(worded("This is no JSON: %(error)s.", error=error))
        return []
    tables = data.get("templates") if isinstance(data, dict) else data
    if not isinstance(tables, list):
        problems.append(worded("The JSON should be a list of templates, or have one under “templates”."))
        return []
    return tables


def _csv_tables(text: str, problems: list[str]) -> list[Any]:
    """Rows that follow one another under one name are one template; its utterances come in the order of the rows."""
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""))
        missing = [name for name in COLUMNS if name != "utterance" and name not in (reader.fieldnames or [])]
        rows = list(reader)
    except csv.Error as error:
        problems.append(worded("This is no CSV: %(error)s.", error=error))
        return []
    if missing:
        problems.append(
            worded(
                "The first row should name the columns %(columns)s; missing: %(missing)s.",
                columns=", ".join(COLUMNS),
                missing=", ".join(missing),
            )
        )
        return []
    tables: list[dict[str, Any]] = []
    for row in rows:
        name = (row["template"] or "").strip()
        name = name[1:] if name.startswith("'") and name[1:].startswith(FORMULA) else name
        if not tables or tables[-1]["id"] != name:
            tables.append({"id": name, "utterances": []})
        goals = [goal.strip() for goal in (row["goals"] or "").split("+") if goal.strip()]
        tables[-1]["utterances"].append({"speaker": (row["speaker"] or "").strip().lower(), "goals": goals})
    return tables


def _template(table: Any, problems: list[str]) -> Template | None:
    name = str(table.get("id") or table.get("name") or "").strip() if isinstance(table, Mapping) else ""
    utterances = table.get("utterances") if isinstance(table, Mapping) else None
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        problems.append(
            worded(
                "“%(name)s” is no name; give each template an “id” of at most %(most)d letters.",
                name=name[:40],
                most=LONGEST_NAME,
            )
        )
        return None
    if not isinstance(utterances, list) or len(utterances) > MOST_UTTERANCES:
        problems.append(
            worded(
                "“%(name)s” should have “utterances”, a list of at most %(most)d.",
                name=name,
                most=MOST_UTTERANCES,
            )
        )
        return None
    found = list(_steps(name, utterances, problems))
    return Template(name, tuple(found)) if len(found) == len(utterances) else None


def _steps(name: str, utterances: list[Any], problems: list[str]) -> Iterator[Step]:
    for number, said in enumerate(utterances, 1):
        place = worded("“%(name)s”, utterance %(number)d", name=name, number=number)
        speaker = said.get("speaker") if isinstance(said, Mapping) else None
        goals = said.get("goals") if isinstance(said, Mapping) else None
        if speaker not in SPEAKERS:
            problems.append(
                worded(
                    "%(place)s: the speaker is “%(speaker)s”; it should be %(speakers)s.",
                    place=place,
                    speaker=str(speaker)[:40],
                    speakers=either(list(SPEAKERS)),
                )
            )
        elif not isinstance(goals, list) or len(goals) > MOST_GOALS:
            problems.append(worded("%(place)s: “goals” should be a list of one to three.", place=place))
        elif unknown := [goal for goal in goals if goal_id(goal) is None]:
            problems.append(
                worded(
                    "%(place)s: “%(unknown)s” is no goal; goals are SG01 to SG%(last)d.",
                    place=place,
                    unknown=str(unknown[0])[:40],
                    last=len(GOALS),
                )
            )
        else:
            yield Step(str(speaker), tuple(str(goal_id(goal)) for goal in goals))


def goal_id(said: object) -> str | None:
    """The id of a goal that is named by its id or its slug."""
    text = said.strip() if isinstance(said, str) else ""
    return text.upper() if text.upper() in GOALS else BY_SLUG.get(text.lower())
