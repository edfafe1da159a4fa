"""Judgments from elsewhere as a study: the command, what is written, and everything that results do with them."""

import csv
import json
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotation.models import Annotator, Assignment, Exhibit, Judgment, Slot, Study, Unit
from annotation.published import Options, Reading
from annotation.services.checking import check_study
from annotation.services.departures import remove_annotator
from annotation.services.errors import StudyError
from annotation.services.monitoring import monitor
from annotation.services.publishing import Source, publish
from annotation.services.studies import copy_study
from annotation.services.withdrawals import withdraw
from crsapp.accounts.models import User
from evaluation.agreement import agreement
from evaluation.figures import agreement_rows
from evaluation.headline import headline
from evaluation.ratings import Ratings
from evaluation.reports import study_figures
from evaluation.tables import block_page
from tests.annotation.tables import KRIPPENDORFF, written
from tests.evaluation.factories import make_dataset, make_study, rate, vote

pytestmark = [pytest.mark.django_db, pytest.mark.database]

VOTES = "unit,annotator,left,right,value\n" + "".join(
    f"{unit},{who},{left},{right},{('left', 'right', 'tie')[(unit * 7 + at * 3) % 5 % 3]}\n"
    for unit, (left, right) in enumerate([("Heat", "Ronin"), ("Ronin", "Drive"), ("Drive", "Heat")] * 4)
    for at, who in enumerate(("ann", "bob", "cem"))
)


