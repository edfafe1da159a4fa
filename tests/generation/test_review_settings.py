"""Amira tries settings, reads what each step leaves, and has the reviews prepared."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from crsapp.accounts.models import User
from crsapp.jobs.services import run
from generation.models import Dataset, Preparation
from generation.reviews.settings import Settings
from generation.services.importing_here import import_path
from generation.services.reviews import preparing
from generation.services.reviews.preparing import start_preparation
from tests.generation.review_files import everybody_on_everything, review_file

pytestmark = pytest.mark.django_db
PAGE = "/datasets/music/reviews/"


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


@pytest.fixture
def music(tmp_path: Path) -> Dataset:
    import_path(kind="reviews", path=review_file(tmp_path, everybody_on_everything(3, 4)), dataset_name="Music")
    return Dataset.objects.get()


def said(**changed: Any) -> dict[str, Any]:
    whole = {**Settings(k=2).as_dict(), **changed}
    return {"tried": "1"} | {name: value for name, value in whole.items() if value is not False}


def page_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def prepare(dataset: Dataset) -> Preparation:
    made = start_preparation(dataset=dataset, settings=Settings(k=2))
    run(made.job_id)  # type: ignore[arg-type]
    made.refresh_from_db()
    return made


def test_the_paper_s_settings_are_tried_at_once_and_say_what_would_help(site: Client, music: Dataset) -> None:
    page = page_of(site.get(PAGE))
    assert "Nothing is left after the step “Active people and items”" in page
    assert "Reviews of each person and item, at least (k): 3" in page
    assert "3 people, 3 dialogues" in page
    assert not Preparation.objects.exists()


def test_the_button_that_would_help_tries_its_setting(site: Client, music: Dataset) -> None:
    page = site.get(PAGE).content.decode()
    query = page.partition('class="button small" href="')[2].partition('"')[0].replace("&amp;", "&")
    tried = page_of(site.get(PAGE + query))
    assert "3 people can be given 3 dialogues." in tried
    assert "Tried, not kept yet." in tried


def test_what_is_tried_is_drawn_alone_for_htmx(site: Client, music: Dataset) -> None:
    answer = site.get(PAGE, said(k=3), headers={"HX-Request": "true", "HX-Target": "review-settings"})
    assert page_of(answer).startswith('<div id="review-settings"')
    assert "3 people can be given 3 dialogues." in page_of(answer)


def test_settings_that_make_no_sense_are_marked(site: Client, music: Dataset) -> None:
    page = page_of(site.get(PAGE, said(min_words=500)))
    assert "Let the most words (400) be no fewer than the least (500)." in page
    site.post(PAGE, said(k=0))
    assert not Preparation.objects.exists()


def test_amira_prepares_and_what_is_in_use_is_shown(site: Client, music: Dataset, amira: User) -> None:
    assert site.post(PAGE, said()).status_code == 302
    made = Preparation.objects.get()
    assert (made.created_by, Settings.of(made.settings)) == (amira, Settings(k=2))
    assert "The reviews are being prepared." in page_of(site.get(PAGE))
    run(made.job_id)  # type: ignore[arg-type]
    page = page_of(site.get(PAGE))
    assert "3 people can be given 3 dialogues.</strong> This is in use." in page
    assert "See the people" in page


def test_a_second_press_is_refused_in_words(site: Client, music: Dataset) -> None:
    site.post(PAGE, said())
    assert "are being prepared already" in page_of(site.post(PAGE, said()))
    assert Preparation.objects.count() == 1


def test_many_reviews_are_not_tried_while_somebody_waits(
    site: Client, music: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generation.views.reviews.TRIED_AT_MOST", 5)
    monkeypatch.setattr("generation.views.reviews.try_out", preparing.remove_prepared)
    page = page_of(site.get(PAGE))
    assert "These are 12 reviews, too many to try while you wait." in page


def test_a_dataset_without_reviews_says_what_to_do(site: Client) -> None:
    Dataset.objects.create(name="Talks", slug="talks", origin=Dataset.Origin.GENERATED)
    assert "No reviews yet" in page_of(site.get("/datasets/talks/reviews/"))
    assert "Nobody yet" in page_of(site.get("/datasets/talks/reviews/people/"))


def test_people_are_listed_with_what_they_like(site: Client, music: Dataset) -> None:
    prepare(music)
    page = page_of(site.get(f"{PAGE}people/"))
    assert ">p0</a>" in page
    for label, number in (("Likes", 2), ("Might like", 1), ("Dislikes", 1)):
        assert f'<td class="number" data-label="{label}">{number}</td>' in page


def test_a_person_is_shown_with_their_reviews_escaped(site: Client, tmp_path: Path) -> None:
    reviews = everybody_on_everything(2, 4)
    reviews[1]["reviewText"] += "<script>alert(1)</script>"
    import_path(kind="reviews", path=review_file(tmp_path, reviews), dataset_name="Music")
    made = prepare(Dataset.objects.get())
    person = made.dataset.people.get(external_id="p0")
    page = page_of(site.get(f"{PAGE}people/{person.pk}/"))
    assert "Might like" in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert site.get(f"{PAGE}people/987654/").status_code == 404


def test_the_pages_of_datasets_lead_there(site: Client, music: Dataset) -> None:
    assert "<dt>reviews</dt><dd>12</dd>" in page_of(site.get("/datasets/"))
    assert "Prepare them for dialogues" in page_of(site.get("/datasets/music/"))


def test_the_list_of_people_asks_as_often_for_many(
    site: Client, music: Dataset, django_assert_max_num_queries: Any
) -> None:
    prepare(music)
    with django_assert_max_num_queries(9):
        site.get(f"{PAGE}people/")
