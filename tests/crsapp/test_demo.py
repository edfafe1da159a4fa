"""`manage.py demo`: two datasets, a study to judge and a study with results; a second time changes nothing."""

import csv
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from annotation.models import Assignment, Judgment, Study
from annotation.services.checking import check_study
from crsapp.accounts.models import User
from crsapp.demo.answers import Taste
from crsapp.demo.dialogues import WRITERS, records
from generation.models import Dataset, Dialogue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def load() -> str:
    out = io.StringIO()
    call_command("demo", stdout=out)
    return out.getvalue()


def test_the_demo_is_complete_marked_as_demo_and_loaded_once() -> None:
    load()
    assert sorted(Dataset.objects.values_list("name", flat=True)) == sorted(WRITERS)
    assert Dialogue.objects.visible().count() == 48
    closed, open_study = Study.objects.get(slug="demo-closed"), Study.objects.get(slug="demo-open")
    assert (closed.state, open_study.state) == ("closed", "open")
    assert closed.annotators.count() == 7
    assert Assignment.objects.filter(annotator__study=closed).counted().count() == 7 * (22 + 12)
    assert check_study(closed).ok, check_study(closed).problems
    assert all(Dataset.objects.values_list("is_demo", flat=True))
    assert closed.is_demo
    assert open_study.is_demo
    assert not any(user.has_usable_password() for user in User.objects.filter(is_demo=True))
    before = Judgment.objects.count(), Dialogue.objects.count(), User.objects.count()
    assert "nothing was changed" in load()
    assert (Judgment.objects.count(), Dialogue.objects.count(), User.objects.count()) == before


def test_the_closed_study_is_reported_and_its_script_finds_every_digit(tmp_path: Path) -> None:
    load()
    folder = tmp_path / "report"
    call_command("study_report", "demo-closed", "--out", str(folder), stdout=io.StringIO(), stderr=io.StringIO())
    page = (folder / "report.html").read_text()
    assert "This is the study of a demo" in page
    for picture in re.findall(r'src(?:set)?="([^"]+)"', page):
        assert (folder / picture).stat().st_size > 1_000
    bare = {"PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "recompute.py"], cwd=folder, env=bare, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    with (folder / "recomputed.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 4_000
    for row in rows:
        published, found = (round(float(row[one]), 9) if row[one] else None for one in ("published", "recomputed"))
        assert published == found, row


def test_the_dialogues_are_the_same_every_time_and_differ_between_the_agents() -> None:
    first, second = ([list(records(name)) for name in WRITERS] for _ in range(2))
    assert first == second
    assert first[0] != first[1]


def test_annotators_differ_and_use_the_whole_scale() -> None:
    texts = [utterance.text for name in WRITERS for record in records(name) for utterance in record.utterances]
    rated = [[Taste.of(number).rates(text, "system", "informativeness") for text in texts] for number in range(7)]
    assert {value for row in rated for value in row} == {0, 1, 2}
    assert len({tuple(row) for row in rated}) == 7
