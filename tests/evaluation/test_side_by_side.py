"""Studies that asked the same, beside each other: their own numbers, and what was done differently."""

import re

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from annotation.models import Annotator, Study
from crsapp.accounts.models import User
from evaluation.forms import MOST_STUDIES
from evaluation.reports import study_figures
from evaluation.sentences import interval_of, value_of
from evaluation.side_by_side import shared_questions
from generation.models import Dataset
from tests.evaluation.conftest import answers
from tests.evaluation.factories import make_study, rate, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(study: Study) -> Study:
    """The same datasets judged again, by five, with ties."""
    datasets = list(Dataset.objects.filter(slug__in=("ours", "theirs")).order_by("slug"))
    made = make_study("again", datasets, seats=5, pairs=20, ties=True, title="Once <more>")
    quality, pairs = made.blocks.order_by("number")
    rate(quality, answers(4, seats=5))
    vote(pairs, np.random.default_rng(5).choice([0, 0.5, 1], (20, 5)))
    return made


def page(client: Client, *slugs: str, status: int = 200) -> str:
    response = client.get(reverse("evaluation:side-by-side"), {"study": slugs})
    assert response.status_code == status
    return re.sub(r"[ \n]+", " ", response.content.decode())


def test_means_and_win_rates_of_both_stand_there_with_their_intervals(
    client: Client, amira: User, study: Study, second: Study
) -> None:
    client.force_login(amira)
    text = page(client, study.slug, second.slug)
    assert "Once &lt;more&gt;" in text
    for one in (study, second):
        quality, pairs = study_figures(one, unblinded=True).blocks
        for criterion in quality.criteria:
            for mean in criterion.means:
                assert mean.estimates is not None
                assert value_of(mean.estimates.headline) in text
                assert interval_of(mean.estimates.any_panel) in text
                assert interval_of(mean.estimates.this_panel) in text
        contest = pairs.preferences[0].contest
        assert contest is not None
        assert value_of(contest.preferred_rate.headline, percent=True) in text
        assert interval_of(contest.preferred_rate.any_panel, percent=True) in text
    assert text.count('<figure class="plot') == 5


def test_what_was_done_differently_is_marked(client: Client, amira: User, study: Study, second: Study) -> None:
    client.force_login(amira)
    text = page(client, study.slug, second.slug)
    differs = '<span class="badge warn">differs</span></th>'
    told = [f'<td data-label="{escape(one.title)}">a panel of {of}</td>' for one, of in ((study, 7), (second, 5))]
    assert f"By whom {differs}{''.join(told)}" in text
    assert "20 pairs, at random, ties allowed" in text
    assert f"Language {differs}" not in text
    assert "asked this in the same words" not in text


def test_another_wording_is_said(study: Study, second: Study) -> None:
    protocol = second.protocol
    protocol["instrument"][0]["criterion"][0]["question"] = "Is it in good English?"
    Study.objects.filter(pk=second.pk).update(protocol=protocol, digest="0" * 64)
    figures = [study_figures(Study.objects.get(pk=one.pk), unblinded=True) for one in (study, second)]
    shared, alone = shared_questions(figures)
    assert [one.reworded for one in shared] == [True, False, False, False, False]
    assert not alone


def test_an_open_study_shows_its_agreement_alone(client: Client, amira: User, study: Study, second: Study) -> None:
    Study.objects.filter(pk=second.pk).update(state=Study.State.OPEN, closed=None)
    client.force_login(amira)
    hidden = study_figures(second, unblinded=True).blocks[0].criteria[1].means[0].estimates
    assert hidden is not None
    limits = f'<td class="number" data-label="95 %, other annotators">{interval_of(hidden.any_panel)}</td>'
    shown = f"{value_of(hidden.headline)}</td>{limits}"
    text = page(client, study.slug, second.slug)
    assert "open: differences hidden" in text
    assert shown not in text
    client.post(reverse("evaluation:look", args=[second.slug]), {"reason": "the deadline"})
    assert shown in page(client, study.slug, second.slug)
    Annotator.objects.filter(pk=second.annotators.order_by("pk")[0].pk).update(user=amira)
    text = page(client, study.slug, second.slug)
    assert "You judge in “Once &lt;more&gt;”" in text
    assert "open: differences hidden" not in text


def test_studies_without_a_question_in_common_are_told_so(
    client: Client, amira: User, study: Study, second: Study
) -> None:
    protocol = second.protocol
    for number, instrument in enumerate(protocol["instrument"]):
        instrument["slug"] = f"another-{number}"
    for number, block in enumerate(protocol["block"]):
        block["instruments"] = [f"another-{number}"]
    Study.objects.filter(pk=second.pk).update(protocol=protocol, digest="1" * 64)
    client.force_login(amira)
    assert "They share no question" in page(client, study.slug, second.slug)


def test_a_wrong_choice_is_answered_in_words(client: Client, amira: User, study: Study) -> None:
    client.force_login(amira)
    assert f"Choose two to {MOST_STUDIES} studies." in page(client, study.slug, status=400)
    assert "There is no study “nowhere” that has begun." in page(client, study.slug, "nowhere", status=400)
    assert "Choose studies" in page(client)


def test_without_studies_the_page_says_what_would_be_here(client: Client, amira: User) -> None:
    client.force_login(amira)
    assert "No study has begun" in page(client)