def run(path: Path, name: str, *arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("import_judgments", str(path), "--study", name, "--json", *arguments, stdout=out, stderr=StringIO())
    return dict(json.loads(out.getvalue().splitlines()[-1]))


def alphas(slug: str) -> dict[str, float]:
    """The first coefficient of each criterion, by its title, from the study's results."""
    rows = agreement_rows(study_figures(Study.objects.get(slug=slug), unblinded=True))
    return {one["title"]: one["value"] for one in rows if one["coefficient"].startswith("alpha")}


def exported(study: Study, folder: Path, form: str = "csv") -> Path:
    path = folder / f"{study.slug}.{form}"
    call_command("export_judgments", study.slug, "--out", str(path), stdout=StringIO(), stderr=StringIO())
    return path


@pytest.mark.parametrize(("scale", "alpha"), [("ordinal", 0.815388), ("nominal", 0.743421), ("interval", 0.849107)])
def test_krippendorffs_example_through_command_and_results(tmp_path: Path, scale: str, alpha: float) -> None:
    report = run(written(tmp_path, KRIPPENDORFF), "Krippendorff", "--scale", scale)
    assert report["agreement"][0]["value"] == pytest.approx(alpha, abs=5e-7)
    assert alphas("krippendorff")["rating"] == pytest.approx(alpha, abs=5e-7)


def test_the_study_is_closed_frozen_and_says_where_it_comes_from(tmp_path: Path) -> None:
    report = run(written(tmp_path, KRIPPENDORFF), "Krippendorff")
    study = Study.objects.get(slug="krippendorff")
    assert study.state == Study.State.CLOSED
    assert len(study.digest) == 64
    origin = study.protocol["origin"]
    assert (origin["file"], origin["sha256"], origin["judgments"]) == ("table.csv", report["sha256"], 41)
    assert check_study(study).ok
    assert Slot.objects.filter(block__study=study).count() == 41
    with pytest.raises(StudyError, match="given elsewhere"):
        copy_study(study=study)


def break_a_value(study: Study) -> None:
    Judgment.objects.filter(assignment__annotator__study=study, value=3).update(value=9)


def lose_a_judgment(study: Study) -> None:
    Judgment.objects.filter(assignment__annotator__study=study).first().delete()  # type: ignore[union-attr]


def rename_what_was_judged(study: Study) -> None:
    Exhibit.objects.filter(block__study=study).update(content={"turns": [], "dialogue": "another", "dataset": ""})


def empty_a_slot(study: Study) -> None:
    Slot.objects.filter(block__study=study, unit__number=1, n=1).update(assignment=None)


def move_an_answer(study: Study) -> None:
    Judgment.objects.filter(assignment__annotator__study=study, value=5).update(place=4)


def drop_a_unit(study: Study) -> None:
    unit = Unit.objects.get(block__study=study, number=12)
    Slot.objects.filter(unit=unit).delete()
    Assignment.objects.filter(unit=unit).delete()
    unit.delete()


def change_the_protocol(study: Study) -> None:
    study.protocol["origin"]["sha256"] = "0" * 64
    study.save()


@pytest.mark.parametrize(
    "harm",
    [
        break_a_value,
        lose_a_judgment,
        rename_what_was_judged,
        empty_a_slot,
        move_an_answer,
        drop_a_unit,
        change_the_protocol,
    ],
)
def test_the_check_finds_harm(tmp_path: Path, harm: Any) -> None:
    run(written(tmp_path, KRIPPENDORFF), "Krippendorff")
    study = Study.objects.get(slug="krippendorff")
    assert check_study(study).ok
    harm(study)
    study.refresh_from_db()
    assert not check_study(study).ok


def test_rows_that_do_not_count_are_kept_and_not_counted(tmp_path: Path) -> None:
    gold = KRIPPENDORFF.replace("unit,", "unit,counted,").splitlines()
    text = "\n".join([gold[0], *(row.replace(",", ",1,", 1) for row in gold[1:]), "gold,0,5,1,5,1"])
    report = run(written(tmp_path, text), "With gold", "--scale", "ordinal")
    assert report["not_counted"] == 4
    assert alphas("with-gold")["rating"] == pytest.approx(0.815388, abs=5e-7)
    study = Study.objects.get(slug="with-gold")
    assert check_study(study).ok
    counts = study_figures(study, unblinded=True).blocks[0].counts
    assert (counts.judgments, counts.not_counted, counts.judgments_not_counted) == (41, 4, 4)


@pytest.fixture
def with_controls(tmp_path: Path) -> Study:
    """Two dialogues that three people judged, a third that two of them judged as a control, and one nobody did."""
    rows = [f"{unit},{who},{at},1" for unit in ("d1", "d2") for at, who in enumerate(("ann", "bob", "cem"))]
    rows += ["gold,ann,1,0", "gold,bob,2,0", "empty,ann,,1"]
    report = run(written(tmp_path, "\n".join(["unit,annotator,value,counted", *rows])), "Controls")
    assert (report["units"], report["units_not_counted"]) == (4, 1)
    return Study.objects.get(slug="controls")


def test_what_counts_and_what_was_a_control_is_told_apart_everywhere(
    with_controls: Study, client: Client, amira: User
) -> None:
    client.force_login(amira)
    said = "2 dialogues; 1 more not counted (control); 1 more without an answer"
    for address in ("annotation:study-detail", "annotation:study-protocol"):
        assert said in client.get(reverse(address, args=["controls"])).content.decode(), address
    assert "Still missing" not in client.get(reverse("annotation:study-protocol", args=["controls"])).content.decode()
    results = client.get(reverse("evaluation:results", args=["controls"])).content.decode()
    assert (
        "2 dialogues, judged elsewhere by up to 3 annotators each; 1 more not counted (control); "
        "1 more without an answer. Asked" in results
    )
    counts = study_figures(with_controls, unblinded=True).blocks[0].counts
    assert (counts.units, counts.units_control, counts.places) == (2, 1, 6)
    people = [(line.annotator.pseudonym, line.done, line.total, line.aside) for line in monitor(with_controls).people]
    assert people == [("ann", 2, 2, 1), ("bob", 2, 2, 1), ("cem", 2, 2, 0)]
    listed = client.get(reverse("annotation:study-annotators", args=["controls"])).content.decode()
    assert listed.count("1 more not counted") == 2


def test_check_and_export_agree_on_what_counts(with_controls: Study, tmp_path: Path) -> None:
    report = check_study(with_controls)
    assert report.ok
    assert (report.counts["units"], report.counts["units_control"], report.counts["slots"]) == (4, 1, 6)
    with exported(with_controls, tmp_path).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    counts = study_figures(with_controls, unblinded=True).blocks[0].counts
    assert len({row["unit"] for row in rows if row["counted"] == "1"}) == counts.units
    assert len({row["unit"] for row in rows} - {row["unit"] for row in rows if row["counted"] == "1"}) == 1


def test_nothing_is_imported_when_one_row_is_bad_unless_asked(tmp_path: Path) -> None:
    path = written(tmp_path, KRIPPENDORFF + "13,1,x,3,3\n")
    with pytest.raises(CommandError, match="line 14, column “b”: “x” is no answer"):
        run(path, "Bad")
    assert not Study.objects.exists()
    report = run(path, "Bad", "--skip-bad")
    assert (report["problem_count"], report["judgments"]) == (1, 44)
    assert check_study(Study.objects.get(slug="bad")).ok


def test_a_dry_run_writes_nothing_and_a_taken_name_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, KRIPPENDORFF)
    assert run(path, "One", "--dry-run")["judgments"] == 41
    assert not Study.objects.exists()
    run(path, "One")
    with pytest.raises(CommandError, match="already a study"):
        run(path, "One")
    assert Study.objects.count() == 1


