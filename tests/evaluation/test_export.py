"""The long table: complete, safe to open, checked first, and enough to compute every number again."""

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from hypothesis import example, given
from hypothesis import strategies as st

from annotation.models import Assignment, Event, Judgment, Slot, Study
from annotation.services.checking import CheckReport
from crsapp.accounts.models import User
from evaluation.exports import writing
from evaluation.exports.long_table import COLUMNS, TEXT_COLUMNS, long_table
from evaluation.exports.neutral import neutral
from evaluation.exports.writing import csv_pieces, jsonl_pieces
from tests.evaluation import oracles
from tests.evaluation.agreement_oracles import PLAIN

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """The study's check finds nothing: these studies are made from the models, without a real opening."""
    for place in ("evaluation.views.exporting", "evaluation.management.commands.export_judgments"):
        monkeypatch.setattr(f"{place}.check_study", lambda study: CheckReport(ok=True, problems=[]))


def exported(study: Study, folder: Path, *options: str) -> list[dict[str, str]]:
    out = folder / "table.csv"
    call_command("export_judgments", study.slug, "--out", str(out), *options, stdout=StringIO())
    with out.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def results(study: Study, *options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("study_results", study.slug, "--json", *options, stdout=out)
    return dict(json.loads(out.getvalue().splitlines()[-1]))


def counted(rows: list[dict[str, str]], block: int) -> Iterator[dict[str, str]]:
    return (
        row
        for row in rows
        if row["block"] == str(block) and row["counted"] == "1" and row["superseded"] == "0" and row["value"] != ""
    )


def table_of(rows: list[dict[str, str]], dataset: str, criterion: str) -> tuple[list[list[float]], int]:
    """Dialogues × annotators of mean values on [0, 1], and the number of judgments, from exported rows alone."""
    cells = defaultdict(list)
    for row in counted(rows, 1):
        if row["dataset"] == dataset and row["criterion"] == criterion:
            cells[row["unit"], row["annotator"]].append(int(row["value"]) / 2)
    units, people = sorted({key[0] for key in cells}), sorted({key[1] for key in cells})
    table = [[sum(cells[unit, one]) / len(cells[unit, one]) for one in people] for unit in units]
    return table, sum(len(values) for values in cells.values())


def same_plain_means(rows: list[dict[str, str]], told: dict[str, Any]) -> None:
    """Means over all ratings and their numbers, from exported rows alone."""
    for criterion in told["criteria"]:
        mine = [row for row in counted(rows, 1) if row["criterion"] == criterion["question"]["criterion"]]
        assert criterion["judgments"] == len(mine)
        for mean in criterion["means"]:
            values = [int(row["value"]) for row in mine if row["dataset"] == mean["system"]["slug"]]
            assert mean["plain"] == pytest.approx(sum(values) / len(values), abs=1e-12)


def agreement_answers(rows: Iterator[dict[str, str]]) -> list[oracles.Answer]:
    people: dict[str, int] = {}
    return [
        (
            int(row["unit"]) * 1000 + int(row["turn"] or 0),
            people.setdefault(row["annotator"], len(people)),
            float(row["won_dataset"] == "ours") if row["won_dataset"] else float(row["value"]),
            int(row["unit"]),
        )
        for row in rows
    ]


@pytest.mark.usefixtures("clean")
def test_every_number_comes_out_of_the_exported_table_alone(study: Study, tmp_path: Path) -> None:
    rows, told = exported(study, tmp_path), results(study)
    quality, pairs = told["blocks"]
    for criterion in quality["criteria"]:
        key = criterion["question"]["criterion"]
        for mean in criterion["means"]:
            table, judgments = table_of(rows, mean["system"]["slug"], key)
            low, high = oracles.crossed_wilson(table, judgments)
            found = mean["estimates"]["any_panel"]
            assert found["value"] == pytest.approx(2 * sum(map(sum, table)) / sum(map(len, table)))
            assert (found["low"], found["high"]) == pytest.approx((2 * low, 2 * high), abs=1e-9)
        answers = agreement_answers(row for row in counted(rows, 1) if row["criterion"] == key)
        for one in [one for one in criterion["agreement"] if one["system"] is None]:
            found = one["estimates"]["any_panel"]
            if found["value"] is None:  # an answer is missing, and this coefficient takes no gaps
                assert found["reason"]
                continue
            assert found["value"] == pytest.approx(PLAIN[one["coefficient"]](answers, (0, 1, 2)), abs=1e-9)
    (preference,) = pairs["preferences"]
    wins: dict[str, dict[str, float]] = defaultdict(dict)
    for row in counted(rows, 2):
        wins[row["unit"]][row["annotator"]] = float(row["won_dataset"] == "ours")
    table = [[votes[one] for one in sorted(votes)] for votes in wins.values()]
    rate = preference["contest"]["rate"]["any_panel"]
    assert rate["value"] == pytest.approx(sum(map(sum, table)) / 140)
    assert (rate["low"], rate["high"]) == pytest.approx(oracles.crossed_wilson(table, 140), abs=1e-9)
    assert preference["left"]["value"] == pytest.approx(sum(row["value"] == "1" for row in counted(rows, 2)) / 140)
    alpha = preference["agreement"][0]["estimates"]["any_panel"]["value"]
    assert alpha == pytest.approx(oracles.alpha(agreement_answers(counted(rows, 2)), "nominal"), abs=1e-9)


@pytest.mark.usefixtures("clean")
def test_a_row_says_what_was_judged_by_whom_and_how(study: Study, tmp_path: Path) -> None:
    rows = exported(study, tmp_path)
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == Judgment.objects.count()
    first = next(row for row in rows if row["turn"] == "1")
    assert first["utterance"] == "1"
    assert first["messages"] == "1 2"
    assert first["speaker"] == "system"
    assert (first["instrument"], first["instrument_version"]) == ("utterance-quality", "1")
    assert first["inclusion_probability"] == "0.5"
    assert first["active_seconds"] == "42.5"
    assert first["started"].startswith("2026-11-02T09:")
    pair = next(row for row in rows if row["target"] == "pair")
    assert {pair["left_dataset"], pair["right_dataset"]} == {"ours", "theirs"}
    won = "left" if pair["value"] == "1" else "right"
    assert (pair["won_dataset"], pair["won_dialogue"]) == (pair[f"{won}_dataset"], pair[f"{won}_dialogue"])
    unsure = [row for row in rows if row["cannot_judge"] == "1"]
    assert [(row["value"], row["label"]) for row in unsure] == [("", "")]


@pytest.mark.usefixtures("clean")
def test_revised_and_uncounted_answers_stay_and_do_not_count(study: Study, tmp_path: Path) -> None:
    old = Judgment.objects.filter(criterion="informativeness").order_by("pk")[0]
    Judgment.objects.filter(pk=old.pk).update(superseded=True)
    Judgment.objects.create(
        assignment=old.assignment, instrument=old.instrument, criterion=old.criterion, place=old.place,
        value=2 - (old.value or 0), client_key="00000000-0000-4000-8000-000000000001", sequence=99,
        answered=old.answered,
    )  # fmt: skip
    rows = exported(study, tmp_path)
    both = [row for row in rows if row["criterion"] == "informativeness" and row["unit"] == "1" and row["turn"] == "0"]
    mine = [row for row in both if row["annotator"] == "annotator 1"]
    assert [(row["revision"], row["superseded"]) for row in mine] == [("1", "1"), ("2", "0")]
    told = results(study)["blocks"][0]
    assert told["counts"]["superseded"] == 1
    same_plain_means(rows, told)
    lost = Slot.objects.filter(assignment__isnull=False, block__number=1).order_by("pk")[0]
    Assignment.objects.filter(pk=lost.assignment_id).update(state=Assignment.State.LATE)
    late, lost.assignment = lost.assignment_id, None
    lost.save()
    rows = exported(study, tmp_path)
    assert {row["counted"] for row in rows if row["assignment_state"] == "late"} == {"0"}
    told = results(study)["blocks"][0]
    same_plain_means(rows, told)
    counts = told["counts"]
    assert counts["judgments_not_counted"] == Judgment.objects.filter(assignment=late, superseded=False).count()


@pytest.mark.usefixtures("clean")
def test_a_folder_gets_a_file_named_after_the_study_and_its_table(study: Study, tmp_path: Path) -> None:
    out = StringIO()
    call_command("export_judgments", study.slug, "--out", str(tmp_path), "--format", "jsonl", stdout=out)
    path = tmp_path / f"{study.slug}-judgments.jsonl"
    assert f"judgments written to {path}, as jsonl, in" in out.getvalue()
    assert json.loads(path.read_text().splitlines()[0])["study"] == study.slug
    with pytest.raises(CommandError, match=r"no \.xlsx file\. End its name in \.csv or \.jsonl"):
        call_command("export_judgments", study.slug, "--out", str(tmp_path / "a.xlsx"), stdout=StringIO())
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.usefixtures("clean")
def test_json_lines_tell_the_same_and_keep_texts_as_they_are(study: Study, tmp_path: Path) -> None:
    rows, out = exported(study, tmp_path), tmp_path / "table.jsonl"
    call_command("export_judgments", study.slug, "--out", str(out), stdout=StringIO())
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        for column in set(COLUMNS) - {"reason"}:
            assert row[column] == ("" if line[column] is None else str(line[column]))
    reasons = {(line["reason"], row["reason"]) for line, row in zip(lines, rows, strict=True)}
    assert reasons == {("", ""), ("=HYPERLINK(1)", "'=HYPERLINK(1)")}


@given(text=st.text(max_size=20))
@example("\n=1+1")
@example("\uff1d1+1")
def test_no_text_column_can_begin_a_formula(text: str) -> None:
    pieces = csv_pieces(("reason", "value"), [(text, -1)], text_columns=TEXT_COLUMNS)
    (_heading, (cell, value)) = list(csv.reader(io.StringIO(b"".join(pieces).decode(), newline="")))
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"))
    assert cell.removeprefix("'") == text.removeprefix("'") or cell == text
    assert value == "-1"
    assert json.loads(b"".join(jsonl_pieces(("reason", "value"), [(text, -1)]))) == {"reason": text, "value": -1}


def test_a_text_that_was_harmless_stays_so_and_one_that_is_not_is_found_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writing, "MOST_REMEMBERED", 2)
    monkeypatch.setattr(writing, "LONGEST_REMEMBERED", 3)
    words = ["a", "=1", "", None, "bcde", "=1", "a", "@f", "c"] * 3
    text = b"".join(csv_pieces(("n", "text"), list(enumerate(words)), text_columns=frozenset({"text"}))).decode()
    read = [row["text"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    assert read == [neutral(word or "") for word in words]


def test_moments_are_written_by_the_database_as_python_would(study: Study) -> None:
    place = COLUMNS.index("answered")
    for microseconds in (0, 1, 999, 1_000, 120_000, 999_500, 999_999):
        answered = datetime(2026, 3, 1, 23, 59, 59, microseconds, tzinfo=UTC)
        Judgment.objects.update(answered=answered)
        assert {row[place] for row in long_table(study)} == {answered.isoformat(timespec="milliseconds")}


@pytest.mark.usefixtures("clean")
def test_amira_downloads_both_formats(client: Client, amira: User, study: Study) -> None:
    client.force_login(amira)
    for name in ("csv", "jsonl"):
        response = client.get(reverse("evaluation:export", args=[study.slug, name]))
        assert response.status_code == 200
        assert response["X-Study-Check"] == "ok"
        assert response["Content-Disposition"] == f'attachment; filename="film-talk-judgments.{name}"'
        lines = b"".join(response.streaming_content).splitlines()  # type: ignore[attr-defined]
        assert len(lines) == Judgment.objects.count() + (name == "csv")
    assert client.get(reverse("evaluation:export", args=[study.slug, "xls"])).status_code == 404


def test_a_study_that_broke_its_promises_is_not_exported_unseen(
    client: Client, amira: User, study: Study, tmp_path: Path
) -> None:
    client.force_login(amira)
    url = reverse("evaluation:export", args=[study.slug, "csv"])
    refused = client.get(url)
    assert refused.status_code == 409
    assert "Export all the same" in refused.content.decode()
    forced = client.post(url, {"force": "1"})
    assert forced.status_code == 200
    assert forced["X-Study-Check"].startswith("failed")
    assert "check-failed" in forced["Content-Disposition"]
    with pytest.raises(CommandError, match="--force"):
        exported(study, tmp_path)
    assert not list(tmp_path.iterdir())
    assert exported(study, tmp_path, "--force")


def test_who_comes_to_export_an_open_study_finds_where_to_give_the_reason(
    client: Client, amira: User, study: Study
) -> None:
    Study.objects.update(state=Study.State.OPEN, closed=None)
    client.force_login(amira)
    url = reverse("evaluation:export", args=[study.slug, "csv"])
    page = client.get(url, follow=True).content.decode()
    assert "Say why you take it while the study is open" in page
    fold = page.partition("Export what there is")
    assert fold[0].rstrip().endswith("<details open><summary>")
    assert f'action="{url}"' in fold[2]
    assert page.count('id="id_reason"') == page.count('id="export_reason"') == 1
    quiet = client.get(reverse("evaluation:results", args=[study.slug])).content.decode()
    assert quiet.partition("Export what there is")[0].rstrip().endswith("<details><summary>")


@pytest.mark.usefixtures("clean")
def test_exporting_an_open_study_is_a_recorded_look(client: Client, amira: User, study: Study, tmp_path: Path) -> None:
    Study.objects.update(state=Study.State.OPEN, closed=None)
    client.force_login(amira)
    url = reverse("evaluation:export", args=[study.slug, "csv"])
    assert client.get(url).status_code == 302
    assert client.post(url, {"reason": ""}).status_code == 302
    assert not Event.objects.exists()
    assert client.post(url, {"reason": "a backup"}).status_code == 200
    with pytest.raises(CommandError, match="--look"):
        exported(study, tmp_path)
    assert exported(study, tmp_path, "--look", "a second backup")
    looks = Event.objects.filter(kind="looked").order_by("pk")
    assert [(one.by, one.detail["reason"], one.detail["at"]) for one in looks] == [
        (amira, "a backup", "export csv"),
        (None, "a second backup", "export csv"),
    ]


def test_results_of_an_open_study_are_blinded_without_a_look(study: Study) -> None:
    Study.objects.update(state=Study.State.OPEN, closed=None)
    told = results(study)
    assert told["blinded"]
    assert told["blocks"][0]["criteria"][0]["means"] == []
    assert told["blocks"][1]["preferences"][0]["contest"] is None
    assert not Event.objects.exists()
    assert results(study, "--look", "the yearly report")["blocks"][1]["preferences"][0]["contest"]
    assert Event.objects.get(kind="looked").detail["reason"] == "the yearly report"


def test_a_study_nobody_judged_is_answered_with_a_sentence(study: Study) -> None:
    Judgment.objects.all().delete()
    out = StringIO()
    call_command("study_results", study.slug, stdout=out)
    assert "nothing to say of it" in out.getvalue()


def test_commands_say_what_is_wrong(study: Study, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="film-talk"):
        call_command("study_results", "film-tlak")
    with pytest.raises(CommandError, match="does not exist"):
        call_command("export_judgments", study.slug, "--out", str(tmp_path / "nowhere" / "x.csv"))
    with pytest.raises(CommandError, match="Only results of an open study"):
        call_command("study_results", study.slug, "--look", "why not")
    Study.objects.create(slug="draft", title="Draft")
    with pytest.raises(CommandError, match="has not opened"):
        call_command("study_results", "draft")


def test_the_table_is_read_in_pieces(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = list(long_table(study))
    monkeypatch.setattr("evaluation.exports.long_table.DIALOGUES_AT_ONCE", 3)
    monkeypatch.setattr("evaluation.exports.long_table.PAIRS_AT_ONCE", 1)
    assert list(long_table(study)) == whole


def test_every_column_is_explained_in_the_documentation_and_no_other() -> None:
    page = (Path(__file__).parents[2] / "docs" / "export.md").read_text()
    rows = re.findall(r"^\| (`.+?) \|", page, re.MULTILINE)
    assert [name for row in rows for name in re.findall(r"`(\w+)`", row)] == list(COLUMNS)
