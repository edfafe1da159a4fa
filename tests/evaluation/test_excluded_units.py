"""Units that were taken out: counted in every result, and in no figure."""

import csv
import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from annotation.models import Assignment, Judgment, Study, Unit
from annotation.services.checking import CheckReport
from annotation.services.excluding import exclude_unit, include_unit
from annotation.services.recording import LOOKED, record
from annotation.services.studies import close_study
from crsapp.accounts.models import User
from evaluation.figures import as_json, blinded
from evaluation.reports import study_figures
from evaluation.sentences import excluded_sentence
from tests.annotation.stories import judge_all, opened, pairs, people, quality

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def out(study: Study, block: int, *numbers: int, reason: str = "Cut off", by: User | None = None) -> None:
    for unit in Unit.objects.filter(block__study=study, block__number=block, number__in=numbers):
        exclude_unit(unit=unit, reason=reason, by=by)


def page(client: Client, study: Study, name: str, *more: Any) -> str:
    answer = client.get(reverse(f"evaluation:{name}", args=[study.slug, *more]))
    assert answer.status_code == 200
    return re.sub(r"[ \n]+", " ", answer.content.decode())


def test_figures_are_those_of_a_study_that_never_had_the_unit(study: Study) -> None:
    """Taken out, the judgments of two pairs and one dialogue weigh as much as if they were not there."""
    out(study, 1, 3)
    out(study, 2, 1, 2)
    set_apart = study_figures(study, unblinded=True)
    gone = list(Unit.objects.filter(block__study=study, excluded__isnull=False).values_list("pk", flat=True))
    judgments = Judgment.objects.filter(assignment__unit__in=gone)
    Judgment.objects.filter(pk__in=list(judgments.values_list("pk", flat=True))).delete()
    without = study_figures(study, unblinded=True)
    for with_rows, without_rows in zip(set_apart.blocks, without.blocks, strict=True):
        assert with_rows.criteria == without_rows.criteria
        assert with_rows.preferences == without_rows.preferences
    quality_counts, pair_counts = (block.counts for block in set_apart.blocks)
    assert (quality_counts.units, quality_counts.units_excluded, quality_counts.judgments_excluded) == (19, 1, 84)
    assert (pair_counts.units, pair_counts.units_excluded, pair_counts.judgments_excluded) == (18, 2, 14)
    assert (pair_counts.places, pair_counts.counted, pair_counts.judgments) == (126, 126, 126)
    assert pair_counts.judgments_not_counted == 0


def test_taken_in_again_nothing_has_changed(study: Study) -> None:
    before = study_figures(study, unblinded=True)
    out(study, 2, 5)
    include_unit(unit=Unit.objects.get(block__study=study, block__number=2, number=5))
    after = study_figures(Study.objects.get(pk=study.pk), unblinded=True)
    assert after.blocks == before.blocks
    assert after.revision > before.revision


def test_the_page_says_how_many_why_and_what_was_known(client: Client, amira: User, study: Study) -> None:
    out(study, 2, 4, reason="Cut <off>", by=amira)
    client.force_login(amira)
    text = page(client, study, "results")
    assert "1 of 20 pairs excluded: 1 by the researchers alone; 7 judgments set apart." in text
    assert "Cut &lt;off&gt;" in text
    assert "after the study was closed" in text
    assert "A paper should say so" in text


def test_a_clean_study_says_nothing_of_exclusions(client: Client, amira: User, study: Study) -> None:
    client.force_login(amira)
    assert "excluded" not in page(client, study, "results")


def test_the_sentence_tells_reports_from_the_researchers_own(study: Study) -> None:
    out(study, 1, 1, 2)
    block = study_figures(study, unblinded=True).blocks[0]
    first, second = block.excluded
    reported = [first, type(second)(**{**second.__dict__, "reports": 3})]
    changed = type(block)(**{**block.__dict__, "excluded": tuple(reported)})
    assert excluded_sentence(changed) == (
        "2 of 20 dialogues excluded: 1 after annotators' reports, 1 by the researchers alone; 168 judgments set apart."
    )


def test_a_look_before_the_exclusion_is_told_apart(amira: User) -> None:
    study = opened(pairs(annotators=2))
    judge_all(people(study, 2)[0])
    out(study, 1, 1)
    record(study=study, kind=LOOKED, by=amira, reason="A pilot")
    out(study, 1, 2)
    figures = blinded(study_figures(study, unblinded=True))
    assert [(one.unit, one.after_look) for one in figures.blocks[0].excluded] == [(1, False), (2, True)]
    assert figures.blocks[0].excluded_knowingly
    assert json.loads(json.dumps(as_json(figures)))["blocks"][0]["excluded"][1]["after_look"] is True


