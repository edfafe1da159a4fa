"""The rows of datasets as texts to be counted, and as what else is said of them side by side."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from evaluation.dataset_figures import DatasetComparison, DatasetFigures
from evaluation.dataset_statistics import TextCounts, Texts
from evaluation.label_statistics import Labels
from generation.formats import FORMATS
from generation.models import Dataset, Dialogue, Import, Interaction, Item, ItemMention, Person, Utterance
from generation.services.histories import FILED_UNDER

DIALOGUES_AT_ONCE: Final = 500
VERSION: Final = 2
"""Goes up when the same rows give other figures, so that none of before is shown."""


def state_of(datasets: Sequence[Dataset], tokeniser: str, *, keep_case: bool) -> str:
    """A digest of everything the figures depend on, whatever the order of the datasets.

    Dialogues come and go by whole imports, so that their number, the last of them and the imports that are finished
    tell one state from another.
    """
    said = [VERSION, tokeniser, keep_case, *(_revision(one) for one in sorted(datasets, key=lambda one: one.pk))]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _revision(dataset: Dataset) -> list[object]:
    dialogues = _dialogues([dataset]).aggregate(count=Count("pk"), last=Max("pk"))
    items = Item.objects.filter(dataset=dataset).aggregate(count=Count("pk"), last=Max("pk"))
    finished = dataset.imports.filter(state=Import.State.COMPLETE).order_by("pk").values_list("pk", flat=True)
    return [dataset.pk, dataset.name, dataset.domain, *dialogues.values(), *items.values(), *finished]


def utterances_in(datasets: Sequence[Dataset]) -> int:
    """How many there are to read."""
    return sum(_dialogues(datasets).values_list("utterance_count", flat=True))


def read_texts(dataset: Dataset, texts: Texts, labels: Labels) -> Iterator[int]:
    """Take in the utterances of the visible dialogues; yields how many were read, a piece at a time."""
    last = -1
    visible = _dialogues([dataset]).order_by("number").values_list("pk", "number", "task", "labels", "utterance_count")
    while piece := list(visible.filter(number__gt=last)[:DIALOGUES_AT_ONCE]):
        last = piece[-1][1]
        tasks = {pk: task for pk, _number, task, _said, _length in piece}
        for _pk, _number, task, said, length in piece:
            labels.add_dialogue(task, said, utterances=length)
        rows = Utterance.objects.filter(dialogue__in=tasks).order_by()
        read = rows.values_list("dialogue_id", "speaker", "text", "labels")
        for dialogue, speaker, text, said in read:
            labels.add_utterance(tasks[dialogue], speaker, texts.add(dataset.slug, [text]), said)
        yield len(read)


def new_labels(dataset: Dataset) -> Labels:
    """Nothing summed up yet; which tasks are one in the paper, the dataset's format says."""
    formats = FORMATS.all
    same = (formats[name].same_task for name in _formats(dataset) if name in formats)
    return Labels({task: other for told in same for task, other in told.items()})


def comparison(
    datasets: Sequence[Dataset],
    each: Mapping[str, TextCounts],
    together: TextCounts,
    labels: Mapping[str, Labels],
    *,
    tokeniser: str,
    keep_case: bool,
) -> DatasetComparison:
    """The figures, once the texts are counted."""
    columns = tuple(_figures([one], one.slug, one.name, each[one.slug], labels[one.slug]) for one in datasets)
    return DatasetComparison(tokeniser, keep_case, columns, _figures(datasets, "", "", together, None))


def _figures(
    datasets: Sequence[Dataset], slug: str, name: str, text: TextCounts, labels: Labels | None
) -> DatasetFigures:
    dialogues = _dialogues(datasets)
    people = Person.objects.filter(Exists(dialogues.filter(person=OuterRef("pk"))))
    mentioned = Exists(ItemMention.objects.filter(item=OuterRef("pk")))
    filed = Q()
    for key in FILED_UNDER:
        filed |= Q(metadata__has_key=key)
    reviews = Interaction.objects.filter(source__dataset__in=datasets, source__state=Import.State.COMPLETE)
    spaces = _id_spaces(datasets)
    return DatasetFigures(
        slug=slug,
        name=name,
        domains=tuple(dict.fromkeys(one.domain for one in datasets if one.domain)),
        dialogues=dialogues.count(),
        with_user=dialogues.filter(person__isnull=False).count(),
        users=sum(_ids(people.filter(dataset__in=space)) for space in spaces),
        items=sum(_ids(Item.objects.filter(dataset__in=space)) for space in spaces),
        items_mentioned=sum(_ids(Item.objects.filter(mentioned, dataset__in=space)) for space in spaces),
        scenarios=dialogues.exclude(scenario="").values("dataset", "scenario").distinct().count(),
        interaction=reviews.exists() or dialogues.filter(filed).exists(),
        text=text,
        labels=labels.as_json() if labels else {},
    )


def _ids(rows: QuerySet[Person] | QuerySet[Item]) -> int:
    return rows.order_by().values("external_id").distinct().count()


def _id_spaces(datasets: Sequence[Dataset]) -> list[list[Dataset]]:
    """Datasets whose ids of people and items mean the same. One format numbers them alike, the domains of LLM-REDIAL
    for one; elsewhere the same id is another user's by accident."""
    spaces: dict[tuple[str, ...], list[Dataset]] = {}
    for dataset in datasets:
        spaces.setdefault(tuple(_formats(dataset)) or (f"dataset {dataset.pk}",), []).append(dataset)
    return list(spaces.values())


def _formats(dataset: Dataset) -> list[str]:
    finished = dataset.imports.filter(state=Import.State.COMPLETE)
    return sorted(set(finished.order_by().values_list("format", flat=True)))


def _dialogues(datasets: Sequence[Dataset]) -> QuerySet[Dialogue]:
    return Dialogue.objects.visible().filter(dataset__in=datasets).order_by()
