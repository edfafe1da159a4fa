"""What a dataset is made of, for its page. Counted from the rows; kept for a while under a key that every change of
the dataset's dialogues changes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Count, F, Max, Sum

from generation.models import Dataset, Dialogue, Item, Person, Utterance
from generation.records import Json
from generation.services.languages import further_languages
from generation.words import count_words

CACHED_SECONDS: Final = 24 * 60 * 60
ROWS_AT_ONCE: Final = 2000
VALUES_TOLD: Final = 30
TEXT_OF_A_VALUE: Final = 60
TASKS_TOLD: Final = 100


def dataset_statistics(dataset: Dataset) -> dict[str, Any]:
    """Counts and distributions of the visible dialogues.

    Distributions are `{"counts": {number: how often}, "n", "mean", "median", "min", "max"}`; means and the like are
    None where there is nothing. Labels are `{"dialogue": {name: …}, "utterance": {name: …}}`, each `{"n": …}` with
    `values` (of texts), `true` (of yes-or-no) or `mean` (of numbers); the numbers within an object, such as ratings,
    are told as `rating.Memorization`.
    """
    dialogues = Dialogue.objects.visible().in_dataset(dataset)
    revision = dialogues.aggregate(count=Count("pk"), last=Max("pk"))
    asked = dataset.enquiries.aggregate(last=Max("pk"), finished=Max("finished"))
    key = f"generation.dataset-statistics.{dataset.pk}.{revision['count']}.{revision['last']}.{asked['last']}"
    if asked["finished"] is not None:
        key += f".{asked['finished'].timestamp()}"
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        found = _count(dataset)
        cache.set(key, found, CACHED_SECONDS)
    return found


def _count(dataset: Dataset) -> dict[str, Any]:
    dialogues = Dialogue.objects.visible().in_dataset(dataset).order_by()
    utterances = Utterance.objects.filter(dialogue__in=dialogues).order_by()
    words: dict[str, Counter[int]] = {speaker: Counter() for speaker in Utterance.Speaker.values}
    labels = _Labels()
    read = utterances.values_list("speaker", "text", "labels").iterator(chunk_size=ROWS_AT_ONCE)
    for speaker, text, said in read:
        words[speaker][count_words(text)] += 1
        labels.add("utterance", said)
    for said in dialogues.values_list("labels", flat=True).iterator(chunk_size=ROWS_AT_ONCE):
        labels.add("dialogue", said)
    every_word = words["user"] + words["system"]
    return {
        "dialogues": dialogues.count(),
        "utterances": sum(every_word.values()),
        **{f"{speaker}_utterances": sum(counts.values()) for speaker, counts in words.items()},
        "turns": dialogues.aggregate(turns=Sum("turn_count", default=0))["turns"],
        "words": _total(every_word),
        **{f"{speaker}_words": _total(counts) for speaker, counts in words.items()},
        "items": Item.objects.filter(dataset=dataset).count(),
        "people": Person.objects.filter(dataset=dataset, dialogues__in=dialogues).distinct().count(),
        "translations": _translations(dataset, utterances),
        "tasks": _names(dialogues, "task"),
        "splits": _names(dialogues, "split"),
        "utterances_per_dialogue": _distribution(_lengths(dialogues, "utterance_count")),
        "turns_per_dialogue": _distribution(_lengths(dialogues, "turn_count")),
        "words_per_utterance": _distribution(every_word),
        "words_per_user_utterance": _distribution(words["user"]),
        "words_per_system_utterance": _distribution(words["system"]),
        "labels": labels.told(),
    }


def _total(counts: Mapping[int, int]) -> int:
    return sum(number * times for number, times in counts.items())


def _lengths(dialogues: Any, field: str) -> Counter[int]:
    return Counter(dict(dialogues.values_list(field).annotate(times=Count("pk"))))


def _names(dialogues: Any, field: str) -> list[dict[str, Any]]:
    """The tasks or splits there are with their dialogues, most frequent first; none where there are no names."""
    named = dialogues.exclude(**{field: ""}).values(name=F(field)).annotate(count=Count("pk"))
    return list(named.order_by("-count", "name")[:TASKS_TOLD])


def _translations(dataset: Dataset, utterances: Any) -> dict[str, int]:
    """How many utterances there are in each further language."""
    return {
        language: utterances.filter(translations__has_key=language).count() for language in further_languages(dataset)
    }


def _distribution(counts: Counter[int]) -> dict[str, Any]:
    n = sum(counts.values())
    ordered = dict(sorted(counts.items()))
    if not n:
        return {"counts": {}, "n": 0, "mean": None, "median": None, "min": None, "max": None}
    return {
        "counts": ordered,
        "n": n,
        "mean": _total(counts) / n,
        "median": (_at(ordered, (n - 1) // 2) + _at(ordered, n // 2)) / 2,
        "min": min(ordered),
        "max": max(ordered),
    }


def _at(ordered: Mapping[int, int], rank: int) -> int:
    """The number at this rank, from 0, of the sorted numbers."""
    passed = 0
    for number, times in ordered.items():
        passed += times
        if rank < passed:
            return number
    raise IndexError(rank)


class _Labels:
    """Labels of any shape, summed up name by name."""

    def __init__(self) -> None:
        self._n: Counter[tuple[str, str]] = Counter()
        self._true: Counter[tuple[str, str]] = Counter()
        self._sums: dict[tuple[str, str], float] = {}
        self._values: dict[tuple[str, str], Counter[str]] = {}

    def add(self, target: str, labels: Mapping[str, Json]) -> None:
        for name, value in labels.items():
            if isinstance(value, dict) and _all_numbers(value.values()):
                for part, number in value.items():
                    self._add_one((target, f"{name}.{part}"), number)
            else:
                self._add_one((target, name), value)

    def _add_one(self, name: tuple[str, str], value: Json) -> None:
        self._n[name] += 1
        if isinstance(value, bool):
            self._true[name] += value
        elif isinstance(value, int | float):
            self._sums[name] = self._sums.get(name, 0) + value
        elif isinstance(value, str):
            values = self._values.setdefault(name, Counter())
            shown = value if len(value) <= TEXT_OF_A_VALUE else "…"
            values[shown if shown in values or len(values) < VALUES_TOLD else "…"] += 1

    def told(self) -> dict[str, dict[str, Any]]:
        told: dict[str, dict[str, Any]] = {"dialogue": {}, "utterance": {}}
        for (target, name), n in sorted(self._n.items()):
            one: dict[str, Any] = {"n": n}
            if (target, name) in self._true:
                one["true"] = self._true[target, name]
            if (target, name) in self._sums:
                one["mean"] = self._sums[target, name] / n
            if (target, name) in self._values:
                one["values"] = dict(self._values[target, name].most_common())
            told[target][name] = one
        return told


def _all_numbers(values: Iterable[Json]) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
