"""The labels that came with a dataset's file, as its page shows them: by task, by value, by class, by length.

From `label_statistics.Labels.as_json`, which page and command share. Pure but for the words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from evaluation.palette import ink_on, viridis

BAR_HEIGHT: Final = 44
TOLD_FROM: Final = 7.0
"""A part of a bar has its share written in it from so many per cent on."""
MOST_LENGTHS: Final = 30
MOST_VALUES: Final = 7
"""As many can be told apart in one bar."""


@dataclass(frozen=True)
class TaskRow:
    """Dialogues of a task; `means` in the order of the labels, empty where a task has none of them."""

    name: str
    dialogues: int
    utterances_per_dialogue: float | None
    tokens_per_dialogue: float | None
    means: tuple[float | None, ...]


@dataclass(frozen=True)
class Part:
    """A stretch of a bar, in per cent of its width."""

    value: str
    count: int
    share: float
    x: float
    fill: str
    ink: str

    @property
    def middle(self) -> float:
        return self.x + self.share / 2

    @property
    def is_told(self) -> bool:
        return self.share >= TOLD_FROM


@dataclass(frozen=True)
class LabelBar:
    """How often each value of a label occurs."""

    title: str
    n: int
    y: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Classes:
    """The classes of a label: name, how often, per cent."""

    title: str
    n: int
    rows: tuple[tuple[str, int, float], ...]


@dataclass(frozen=True)
class LengthRow:
    turns: int
    dialogues: int
    means: tuple[float | None, ...]


@dataclass(frozen=True)
class LabelPage:
    """Everything about one dataset's labels. `titles` are those of the means."""

    name: str
    titles: tuple[str, ...]
    tasks: tuple[TaskRow, ...]
    values: tuple[str, ...]
    bars: tuple[LabelBar, ...]
    classes: tuple[Classes, ...]
    lengths: tuple[LengthRow, ...]

    @property
    def height(self) -> int:
        return len(self.bars) * BAR_HEIGHT

    @property
    def legend(self) -> list[tuple[str, str]]:
        return list(zip(self.values, viridis(len(self.values)), strict=True))


def label_page(name: str, labels: Mapping[str, Any]) -> LabelPage | None:
    """None where the files labelled nothing and name no tasks."""
    if not labels:
        return None
    means = labels["all"]["means"]
    keys = [
        *(key for key in labels["distributions"] if key in means),
        *(key for key in means if key not in labels["distributions"]),
    ]
    bars = {key: counts for key, counts in labels["distributions"].items() if key in keys and len(counts) > 1}
    values = sorted({value for counts in bars.values() for value in counts}, key=float)
    if len(values) > MOST_VALUES:
        bars, values = {}, []
    page = LabelPage(
        name=name,
        titles=tuple(map(_title, keys)),
        tasks=tuple(_tasks(labels, keys)),
        values=tuple(values),
        bars=tuple(_bar(key, counts, values, place) for place, (key, counts) in enumerate(bars.items())),
        classes=tuple(
            _classes(key, counts) for key, counts in labels["classes"].items() if counts and not key.endswith("_memo")
        ),
        lengths=tuple(_lengths(labels.get("by_turns", ()), keys)),
    )
    return page if keys or page.classes or len(page.tasks) > 1 else None


def _title(key: str) -> str:
    words = key.partition(".")[2] if "." in key else key
    return words[:1].upper() + words[1:].replace("_", " ")


def _tasks(labels: Mapping[str, Any], keys: Sequence[str]) -> list[TaskRow]:
    groups = [one for one in labels["tasks"] if one["name"]]
    rows = [_task(_name(one), one, keys) for one in groups]
    rows.append(_task(_("All"), labels["all"], keys))
    core = labels["core"]
    if core["dialogues"] != labels["all"]["dialogues"]:
        left_out = sorted(set(labels["all"]["tasks"]) - set(core["tasks"]))
        rows.append(_task(_("without %(tasks)s") % {"tasks": ", ".join(left_out)}, core, keys))
    return rows


def _name(group: Mapping[str, Any]) -> str:
    others = [task for task in group["tasks"] if task != group["name"]]
    return f"{group['name']} + {', '.join(others)}" if others else str(group["name"])


def _task(name: str, told: Mapping[str, Any], keys: Sequence[str]) -> TaskRow:
    return TaskRow(
        name, told["dialogues"], told["utterances_per_dialogue"], told["tokens_per_dialogue"], _means(told, keys)
    )


def _means(told: Mapping[str, Any], keys: Sequence[str]) -> tuple[float | None, ...]:
    return tuple(told["means"][key]["value"] if key in told["means"] else None for key in keys)


def _bar(key: str, counts: Mapping[str, int], values: Sequence[str], place: int) -> LabelBar:
    n = sum(counts.values())
    parts, x = [], 0.0
    for value, fill in zip(values, viridis(len(values)), strict=True):
        share = 100 * counts.get(value, 0) / n
        if share:
            parts.append(Part(value, counts[value], share, x, fill, ink_on(fill)))
        x += share
    return LabelBar(_title(key), n, place * BAR_HEIGHT, tuple(parts))


def _classes(key: str, counts: Mapping[str, int]) -> Classes:
    speaker, _dot, name = key.partition(".")
    of = {"user": _("messages of the user"), "system": _("messages of the agent"), "dialogue": _("dialogues")}
    n = sum(counts.values())
    title = f"{name[:1].upper()}{name[1:].replace('_', ' ')} · {of.get(speaker, speaker)}"
    return Classes(title, n, tuple((value, count, 100 * count / n) for value, count in counts.items()))


def _lengths(by_turns: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> list[LengthRow]:
    if not keys or len(by_turns) > MOST_LENGTHS:
        return []
    return [LengthRow(one["turns"], one["dialogues"], _means(one, keys)) for one in by_turns]