def test_a_failure_in_the_middle_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("annotation.services.publishing._Writing._judgments", killed)
    with pytest.raises(KeyboardInterrupt):
        run(written(tmp_path, KRIPPENDORFF), "Killed")
    for model in (Study, Annotator, Exhibit, Unit, Assignment, Slot, Judgment):
        assert not model.objects.exists()


def test_dialogues_that_are_here_are_linked_and_others_stand_by_name(tmp_path: Path) -> None:
    dataset = make_dataset("north", "North", 2)
    rows = [f"{unit},{who},2,{unit},North" for unit in ("north-1", "north-2", "north-9") for who in ("a", "b")]
    run(written(tmp_path, "\n".join(["unit,annotator,value,dialogue,dataset", *rows])), "Linked")
    exhibits = Exhibit.objects.order_by("dialogue_name")
    assert [str(one.dialogue) for one in exhibits] == ["north-1", "north-2", "None"]
    assert {one.dataset for one in exhibits} == {dataset}
    figures = study_figures(Study.objects.get(slug="linked"), unblinded=True)
    assert [system.slug for system in figures.blocks[0].systems] == ["north"]


def test_more_than_two_systems_agree_and_are_ranked(tmp_path: Path) -> None:
    run(written(tmp_path, VOTES), "Three")
    study = Study.objects.get(slug="three")
    assert check_study(study).ok
    figures = study_figures(study, unblinded=True)
    (block,) = figures.blocks
    assert block.preferences[0].contest is None
    assert block.preferences[0].agreement[0].estimates.any_panel.value is not None
    ranking, _davidson = block_page(block).rankings
    first, second, third = ranking.rows
    assert second.strength == third.strength != first.strength
    assert [row.rank for row in ranking.rows] == ["1", "2", "2"]
    assert headline(figures)[0].startswith("preference: of 3 systems ")


def test_two_systems_have_a_win_rate(tmp_path: Path) -> None:
    run(written(tmp_path, VOTES.replace("Drive", "Ronin2").replace("Ronin2", "Heat2")), "Three again")
    text = "unit,annotator,left,right,value\n" + "".join(
        f"{unit},{who},{'North,South' if unit % 2 else 'South,North'},North\n" for unit in range(12) for who in "abc"
    )
    run(written(tmp_path, text), "Two")
    contest = study_figures(Study.objects.get(slug="two"), unblinded=True).blocks[0].preferences[0].contest
    assert contest is not None
    assert (contest.preferred.name, contest.preferred_rate.any_panel.value) == ("North", 1.0)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize("text", [KRIPPENDORFF, VOTES])
