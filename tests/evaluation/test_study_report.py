"""`manage.py study_report`: everything in one folder, and a script that finds the same digits without the product."""

import csv
import json
import re
import subprocess
import sys
import uuid
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from annotation.models import Event, Judgment, Slot, Study, Unit
from annotation.services.checking import CheckReport
from crsapp.accounts.models import User
from evaluation.exports import study_report
from evaluation.exports.script import script_files
from evaluation.figures import as_json
from evaluation.headline import headline
from evaluation.reports import study_figures
from evaluation.tables import block_page
from generation.models import Dataset, Dialogue

pytestmark = [pytest.mark.django_db, pytest.mark.database]

HOSTILE = "</title><script>alert(1)</script> \\input{/etc/passwd} 50 % & $x_1^2$ | **b** =1+1 ‮"
BARE = """
import runpy, sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "orjson", "matplotlib", "crsapp", "generation", "annotation"}:
            raise ImportError(f"{name} is not here")
sys.meta_path.insert(0, Refuse())
sys.path.insert(0, sys.argv[1])
runpy.run_path(sys.argv[1] + "/recompute.py", run_name="__main__")
"""


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """The study's check finds nothing: these studies are made from the models, without a real opening."""
    for place in ("evaluation.exports.study_report", "evaluation.management.commands.study_report"):
        monkeypatch.setattr(f"{place}.check_study", lambda study: CheckReport(ok=True, problems=[]))


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody draws: that takes seconds, and has tests of its own."""
    monkeypatch.setattr(study_report, "draw_files", lambda files: None)


def report(study: Study, out: Path, *options: str) -> tuple[Path, dict[str, Any]]:
    said = StringIO()
    call_command("study_report", study.slug, "--out", str(out), "--json", *options, stdout=said, stderr=StringIO())
    return out, json.loads(said.getvalue().splitlines()[-1])


def recompute(folder: Path) -> subprocess.CompletedProcess[str]:
    """As a researcher without this product does it, somewhere else."""
    command = [sys.executable, "-c", BARE, str(folder)]
    return subprocess.run(command, cwd=folder.parent, env={}, capture_output=True, text=True, check=False)


def wear(study: Study) -> None:
    """One unit excluded, one answer revised, one place given back."""
    unit = Unit.objects.filter(block__study=study, block__number=1).order_by("number")[3]
    Unit.objects.filter(pk=unit.pk).update(excluded=timezone.now())
    Slot.objects.filter(unit=unit).update(withheld=True)
    old = Judgment.objects.filter(assignment__block__number=1, value=0).exclude(assignment__unit=unit)[0]
    Judgment.objects.filter(pk=old.pk).update(superseded=True)
    old.pk, old.value, old.client_key, old.sequence = None, 2, uuid.uuid4(), 999
    old.save()
    slot = Slot.objects.filter(block__study=study, block__number=2).order_by("pk")[5]
    Slot.objects.filter(pk=slot.pk).update(assignment=None)


def test_the_script_finds_every_digit_from_the_table_alone(
    study: Study, tmp_path: Path, clean: None, undrawn: None
) -> None:
    wear(study)
    folder, told = report(study, tmp_path / "report")
    done = recompute(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    largest = re.search(r"Largest difference: (\S+)\. ", done.stdout)
    assert largest is not None
    assert float(largest[1]) < 1e-12
    with (folder / "recomputed.csv").open(newline="") as file:
        rows = {row["number"]: row for row in csv.DictReader(file)}
    assert all(row["published"][:12] == row["recomputed"][:12] for row in rows.values())
    assert {"block 1.counts.superseded", "block 1.counts.judgments_excluded"} <= rows.keys()
    assert rows["block 1.counts.superseded"]["recomputed"] == "1"
    assert rows["block 1.counts.cannot_judge"]["recomputed"] == "1"
    assert int(rows["block 2.counts.judgments_not_counted"]["recomputed"]) == 1
    assert told["revision"] == study.judgment_revision
    figures = as_json(study_figures(study, unblinded=True))
    fluency = figures["blocks"][0]["criteria"][0]["means"][0]["estimates"]["any_panel"]
    for limit in ("value", "low", "high"):
        assert (
            float(rows[f"block 1.criteria.fluency.means.ours.estimates.any_panel.{limit}"]["recomputed"])
            == fluency[limit]
        )


def test_the_script_says_when_a_judgment_or_a_number_was_changed(
    study: Study, tmp_path: Path, clean: None, undrawn: None
) -> None:
    folder, _ = report(study, tmp_path / "report")
    table, figures = folder / "data" / "judgments.csv", folder / "data" / "figures.json"
    honest = table.read_bytes()
    lines = honest.decode().split("\r\n")
    place = lines[0].split(",").index("value")
    cells = next(csv.reader([lines[2]]))
    changed = [*cells[:place], "0" if float(cells[place]) else "2", *cells[place + 1 :]]
    out = StringIO()
    csv.writer(out, lineterminator="").writerow(changed)
    table.write_bytes("\r\n".join([*lines[:2], out.getvalue(), *lines[3:]]).encode())
    done = recompute(folder)
    assert done.returncode == 1
    assert "NOT all" in done.stdout
    table.write_bytes(honest)
    told = json.loads(figures.read_text())
    told["blocks"][1]["preferences"][0]["contest"]["rate"]["any_panel"]["low"] += 1e-6
    figures.write_text(json.dumps(told))
    assert recompute(folder).returncode == 1


def test_nothing_of_the_product_but_formulas_goes_along() -> None:
    files = dict(script_files())
    for name, text in files.items():
        assert not re.search(r"^\s*(import|from) (django|annotation|generation|crsapp|matplotlib)", text, re.M), name
    assert {"recompute.py", "evaluation/__init__.py", "evaluation/crossed.py", "requirements.txt"} <= files.keys()


def test_the_report_says_what_the_results_page_says(study: Study, tmp_path: Path, clean: None, undrawn: None) -> None:
    folder, told = report(study, tmp_path / "report")
    text = (folder / "report.html").read_text()
    plain = (folder / "report.md").read_text()
    figures = study_figures(study, unblinded=True)
    for sentence in headline(figures):
        assert sentence.replace("'", "&#x27;").replace("<", "&lt;") in text
    for block in figures.blocks:
        for group in block_page(block).groups:
            for row in group.rows:
                assert row.value in text
                assert row.any_panel in text
                assert row.this_panel in plain
    for said in ("any panel", "this panel", "As published, votes taken as independent", study.digest, "Amendments",
                 "Excluded units", "Looks at results before the end"):  # fmt: skip
        assert said.lower() in text.lower(), said
    assert set(told["files"]) >= {
        "report.html", "report.md", "README.md", "SHA256SUMS", "recompute.py", "data/judgments.csv",
        "data/figures.json", "tables/block-1-means.tex", "tables/block-2-preference.tex", "figures/block-1-means.csv",
    }  # fmt: skip


def test_tables_have_the_layout_of_the_paper(study: Study, tmp_path: Path, clean: None, undrawn: None) -> None:
    folder, _ = report(study, tmp_path / "report")
    lines = (folder / "tables" / "block-1-means.tex").read_text().splitlines()
    assert lines[0] == r"\begin{tabular}{lrrrr}"
    assert lines[2] == r" & Fluency & Informativeness & Logicality & Coherence \\"
    criteria = study_figures(study, unblinded=True).blocks[0].criteria
    means = [one.means[0].estimates for one in criteria]
    assert lines[4] == f"Ours & {' & '.join(f'{one.any_panel.value:.2f}' for one in means if one)} \\\\"
    assert all(line.count("&") == 4 for line in lines if line.endswith(r"\\"))
    preference = (folder / "tables" / "block-2-preference.tex").read_text()
    assert "votes taken as independent" in preference
    assert "any panel & this panel" in preference


def test_dialogues_of_several_tasks_have_a_table_of_them(
    study: Study, tmp_path: Path, clean: None, undrawn: None
) -> None:
    Dialogue.objects.filter(number__lte=5).update(task="=films & books")
    Dialogue.objects.filter(number__gt=5).update(task="Travel")
    folder, _ = report(study, tmp_path / "report")
    lines = (folder / "tables" / "block-1-tasks.tex").read_text().splitlines()
    assert lines[2] == r" & Fluency & Informativeness & Logicality & Coherence \\"
    tasks = [line.partition(" & ")[0] for line in lines if line[:1] in "=TA"]
    assert tasks == [r"=films \& books", "Travel", "All"] * 2
    fluency = study_figures(study, unblinded=True).blocks[0].criteria[0]
    travel = fluency.means[0].by_task["Travel"].any_panel.value
    assert next(line for line in lines if line.startswith("Travel")).startswith(f"Travel & {travel:.3f} & ")
    assert recompute(folder).returncode == 0


def test_mallorys_names_are_harmless_in_every_file(study: Study, tmp_path: Path, clean: None, undrawn: None) -> None:
    Study.objects.filter(pk=study.pk).update(title=HOSTILE)
    Dataset.objects.filter(slug="ours").update(name=HOSTILE)
    folder, _ = report(Study.objects.get(pk=study.pk), tmp_path / "report")
    page = (folder / "report.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "‮" not in page
    for path in (folder / "tables").iterdir():
        latex = path.read_text()
        assert r"\input" not in latex
        assert not re.search(r"(?<!\\)[%&](?! )", "".join(line for line in latex.splitlines() if line[:1] != "%"))
    means = (folder / "tables" / "block-1-means.tex").read_text()
    assert r"\textbackslash{}input\{/etc/passwd\} 50 \% \& \$x\_1\textasciicircum{}2\$ \textbar{}" in means
    markdown = (folder / "report.md").read_text()
    assert "<script" not in markdown
    assert r"\*\*b\*\*" in markdown
    assert recompute(folder).returncode == 0


def test_an_open_study_takes_a_look_on_record_and_its_report_says_interim(
    study: Study, tmp_path: Path, clean: None, undrawn: None
) -> None:
    Study.objects.filter(pk=study.pk).update(state=Study.State.OPEN, closed=None)
    with pytest.raises(CommandError, match="--look"):
        report(study, tmp_path / "report")
    assert not list(tmp_path.iterdir())
    folder, told = report(study, tmp_path / "report", "--look", "the committee meets")
    assert told["interim"] is True
    event = Event.objects.get(study=study, kind="looked")
    assert (event.detail["at"], event.detail["reason"]) == ("report", "the committee meets")
    page = (folder / "report.html").read_text()
    assert "Interim" in page
    assert "the committee meets" in page


def test_a_report_names_no_researcher(
    study: Study, tmp_path: Path, clean: None, undrawn: None, amira: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    wear(study)
    folder, _ = report(study, tmp_path / "report")
    for path in folder.rglob("*"):
        if path.is_file():
            assert str(amira).encode() not in path.read_bytes(), path


def test_a_failed_check_is_said_and_needs_force(study: Study, tmp_path: Path, undrawn: None) -> None:
    with pytest.raises(CommandError, match="--force"):
        report(study, tmp_path / "report")
    assert not list(tmp_path.iterdir())
    folder, told = report(study, tmp_path / "report", "--force")
    assert told["problems"]
    assert "promises were broken" in (folder / "report.html").read_text()


def test_nothing_that_is_there_is_overwritten(study: Study, tmp_path: Path, clean: None, undrawn: None) -> None:
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "mine.txt").write_text("keep me")
    with pytest.raises(CommandError, match="not empty"):
        report(study, tmp_path / "report")
    assert (tmp_path / "report" / "mine.txt").read_text() == "keep me"
    with pytest.raises(CommandError, match="does not exist"):
        report(study, tmp_path / "nowhere" / "report")


def test_a_draft_has_no_report(tmp_path: Path) -> None:
    draft = Study.objects.create(slug="draft", title="Draft")
    with pytest.raises(CommandError, match="not opened"):
        report(draft, tmp_path / "report")


def test_a_report_carries_the_splits_that_were_chosen(study: Study, tmp_path: Path, clean: None, undrawn: None) -> None:
    for one in Dialogue.objects.all():
        one.task, one.labels = ("Travel", HOSTILE)[one.number % 2], {"mood": f"mood {one.number % 3}"}
        one.save()
    folder, told = report(study, tmp_path / "report", "--split", "task", "--split", "label:mood")
    text = (folder / "report.html").read_text()
    assert "<h2>Split by: Task</h2>" in text
    assert "<h2>Split by: Label “mood”</h2>" in text
    assert "<script>" not in text
    assert "<script>" not in (folder / "report.md").read_text()
    with (folder / "data" / "split-1-units.csv").open(newline="") as file:
        units = list(csv.DictReader(file))
    assert len(units) == 40
    assert {row["group"] for row in units if row["block"] == "1"} == {"Travel", HOSTILE.strip()}
    with (folder / "data" / "split-2.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["group"] == "mood 1" and row["figure"] == "mean"]
    assert rows[0]["value"][:4] in text
    assert {"data/split-1.csv", "data/split-2.csv"} <= set(told["files"])
    assert "data/split-1-units.csv" in (folder / "README.md").read_text()
    assert recompute(folder).returncode == 0
    with pytest.raises(CommandError, match=r"No dialogue of the study has the attribute 'mood'\. There are: task, "):
        report(study, tmp_path / "again", "--split", "mood")
