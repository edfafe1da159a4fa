"""What is looked for in a profile: all nine fields, a sensible age, likes and dislikes, a near twin. Pure.

>>> [(finding.code, finding.field) for finding in findings(Profile(age="130", dining="Avoids fish"))][-2:]
[('P2', 'age'), ('P3', 'dining')]
>>> says("Loves spicy food, but avoids seafood")
Says(likes=True, dislikes=True)
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from generation.simulation.profiles import LABELS, Profile
from generation.wording import gettext_noop, parts_of, worded

YOUNGEST: Final = 12
OLDEST: Final = 100
TASTES: Final = ("interests", "travel", "dining")
"""The fields that are to say what a person likes and what not."""
TOO_NEAR: Final = 0.6
TOKEN: Final = re.compile(r"[^\W\u2e80-\u9fff]+|[\u2e80-\u9fff]")
PARTS: Final = re.compile(r"[,;.:!?()，；。：！？、\n]+|\s[-–—]+\s")
DEFAULT: Final = "en"


class Finding(NamedTuple):
    """What is wrong with a profile: under which check's code, in which field (empty: the whole), in words."""

    code: str
    field: str
    words: str

    def __str__(self) -> str:
        return self.words

    def as_dict(self) -> dict[str, Any]:
        """As it is stored: the words in English, with their parts."""
        return {**self._asdict(), "parts": parts_of(self.words)}


class Says(NamedTuple):
    likes: bool
    dislikes: bool


class Near(NamedTuple):
    """The profile that is nearest to another, by its number, and how near: Jaccard of the sets of their words."""

    number: int
    similarity: float


class Found(NamedTuple):
    field: str
    words: str


@dataclass(frozen=True, slots=True)
class Case:
    profile: Profile
    language: str
    near: Near | None


@dataclass(frozen=True, slots=True)
class ProfileCheck:
    """A check: its code, what it is called, what it finds, and whether a model's profile is left out for it."""

    code: str
    title: str
    meaning: str
    find: Callable[[Case], Iterator[Found]]
    rejects: bool = True


def incomplete(case: Case) -> Iterator[Found]:
    for name in case.profile.missing:
        yield Found(name, worded("%(field)s is missing", field=worded(LABELS[name])))


def odd_age(case: Case) -> Iterator[Found]:
    years = case.profile.years
    if case.profile.age.strip() and not (years is not None and YOUNGEST <= years <= OLDEST):
        words = worded(
            "“%(said)s” is no age: write a whole number from %(least)d to %(most)d",
            said=case.profile.age[:40],
            least=YOUNGEST,
            most=OLDEST,
        )
        yield Found("age", words)


def one_sided(case: Case) -> Iterator[Found]:
    for name in TASTES:
        said = says(getattr(case.profile, name), case.language)
        if said and not said.likes:
            yield Found(name, worded("it says nothing that the person likes"))
        if said and not said.dislikes:
            yield Found(name, worded("it says nothing that the person dislikes"))


def near_twin(case: Case) -> Iterator[Found]:
    if case.near and case.near.similarity >= TOO_NEAR:
        words = worded(
            "nearly the same as number %(number)d (similarity %(similarity)s)",
            number=case.near.number,
            similarity=f"{case.near.similarity:.2f}",
        )
        yield Found("", words)


PROFILE_CHECKS: Final[Mapping[str, ProfileCheck]] = {
    one.code: one
    for one in (
        ProfileCheck("P1", gettext_noop("Incomplete"), worded("does not tell all nine fields"), incomplete),
        ProfileCheck(
            "P2",
            gettext_noop("Odd age"),
            worded("has no whole number from %(least)d to %(most)d as age", least=YOUNGEST, most=OLDEST),
            odd_age,
        ),
        ProfileCheck(
            "P3",
            gettext_noop("One-sided"),
            worded("does not say both likes and dislikes in interests, travel and dining"),
            one_sided,
            False,
        ),
        ProfileCheck(
            "P4", gettext_noop("Near twin"), worded("has nearly the same words as an earlier profile"), near_twin
        ),
    )
}
"""To add a check, write its function and its entry here."""


