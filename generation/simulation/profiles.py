"""Profiles of simulated users: nine fields, in the layout of the published ones. Pure.

>>> anna = read_profile("1. Gender: Female\\n2. Age: 35\\n4. Occupation: Nurse")
>>> anna.occupation, anna.years, anna.missing[:2]
('Nurse', 35, ('personality', 'interests'))
>>> anna.text().splitlines()[3]
'4. Occupation: Nurse'
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Final

from generation.simulation.text import one_line
from generation.wording import gettext_noop

LABELS: Final = {
    "gender": gettext_noop("Gender"),
    "age": gettext_noop("Age"),
    "personality": gettext_noop("Personality"),
    "occupation": gettext_noop("Occupation"),
    "interests": gettext_noop("Daily Interests and Hobbies"),
    "travel": gettext_noop("Travel Habits"),
    "dining": gettext_noop("Dining Preferences"),
    "spending": gettext_noop("Spending Habits"),
    "other": gettext_noop("Other Aspects"),
}
"""The nine fields, in order, as the published profiles call them."""
FIELDS: Final = tuple(LABELS)
ALIASES: Final = {
    "sex": "gender",
    "character": "personality",
    "job": "occupation",
    "profession": "occupation",
    "interests": "interests",
    "hobbies": "interests",
    "interests and hobbies": "interests",
    "daily interests": "interests",
    "travel": "travel",
    "travel preferences": "travel",
    "dining": "dining",
    "dining habits": "dining",
    "food preferences": "dining",
    "spending": "spending",
    "other": "other",
    "others": "other",
}
"""What models also call them."""
LONGEST_VALUE: Final = 1000
KNOWN: Final = {**ALIASES, **{label.lower(): name for name, label in LABELS.items()}}
COLON: Final = re.compile("[:：]")
MARKS: Final = re.compile(r"[*_#`>]+")
BEFORE: Final = re.compile(r"^\s*(?:[-•·]\s*)?(?:\(?\d{1,4}\s*[.):]\s*)*")
HEADING: Final = re.compile(r"^(?:person|profile|user|record)?\s*#?\s*\d{0,4}\s*[.):]*$", re.IGNORECASE)
YEARS: Final = re.compile(r"(\d{1,3})(?:\s*(?:years?(?:[ -]old)?|y\.?o\.?|岁))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Who a simulated user is. Every field is text as it was written; empty where nothing was."""

    gender: str = ""
    age: str = ""
    personality: str = ""
    occupation: str = ""
    interests: str = ""
    travel: str = ""
    dining: str = ""
    spending: str = ""
    other: str = ""

    @property
    def years(self) -> int | None:
        """The age as a whole number, or None where it is none."""
        found = YEARS.fullmatch(self.age.strip())
        return int(found[1]) if found else None

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name, value in self.items() if not value.strip())

    def items(self) -> Iterator[tuple[str, str]]:
        return ((field.name, getattr(self, field.name)) for field in fields(self))

    def as_dict(self) -> dict[str, str]:
        return asdict(self)

    def text(self) -> str:
        """Nine numbered lines, as the published profiles are laid out."""
        return "\n".join(f"{number}. {LABELS[name]}: {value}" for number, (name, value) in enumerate(self.items(), 1))


def profile_of(values: Mapping[str, object]) -> Profile:
    """A profile from what a form, a row of a table or JSON says; each value on one line and bounded."""
    return Profile(**{name: one_line(values.get(name), LONGEST_VALUE) for name in FIELDS})


def read_profile(text: str) -> Profile:
    """The first profile that a text tells; fields that it does not tell are empty."""
    return next(iter(read_records(text)), Profile())


def read_records(text: str) -> list[Profile]:
    """The profiles that a model's answer tells, in order, whatever numbers, bullets or Markdown it put around them.

    A record ends where a field comes again, at an empty line after its last field, or at a heading such as `2.` or
    `Person 2:`. What stands outside records is left out.

    >>> answer = "Here they are:\\n\\n1.\\n**Gender:** Male\\n- Age: 25\\n\\n2. Gender: Female\\nAge: 31\\n\\nDone!"
    >>> [(one.gender, one.age) for one in read_records(answer)]
    [('Male', '25'), ('Female', '31')]
    """
    records: list[dict[str, str]] = []
    values: dict[str, str] = {}
    open_field = ""
    for line in text.splitlines():
        named = _named(line)
        bare = MARKS.sub("", line).strip()
        if named and named[0] in values:
            records.append(values)
            values = {}
        if named:
            open_field = named[0]
            values[open_field] = named[1]
        elif not bare:
            open_field = ""
        elif values and HEADING.match(bare):
            records.append(values)
            values, open_field = {}, ""
        elif open_field:
            values[open_field] = f"{values[open_field]} {bare}"
        if len(values) == len(FIELDS) and not bare:
            records.append(values)
            values = {}
    return [profile_of(one) for one in (*records, values) if one]


def _named(line: str) -> tuple[str, str] | None:
    """The field that a line tells, with its value, or None."""
    label, *rest = COLON.split(line, maxsplit=1)
    label = BEFORE.sub("", MARKS.sub("", label), count=1)
    name = KNOWN.get(" ".join(label.lower().split())) if rest else None
    return (name, rest[0].strip().strip("*").strip()) if name else None
