"""The page with datasets side by side: what Amira sees at each step, and what it costs."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from crsapp.jobs.services import run
from evaluation.views import dataset_statistics as view
from generation.models import Dataset
from tests.generation import dataset_scenes as scenes

pytestmark = pytest.mark.django_db

PAGE = "evaluation:dataset-statistics"
FRAGMENT = {"HX-Request": "true", "HX-Target": "statistics"}


@pytest.fixture
def films(db: None) -> Dataset:
    return scenes.dataset("Films", [("Do you like old films?", "Films, yes."), ("Do you like old songs?",)])


@pytest.fixture
def books(db: None) -> Dataset:
    made = scenes.dataset("Books", [("Do you like old books?",)], domain="book")
    Dataset.objects.filter(pk=made.pk).update(name="Books & more")
    return made


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is there is too much to be counted while somebody waits."""
    monkeypatch.setattr(view, "AT_ONCE", 0)


@pytest.fixture
def amiras(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def read(client: Client, *datasets: str, headers: dict[str, str] | None = None, **asked: str) -> str:
    response = client.get(reverse(PAGE), {"dataset": datasets, **asked}, headers=headers or {})
    assert response.status_code == 200
    return re.sub(r"\s+", " ", unescape(response.content.decode()))


def figures(text: str, title: str) -> list[str]:
    row = re.search(rf'<tr><th scope="row">{title}<span.*?</tr>', text)
    assert row is not None, title
    return [re.sub("<.*?>", " ", cell).strip() for cell in re.findall(r"<td.*?>(.*?)</td>", row[0])]


def test_without_datasets_the_page_offers_the_first_step(amiras: Client) -> None:
    text = read(amiras)
    assert "No datasets yet" in text
    assert reverse("generation:import-new") in text


def test_before_a_choice_it_says_what_would_be_here(amiras: Client, films: Dataset) -> None:
    text = read(amiras)
    assert "Choose what to compare" in text
    assert "There is no dataset" not in text


def test_small_datasets_are_counted_when_the_page_asks_for_them(amiras: Client, films: Dataset, books: Dataset) -> None:
    assert "3 utterances are being counted" in read(amiras, "films")
    text = read(amiras, "films", books.slug, headers=FRAGMENT)
    assert not text.startswith("<!doctype")
    assert figures(text, "Distinct tokens") == ["6", "10", "11"]
    assert figures(text, "Distinct 4-grams") == ["3", "6", "8"]
    assert figures(text, "Utterances per dialogue") == ["1.00 n = 1", "1.50 n = 2", "1.33 n = 3"]
    assert figures(text, "Users") == ["not given"] * 3
    assert "| Books & more | Films | Total |" in text
    assert r"Books \& more & Films & Total" in text
    assert "Totals are unions" in text
    assert "Totals are unions" not in read(amiras, "films", now="1")


def test_scenarios_are_counted_where_there_are_any(amiras: Client, films: Dataset, books: Dataset) -> None:
    films.dialogues.update(scenario="finding a film/1")  # type: ignore[attr-defined]
    text = read(amiras, "films", books.slug, now="1")
    assert figures(text, "Scenarios") == ["not given", "1", "1"]
    assert "| Scenarios | – | 1 | 1 |" in text


def test_what_was_counted_is_there_at_once_until_a_dialogue_comes(amiras: Client, films: Dataset) -> None:
    read(amiras, "films", now="1")
    assert figures(read(amiras, "films"), "Dialogues") == ["2"]
    scenes.dialogue(films, ("One more",))
    assert "4 utterances are being counted" in read(amiras, "films")


def test_tokeniser_and_case_are_chosen_and_named(amiras: Client, films: Dataset) -> None:
    text = read(amiras, "films", now="1", tokeniser="whitespace", keep_case="on")
    assert figures(text, "Distinct tokens") == ["8"]
    assert "<strong>whitespace</strong>" in text
    assert "upper and lower case apart" in text


@pytest.mark.usefixtures("large")
def test_large_datasets_wait_for_a_word_and_then_for_a_job(amiras: Client, amira: User, films: Dataset) -> None:
    assert "Not counted yet" in read(amiras, "films", headers=FRAGMENT)
    for _ in range(2):
        asked = amiras.post(reverse("evaluation:dataset-statistics-count"), {"dataset": ["films"]})
        assert asked.headers["Location"] == reverse(PAGE) + "?dataset=films"
    job = Job.objects.get()
    assert job.created_by == amira
    text = read(amiras, "films")
    assert "job-over from:body" in text
    assert "No worker is running" in text
    run(job.pk)
    assert figures(read(amiras, "films"), "Dialogues") == ["2"]
    amiras.post(reverse("evaluation:dataset-statistics-count"), {"dataset": ["films"]})
    assert Job.objects.count() == 1


@pytest.mark.usefixtures("large")
def test_a_cancelled_count_can_be_asked_for_again(amiras: Client, films: Dataset) -> None:
    amiras.post(reverse("evaluation:dataset-statistics-count"), {"dataset": ["films"]})
    Job.objects.update(state=Job.State.CANCELLED)
    assert "Not counted yet" in read(amiras, "films")


@pytest.mark.usefixtures("large")
def test_a_count_that_failed_says_why_and_can_be_retried(amiras: Client, films: Dataset) -> None:
    amiras.post(reverse("evaluation:dataset-statistics-count"), {"dataset": ["films"]})
    Job.objects.update(state=Job.State.FAILED, error="The disk is full.")
    text = read(amiras, "films")
    assert "could not be counted" in text
    assert "The disk is full." in text
    assert "Retry" in text


def test_looking_writes_nothing(amiras: Client, films: Dataset) -> None:
    read(amiras, "films", now="1")
    assert not Job.objects.exists()


def test_broken_choices_are_answered_in_words(amiras: Client, films: Dataset) -> None:
    assert "There is no dataset “novels” (any more)." in read(amiras, "novels")
    assert "Choose at least one dataset." in read(amiras, tokeniser="regex")
    assert amiras.post(reverse("evaluation:dataset-statistics-count"), {}).status_code == 302
    assert not Job.objects.exists()


def test_the_signed_out_and_ben_are_refused(client: Client, ben: User, films: Dataset) -> None:
    assert client.get(reverse(PAGE)).status_code == 302
    client.force_login(ben)
    assert client.get(reverse(PAGE), {"dataset": "films"}).status_code == 403
    assert client.post(reverse("evaluation:dataset-statistics-count"), {"dataset": "films"}).status_code == 403


def test_a_dataset_and_the_list_lead_here(amiras: Client, films: Dataset) -> None:
    assert f"{reverse(PAGE)}?dataset=films" in amiras.get("/datasets/films/").content.decode()
    assert reverse(PAGE) in amiras.get("/datasets/").content.decode()


def test_hostile_names_stay_text(amiras: Client) -> None:
    made = scenes.dataset("Plain", [("Hello there",)])
    Dataset.objects.filter(pk=made.pk).update(name='"><script>alert(1)</script>')
    response = amiras.get(reverse(PAGE), {"dataset": "plain", "now": "1"})
    assert b"<script>alert" not in response.content


def test_labels_of_the_file_are_shown_by_task_value_class_and_length(amiras: Client) -> None:
    made = scenes.dataset("Rated")
    for number, (task, detail) in enumerate((("trips", 2), ("trips", 1), ("gifts", 2))):
        intents = {0: {"labels": {"intent": "Search" if number else "Planning", "intent_memo": f"note {number}"}}}
        labels = {"rating": {"Detail": detail, "Memory": number % 2}}
        scenes.dialogue(
            made, ("Hello", "Hi", "Thanks", "Bye")[: 2 + 2 * (number == 2)], task=task, labels=labels, said=intents
        )
    text = read(amiras, "rated", now="1")
    assert "What the file of Rated says" in text
    section = text[text.index("What the file of Rated says") :]
    tasks = {
        row[1]: re.findall(r'<td class="number">(.*?)</td>', row[0])
        for row in re.finditer(r'<tr><th scope="row">(.*?)</th>.*?</tr>', section)
    }
    assert tasks["trips"] == ["2", "2.00", "2.0", "1.500", "0.500"]
    assert tasks["gifts"] == ["1", "4.00", "4.0", "2.000", "0.000"]
    assert tasks["All"][:1] == ["3"]
    assert "Detail 2: 2" in section, "the part of the bar says what it is"
    assert tasks["Search"] == ["2", "66.7"]
    assert "note 1" not in section, "free text is no class"
    assert tasks["1"] == ["2", "1.50", "0.50"]
    assert tasks["2"] == ["1", "2.00", "0.00"]
    assert "What the file of" not in read(amiras, scenes.dataset("Plain", [("Hi",)]).slug, now="1")
