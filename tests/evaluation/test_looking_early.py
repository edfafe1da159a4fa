"""A look at an open study: what it may say is what is complete, in the seed's order, whatever finished first."""

import re

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.models import Assignment, Block, Study
from crsapp.accounts.models import User
from evaluation.figures import Early, StudyFigures
from evaluation.headline import headline
from evaluation.monitoring import NO_STEP, betting_limits
from evaluation.reports import study_figures
from evaluation.reports.early import complete_in_order
from evaluation.reports.judgments import systems_of
from tests.evaluation.factories import CRITERIA, TURNS, make_dataset, make_study, rate, vote

pytestmark = [pytest.mark.django_db, pytest.mark.database]

SEATS, PAIRS, DIALOGUES = 3, 8, 4


@pytest.fixture
def open_study(db: None) -> Study:
    datasets = [make_dataset("ours", "Ours", PAIRS), make_dataset("theirs", "Theirs", PAIRS)]
    return make_study("open", datasets, seats=SEATS, size=DIALOGUES, pairs=PAIRS, state=Study.State.OPEN)


def order_of(block: Block) -> list[int]:
    """Unit numbers by the last position that anybody has them at."""
    last = {}
    for unit, position in block.slots.values_list("unit__number", "position"):
        last[unit] = max(last.get(unit, 0), position)
    return sorted(last, key=lambda unit: (last[unit], unit))


def early(study: Study, block: int) -> tuple[Early, ...]:
    return found(study).blocks[block - 1].early


def found(study: Study) -> StudyFigures:
    return study_figures(study, unblinded=True)


def votes(rng_seed: int = 1) -> np.ndarray:
    return (np.random.default_rng(rng_seed).random((PAIRS, SEATS)) < 0.8).astype(float)


def test_only_pairs_up_to_the_first_incomplete_one_count(open_study: Study) -> None:
    block = open_study.blocks.get(number=2)
    order, table = order_of(block), votes()
    missing = order[5]
    vote(block, table, skip={(missing - 1, 0)})
    (one,) = early(open_study, 2)
    steps = table[[number - 1 for number in order[:5]]].mean(axis=1)
    assert one.estimate.value == pytest.approx(steps.mean())
    assert (one.estimate.low, one.estimate.high) == tuple(float(side[-1]) for side in betting_limits(steps))
    assert one.estimate.n == {"units": PAIRS, "steps": 5}
    assert (one.first.name, one.second.name, one.estimate.target) == ("Ours", "Theirs", "this panel")


def test_whoever_finishes_first_the_order_is_the_seeds(open_study: Study) -> None:
    block = open_study.blocks.get(number=2)
    order = order_of(block)
    vote(block, votes(), skip={(order[0] - 1, 2)})
    (one,) = early(open_study, 2)
    assert (one.estimate.value, one.estimate.reason) == (None, NO_STEP)
    sentence = next(line for line in headline(found(open_study)) if "Preference" in line or "complete" in line)
    assert NO_STEP in sentence


def test_ratings_step_by_a_dialogue_of_each_system(open_study: Study) -> None:
    block = open_study.blocks.get(number=1)
    ratings = np.random.default_rng(3).integers(0, 3, (len(CRITERIA), 2 * DIALOGUES, TURNS, SEATS))
    rate(block, ratings)
    systems, _places = systems_of(block)
    orders, planned = complete_in_order(block, systems)
    assert (len(orders), planned) == (2, [DIALOGUES, DIALOGUES])
    numbers = dict(block.units.values_list("pk", "number"))
    mean = ratings[0].mean(axis=(1, 2))
    gaps = [mean[numbers[a] - 1] - mean[numbers[b] - 1] for a, b in zip(*orders, strict=True)]
    one = early(open_study, 1)[0]
    assert one.question.criterion == CRITERIA[0]
    assert one.estimate.value == pytest.approx(np.mean(gaps))
    low, high = betting_limits(0.5 + np.array(gaps) / 4)
    assert (one.estimate.low, one.estimate.high) == pytest.approx((4 * low[-1] - 2, 4 * high[-1] - 2))
    assert not one.percent


def test_what_was_taken_back_or_excluded_is_not_complete(open_study: Study) -> None:
    block = open_study.blocks.get(number=2)
    order = order_of(block)
    vote(block, votes())
    first = block.units.get(number=order[0])
    first.assignments.filter(annotator__seat__number=1).update(
        state=Assignment.State.LEASED, lease_until=timezone.now()
    )
    assert early(open_study, 2)[0].estimate.value is None
    block.slots.filter(unit=first).update(withheld=True)
    assert early(open_study, 2)[0].estimate.n == {"units": PAIRS - 1, "steps": PAIRS - 1}


def test_a_recorded_look_shows_it_first_and_a_blinded_page_never(
    client: Client, amira: User, open_study: Study
) -> None:
    client.force_login(amira)
    vote(open_study.blocks.get(number=2), votes())
    results = reverse("evaluation:results", args=[open_study.slug])
    blinded = client.get(results).content.decode()
    assert "however often one looks" not in blinded
    assert "it holds at every look" not in blinded
    client.post(reverse("evaluation:look", args=[open_study.slug]), {"reason": "Is it going well?"})
    text = re.sub(r"\s+", " ", client.get(results).content.decode())
    answer = text[text.index('id="answer"') : text.index("</section>", text.index('id="answer"'))]
    assert "so far: Ours dialogues were preferred" in answer
    assert "95 % interval, however often one looks; these annotators alone; the first 8 of 8 pairs" in answer
    assert "other annotators like these" not in answer
    assert "it holds at every look" in text


def test_a_closed_study_says_what_it_always_said(open_study: Study) -> None:
    vote(open_study.blocks.get(number=2), votes())
    Study.objects.filter(pk=open_study.pk).update(state=Study.State.CLOSED, closed=open_study.opened)
    open_study.refresh_from_db()
    assert early(open_study, 2) == ()
    assert "so far" not in " ".join(headline(found(open_study)))
