"""What dialogues are told apart by: an attribute's values as groups of units. Pure.

Names and values come from files that anybody may have written: long ones are cut, odd signs taken out, many put
together.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

Value = str | float
GroupKind = Literal["value", "band", "others", "differ", "none"]
MOST_GROUPS: Final = 20
"""The largest are shown each, the others together."""
MOST_VALUES: Final = 200
"""What has more different texts is a name and no attribute."""
MOST_OFFERED: Final = 60
BANDS: Final = 4
LONGEST: Final = 200
SHOWN: Final = 60
TURNS: Final = "turns"
LABEL: Final = "label"
PERSON: Final = "person"
ONLY_BANDS: Final = frozenset({TURNS, f"{PERSON}:age"})


@dataclass(frozen=True)
class Attribute:
    """`key` is what an address says, `label:satisfaction` for a label; `name` is the label's own, shortened."""

    key: str
    name: str
    values: int
    dialogues: int

    @property
    def kind(self) -> str:
        """`label`, `person`, or nothing for what every dialogue has."""
        return self.key.partition(":")[0] if ":" in self.key else ""


@dataclass(frozen=True)
class Group:
    """Units that are alike in an attribute: of one value or one band of numbers. `others` puts so many further
    `values` together, pairs that `differ` have dialogues of two values, `none` has none."""

    value: str
    kind: GroupKind
    values: int = 1

    @property
    def name(self) -> str:
        """The value as it is shown."""
        return shown(self.value)


@dataclass(frozen=True)
class Grouping:
    """The groups of one block, and the place of each unit's."""

    groups: tuple[Group, ...]
    of: Mapping[int, int]


def shown(text: str) -> str:
    """A name on one line, at most sixty signs of it, without those that nobody sees.

    >>> shown("a\\u202eb\\n" + "c" * 100) == "a b " + "c" * 55 + "…"
    True
    """
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split()) or "…"
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"


def scalar(value: Any) -> Value | None:
    """A value that groups can be made of: a text that is not long, or a number; nothing else is one.

    >>> [scalar(one) for one in (True, 3, " ", "x" * 300, ["a"], float("nan"))]
    ['true', 3.0, None, None, None, None]
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return float(value) if abs(value) < 1e15 else None
    if isinstance(value, str):
        text = value.strip()
        return text if 0 < len(text) <= LONGEST else None
    return None


def offered(values: Mapping[str, Mapping[Hashable, Value]]) -> list[Attribute]:
    """The attributes that tell dialogues apart, from the values of each key by dialogue: those with two values or more.

    A text of which nearly every dialogue has another is left out, and so is a key too long for an address.
    """
    found = []
    for key, by_dialogue in values.items():
        different = Counter(by_dialogue.values())
        texts = any(isinstance(value, str) for value in different)
        many = len(different) > MOST_VALUES or (len(different) > MOST_GROUPS and len(different) > len(by_dialogue) / 2)
        if len(different) < 2 or (texts and many) or len(key) > LONGEST:
            continue
        found.append(Attribute(key, shown(key.partition(":")[2] or key), len(different), len(by_dialogue)))
    return found[:MOST_OFFERED]


def grouping(
    key: str, units: Iterable[tuple[int, Hashable, Hashable | None]], values: Mapping[Hashable, Value]
) -> Grouping:
    """The groups of `units`, each (unit, first dialogue, second dialogue of a pair or None).

    Numbers of many values, and those that are counted, become bands of about as many units each; of a pair it is the
    mean of its two. Groups of values stand from the largest on, bands in their order.
    """
    rows = list(units)
    numbers = all(isinstance(value, float) for value in values.values())
    banded = numbers and (key in ONLY_BANDS or len(set(values.values())) > MOST_GROUPS)
    if banded:
        return _bands({unit: _mean(first, second, values) for unit, first, second in rows})
    told = {unit: _same(first, second, values) for unit, first, second in rows}
    sizes = Counter(name for kind, name in told.values() if kind == "value")
    ranked = sorted(sizes, key=lambda name: (-sizes[name], name))
    kept, others = ranked[:MOST_GROUPS], ranked[MOST_GROUPS:]
    groups = {name: Group(name, "value") for name in kept}
    groups |= dict.fromkeys(others, Group("", "others", len(others)))
    found = {unit: groups[name] if kind == "value" else Group("", kind) for unit, (kind, name) in told.items()}
    return _placed(found, list(groups.values()))


Told = tuple[GroupKind, str]


def _same(first: Hashable, second: Hashable | None, values: Mapping[Hashable, Value]) -> Told:
    found = {values.get(one) for one in (first, second) if one is not None}
    if len(found) > 1:
        return "differ", ""
    value = found.pop() if found else None
    return ("none", "") if value is None else ("value", _words(value))


def _mean(first: Hashable, second: Hashable | None, values: Mapping[Hashable, Value]) -> float | None:
    found = [values.get(one) for one in (first, second) if one is not None]
    known = [one for one in found if isinstance(one, float)]
    return float(np.mean(known)) if known and len(known) == len(found) else None


def _bands(told: Mapping[int, float | None]) -> Grouping:
    known = np.array([value for value in told.values() if value is not None])
    if not known.size:
        return _placed({unit: Group("", "none") for unit in told}, [])
    shares = np.arange(1, BANDS) / BANDS
    edges = np.unique(np.quantile(known, shares, method="lower"))
    places = np.searchsorted(edges, known)
    used = np.unique(places)
    groups = {int(place): Group(_between(known[places == place]), "band") for place in used}
    found = {unit: Group("", "none") if value is None else groups[int(np.searchsorted(edges, value))]
             for unit, value in told.items()}  # fmt: skip
    return _placed(found, list(groups.values()))


def _placed(found: Mapping[int, Group], ordered: Sequence[Group]) -> Grouping:
    """Groups in the order given, then the pairs that differ and the units without a value; none that is empty."""
    used = set(found.values())
    rest = [Group("", "differ"), Group("", "none")]
    groups = [one for one in dict.fromkeys([*ordered, *rest]) if one in used]
    places = {one: place for place, one in enumerate(groups)}
    return Grouping(tuple(groups), {unit: places[one] for unit, one in found.items()})


def _between(values: np.ndarray[Any, Any]) -> str:
    low, high = float(values.min()), float(values.max())
    return _words(low) if low == high else f"{_words(low)}–{_words(high)}"


def _words(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:g}"
