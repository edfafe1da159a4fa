"""One label for each unit, from a study's rows: counted for the page, and unit by unit for a file."""

import hashlib
from collections.abc import Iterator

from django.core.cache import caches
from django.db.models import Value
from django.db.models.functions import Coalesce

from annotation.models import Block, Study, Unit
from evaluation.figures import System
from evaluation.one_label import BlockLabels, OneLabel, counts_of, one_label
from evaluation.reports.columns import answers_of
from evaluation.reports.judgments import questions_of, systems_of
from evaluation.reports.kept import state_of

Named = tuple[int, str, str, str, str]


def study_labels(study: Study) -> tuple[BlockLabels, ...]:
    """The counts of every block as it stands now: those kept, or computed, and kept for the next one who asks."""
    state = hashlib.sha256(f"{state_of(study)} labels".encode()).hexdigest()
    found: tuple[BlockLabels, ...] | None = caches["figures"].get(state)
    if found is None:
        blocks = study.blocks.select_related("study").order_by("number")
        found = tuple(_counts(block) for block in blocks)
        caches["figures"].set(state, found)
    return found


def labels_of(block: Block) -> tuple[tuple[System, ...], Iterator[OneLabel]]:
    """The systems of a block, and the labels of each of its questions that has some, one at a time."""
    systems, places = systems_of(block)
    questions = list(questions_of(block))
    columns = answers_of(block, questions, places).columns
    found = (one_label(one, columns[one.instrument, one.criterion], systems) for one in questions)
    return systems, (one for one in found if one is not None)


def names_of(units: list[int]) -> dict[int, Named]:
    """Number, dialogue and dataset of these units' first dialogues, and of the second ones of pairs."""
    rows = Unit.objects.filter(pk__in=units).values_list(
        "pk",
        "number",
        Coalesce("first__dialogue__external_id", "first__dialogue_name"),
        Coalesce("first__dataset__slug", "first__dataset_name"),
        Coalesce("second__dialogue__external_id", "second__dialogue_name", Value("")),
        Coalesce("second__dataset__slug", "second__dataset_name", Value("")),
    )
    return {pk: (number, *names) for pk, number, *names in rows}


def _counts(block: Block) -> BlockLabels:
    systems, found = labels_of(block)
    return BlockLabels(block.number, block.name, block.target, systems, tuple(counts_of(one) for one in found))
