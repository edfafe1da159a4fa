"""The labels that came with a dataset's file, by task: means, distributions and classes. Pure; no judgment is made."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from generation.records import Json

MOST_VALUES: Final = 50
"""A label with more different values than this is a text or an amount, and no distribution."""
LONGEST_VALUE: Final = 80


@dataclass(frozen=True)
class Mean:
    """Of the labels of `n` dialogues, each taken alike."""

    value: float
    n: int


@dataclass(frozen=True)
class TaskCounts:
    """The dialogues of one task, or of several that are one in the dataset's paper."""

    name: str
    tasks: tuple[str, ...]
    dialogues: int
    utterances: int
    tokens: int
    means: Mapping[str, Mean]

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "tasks": list(self.tasks),
            "dialogues": self.dialogues,
            "utterances": self.utterances,
            "tokens": self.tokens,
            "utterances_per_dialogue": self.utterances / self.dialogues if self.dialogues else None,
            "tokens_per_dialogue": self.tokens / self.dialogues if self.dialogues else None,
            "means": {name: {"value": mean.value, "n": mean.n} for name, mean in self.means.items()},
        }


@dataclass(frozen=True)
class TurnCounts:
    """The dialogues of one length in turns."""

    turns: int
    dialogues: int
    means: Mapping[str, Mean]

    def as_json(self) -> dict[str, Any]:
        means = {name: {"value": mean.value, "n": mean.n} for name, mean in self.means.items()}
        return {"turns": self.turns, "dialogues": self.dialogues, "means": means}


@dataclass
class _Task:
    dialogues: int = 0
    utterances: int = 0
    tokens: int = 0
    values: dict[str, Counter[float]] = field(default_factory=lambda: defaultdict(Counter))


class Labels:
    """Labels summed up as they are read.

    >>> labels = Labels({"new trips": "trips"})
    >>> labels.add_dialogue("trips", {"rating": {"Detail": 2}}, utterances=4)
    >>> labels.add_dialogue("new trips", {"rating": {"Detail": 1}}, utterances=5)
    >>> labels.add_utterance("trips", "user", 5, {"intent": "Search"})
    >>> labels.groups()[0].means["rating.Detail"]
    Mean(value=1.5, n=2)
    >>> labels.distributions(), labels.classes()
    ({'rating.Detail': {1: 1, 2: 1}}, {'user.intent': {'Search': 1}})
    >>> labels.by_turns()
    [TurnCounts(turns=2, dialogues=2, means={'rating.Detail': Mean(value=1.5, n=2)})]
    >>> labels.spoken
    {'user': {'utterances': 1, 'tokens': 5}}
    """

    def __init__(self, same_task: Mapping[str, str] | None = None) -> None:
        self._same = dict(same_task or {})
        self._tasks: dict[str, _Task] = defaultdict(_Task)
        self._classes: dict[str, Counter[str]] = defaultdict(Counter)
        self._lengths: Counter[int] = Counter()
        self._turns: dict[int, dict[str, Counter[float]]] = defaultdict(lambda: defaultdict(Counter))
        self.spoken: dict[str, dict[str, int]] = {}

    def add_dialogue(self, task: str, labels: Mapping[str, Json], *, utterances: int) -> None:
        found = self._tasks[task]
        found.dialogues += 1
        turns = utterances // 2
        self._lengths[turns] += 1
        for name, value in _flat(labels):
            if isinstance(value, int | float) and not isinstance(value, bool):
                found.values[name][value] += 1
                self._turns[turns][name][value] += 1
            else:
                self._class(f"dialogue.{name}", value)

    def add_utterance(self, task: str, speaker: str, tokens: int, labels: Mapping[str, Json]) -> None:
        found = self._tasks[task]
        found.utterances += 1
        found.tokens += tokens
        spoken = self.spoken.setdefault(speaker, {"utterances": 0, "tokens": 0})
        spoken["utterances"] += 1
        spoken["tokens"] += tokens
        for name, value in _flat(labels):
            self._class(f"{speaker}.{name}", value)

    def groups(self) -> list[TaskCounts]:
        """Each task, together with those that are one with it."""
        members: dict[str, list[str]] = defaultdict(list)
        for task in sorted(self._tasks):
            members[self._same.get(task, task)].append(task)
        return [self._together(name, tasks) for name, tasks in members.items()]

    def all(self) -> TaskCounts:
        return self._together("", sorted(self._tasks))

    def core(self) -> TaskCounts:
        """Without the tasks that were folded into others: RecLLMSim's averages leave its later travel plans out."""
        return self._together("", [task for task in sorted(self._tasks) if task not in self._same])

    def distributions(self) -> dict[str, dict[float, int]]:
        """How often each value of a number occurs."""
        together: dict[str, Counter[float]] = defaultdict(Counter)
        for task in self._tasks.values():
            for name, counts in task.values.items():
                together[name] += counts
        return {name: dict(sorted(counts.items())) for name, counts in together.items() if len(counts) <= MOST_VALUES}

    def classes(self) -> dict[str, dict[str, int]]:
        """How often each class of a label occurs, most frequent first."""
        few = (one for one in sorted(self._classes.items()) if len(one[1]) <= MOST_VALUES)
        return {name: dict(counts.most_common()) for name, counts in few}

    def by_turns(self) -> list[TurnCounts]:
        """The means of dialogues of each length. A turn is a message of each speaker; half of one does not count, as in
        the counts known of RecLLMSim."""
        return [
            TurnCounts(turns, n, {label: _mean(counts) for label, counts in sorted(self._turns[turns].items())})
            for turns, n in sorted(self._lengths.items())
        ]

    def as_json(self) -> dict[str, Any]:
        return {
            "all": self.all().as_json(),
            "core": self.core().as_json(),
            "tasks": [group.as_json() for group in self.groups()],
            "distributions": {
                name: {f"{value:g}": times for value, times in counts.items()}
                for name, counts in self.distributions().items()
            },
            "classes": self.classes(),
            "by_turns": [one.as_json() for one in self.by_turns()],
            "speakers": {
                name: {**spoken, "tokens_per_utterance": spoken["tokens"] / spoken["utterances"]}
                for name, spoken in self.spoken.items()
            },
        }

    def _class(self, name: str, value: Json) -> None:
        counts = self._classes[name]
        if len(counts) <= MOST_VALUES and isinstance(value, str | bool | int | float):
            text = str(value).lower() if isinstance(value, bool) else str(value)
            counts[text if len(text) <= LONGEST_VALUE else "…"] += 1

    def _together(self, name: str, tasks: list[str]) -> TaskCounts:
        values: dict[str, Counter[float]] = defaultdict(Counter)
        for task in tasks:
            for label, counts in self._tasks[task].values.items():
                values[label] += counts
        found = [self._tasks[task] for task in tasks]
        return TaskCounts(
            name,
            tuple(tasks),
            sum(one.dialogues for one in found),
            sum(one.utterances for one in found),
            sum(one.tokens for one in found),
            {label: _mean(counts) for label, counts in sorted(values.items())},
        )


def _flat(labels: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """Each label; of an object, such as ratings, each of its entries."""
    for name, value in labels.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{part}", inner) for part, inner in value.items())
        else:
            yield name, value


def _mean(counts: Counter[float]) -> Mean:
    n = counts.total()
    return Mean(sum(value * times for value, times in counts.items()) / n, n)