def test_export_and_import_give_the_same_figures(tmp_path: Path, text: str, form: str) -> None:
    run(written(tmp_path, text), "First")
    first = Study.objects.get(slug="first")
    run(exported(first, tmp_path, form), "Second")
    assert list(alphas("second").values()) == list(alphas("first").values())
    assert check_study(Study.objects.get(slug="second")).ok


def test_a_study_of_ours_comes_back_with_the_same_figures(tmp_path: Path) -> None:
    datasets = [make_dataset("ours", "Ours", 10), make_dataset("theirs", "Theirs", 10)]
    study = make_study("ours-and-theirs", datasets, size=5, pairs=10, ties=True)
    random = np.random.default_rng(5)
    quality, pairs = study.blocks.order_by("number")
    rate(quality, random.integers(-1, 3, (4, 10, 3, 7)))
    vote(pairs, random.choice([0.0, 0.5, 1.0], (10, 7)))
    path = tmp_path / "ours.csv"
    call_command("export_judgments", study.slug, "--out", str(path), "--force", stdout=StringIO(), stderr=StringIO())
    run(path, "Again")
    again = Study.objects.get(slug="again")
    assert check_study(again).problems == []
    before, after = (study_figures(one, unblinded=True) for one in (study, again))
    for one, other in zip(before.blocks, after.blocks, strict=True):
        assert one.counts == other.counts
        for asked, found in zip(one.asked, other.asked, strict=True):
            assert [figure.estimates for figure in found.agreement] == [figure.estimates for figure in asked.agreement]
    mine, theirs = before.blocks[1].preferences[0].contest, after.blocks[1].preferences[0].contest
    assert mine is not None
    assert theirs is not None
    assert theirs.preferred_rate == mine.preferred_rate
    gaps = [[gap.estimates for gap in one.differences] for one in before.blocks[0].criteria]
    assert [[gap.estimates for gap in one.differences] for one in after.blocks[0].criteria] == gaps


numbers = count()
cells = st.one_of(st.just(""), st.sampled_from(["1", "2", "3.5", "-4", "5"]))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(cells, min_size=4, max_size=4), min_size=2, max_size=12))
@pytest.mark.parametrize("scale", ["ordinal", "nominal", "interval"])
def test_any_table_has_the_alpha_that_the_formula_gives(tmp_path: Path, scale: str, rows: list[list[str]]) -> None:
    said = [(at, who, float(cell)) for at, row in enumerate(rows) for who, cell in enumerate(row) if cell]
    path = tmp_path / "random.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["unit", "a", "b", "c", "d"], *([f"u{at}", *row] for at, row in enumerate(rows))])
    reading = Reading(path, Options(scales={"": scale}))
    for _step in reading.steps():
        pass
    if not said:
        assert reading.fatal
        return
    assert reading.table is not None
    study = publish(table=reading.table, title=f"random {next(numbers)}", source=Source("random.csv", "0" * 64))
    assert check_study(study).problems == []
    unit, annotator, value = zip(*said, strict=True)
    expected = agreement(Ratings.collect(unit, annotator, value, unit), f"alpha-{scale}").any_panel.value
    found = alphas(study.slug)["rating"]
    assert (found is None and expected is None) or found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("how", ["set aside", "deleted", "pseudonymised"])
def test_somebody_of_the_file_who_leaves_is_no_harm_to_the_check(tmp_path: Path, how: str) -> None:
    run(written(tmp_path, KRIPPENDORFF), "Left")
    study = Study.objects.get(slug="left")
    one = study.annotators.order_by("pseudonym")[0]
    if how == "set aside":
        remove_annotator(annotator=one, reason="A robot", keep=False)
    else:
        withdraw(annotator=one, delete=how == "deleted")
    assert check_study(study).problems == []
    Judgment.objects.filter(assignment__slot__isnull=False)[0].delete()
    assert not check_study(study).ok
