"""What was changed while people judged stands in the results, the figures and the export."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from annotation.models import Study
from annotation.services.studies import close_study
from crsapp.accounts.models import User
from evaluation.amended import answers_by_wording
from evaluation.left_out import Amended
from evaluation.reports import study_figures
from tests.annotation.stories import judge_all, judge_one, opened, people, quality
from tests.annotation.test_amend_study import amended, reworded

pytestmark = pytest.mark.django_db


@pytest.fixture
def reworded_study(db: None) -> Study:
    """Two dialogues of three are judged under the first wording, the rest after an amendment of one question."""
    study = opened(quality(annotators=2, size=2))
    ben, clara = people(study, 2)
    judge_one(ben)
    judge_one(clara)
    amended(study, reworded(study, "Does it read well?"), reason="Two asked what fluent means.")
    judge_all(ben)
    judge_all(clara)
    return close_study(study=study)


def change(*path: str, keys: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"path": list(path), "keys": list(keys)}


def test_answers_are_counted_by_the_amendment_that_brought_their_words() -> None:
    question = change("instrument", "criterion", "question", keys=("quality", "fluency"))
    amendments = [
        Amended(1, "", "", (change("deadline"),), "", ""),
        Amended(2, "", "", (question,), "", ""),
        Amended(3, "", "", (change("block", "annotators", keys=("1",)),), "", ""),
    ]
    answers = {0: 10, 1: 4, 2: 3, 3: 2}
    assert answers_by_wording(answers, amendments, "quality", "fluency") == {0: 14, 2: 5}
    assert answers_by_wording(answers, amendments, "quality", "logic") == {}
    everything = [*amendments, Amended(4, "", "", (change("guidelines"),), "", "")]
    assert answers_by_wording(answers, everything, "quality", "logic") == {0: 19, 4: 0}


def test_figures_say_how_many_answers_went_to_which_wording(reworded_study: Study) -> None:
    first, second, *_rest = study_figures(reworded_study, unblinded=True).blocks[0].criteria
    assert sum(first.wordings.values()) == first.judgments
    assert set(first.wordings) == {0, 1}
    assert all(first.wordings.values())
    assert second.wordings == {}


def test_the_results_page_shows_what_was_changed_and_why(client: Client, amira: User, reworded_study: Study) -> None:
    client.force_login(amira)
    page = client.get(reverse("evaluation:results", args=[reworded_study.slug])).content.decode()
    assert "What was changed after opening" in page
    assert "Two asked what fluent means." in page
    assert "Answers by wording: as opened:" in page
    assert reworded_study.digest in page


def test_the_export_has_the_amendment_of_each_answer_and_its_words(reworded_study: Study, tmp_path: Path) -> None:
    out, told = tmp_path / "table.csv", StringIO()
    call_command("export_judgments", reworded_study.slug, "--out", str(out), "--json", stdout=told)
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["amendment"] for row in rows} == {"0", "1"}
    last = json.loads(told.getvalue().splitlines()[-1])
    assert last["digest"] == reworded_study.digest
    assert [one["reason"] for one in last["amendments"]] == ["Two asked what fluent means."]


def test_the_command_tells_the_amendments(reworded_study: Study) -> None:
    out = StringIO()
    call_command("study_results", reworded_study.slug, "--json", stdout=out)
    told = json.loads(out.getvalue().splitlines()[-1])
    assert told["amendments"][0]["changes"][0]["after"] == "Does it read well?"
    assert told["blocks"][0]["criteria"][0]["wordings"].keys() == {"0", "1"}
