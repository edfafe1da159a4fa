"""Datasets side by side from the command line: what is counted, how, and that nothing old is ever told."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from crsapp.jobs.models import Job
from crsapp.jobs.services import enqueue, run
from evaluation.services import dataset_statistics as service
from generation.models import Dataset, Import, Person
from generation.services.importing_here import import_path
from tests.generation import dataset_scenes as scenes
from tests.generation.dialogue_files import redial, write_lines

pytestmark = pytest.mark.django_db(transaction=True)


def told(*arguments: str) -> Any:
    return json.loads(said(*arguments, "--json"))


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("dataset_statistics", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def films(db: None) -> Dataset:
    return scenes.dataset("Films", [("Do you like old films?", "Films, yes."), ("Do you like old songs?",)])


@pytest.fixture
def books(db: None) -> Dataset:
    return scenes.dataset("Books", [("Do you like old books?",)], domain="book")


def test_amira_reads_her_datasets_side_by_side(films: Dataset, books: Dataset) -> None:
    found = told("Films", "books")
    one, other, total = *found["datasets"], found["total"]
    assert found["tokeniser"] == "regex"
    assert (one["dialogues"], one["utterances"], one["tokens"]) == (2, 3, 16)
    assert (one["distinct_tokens"], other["distinct_tokens"], total["distinct_tokens"]) == (10, 6, 11)
    assert (one["distinct_grams"], other["distinct_grams"], total["distinct_grams"]) == (6, 3, 8)
    assert one["averages"]["utterances_per_dialogue"] == {"value": 1.5, "n": 2}
    assert one["averages"]["dialogues_per_user"] == {"value": None, "n": 0}
    assert other["domains"] == ["book"]


def test_another_tokeniser_and_case_are_other_figures(films: Dataset) -> None:
    words = told("films", "--tokeniser", "whitespace", "--keep-case")
    assert words["datasets"][0]["distinct_tokens"] == 8
    assert (words["tokeniser"], words["keep_case"]) == ("whitespace", True)


def test_a_user_of_two_files_of_one_format_counts_once(tmp_path: Path) -> None:
    for name in ("Some", "More"):
        path = write_lines(tmp_path / f"{name}.jsonl", [redial(name), redial(f"{name} again")])
        import_path(path=path, dataset_name=name, format="redial")
    found = told("some", "more")
    assert [one["users"] for one in found["datasets"]] == [1, 1]
    assert found["total"]["users"] == 1
    assert found["total"]["items"] == found["datasets"][0]["items"] > 0
    assert found["total"]["averages"]["dialogues_per_user"] == {"value": 4.0, "n": 1}


def test_ids_of_different_origin_are_different_users(films: Dataset, books: Dataset) -> None:
    for dataset in (films, books):
        dataset.dialogues.update(person=Person.objects.create(dataset=dataset, external_id="7"))
    found = told("films", "books")
    assert found["total"]["users"] == 2
    assert found["total"]["user_centric"]


def test_the_same_is_counted_once_and_anything_new_again(films: Dataset) -> None:
    before = told("films")
    assert told("films") == before
    assert Job.objects.filter(kind=service.KIND).count() == 1
    scenes.dialogue(films, ("Something else entirely",))
    assert told("films")["datasets"][0]["dialogues"] == 3
    Dataset.objects.filter(pk=films.pk).update(name="Old films")
    assert told("films")["datasets"][0]["name"] == "Old films"


def test_the_order_is_the_one_asked_for_and_counted_once(films: Dataset, books: Dataset) -> None:
    assert [one["slug"] for one in told("films", "books")["datasets"]] == ["films", "books"]
    assert [one["slug"] for one in told("books", "films")["datasets"]] == ["books", "films"]
    assert Job.objects.filter(kind=service.KIND).count() == 1


def test_an_import_that_is_not_whole_is_not_counted(films: Dataset) -> None:
    unfinished = Import.objects.create(dataset=films, format="jsonl", filename="more", state=Import.State.RUNNING)
    scenes.dialogue(films, ("Not yet to be seen",), source=unfinished)
    assert told("films")["datasets"][0]["dialogues"] == 2
    Import.objects.filter(pk=unfinished.pk).update(state=Import.State.COMPLETE)
    assert told("films")["datasets"][0]["dialogues"] == 3


def test_figures_of_rows_that_changed_meanwhile_are_nobodys(films: Dataset) -> None:
    arguments = {"state": "of before", "datasets": [films.pk], "tokeniser": "regex", "keep_case": False}
    job = enqueue(kind=service.KIND, arguments=arguments, dispatch_now=False)
    run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "changed while they were counted" in job.error


def test_tables_go_into_a_paper_whatever_datasets_are_called(films: Dataset, books: Dataset) -> None:
    Dataset.objects.filter(pk=books.pk).update(name="=R&D | 100_%")
    assert r"| Films | =R&D \| 100\_% | Total |" in said("films", "books")
    assert r"Films & =R\&D \textbar{} 100\_\% & Total \\" in said("films", "books", "--format", "latex")
    assert "figure,Films,'=R&D | 100_%,Total" in said("films", "books", "--format", "csv")
    assert "Tokeniser: regex, lower case" in said("films", "books")
    assert "Total" not in said("films")


def test_an_unknown_name_is_answered_with_the_known_ones(films: Dataset) -> None:
    with pytest.raises(CommandError, match=r"no dataset 'novels'\. Known are: films"):
        said("novels")
