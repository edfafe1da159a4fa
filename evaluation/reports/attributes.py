"""The attributes of the dialogues that a study shows, and the units of its blocks in groups by one of them."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, Final

from annotation.models import Block, Exhibit, Study
from evaluation.attributes import (
    LABEL,
    PERSON,
    TURNS,
    Attribute,
    Grouping,
    Value,
    grouping,
    offered,
    scalar,
)
from generation.models import Person
from generation.simulation.profiles import read_profile

FIELDS: Final = {
    "task": "dialogue__task",
    "scenario": "dialogue__scenario",
    "split": "dialogue__split",
    "partner": "dialogue__partner",
    "language": "dataset__language",
    TURNS: "dialogue__turn_count",
}
AT_ONCE: Final = 2_000
Values = dict[str, dict[Hashable, Value]]


class Attributes:
    """Reads what the dialogues of a study are: the values of each attribute by exhibit, in the order of the picker."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self._people: dict[int, list[tuple[str, Value]]] = {}
        self._values: Values = {key: {} for key in FIELDS}
        for exhibit, told in self._told():
            for key, value in told:
                self._values.setdefault(key, {})[exhibit] = value
        self.offered: tuple[Attribute, ...] = tuple(offered(self._values))

    def named(self, key: str) -> Attribute | None:
        """The attribute of this key, if there is one to choose."""
        return next((one for one in self.offered if one.key == key), None)

    def grouping(self, block: Block, attribute: Attribute) -> Grouping:
        """The groups of a block's units."""
        rows = block.units.order_by("pk").values_list("pk", "first_id", "second_id")
        here = {key for _unit, *both in rows for key in both}
        values = self._values[attribute.key]
        return grouping(attribute.key, rows, {one: value for one, value in values.items() if one in here})

    def _told(self) -> Iterator[tuple[int, list[tuple[str, Value]]]]:
        """Every exhibit that a unit shows, with its values by key."""
        rows = (
            Exhibit.objects.filter(block__study=self.study, dialogue__isnull=False)
            .order_by("pk")
            .values_list("pk", "dialogue__labels", "dialogue__person", *FIELDS.values())
        )
        for pk, labels, person, *fields in rows.iterator(AT_ONCE):
            told = [*zip(FIELDS, map(scalar, fields), strict=True), *_labels(labels), *self._person(person)]
            yield pk, [(key, value) for key, value in told if value is not None]

    def _person(self, pk: int | None) -> list[tuple[str, Value]]:
        if pk is None:
            return []
        if not self._people:
            shown = Exhibit.objects.filter(block__study=self.study).values("dialogue__person")
            rows = Person.objects.filter(pk__in=shown).values_list("pk", "kind", "profile")
            self._people = {one: list(_profile(kind, profile)) for one, kind, profile in rows}
        return self._people.get(pk, [])


def _labels(labels: Mapping[str, Any] | None) -> Iterator[tuple[str, Value | None]]:
    for name, value in labels.items() if isinstance(labels, dict) else ():
        yield f"{LABEL}:{name}", scalar(value)


def _profile(kind: str, profile: str) -> Iterator[tuple[str, Value]]:
    """What a profile says that groups can be made of: the rest of it is prose."""
    yield f"{PERSON}:kind", kind
    told = read_profile(profile)
    for name, value in (("gender", told.gender), ("age", told.years), ("occupation", told.occupation)):
        if (known := scalar(value)) is not None:
            yield f"{PERSON}:{name}", known.casefold() if isinstance(known, str) else known