def test_the_command_says_it_too(study: Study) -> None:
    out(study, 2, 1)
    said = StringIO()
    call_command("study_results", study.slug, json=True, stdout=said)
    assert "1 of 20 pairs excluded" in said.getvalue()
    assert json.loads(said.getvalue().splitlines()[-1])["blocks"][1]["excluded"][0]["reason"] == "Cut off"


def test_the_table_keeps_every_judgment_and_counts_none_of_them(study: Study, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(
        "evaluation.management.commands.export_judgments.check_study", lambda study: CheckReport(ok=True, problems=[])
    )
    out(study, 2, 1)
    file = tmp_path / "table.csv"
    said = StringIO()
    call_command("export_judgments", study.slug, "--out", str(file), "--json", stdout=said)
    told = json.loads(said.getvalue().splitlines()[-1])["excluded"]
    assert [(one["block"], one["unit"], one["reason"]) for one in told] == [(2, 1, "Cut off")]
    with file.open(newline="", encoding="utf-8") as opened_file:
        rows = list(csv.DictReader(opened_file))
    assert len(rows) == Judgment.objects.count()
    apart = [row for row in rows if row["excluded"] == "1"]
    assert {(row["block"], row["unit"], row["counted"]) for row in apart} == {("2", "1", "0")}
    assert len(apart) == 7
    assert {row["counted"] for row in rows if row["excluded"] == "0"} == {"1"}


def test_a_closed_study_with_units_out_passes_its_check(amira: User) -> None:
    study = opened(quality(annotators=2), pairs(annotators=2))
    anna, ben = people(study, 2)
    judge_all(anna)
    out(study, 1, 2, by=amira)
    judge_all(ben)
    close_study(study=study, by=amira)
    assert study.events.get(kind="checked").detail["ok"] is True


def history(client: Client, study: Study, block: int = 1, number: int = 1) -> Any:
    return client.get(reverse("evaluation:unit-history", args=[study.slug, block, number]))


@pytest.fixture
def judged(amira: User) -> Study:
    """A closed study of our own; of unit 1 one answer was revised, and then it was taken out."""
    study = opened(pairs(annotators=2))
    for annotator in people(study, 2):
        judge_all(annotator)
    first = Judgment.objects.filter(assignment__unit__number=1).order_by("pk")[0]
    Judgment.objects.filter(pk=first.pk).update(superseded=True)
    revised = Judgment.objects.get(pk=first.pk)
    revised.pk, revised.sequence, revised.superseded, revised.value = None, 99, False, 2
    revised.client_key = Assignment.objects.all()[0].public_id
    revised.save()
    out(study, 1, 1, reason="Cut off", by=amira)
    close_study(study=study, by=amira)
    return study


def test_the_history_of_a_unit_shows_every_answer_and_decision(client: Client, amira: User, judged: Study) -> None:
    client.force_login(amira)
    text = history(client, judged).content.decode()
    assert text.count("<s>") == 1
    assert "revised later" in text
    assert "annotator-01" in text
    assert "annotator-02" in text
    assert "Unit excluded" in text
    assert "unit excluded" in text
    assert "The north collection" in text


def test_the_judgments_lead_to_it_and_mark_what_is_out(client: Client, amira: User, judged: Study) -> None:
    client.force_login(amira)
    text = page(client, judged, "judgments")
    assert reverse("evaluation:unit-history", args=[judged.slug, 1, 1]) in text
    assert text.count("unit excluded</span>") == 2
    counted = client.get(reverse("evaluation:judgments", args=[judged.slug]), {"counted": "counted"})
    assert "unit excluded</span>" not in counted.content.decode()


def test_while_the_study_is_open_the_history_waits_for_a_look(client: Client, amira: User) -> None:
    study = opened(pairs(annotators=2))
    client.force_login(amira)
    assert history(client, study)["Location"] == reverse("evaluation:results", args=[study.slug])
    client.post(reverse("evaluation:look", args=[study.slug]), {"reason": "A pilot"})
    assert history(client, study).status_code == 200
    assert history(client, study, 1, 99).status_code == 404


def test_the_history_asks_no_more_of_the_database_for_more_annotators(
    client: Client, amira: User, study: Study, django_assert_max_num_queries: Any
) -> None:
    client.force_login(amira)
    with django_assert_max_num_queries(16):
        history(client, study)
