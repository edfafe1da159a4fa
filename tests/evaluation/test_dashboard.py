"""All studies at a glance: how far, how fast, until when, and how far annotators agree so far."""

import re
from datetime import timedelta

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from annotation.models import Annotator, Assignment, Study
from crsapp.accounts.models import User
from evaluation.reports import study_figures
from evaluation.sentences import interval_of, value_of
from tests.evaluation.conftest import answers
from tests.evaluation.factories import make_dataset, make_study, rate

pytestmark = pytest.mark.django_db


def page(client: Client, query: str = "") -> str:
    response = client.get(reverse("evaluation:dashboard") + query)
    assert response.status_code == 200
    return re.sub(r"[ \n]+", " ", response.content.decode())


def reopen(study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(state=Study.State.OPEN, closed=None)


def test_amira_sees_progress_pace_and_end(client: Client, amira: User) -> None:
    one, two = make_dataset("ours", "Ours", 10), make_dataset("theirs", "Theirs", 10)
    study = make_study("half-way", [one, two], blocks=("quality",), seats=4, state=Study.State.OPEN, title="Half <way>")
    rate(study.blocks.get(), answers(seats=4), skip={(unit, seat) for unit in range(10, 20) for seat in range(4)})
    Assignment.objects.filter(block__study=study).update(submitted=timezone.now() - timedelta(days=2))
    client.force_login(amira)
    text = page(client)
    assert "Half &lt;way&gt;" in text
    assert "40 of 80" in text
    assert '<td class="number" data-label="A day">20.0</td>' in text
    ends = timezone.now() + timedelta(days=2)
    assert str(ends.day) in text
    assert reverse("evaluation:agreement-so-far", args=["half-way"]) in text


def test_open_studies_stand_first_and_drafts_are_left_out(client: Client, amira: User, study: Study) -> None:
    Study.objects.create(slug="draft", title="Only a draft")
    make_study("later", [make_dataset("a", "A", 10), make_dataset("b", "B", 10)], title="Open one", state="open")
    client.force_login(amira)
    text = page(client)
    assert "Only a draft" not in text
    assert text.index("Open one") < text.index("Two sets of dialogues")
    assert "Open one" not in page(client, "?search=two+sets")
    assert "anything like “&lt;b&gt;”" in page(client, "?search=%3Cb%3E")


def test_however_many_studies_the_page_asks_as_often(
    client: Client, amira: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    one, two = make_dataset("ours", "Ours", 10), make_dataset("theirs", "Theirs", 10)
    for number in range(6):
        make_study(f"study-{number}", [one, two], blocks=("pairs",), pairs=2, seats=2)
    client.force_login(amira)
    with django_assert_max_num_queries(8):
        page(client)


def agreement(client: Client, study: Study) -> str:
    response = client.get(reverse("evaluation:agreement-so-far", args=[study.slug]))
    assert response.status_code == 200
    return re.sub(r"[ \n]+", " ", response.content.decode())


def test_agreement_so_far_tells_no_system_apart(client: Client, amira: User, study: Study) -> None:
    reopen(study)
    client.force_login(amira)
    text = agreement(client, study)
    for criterion in study_figures(study, unblinded=True).blocks[0].criteria:
        pooled = next(one.estimates for one in criterion.agreement if one.system is None)
        assert f"{criterion.question.title} <strong>{value_of(pooled.headline)}</strong>" in text
        assert interval_of(pooled.headline) in text
    assert "Ours" not in text
    assert "Theirs" not in text
    client.post(reverse("evaluation:look", args=[study.slug]), {"reason": "the deadline"})
    assert agreement(client, study) == text


def test_who_judges_in_an_open_study_is_told_nothing(client: Client, amira: User, study: Study) -> None:
    reopen(study)
    Annotator.objects.filter(pk=study.annotators.order_by("pk")[0].pk).update(user=amira)
    client.force_login(amira)
    assert "nothing is shown" in agreement(client, study)
    assert "Fluency" not in agreement(client, study)


def test_before_anybody_judged_there_is_nothing_to_agree_on(client: Client, amira: User) -> None:
    one, two = make_dataset("ours", "Ours", 10), make_dataset("theirs", "Theirs", 10)
    study = make_study("empty", [one, two], state=Study.State.OPEN)
    client.force_login(amira)
    assert "Nothing to agree on yet" in agreement(client, study)
    assert "no pace yet" in page(client)


def test_without_studies_the_page_says_what_would_be_here(client: Client, amira: User) -> None:
    client.force_login(amira)
    assert "No study has begun" in page(client)


def test_home_shows_the_pace_and_asks_for_agreement(client: Client, amira: User, study: Study) -> None:
    reopen(study)
    client.force_login(amira)
    text = client.get(reverse("home")).content.decode()
    assert reverse("evaluation:agreement-so-far", args=[study.slug]) in text
    assert reverse("evaluation:dashboard") in text
    assert np.isfinite(study_figures(study, unblinded=False).judgments)
