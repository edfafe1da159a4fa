"""Figures of a study that has hardly begun: from no judgment to the last, whatever its size, they never break."""

import random
from itertools import product

import pytest

from annotation.services.assignments import claim, submit
from annotation.services.judging import record_answers
from evaluation.headline import headline
from evaluation.reports import study_figures
from evaluation.tables import block_page
from tests.annotation.stories import answers_to, opened, pairs, people, quality

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("error::RuntimeWarning")]


@pytest.mark.parametrize(("size", "annotators"), list(product((1, 2, 3), (1, 2, 3))))
@pytest.mark.parametrize("agreeing", [True, False])
def test_figures_at_every_step(size: int, annotators: int, agreeing: bool) -> None:
    chance = random.Random(size + annotators)
    blocks = [block(size=size, annotators=annotators) for block in (quality, pairs)]
    study = opened(*blocks, dialogues=8)
    judges = people(study, annotators)
    while judges:
        figures = study_figures(study, unblinded=True)
        headline(figures)
        assert [block_page(block) for block in figures.blocks]
        judge = chance.choice(judges)
        assignment = claim(annotator=judge)
        if assignment is None:
            judges.remove(judge)
            continue
        value = 1 if agreeing else chance.choice((1, 2))
        record_answers(assignment=assignment, answers=answers_to(assignment, value=value), active_seconds=5)
        submit(assignment=assignment, active_seconds=5)
    assert study_figures(study, unblinded=True).blocks[0].criteria
