"""People whom the scripted writer invents, from `people.toml` and a seed, and how it gets them wrong. Pure.

Chinese has a file of its own (`people.zh.toml`); in a language that has none, people are told in English.

They are no imitation of what a good model writes: they are there so that everything behind the writer can be tried.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

from generation.languages import languages, written_as
from generation.llm.exchange import Message
from generation.llm.prompts import unfence
from generation.llm.spoiling import Written
from generation.simulation.profiles import LABELS, Profile

SO_FAR: Final = "people_so_far"
HOW_MANY: Final = re.compile(r"\b(\d{1,4}) (?:different|more) people\b")
LANGUAGE: Final = re.compile(r"(?:behind the colons in|nine lines for each, in)\s+([^.;,\n]+?)(?:;|,)")
FROM: Final = re.compile(r"\bfrom number (\d{1,5})\b")
MOST_AT_ONCE: Final = 200
FOLDER: Final = Path(__file__).parent
PURSES: Final = ("tight", "even", "wide")

Bank = Mapping[str, Any]
"""What people are made of, in one language."""


@dataclass(frozen=True)
class Asked:
    """So many people are wanted, told in a language (the code of its file); the first has this number."""

    count: int
    first: int
    language: str = ""


def people_asked(messages: Sequence[Message]) -> Asked | None:
    """What the last message asks for, if it asks for people."""
    text = messages[-1].content if messages else ""
    found = HOW_MANY.search(text)
    if found is None or unfence(SO_FAR, text) is None:
        return None
    first = FROM.search(text)
    return Asked(min(int(found[1]), MOST_AT_ONCE), int(first[1]) if first else 1, _language(text))


def _language(text: str) -> str:
    """The code of the file in the language that is asked for; empty for English."""
    asked = LANGUAGE.search(text)
    wanted = next((code for code, one in languages().items() if asked and one.name == asked[1]), "")
    return written_as(wanted, {path.stem.partition(".")[2] for path in FOLDER.glob("people.*.toml")})


def write_people(asked: Asked, mishaps: Mapping[str, float], random: Random) -> Written:
    """The people asked for, numbered, each with what befalls it."""
    bank = _bank(asked.language)
    told: list[str] = []
    people: list[Profile] = []
    for number in range(asked.first, asked.first + asked.count):
        people.append(invented(random, bank))
        lines = {LABELS[name]: value for name, value in people[-1].items()}
        for slug, spoil in PEOPLE_SPOILERS.items():
            if random.random() < mishaps.get(slug, 0):
                lines = spoil(lines, people, random, bank)
        told.append(f"{number}.\n" + "\n".join(f"{label}: {value}" for label, value in lines.items()))
    text = "\n\n".join(told)
    if random.random() < mishaps.get("cut_off", 0):
        return Written(text[: -random.randint(40, 120)] or text[:1], "length")
    return Written(text)


def invented(random: Random, bank: Bank) -> Profile:
    """Somebody whose age and purse go with the work."""
    kind = random.choice(["student", "working", "working", "working", "retired"])
    occupation, youngest, oldest, purse = random.choice(bank["occupations"][kind]).split("|")
    traits = bank["traits"]
    return Profile(
        gender=random.choice(bank["names"]["genders"]),
        age=str(random.randint(int(youngest), int(oldest))),
        personality=bank["names"]["between"].join(
            random.choice(traits[place]) for place in ("first", "second", "third")
        ),
        occupation=occupation,
        interests=_tastes("interests", random, bank),
        travel=_tastes("travel", random, bank),
        dining=_tastes("dining", random, bank),
        spending=random.choice(bank["spending"][purse if random.random() < 0.9 else random.choice(PURSES)]),
        other=bank["names"]["apart"].join(
            random.sample(bank["other"]["any"] + (bank["other"]["grown"] if kind != "student" else []), 2)
        ),
    )


def _tastes(name: str, random: Random, bank: Bank) -> str:
    said = bank[name]
    likes, dislikes = random.sample(said["likes"], 3), random.sample(said["dislikes"], 2)
    values = dict(zip("abcxy", [*likes, *dislikes], strict=True)) | {"A": likes[0].capitalize()}
    values["often"] = random.choice(said["often"]) if "often" in said else ""
    return str(random.choice(said["frames"])).format(**values)


Lines = dict[str, str]


def _missing_field(lines: Lines, people: list[Profile], random: Random, bank: Bank) -> Lines:
    left_out = random.choice(list(lines))
    return {label: value for label, value in lines.items() if label != left_out}


def _odd_age(lines: Lines, people: list[Profile], random: Random, bank: Bank) -> Lines:
    return {**lines, LABELS["age"]: random.choice(bank["faults"]["odd_age"])}


def _only_likes(lines: Lines, people: list[Profile], random: Random, bank: Bank) -> Lines:
    name = random.choice(["interests", "travel", "dining"])
    likes = random.sample(bank[name]["likes"], 3)
    return {**lines, LABELS[name]: str(bank["faults"]["only_likes"]).format(*likes)}


def _same_person(lines: Lines, people: list[Profile], random: Random, bank: Bank) -> Lines:
    """Somebody of this answer again, a little older. The first of it stays as it is."""
    if len(people) == 1:
        return lines
    twin = people[-1] = random.choice(people[:-1])
    return {LABELS[name]: value for name, value in twin.items()} | {LABELS["age"]: str((twin.years or 30) + 1)}


PEOPLE_SPOILERS: Final[Mapping[str, Callable[[Lines, list[Profile], Random, Bank], Lines]]] = {
    "same_person": _same_person,
    "odd_age": _odd_age,
    "only_likes": _only_likes,
    "missing_field": _missing_field,
}
"""In the order of doing: a line that is left out is left out of what the others made."""


@cache
def _bank(language: str) -> Bank:
    name = f"people.{language}.toml" if language else "people.toml"
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
