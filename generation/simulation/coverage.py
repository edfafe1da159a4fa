"""Who is in a pool: genders, ages and occupations at a glance. Pure.

>>> coverage([Profile(gender="Female", age="31"), Profile(gender="female", age="old")]).ages[2:4]
[Part(name='25–34', n=1), Part(name='35–44', n=0)]
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from generation.simulation.profile_checks import OLDEST, YOUNGEST
from generation.simulation.profiles import Profile

BANDS: Final = ((YOUNGEST, 17), (18, 24), (25, 34), (35, 44), (45, 54), (55, 64), (65, 74), (75, OLDEST))


class Part(NamedTuple):
    """So many of the profiles are of this kind."""

    name: str
    n: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """`genders` and `occupations` by how many have them, as first written; `ages` by band, empty bands included.

    Whose age is no number of the bands is counted in `no_age`; empty fields are not counted.
    """

    n: int
    genders: list[Part]
    ages: list[Part]
    no_age: int
    occupations: list[Part]


def coverage(profiles: Iterable[Profile]) -> Coverage:
    """Counted over the profiles given."""
    people = list(profiles)
    years = [one.years for one in people]
    ages = [Part(band(low), sum(1 for age in years if age is not None and low <= age <= high)) for low, high in BANDS]
    return Coverage(
        n=len(people),
        genders=_counted(one.gender for one in people),
        ages=ages,
        no_age=len(people) - sum(part.n for part in ages),
        occupations=_counted(one.occupation for one in people),
    )


def band(years: int | None) -> str:
    """The band of an age; empty where it has none.

    >>> band(17), band(18), band(9)
    ('12–17', '18–24', '')
    """
    return next((f"{low}–{high}" for low, high in BANDS if years is not None and low <= years <= high), "")


def _counted(values: Iterable[str]) -> list[Part]:
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    for value in values:
        if said := " ".join(value.split()):
            names.setdefault(said.casefold(), said)
            counts[said.casefold()] += 1
    ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [Part(names[key], count) for key, count in ranked]
