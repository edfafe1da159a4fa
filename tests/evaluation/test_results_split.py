"""The figures split by an attribute: the same numbers as of those units alone, bounded, and blind while it is open."""

import csv
import io
import re
from html import unescape

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Annotator, Block, Study
from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from evaluation.comparison import holm
from evaluation.criteria import asked_figures
from evaluation.reports.attributes import Attributes
from evaluation.reports.columns import answers_of
from evaluation.reports.judgments import questions_of, systems_of
from evaluation.reports.splits import study_split
from evaluation.sentences import interval_of, value_of
from evaluation.services.study_reports import KIND
from evaluation.splits import FEW_PAIRS, StudySplit
from generation.models import Dataset, Dialogue, Person
from tests.evaluation.conftest import answers
from tests.evaluation.factories import make_dataset, make_study, rate, vote

pytestmark = pytest.mark.django_db

HOSTILE = "</option><script>alert(1)</script>=1+1"
TASKS = ("Travel", "Recipes", "")


@pytest.fixture
def told(study: Study) -> Study:
    """The study with tasks, a hostile label of hostile values, ages, lengths and many names."""
    person = {}
    for dataset in Dataset.objects.all():
        person[dataset.pk] = [
            Person.objects.create(dataset=dataset, external_id=f"p{n}", profile=f"1. Gender: {g}\n2. Age: {20 + n}")
            for n, g in enumerate(("Female", "male", "female"))
        ]
    for one in Dialogue.objects.all():
        one.task = TASKS[one.number % 3]
        one.turn_count = 2 + one.number % 9
        one.labels = {HOSTILE: f"{HOSTILE}{one.number % 2}", "topic": f"topic {one.number}", "odd": {"a": [1]}}
        one.person = person[one.dataset_id][one.number % 3]
        one.save()
    return study


def split_of(study: Study, key: str) -> StudySplit:
    attributes = Attributes(study)
    chosen = attributes.named(key)
    assert chosen is not None
    return study_split(study, attributes, chosen)


def read(client: Client, study: Study, query: str = "", **headers: str) -> str:
    response = client.get(reverse("evaluation:results-split", args=[study.slug]) + query, headers=headers)
    assert response.status_code == 200
    return re.sub(r"[ \n]+", " ", response.content.decode())


def only(block: Block, task: str) -> list[int]:
    units = block.units.filter(first__dialogue__task=task)
    return list(units.values_list("pk", flat=True))


def test_a_group_has_the_figures_of_its_units_alone(told: Study) -> None:
    """Judged by the figures of the whole page, made of those rows and no others."""
    split = split_of(told, "task")
    for block, found in zip(told.blocks.order_by("number"), split.blocks, strict=True):
        systems, places = systems_of(block)
        questions = list(questions_of(block))
        columns = answers_of(block, questions, places).columns
        for one in found.questions:
            whole = columns[one.question.instrument, one.question.criterion]
            assert sum(line.judgments for line in one.lines) == whole.value.size
            for line in one.lines:
                units = only(block, line.group.value)
                rows = np.isin(whole.unit, units)
                assert (line.units, line.judgments) == (len(units), int(rows.sum()))
                fields = ("unit", "place", "annotator", "value", "system", "other", "first_left")
                part = type(whole)(**{name: getattr(whole, name)[rows] for name in fields})
                criteria, preferences = asked_figures(
                    [one.question], {(one.question.instrument, one.question.criterion): part}, systems
                )
                figures = (*criteria, *preferences)[0]
                beside = {each.coefficient: each.estimates for each in figures.agreement if not each.system}
                assert line.agreement == {key: beside[key] for key in line.agreement}
                if criteria:
                    assert line.means == tuple(mean.estimates for mean in criteria[0].means)
                    assert line.difference == criteria[0].differences[0].estimates
                else:
                    contest = preferences[0].contest
                    assert contest is not None
                    assert line.rate is not None
                    assert line.rate.any_panel.low == contest.rate.any_panel.low
                    assert line.rate.any_panel.value == contest.rate.any_panel.value


