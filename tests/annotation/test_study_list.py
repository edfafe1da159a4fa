"""The list of studies: what runs, how far it is, and the first step where there is nothing."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.models import Assignment
from annotation.services.listing import study_lines
from annotation.services.progress import study_progress
from annotation.services.studies import create_study
from annotation.starts import start
from crsapp.accounts.models import User
from tests.annotation.stories import judge_one, make_dataset, opened, pairs, people, quality

pytestmark = pytest.mark.django_db

LIST = reverse("annotation:study-list")


def test_amira_finds_nothing_yet_and_is_sent_to_import(client: Client, amira: User) -> None:
    client.force_login(amira)
    page = client.get(LIST).content.decode()
    assert "No study yet" in page
    assert "import the two datasets" in page
    assert reverse("generation:import-new") in page


def test_with_two_datasets_the_first_step_is_a_study(client: Client, amira: User) -> None:
    make_dataset("north", 2)
    make_dataset("south", 2)
    client.force_login(amira)
    page = client.get(LIST).content.decode()
    assert "No study yet" in page
    assert reverse("annotation:study-new") in page
    assert reverse("generation:import-new") not in page


def test_each_study_says_how_far_it_is(client: Client, amira: User) -> None:
    study = opened(quality(annotators=2, size=2))
    first, _second = people(study, 2)
    judge_one(first)
    client.force_login(amira)
    page = client.get(LIST).content.decode()
    assert "North v. South" in page
    assert "1 of 8" in page
    assert "2 annotators" in page
    assert "last answer" in page


def test_the_list_and_the_study_reckon_the_same_end() -> None:
    study = opened(quality(annotators=2, size=2))
    first, second = people(study, 2)
    judge_one(first)
    judge_one(second)
    Assignment.objects.filter(annotator=first).update(submitted=timezone.now() - timedelta(days=2))
    [line] = study_lines().object_list
    ends = study_progress(study).ends
    assert line.ends is not None
    assert ends is not None
    assert abs(line.ends - ends) < timedelta(minutes=1)
    assert timedelta(days=5) < ends - timezone.now() < timedelta(days=7)


def test_search_finds_titles_and_says_when_there_is_none(client: Client, amira: User) -> None:
    opened(pairs())
    client.force_login(amira)
    assert "North v. South" in client.get(LIST, {"search": "south"}).content.decode()
    page = client.get(LIST, {"search": "<b>west"}).content.decode()
    assert "No study is called anything like “&lt;b&gt;west”" in page


def test_the_list_asks_the_database_as_often_for_forty_studies_as_for_one(
    client: Client, amira: User, django_assert_num_queries: object
) -> None:
    client.force_login(amira)
    create_study(protocol=start("blank"), by=amira, slug="first")
    with django_assert_num_queries(4):  # type: ignore[operator]  # session, user, count, studies
        client.get(LIST)
    for number in range(40):
        create_study(protocol=start("blank"), by=amira, slug=f"study-{number}")
    with django_assert_num_queries(4):  # type: ignore[operator]
        client.get(LIST)


def test_long_lists_are_paged(client: Client, amira: User) -> None:
    for number in range(52):
        create_study(protocol=start("blank"), by=amira, slug=f"study-{number}")
    client.force_login(amira)
    assert "Page 1 of 2" in client.get(LIST).content.decode()
    assert "Page 2 of 2" in client.get(LIST, {"page": "99"}).content.decode()


def test_ben_and_mallory_are_refused(client: Client, ben: User) -> None:
    assert client.get(LIST).status_code == 302
    client.force_login(ben)
    assert client.get(LIST).status_code == 403