def findings(profile: Profile, language: str = DEFAULT, near: Near | None = None) -> list[Finding]:
    """What every check finds in one profile. `near` is the nearest of the others, as `Neighbours` says it."""
    case = Case(profile, language, near)
    return [Finding(one.code, *found) for one in PROFILE_CHECKS.values() for found in one.find(case)]


def findings_of(
    profiles: Mapping[int, Profile], language: str = DEFAULT, earlier: "Neighbours | None" = None
) -> dict[int, list[Finding]]:
    """What is wrong with each of a pool; of two near twins the later one is told. `earlier` has those before these,
    and takes these in too."""
    neighbours = Neighbours() if earlier is None else earlier
    found = {}
    for number, profile in profiles.items():
        found[number] = findings(profile, language, neighbours.nearest(profile))
        neighbours.add(number, profile)
    return found


class Neighbours:
    """Profiles ready to be compared: sets of words as the bits of whole numbers.

    >>> pool = Neighbours({4: Profile(occupation="nurse", dining="likes soup")})
    >>> pool.nearest(Profile(occupation="nurse", dining="likes fish"))
    Near(number=4, similarity=0.5)
    """

    def __init__(self, profiles: Mapping[int, Profile] | None = None) -> None:
        self._bits: dict[str, int] = {}
        self._sets: dict[int, int] = {}
        for number, profile in (profiles or {}).items():
            self.add(number, profile)

    def add(self, number: int, profile: Profile) -> None:
        self._sets[number] = self._set_of(profile)

    def nearest(self, profile: Profile) -> Near | None:
        """The one with the most words in common; of equals, the first. None where there is nothing to compare."""
        own = self._set_of(profile)
        size = own.bit_count()
        best: Near | None = None
        for number, other in self._sets.items():
            common = (own & other).bit_count()
            union = size + other.bit_count() - common
            if union and (best is None or common / union > best.similarity):
                best = Near(number, common / union)
        return best

    def _set_of(self, profile: Profile) -> int:
        found = 0
        for word in words_of(profile):
            found |= 1 << self._bits.setdefault(word, len(self._bits))
        return found


def words_of(profile: Profile) -> set[str]:
    """The words of all fields together; a Chinese or Japanese character is one of its own."""
    return {word for _name, value in profile.items() for word in TOKEN.findall(value.casefold())}


def says(text: str, language: str = DEFAULT) -> Says | None:
    """Whether a field tells likes and dislikes; None where it is empty, or in a language whose words are not known."""
    words = _words(language)
    if words is None or not text.strip():
        return None
    parts = [part for part in words.between.split(_plain(text)) if part.strip()]
    disliked = [bool(words.dislikes.search(part)) for part in parts]
    return Says(likes=not all(disliked), dislikes=any(disliked))


class _Words(NamedTuple):
    dislikes: re.Pattern[str]
    between: re.Pattern[str]


@cache
def _words(language: str) -> _Words | None:
    known: Mapping[str, Any] = _file()
    said = known.get(language.partition("-")[0].lower())
    if said is None:
        return None
    spaced = not any(letter >= "\u2e80" for part in said["parts"] for letter in part)
    between = f"{PARTS.pattern}|{_any_of(said['between'], spaced).pattern}"
    return _Words(_any_of(said["parts"], spaced), re.compile(between))


def _any_of(parts: Iterable[str], spaced: bool) -> re.Pattern[str]:
    """A pattern of any of these, as whole words where the language has spaces between words."""
    wordings = "|".join(re.escape(part).replace(r"\*", r"\w*") for part in parts)
    return re.compile(rf"\b(?:{wordings})\b" if spaced else f"(?:{wordings})")


def _plain(text: str) -> str:
    return text.casefold().replace("’", "'")


@cache
def _file() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "dislikes.toml").read_text(encoding="utf-8"))


def languages() -> list[str]:
    """Those whose likes and dislikes can be told apart."""
    return list(_file())