def test_p_values_are_holms_over_every_test_of_the_block(told: Study) -> None:
    block = split_of(told, f"label:{HOSTILE}").blocks[0]
    lines = [line for one in block.questions for line in one.lines]
    raw = [line.test.p if line.test else None for line in lines]
    assert [line.holm for line in lines] == holm(raw)
    assert block.family == sum(p is not None for p in raw)
    assert block.family == 8


def test_amira_chooses_and_reads_counts_intervals_and_how_many_were_looked_at(
    client: Client, amira: User, told: Study
) -> None:
    client.force_login(amira)
    text = read(client, told, "?by=person:gender")
    assert '<option value="person:gender" selected>Gender</option>' in text
    split = split_of(told, "person:gender")
    line = split.blocks[0].questions[0].lines[0]
    assert line.group.value == "female"
    assert line.means[0] is not None
    assert value_of(line.means[0].headline) in text
    assert interval_of(line.means[0].headline) in text
    counted = [int(n) for n in re.findall(r"questions?, (\d+) intervals of 95 %", text)]
    assert "2 groups, 4 questions, " in text
    assert sum(counted) == text.count('class="meaning"') > 8
    assert f"Holm&#x27;s over all {split.blocks[0].family} tests" in text
    assert "?by=person%3Agender" in text


def test_the_page_takes_tasks_unless_its_address_says_otherwise(client: Client, amira: User, told: Study) -> None:
    client.force_login(amira)
    page = client.get(reverse("evaluation:results", args=[told.slug])).content.decode()
    part = reverse("evaluation:results-split", args=[told.slug])
    assert f'hx-get="{part}" hx-trigger="load"' in page
    asking = {"HX-Request": "true", "HX-Target": "split"}
    text = read(client, told, **asking)
    assert '<option value="task" selected>' in text
    assert "<html" not in text
    here = "http://testserver" + reverse("evaluation:results", args=[told.slug])
    text = read(client, told, **asking, **{"HX-Current-URL": f"{here}?split=turns"})
    assert '<option value="turns" selected>' in text
    response = client.get(f"{part}?by=turns", headers={**asking, "HX-Current-URL": here})
    assert response["HX-Replace-Url"] == f"/studies/{told.slug}/results/?split=turns#split"
    response = client.get(f"{part}?by=turns", headers={**asking, "HX-Current-URL": f"http://testserver{part}"})
    assert response["HX-Replace-Url"] == f"{part}?by=turns"
    assert "has that attribute (any more)" in read(client, told, "?by=label:gone")


def test_hostile_names_are_shown_and_do_nothing(client: Client, amira: User, told: Study) -> None:
    client.force_login(amira)
    text = read(client, told, "?" + "by=label:" + HOSTILE.replace("/", "%2F").replace("+", "%2B"))
    assert "<script>alert" not in text
    assert f"Label “{HOSTILE}”" in unescape(text)
    address = re.search(r'href="([^"]+split\.csv[^"]+)"', text)
    assert address is not None
    response = client.get(unescape(address[1]))
    rows = list(csv.DictReader(io.StringIO(b"".join(response).decode())))  # type: ignore[arg-type]
    groups = {row["group"] for row in rows if row["block"] == "1"}
    assert groups == {f"{HOSTILE}0", f"{HOSTILE}1"}
    Dialogue.objects.filter(number__gt=4).update(labels={"x": "=1+1"})
    Dialogue.objects.filter(number__lte=4).update(labels={"x": "no"})
    response = client.get(reverse("evaluation:results-split-table", args=[told.slug]) + "?by=label:x")
    assert {row["group"] for row in csv.DictReader(io.StringIO(b"".join(response).decode()))} >= {"'=1+1", "no"}  # type: ignore[arg-type]


