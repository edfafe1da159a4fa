"""Whoever is asked to take part is told how long it takes: as reckoned, then as it took those before."""

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Assignment, Unit
from annotation.services.departures import remove_annotator
from annotation.services.excluding import exclude_unit
from annotation.services.expected import Expected, expected
from annotation.services.monitoring import monitor, person_line
from annotation.services.participants import create_open_link, join
from annotation.services.progress import annotator_progress
from annotation.services.relinking import create_seat_link
from annotation.workload import SECONDS_THE_WHOLE
from generation.models import Dialogue
from tests.annotation import judging_scenes as scenes
from tests.annotation.judging_client import Judge

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_before_anybody_answered_it_is_reckoned_from_what_there_is_to_read() -> None:
    study = scenes.study_of_pairs(pairs=4)
    Dialogue.objects.update(word_count=100)
    whole = 4 * (2 * 100 / 200 + SECONDS_THE_WHOLE / 60)
    link = scenes.personal_link(study)
    assert expected(link) == Expected(0, 4, shared=False, whole=pytest.approx(whole), each=0)
    exclude_unit(unit=Unit.objects.get(number=1), reason="Broken")
    assert expected(link).whole == pytest.approx(whole * 3 / 4), "nobody is given what is excluded"


def test_what_it_took_others_stands_instead(client: Client) -> None:
    study = scenes.study_of_pairs(pairs=6)
    first, second = Judge(scenes.personal_link(study)), scenes.personal_link(study)
    for number in range(6):
        first.next()
        first.answer_everything()
        first.submit()
        if number == 3:
            Assignment.objects.update(active_seconds=600)
            assert expected(second).whole < 30, "four say nothing yet"
    Assignment.objects.update(active_seconds=600)
    assert expected(second).whole == 60
    page = client.get(reverse("annotation:enter", args=[second.token])).content.decode()
    assert "It takes about 1 h in all" in page


def test_of_what_is_shared_one_is_told_what_each_takes(client: Client) -> None:
    study = scenes.study_of_dialogues(design="overlap")
    Dialogue.objects.update(word_count=400)
    link = scenes.open_link(study)
    told = expected(link)
    assert (told.whole, round(told.each)) == (0, 5)
    page = client.get(reverse("annotation:enter", args=[link.token])).content.decode()
    assert "Each takes about 5 min." in page


def test_a_replacement_is_told_of_what_is_left_and_of_nothing_else(client: Client) -> None:
    study = scenes.study_of_pairs(pairs=10)
    ben = Judge(scenes.personal_link(study))
    scenes.personal_link(study)
    ben.next()
    ben.answer_everything()
    ben.submit()
    exclude_unit(unit=Unit.objects.filter(assignments=None).first(), reason="Broken")  # type: ignore[arg-type]
    assert ben.annotator.seat
    remove_annotator(annotator=ben.annotator, reason="Ill", keep=True)
    (seat,) = monitor(study).deserted
    link = create_seat_link(study=study, number=ben.annotator.seat.number)
    page = client.get(reverse("annotation:enter", args=[link.token])).content.decode()
    assert "choose the better one of 8 pairs" in page
    carla = join(link=link)
    assert (seat.places, annotator_progress(carla).total, person_line(carla).total) == (8, 8, 8)


def test_an_open_link_tells_of_the_seat_it_leads_to_and_closes_with_the_last(client: Client) -> None:
    study = scenes.study_of_pairs(pairs=10)
    ben = Judge(scenes.personal_link(study))
    ben.next()
    ben.answer_everything()
    ben.submit()
    remove_annotator(annotator=ben.annotator, reason="Ill", keep=True)
    link = create_open_link(study=study, cap=None)
    address = reverse("annotation:enter", args=[link.token])
    for said in (9, 10):
        assert f"choose the better one of {said} pairs" in client.get(address).content.decode()
        assert annotator_progress(join(link=link, ticket=str(said))).total == said
    assert "choose the better" not in client.get(address).content.decode()
