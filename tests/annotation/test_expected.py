"""Whoever is asked to take part is told how long it takes: as reckoned, then as it took those before."""

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Assignment, Unit
from annotation.services.expected import expected
from annotation.workload import SECONDS_THE_WHOLE
from generation.models import Dialogue
from tests.annotation import judging_scenes as scenes
from tests.annotation.judging_client import Judge

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_before_anybody_answered_it_is_reckoned_from_what_there_is_to_read() -> None:
    study = scenes.study_of_pairs(pairs=4)
    Dialogue.objects.update(word_count=100)
    whole = 4 * (2 * 100 / 200 + SECONDS_THE_WHOLE / 60)
    assert expected(study).whole == pytest.approx(whole)
    assert expected(study).each == 0
    Unit.objects.filter(number=1).update(excluded="2026-01-01T00:00Z")
    assert expected(study).whole == pytest.approx(whole * 3 / 4), "nobody is given what is excluded"


def test_what_it_took_others_stands_instead(client: Client) -> None:
    study = scenes.study_of_pairs(pairs=6)
    first = Judge(scenes.personal_link(study))
    for number in range(6):
        first.next()
        first.answer_everything()
        first.submit()
        if number == 3:
            Assignment.objects.update(active_seconds=600)
            assert expected(study).whole < 30, "four say nothing yet"
    Assignment.objects.update(active_seconds=600)
    assert expected(study).whole == 60
    page = client.get(reverse("annotation:enter", args=[scenes.personal_link(study).token])).content.decode()
    assert "It takes about 1 h in all" in page


def test_of_what_is_shared_one_is_told_what_each_takes(client: Client) -> None:
    study = scenes.study_of_dialogues(design="overlap")
    Dialogue.objects.update(word_count=400)
    told = expected(study)
    assert (told.whole, round(told.each)) == (0, 5)
    page = client.get(reverse("annotation:enter", args=[scenes.open_link(study).token])).content.decode()
    assert "Each takes about 5 min." in page