def test_many_values_are_twenty_and_others(client: Client, amira: User) -> None:
    ours, theirs = make_dataset("ours", "Ours", 30), make_dataset("theirs", "Theirs", 30)
    made = make_study("many", [ours, theirs], blocks=["quality"], seats=3, size=30)
    rate(made.blocks.get(), answers(size=60, seats=3))
    for one in Dialogue.objects.all():
        one.scenario = f"s{one.number % 25:02}"
        one.save()
    lines = split_of(made, "scenario").blocks[0].questions[0].lines
    assert [line.group.kind for line in lines] == ["value"] * 20 + ["others"]
    assert sum(line.units for line in lines) == 60
    client.force_login(amira)
    text = read(client, made, "?by=scenario")
    assert "5 other values, together" in text
    assert "Fewer than five dialogues" in text


def test_small_groups_of_pairs_are_counted_and_say_why_there_is_no_interval() -> None:
    ours, theirs = make_dataset("ours", "Ours", 12), make_dataset("theirs", "Theirs", 12)
    made = make_study("few", [ours, theirs], blocks=["pairs"], seats=5, pairs=12)
    vote(made.blocks.get(), (np.random.default_rng(3).random((12, 5)) < 0.7).astype(float))
    Dialogue.objects.filter(number__lte=3).update(task="rare")
    Dialogue.objects.filter(number__gt=3).update(task="common")
    common, rare = split_of(made, "task").blocks[0].questions[0].lines
    assert (common.units, rare.units, rare.judgments) == (9, 3, 15)
    assert rare.rate is not None
    assert rare.rate.any_panel.value is not None
    assert rare.rate.any_panel.low is None
    assert rare.rate.any_panel.reason == FEW_PAIRS
    assert rare.test is not None
    assert rare.test.p is None
    assert common.rate is not None
    assert common.rate.any_panel.low is not None


def test_an_open_study_has_no_split_without_a_look(client: Client, amira: User, told: Study) -> None:
    Study.objects.filter(pk=told.pk).update(state=Study.State.OPEN, closed=None)
    client.force_login(amira)
    for name in ("results-split", "results-split-table"):
        response = client.get(reverse(f"evaluation:{name}", args=[told.slug]) + "?by=task")
        assert response.status_code == 302
    assert "results/split" not in client.get(reverse("evaluation:results", args=[told.slug])).content.decode()
    client.post(reverse("evaluation:look", args=[told.slug]), {"reason": "to plan"})
    assert "Travel" in read(client, told, "?by=task")


def test_who_judges_in_an_open_study_sees_no_split(client: Client, amira: User, told: Study) -> None:
    Study.objects.filter(pk=told.pk).update(state=Study.State.OPEN, closed=None)
    Annotator.objects.filter(study=told, pseudonym="annotator 1").update(user=amira)
    client.force_login(amira)
    for name in ("results-split", "results-split-table"):
        assert client.get(reverse(f"evaluation:{name}", args=[told.slug]) + "?by=task").status_code == 403


def test_the_report_made_from_here_has_the_split(client: Client, amira: User, told: Study) -> None:
    client.force_login(amira)
    text = read(client, told, "?by=turns")
    address = reverse("evaluation:report", args=[told.slug])
    assert f'href="{address}?split=turns"' in text
    assert "It will also be split by: Number of turns." in client.get(f"{address}?split=turns").content.decode()
    assert "also be split" not in client.get(f"{address}?split=label:gone").content.decode()
    client.post(address, {"split": "turns", "force": "1"})
    assert Job.objects.get(kind=KIND).arguments == {"study": told.pk, "splits": ["turns"]}


def test_a_kept_split_follows_its_dialogues(told: Study) -> None:
    before = split_of(told, "task")
    assert split_of(told, "task") == before
    Dialogue.objects.filter(task="Travel").update(task="Recipes")
    assert Attributes(told).named("task") is None
    Dialogue.objects.filter(number=1).update(task="Books")
    assert {line.group.value for line in split_of(told, "task").blocks[0].questions[0].lines} >= {"Recipes", "Books"}
