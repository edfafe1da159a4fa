"""Who left before the end stands in results and exports, and what was set aside or deleted in no figure."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from annotation.models import Judgment, Study
from annotation.services.checking import check_study
from annotation.services.departures import departures, readmit_annotator, remove_annotator
from annotation.services.participants import join
from annotation.services.recording import LOOKED, record
from annotation.services.relinking import create_seat_link
from annotation.services.studies import close_study
from annotation.services.withdrawals import withdraw
from crsapp.accounts.models import User
from evaluation.reports import study_figures
from tests.annotation.stories import judge_all, judge_one, opened, people, quality

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(db: None) -> Study:
    """Of four: one was removed and set aside, one removed and kept, one deleted, one is there; one seat is refilled."""
    study = opened(quality(annotators=4, size=2))
    random, ill, gone, here = people(study, 4)
    for one in (random, gone, here):
        judge_all(one)
    judge_one(ill)
    remove_annotator(annotator=random, reason="Answered at random", keep=False)
    remove_annotator(annotator=ill, reason="Ill", keep=True)
    withdraw(annotator=gone, delete=True)
    judge_all(join(link=create_seat_link(study=study, number=2)))
    return close_study(study=study)


def exported(study: Study, tmp_path: Path) -> list[dict[str, str]]:
    path = tmp_path / "judgments.csv"
    call_command("export_judgments", study.slug, "--out", str(path), stdout=StringIO())
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_figures_and_export_agree_on_what_counts(study: Study, tmp_path: Path) -> None:
    assert check_study(study).problems == []
    [block] = study_figures(study, unblinded=True).blocks
    rows = exported(study, tmp_path)
    counted = [row for row in rows if row["counted"] == "1"]
    assert (block.counts.judgments, len(counted)) == (2 * 4 * 8, 2 * 4 * 8)
    assert (block.counts.places, block.counts.counted, block.counts.annotators) == (16, 8, 3)
    assert (block.counts.not_counted, block.counts.judgments_not_counted) == (4, 4 * 8)
    aside = [row for row in rows if row["counted"] == "0"]
    assert {(row["annotator"], row["assignment_state"]) for row in aside} == {("annotator-01", "set_aside")}
    assert {row["annotator"] for row in rows} == {"annotator-01", "annotator-02", "annotator-04", "annotator-05"}
    assert len(rows) == Judgment.objects.count()


def test_a_seat_is_shared_by_whoever_left_it_and_who_came(study: Study, tmp_path: Path) -> None:
    rows = [row for row in exported(study, tmp_path) if row["seat"] == "2"]
    units = {
        name: {row["unit"] for row in rows if row["annotator"] == name} for name in ("annotator-02", "annotator-05")
    }
    assert [len(one) for one in units.values()] == [1, 3]
    assert not units["annotator-02"] & units["annotator-05"]


def test_the_results_say_who_left_and_why(client: Client, amira: User, study: Study) -> None:
    client.force_login(amira)
    page = client.get(reverse("evaluation:results-figures", args=[study.slug])).content.decode()
    for words in (
        "Answered at random",
        "4 units set aside",
        "Ill",
        "what they finished counts",
        "1 participant withdrew",
    ):
        assert words in page
    assert "when results could be seen already" not in page


def test_setting_aside_after_the_results_could_be_seen_is_said(study: Study) -> None:
    late = study.annotators.get(pseudonym="annotator-05")
    remove_annotator(annotator=late, reason="Does not fit", keep=False)
    told = {one.annotator: one.knowingly for one in study_figures(study, unblinded=True).removed}
    assert told == {"annotator-01": False, "annotator-02": False, "annotator-05": True}


def test_a_look_is_remembered_and_who_came_back_or_withdrew_is_not_listed(amira: User) -> None:
    study = opened(quality(annotators=3, size=2))
    ben, carla, dora = people(study, 3)
    remove_annotator(annotator=ben, reason="Ill", keep=False)
    readmit_annotator(annotator=ben)
    record(study=study, kind=LOOKED, by=amira, reason="A pilot")
    for one in (ben, carla, dora):
        judge_one(one)
        remove_annotator(annotator=one, reason="Odd", keep=False)
    readmit_annotator(annotator=ben)
    withdraw(annotator=dora, delete=False)
    assert [(one.pseudonym, one.set_aside, one.after_look) for one in departures(study)] == [(carla.pseudonym, 1, True)]


def test_the_json_of_the_results_has_it_too(study: Study) -> None:
    out = StringIO()
    call_command("study_results", study.slug, "--json", stdout=out)
    figures = json.loads(out.getvalue().splitlines()[-1])
    assert [one["reason"] for one in figures["removed"]] == ["Answered at random", "Ill"]
    assert figures["withdrawn"] == 1
