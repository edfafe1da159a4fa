"""A study's figures split by an attribute, from its rows; kept like all its figures."""

import hashlib
from collections.abc import Iterator

from django.core.cache import caches

from annotation.models import Block, Study
from evaluation.attributes import Attribute, Group, Grouping
from evaluation.reports.attributes import Attributes
from evaluation.reports.columns import answers_of
from evaluation.reports.judgments import questions_of, systems_of
from evaluation.reports.kept import state_of
from evaluation.splits import BlockSplit, StudySplit, split_questions


def study_split(study: Study, attributes: Attributes, attribute: Attribute) -> StudySplit:
    """The split as the study and its dialogues stand now: the one kept, or computed, and kept for who asks next."""
    before = state_of(study)
    blocks = list(study.blocks.select_related("study").order_by("number"))
    groupings = [attributes.grouping(block, attribute) for block in blocks]
    state = hashlib.sha256(f"{before} {attribute} {groupings}".encode()).hexdigest()
    found: StudySplit | None = caches["figures"].get(state)
    if found is None:
        found = StudySplit(attribute, tuple(map(_block, blocks, groupings)))
        caches["figures"].set(state, found)
    return found


def unit_groups(study: Study, attributes: Attributes, attribute: Attribute) -> Iterator[tuple[int, int, Group]]:
    """Block, unit and group of every unit."""
    for block in study.blocks.order_by("number"):
        found = attributes.grouping(block, attribute)
        for pk, number in block.units.order_by("number").values_list("pk", "number"):
            yield block.number, number, found.groups[found.of[pk]]


def _block(block: Block, groups: Grouping) -> BlockSplit:
    systems, places = systems_of(block)
    questions = list(questions_of(block))
    answers = answers_of(block, questions, places)
    found, family = split_questions(questions, answers.columns, systems, groups)
    return BlockSplit(block.number, block.name, block.target, systems, groups.groups, found, family)
