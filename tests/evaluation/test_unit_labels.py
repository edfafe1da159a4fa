"""One label for each unit: counted on the page, unit by unit in a file, both judged by a plain count."""

import csv
import io
import json
import re
from collections import Counter, defaultdict
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from annotation.models import Event, Judgment, Study
from annotation.services.checking import CheckReport
from crsapp.accounts.models import User
from evaluation.aggregation import dawid_skene
from evaluation.exports import label_table
from evaluation.exports.label_table import COLUMNS
from evaluation.ratings import Ratings
from evaluation.reports.labels import study_labels
from generation.models import Dataset
from tests.evaluation.factories import make_dataset, make_study, vote

pytestmark = [pytest.mark.django_db, pytest.mark.database]

Key = tuple[str, str, str, str]


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """The study's check finds nothing: these studies are made from the models, without a real opening."""
    for place in ("evaluation.views.exporting", "evaluation.management.commands.export_judgments"):
        monkeypatch.setattr(f"{place}.check_study", lambda study: CheckReport(ok=True, problems=[]))


def taken(study: Study, folder: Path, table: str) -> list[dict[str, str]]:
    out = folder / f"{table}.csv"
    call_command("export_judgments", study.slug, "--table", table, "--out", str(out), stdout=StringIO())
    with out.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def answers_by_unit(rows: list[dict[str, str]]) -> dict[Key, dict[str, str]]:
    """From the long table alone: who said what of each unit, of pairs which dataset won."""
    found: dict[Key, dict[str, str]] = defaultdict(dict)
    for row in rows:
        if row["counted"] == "1" and row["superseded"] == "0" and row["value"]:
            said = (
                row["value"]
                if row["target"] == "dialogue"
                else {"ours": "1.0", "theirs": "0.0", "": "0.5"}[row["won_dataset"]]
            )
            found[row["block"], row["unit"], row["turn"], row["criterion"]][row["annotator"]] = said
    return found


def test_the_file_has_each_units_majority_tie_and_model_label(study: Study, tmp_path: Path, clean: None) -> None:
    his = Judgment.objects.filter(assignment__annotator__pseudonym="annotator 7").values_list("pk", flat=True)
    Judgment.objects.filter(pk__in=list(his)).update(value=None, cannot_judge=True)
    rows = taken(study, tmp_path, "labels")
    said = answers_by_unit(taken(study, tmp_path, "judgments"))
    assert tuple(rows[0]) == COLUMNS
    assert {(row["block"], row["unit"], row["turn"], row["criterion"]) for row in rows} == said.keys()
    assert len(rows) == len(said)
    tied = 0
    for row in rows:
        answers = Counter(said[row["block"], row["unit"], row["turn"], row["criterion"]].values())
        most = max(answers.values())
        leading = sorted(float(one) for one, count in answers.items() if count == most)
        assert int(row["annotators"]) == answers.total()
        assert float(row["majority_share"]) == pytest.approx(most / answers.total())
        assert row["tied"] == str(int(len(leading) > 1))
        if len(leading) > 1:
            tied += 1
            assert row["majority_value"] == row["majority_label"] == ""
            assert [float(one) for one in row["tied_values"].split()] == leading
        else:
            assert float(row["majority_value"]) == leading[0]
            assert row["majority_label"]
        assert 0.33 < float(row["model_probability"]) <= 1
    assert tied > 10
    pairs = [row for row in rows if row["block"] == "2"]
    assert {row["model_label"] for row in pairs} <= {"ours", "theirs"}
    assert {(row["dataset"], row["second_dataset"]) for row in pairs} == {("ours", "theirs")}


def test_the_models_labels_are_those_of_dawid_and_skene(study: Study, tmp_path: Path, clean: None) -> None:
    rows = [row for row in taken(study, tmp_path, "labels") if row["criterion"] == "logicality"]
    said = answers_by_unit(taken(study, tmp_path, "judgments"))
    units = {key: at for at, key in enumerate(key for key in said if key[3] == "logicality")}
    told = [(at, who, float(value)) for key, at in units.items() for who, value in said[key].items()]
    unit, who, value = zip(*told, strict=True)
    found = dawid_skene(Ratings.collect(unit, who, value, unit))
    for row in rows:
        at = units[row["block"], row["unit"], row["turn"], row["criterion"]]
        assert float(row["model_value"]) == found.labels.values[at]
        assert float(row["model_probability"]) == pytest.approx(found.labels.sure[at], abs=1e-5)


