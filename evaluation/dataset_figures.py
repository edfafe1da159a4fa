"""What is said of datasets side by side, as values that page, command and copies take alike. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from evaluation.dataset_statistics import TOKENISERS, TextCounts


@dataclass(frozen=True)
class Average:
    """`total` over `n`; without a value where there is nothing to divide by."""

    total: int
    n: int

    @property
    def value(self) -> float | None:
        """
        >>> Average(7, 2).value, Average(0, 0).value
        (3.5, None)
        """
        return self.total / self.n if self.n else None


@dataclass(frozen=True)
class DatasetFigures:
    """One dataset, or all together. `with_user`: dialogues of which it is known whose they are.

    `items` are all that the files know, behaviour before the dialogues included; `items_mentioned` those that an
    utterance names. `labels` is what came with the files, by task (`label_statistics.Labels.as_json`).
    """

    slug: str
    name: str
    domains: tuple[str, ...]
    dialogues: int
    with_user: int
    users: int
    items: int
    items_mentioned: int
    scenarios: int
    interaction: bool
    text: TextCounts
    labels: Mapping[str, Any] = field(default_factory=dict)

    @property
    def user_centric(self) -> bool:
        """Every dialogue has a user."""
        return 0 < self.dialogues == self.with_user

    @property
    def averages(self) -> dict[str, Average]:
        return {
            "dialogues_per_user": Average(self.with_user, self.users),
            "utterances_per_dialogue": Average(self.text.utterances, self.dialogues),
            "tokens_per_dialogue": Average(self.text.tokens, self.dialogues),
            "tokens_per_utterance": Average(self.text.tokens, self.text.utterances),
        }

    def as_json(self) -> dict[str, Any]:
        told = {name: value for name, value in asdict(self).items() if name not in ("text", "labels")}
        averages = {name: {"value": one.value, "n": one.n} for name, one in self.averages.items()}
        told |= {**asdict(self.text), "user_centric": self.user_centric, "averages": averages}
        return told | ({"labels": dict(self.labels)} if self.labels else {})

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "DatasetFigures":
        text = TextCounts(**{name: told[name] for name in TextCounts.__dataclass_fields__})
        named = {name: told[name] for name in cls.__dataclass_fields__ if name in told}
        return cls(**{**named, "domains": tuple(told["domains"]), "text": text})


@dataclass(frozen=True)
class DatasetComparison:
    """Datasets side by side, cut into tokens in one way. `total` counts what several have once."""

    tokeniser: str
    keep_case: bool
    datasets: tuple[DatasetFigures, ...]
    total: DatasetFigures

    def in_order(self, slugs: Sequence[str]) -> "DatasetComparison":
        """The same, the datasets in this order."""
        return replace(self, datasets=tuple(sorted(self.datasets, key=lambda one: slugs.index(one.slug))))

    def as_json(self) -> dict[str, Any]:
        return {
            "tokeniser": self.tokeniser,
            "rule": TOKENISERS[self.tokeniser].rule,
            "keep_case": self.keep_case,
            "datasets": [one.as_json() for one in self.datasets],
            "total": self.total.as_json(),
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "DatasetComparison":
        datasets = tuple(DatasetFigures.from_json(one) for one in told["datasets"])
        return cls(told["tokeniser"], told["keep_case"], datasets, DatasetFigures.from_json(told["total"]))
