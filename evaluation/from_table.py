"""A study's figures from its long table alone: what the script beside a report runs. Pure.

What was asked (systems, questions, the ends of their scales) is the study's protocol's; every number is the rows'.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np

from evaluation.annotator_figures import beside_others, habits
from evaluation.columns import Columns, Work, by_wording
from evaluation.criteria import asked_figures
from evaluation.exports.neutral import neutral
from evaluation.figures import Question, System
from evaluation.time_spent import time_spent

FIRST_LEFT: Final = "1"
NO_SYSTEM: Final = -1
NO_TASK: Final = -1
WHOLE: Final = -1


@dataclass(frozen=True)
class AskedBlock:
    """What a block compares and asks. `places` is the place of each dataset's slug in the order of `systems`;
    `rewordings` the amendments that brought other words, by instrument and criterion."""

    number: int
    target: str
    systems: tuple[System, ...]
    places: Mapping[str, int]
    questions: tuple[Question, ...]
    tasks: tuple[str, ...]
    rewordings: Mapping[tuple[str, str], tuple[int, ...]]


@dataclass(frozen=True)
class Asked:
    """What a study asked of whom. The annotators stand in the order in which the product counts them."""

    study: str
    annotators: tuple[str, ...]
    blocks: tuple[AskedBlock, ...]

    def as_json(self) -> dict[str, Any]:
        blocks = []
        for block in self.blocks:
            reworded = [[*key, list(numbers)] for key, numbers in block.rewordings.items()]
            blocks.append(asdict(block) | {"rewordings": reworded})
        return {"study": self.study, "annotators": list(self.annotators), "blocks": blocks}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Asked":
        return cls(told["study"], tuple(told["annotators"]), tuple(_block(one) for one in told["blocks"]))


def _block(told: Mapping[str, Any]) -> AskedBlock:
    questions = [one | {"labels": {int(value): label for value, label in one["labels"].items()}}
                 for one in told["questions"]]  # fmt: skip
    return AskedBlock(
        told["number"],
        told["target"],
        tuple(System(**one) for one in told["systems"]),
        told["places"],
        tuple(Question(**one) for one in questions),
        tuple(told["tasks"]),
        {(instrument, criterion): tuple(numbers) for instrument, criterion, numbers in told["rewordings"]},
    )


@dataclass
class _Rows:
    """The rows of one block: the answers that count, by instrument and criterion, and how many do not."""

    answers: dict[tuple[str, str], list[tuple[int, ...]]] = field(default_factory=lambda: defaultdict(list))
    work: dict[tuple[int, int, str], tuple[int, float, bool]] = field(default_factory=dict)
    cannot_judge: dict[tuple[str, str], Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    amendment: dict[tuple[str, str], Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    superseded: int = 0
    judgments_not_counted: int = 0
    judgments_excluded: int = 0

    def columns(self, key: tuple[str, str], rewordings: tuple[int, ...], tasks: tuple[str, ...]) -> Columns:
        table = np.array(self.answers[key], dtype=np.int64).reshape(-1, 8)
        unit, place, annotator, value, system, other, first_left, task = table.T
        return Columns(
            unit, place, annotator, value, system, other, first_left > 0, self.cannot_judge[key], self.amendment[key],
            task, tasks, by_wording(self.amendment[key], rewordings),
        )  # fmt: skip

    def assignments(self) -> Work:
        """The work that the rows were given in, a row an assignment."""
        keys, told = list(self.work), list(self.work.values())
        return Work(
            np.array([unit for unit, _, _ in keys], dtype=np.int64),
            np.array([person for _, person, _ in keys], dtype=np.int64),
            np.array([system for system, _, _ in told], dtype=np.int64),
            np.array([seconds for _, seconds, _ in told], dtype=np.float64),
            np.array([submitted for _, _, submitted in told], dtype=bool),
        )

    def counts(self) -> dict[str, int]:
        return {
            "judgments": sum(len(rows) for rows in self.answers.values()),
            "cannot_judge": sum(counted.total() for counted in self.cannot_judge.values()),
            "superseded": self.superseded,
            "judgments_not_counted": self.judgments_not_counted,
            "judgments_excluded": self.judgments_excluded,
        }


def figures_of_table(rows: Iterable[Mapping[str, str]], asked: Asked) -> dict[str, Any]:
    """The figures of every block, in the form of `figures.json`, from the rows of `judgments.csv` as texts."""
    blocks = {block.number: (_Reading(block, asked.annotators), _Rows()) for block in asked.blocks}
    for row in rows:
        reading, into = blocks[int(row["block"])]
        reading.take(row, into)
    return {"slug": asked.study, "blocks": [_figures(block, blocks[block.number][1], asked) for block in asked.blocks]}


def _figures(block: AskedBlock, rows: _Rows, asked: Asked) -> dict[str, Any]:
    keys = [(one.instrument, one.criterion) for one in block.questions]
    columns = {key: rows.columns(key, block.rewordings.get(key, ()), block.tasks) for key in keys}
    criteria, preferences = asked_figures(block.questions, columns, block.systems)
    names, work = dict(enumerate(asked.annotators)), rows.assignments()
    answered = [(one, columns[one.instrument, one.criterion]) for one in block.questions]
    systems = len(block.systems)
    return {
        "number": block.number,
        "counts": rows.counts(),
        "criteria": [asdict(one) for one in criteria],
        "preferences": [asdict(one) for one in preferences],
        "time": asdict(time_spent(work, names, 0 if block.target == "pair" else systems)),
        "habits": [asdict(one) for one in habits(answered, work, names)],
        "beside": [asdict(one) for one in beside_others(answered, names, two=systems == 2)],
    }


class _Reading:
    """Takes the rows of one block in."""

    def __init__(self, block: AskedBlock, annotators: Iterable[str]) -> None:
        self.pairs = block.target == "pair"
        self.annotators = {neutral(name): number for number, name in enumerate(annotators)}
        self.places = {neutral(slug): place for slug, place in block.places.items()}
        self.tasks = {neutral(task): place for place, task in enumerate(block.tasks)}
        self.decimals = {(one.instrument, one.criterion): one.decimals for one in block.questions}

    def take(self, row: Mapping[str, str], into: _Rows) -> None:
        if row["superseded"] == "1":
            into.superseded += 1
        elif row["excluded"] == "1":
            into.judgments_excluded += 1
        elif row["counted"] != "1":
            into.judgments_not_counted += 1
        elif (row["instrument"], row["criterion"]) in self.decimals:
            self._count(row, into)

    def _count(self, row: Mapping[str, str], into: _Rows) -> None:
        key = row["instrument"], row["criterion"]
        first_left = row["side"] == FIRST_LEFT
        first, second = ("left_dataset", "right_dataset") if first_left else ("right_dataset", "left_dataset")
        system = self.places.get(row[first] if self.pairs else row["dataset"], 0)
        person = self.annotators[row["annotator"]]
        seconds, submitted = float(row["active_seconds"] or 0), row["assignment_state"] == "submitted"
        into.work[int(row["unit"]), person, row["repeat"]] = system, seconds, submitted
        into.amendment[key][int(row["amendment"])] += 1
        if row["cannot_judge"] == "1":
            into.cannot_judge[key][system] += 1
        elif row["value"]:
            other = self.places.get(row[second], NO_SYSTEM) if self.pairs else NO_SYSTEM
            place = int(row["turn"]) if row["turn"] else WHOLE
            task = self.tasks.get(row["task"], NO_TASK)
            value = round(float(row["value"]) * 10 ** self.decimals[key])
            into.answers[key].append((int(row["unit"]), place, person, value, system, other, first_left, task))
