"""A dataset's statistics as its page shows them: charts, and labels with the way to the dialogues that have them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.bars import Bar, bars, binned
from generation.models import Dataset
from generation.services.statistics import dataset_statistics
from generation.transcript import words

VALUES_SHOWN: Final = 8
CHARTS: Final = {
    "utterances_per_dialogue": (gettext_lazy("Utterances per dialogue"), gettext_lazy("Dialogues")),
    "words_per_user_utterance": (gettext_lazy("Words per utterance of the user"), gettext_lazy("Utterances")),
    "words_per_system_utterance": (gettext_lazy("Words per utterance of the agent"), gettext_lazy("Utterances")),
}


@dataclass(frozen=True, slots=True)
class Chart:
    name: str
    title: str
    counted: str
    bars: list[Bar]
    n: int
    mean: float
    median: float
    smallest: int
    largest: int


@dataclass(frozen=True, slots=True)
class Share:
    """How often a value occurs, and the query that finds its dialogues."""

    name: str
    count: int
    per_cent: float
    query: str


@dataclass(frozen=True, slots=True)
class LabelFigure:
    name: str
    is_flag: bool
    n: int
    of: str
    mean: float | None
    shares: list[Share]
    more: int
    """Values that are not shown."""


def figures(dataset: Dataset) -> dict[str, Any]:
    found = dataset_statistics(dataset)
    labels = [_label(target, name, told) for target, names in found["labels"].items() for name, told in names.items()]
    return {
        "counts": found,
        "charts": [_chart(name, found[name]) for name in CHARTS if found[name]["n"]],
        "tasks": _shares(found["tasks"], found["dialogues"], "task"),
        "splits": _shares(found["splits"], found["dialogues"], "split"),
        "labels": labels,
        "flags": [label for label in labels if label.is_flag],
        "valued": [label for label in labels if label.shares and not label.is_flag],
        "means": [label for label in labels if label.mean is not None],
        "bare": [label for label in labels if label.mean is None and not label.shares],
    }


def _chart(name: str, told: Mapping[str, Any]) -> Chart:
    title, counted = CHARTS[name]
    counts = {int(number): times for number, times in told["counts"].items()}
    return Chart(
        name=name,
        title=str(title),
        counted=str(counted),
        bars=bars(binned(counts)),
        n=told["n"],
        mean=told["mean"],
        median=told["median"],
        smallest=told["min"],
        largest=told["max"],
    )


def _shares(named: list[dict[str, Any]], n: int, field: str) -> list[Share]:
    return [
        Share(one["name"], one["count"], 100 * one["count"] / n, urlencode({field: one["name"]})) for one in named if n
    ]


def _label(target: str, name: str, told: Mapping[str, Any]) -> LabelFigure:
    n, label = told["n"], f"{target}.{name}"
    if "true" in told:
        shares = [Share(words(name), told["true"], 100 * told["true"] / n, urlencode({"label": label}))]
    else:
        shares = [
            Share(value, count, 100 * count / n, "" if value == "…" else urlencode({"label": f"{label}={value}"}))
            for value, count in sorted(told.get("values", {}).items(), key=lambda one: -one[1])
        ]
    return LabelFigure(
        is_flag="true" in told,
        name=": ".join(words(part) for part in name.split(".", 1)),
        n=n,
        of=_("dialogues") if target == "dialogue" else _("utterances"),
        mean=told.get("mean"),
        shares=shares[:VALUES_SHOWN],
        more=max(0, len(shares) - VALUES_SHOWN),
    )