def test_the_page_counts_what_the_file_has(
    client: Client, amira: User, study: Study, tmp_path: Path, clean: None
) -> None:
    his = Judgment.objects.filter(assignment__annotator__pseudonym="annotator 7").values_list("pk", flat=True)
    Judgment.objects.filter(pk__in=list(his)).update(value=None, cannot_judge=True)
    rows = taken(study, tmp_path, "labels")
    for block in study_labels(study):
        for one in block.questions:
            mine = [row for row in rows if row["criterion"] == one.question.criterion]
            assert one.units == len(mine)
            assert one.tied == sum(row["tied"] == "1" for row in mine)
            assert one.unsure == sum(float(row["model_probability"]) < 0.9 for row in mine)
            majority = Counter(float(row["majority_value"]) for row in mine if row["tied"] == "0")
            assert {value: count for value, count in one.majority.items() if count} == majority
            assert sum(one.model.values()) == len(mine)
            differ = [row for row in mine if row["tied"] == "0" and row["majority_value"] != row["model_value"]]
            assert one.otherwise == len(differ)
    client.force_login(amira)
    text = client.get(reverse("evaluation:results-labels", args=[study.slug])).content.decode()
    tied = study_labels(study)[0].questions[0].tied
    assert f"{tied} tied: the majority leaves them without a label." in text
    assert f'href="{reverse("evaluation:export-labels", args=[study.slug, "csv"])}"' in text
    page = client.get(reverse("evaluation:results", args=[study.slug])).content.decode()
    assert f'hx-get="{reverse("evaluation:results-labels", args=[study.slug])}"' in page
    part = client.get(reverse("evaluation:results-labels", args=[study.slug]), headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()


def test_few_annotators_are_said(client: Client, amira: User) -> None:
    both = [make_dataset("ours", "Ours", 8), make_dataset("theirs", "Theirs", 8)]
    made = make_study("two", both, blocks=["pairs"], seats=2, pairs=8, ties=True)
    votes = [[1, 0], [1, 1], [0.5, 0.5], [1, 1], [0, 1], [0, 0], [1, 1], [1, np.nan]]
    vote(made.blocks.get(), np.array(votes))
    client.force_login(amira)
    text = client.get(reverse("evaluation:results-labels", args=[made.slug])).content.decode()
    text = re.sub(r"[ \n]+", " ", text)
    assert "8 pairs; 5 unanimous among two or more annotators." in text
    assert "2 tied" in text
    assert "1 have one answer alone" in text
    assert "takes three annotators" in text


def test_rows_are_read_in_pieces(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = list(label_table.label_table(study))
    monkeypatch.setattr(label_table, "UNITS_AT_ONCE", 7)
    asked: list[int] = []
    names = label_table.names_of
    monkeypatch.setattr(label_table, "names_of", lambda units: asked.append(len(units)) or names(units))
    assert list(label_table.label_table(study)) == whole
    assert max(asked) <= 7


def test_no_label_of_an_open_study_leaves_without_a_reason_on_record(
    client: Client, amira: User, ben: User, study: Study, clean: None
) -> None:
    address = reverse("evaluation:export-labels", args=[study.slug, "jsonl"])
    client.force_login(ben)
    assert client.get(address).status_code == 403
    client.force_login(amira)
    lines = b"".join(client.get(address)).splitlines()  # type: ignore[arg-type]
    assert json.loads(lines[0])["criterion"] == "fluency"
    Study.objects.filter(pk=study.pk).update(state=Study.State.OPEN, closed=None)
    assert client.get(address).status_code == 302
    assert client.get(reverse("evaluation:results-labels", args=[study.slug])).status_code == 302
    assert "results/labels" not in client.get(reverse("evaluation:results", args=[study.slug])).content.decode()
    assert not Event.objects.exists()
    response = client.post(address, {"reason": "to train on"})
    assert response["Content-Disposition"] == f'attachment; filename="{study.slug}-labels.jsonl"'
    assert Event.objects.get().detail["at"] == "export labels jsonl"


def test_a_refused_export_asks_again_for_the_same_table(client: Client, amira: User, study: Study) -> None:
    client.force_login(amira)
    address = reverse("evaluation:export-labels", args=[study.slug, "csv"])
    response = client.get(address)
    assert response.status_code == 409
    assert f'action="{address}"' in response.content.decode()


def test_formulas_in_names_are_made_harmless(client: Client, amira: User, study: Study, clean: None) -> None:
    one = Dataset.objects.get(slug="ours").dialogues.get(number=1)
    one.external_id = "=1+1"
    one.save()
    client.force_login(amira)
    text = b"".join(client.get(reverse("evaluation:export-labels", args=[study.slug, "csv"]))).decode()  # type: ignore[arg-type]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert "'=1+1" in {row["dialogue"] for row in rows}
