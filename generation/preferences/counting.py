"""How often preferences are shown, task by task. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Shown(NamedTuple):
    """A phrase of a dialogue, or of the profile behind it."""

    dialogue: int
    phrase: str
    from_profile: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A preference: its name, the phrases that it stands for, and in how many dialogues it is shown.

    `by_profile` of these have it from the profile alone.
    """

    name: str
    phrases: tuple[str, ...]
    dialogues: int
    by_profile: int


@dataclass(frozen=True, slots=True)
class Table:
    """The preferences of one task, most frequent first, and how many dialogues the task has."""

    task: str
    dialogues: int
    rows: tuple[Row, ...]


def counted(task: str, dialogues: int, shown: Iterable[Shown], names: Mapping[str, str]) -> Table:
    """Count each preference once a dialogue. `names` gives the confirmed name of a phrase; others stand for themselves.

    >>> shown = [Shown(1, "calm films"), Shown(1, "quiet films"), Shown(2, "quiet films"), Shown(2, "tea", True)]
    >>> table = counted("films", 3, shown, {"calm films": "calm", "quiet films": "calm"})
    >>> [(row.name, row.dialogues, row.by_profile) for row in table.rows]
    [('calm', 2, 0), ('tea', 1, 1)]
    """
    said: dict[str, set[int]] = defaultdict(set)
    profiled: dict[str, set[int]] = defaultdict(set)
    phrases: dict[str, Counter[str]] = defaultdict(Counter)
    for one in shown:
        name = names.get(one.phrase, one.phrase)
        (profiled if one.from_profile else said)[name].add(one.dialogue)
        phrases[name][one.phrase] += 1
    rows = [
        Row(
            name,
            tuple(phrase for phrase, _times in phrases[name].most_common()),
            len(said[name] | profiled[name]),
            len(profiled[name] - said[name]),
        )
        for name in phrases
    ]
    return Table(task, dialogues, tuple(sorted(rows, key=lambda row: (-row.dialogues, row.name))))
