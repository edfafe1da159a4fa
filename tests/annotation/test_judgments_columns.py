"""Amira says what the columns of an uploaded table mean, and sees its first answers while she does."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from annotation.models import Judgment, JudgmentImport
from annotation.published import Options, suggested
from crsapp.accounts.models import User
from tests.annotation.judgment_files import checked, detail, start, worked_on

pytestmark = pytest.mark.django_db

State = JudgmentImport.State
FRAGMENT = {"HX-Request": "true", "HX-Target": "columns-form"}
RATINGS = "nr,model_x,worker,fluency,gold\n1,ours,ann,2,0\n1,ours,bob,1,0\n2,theirs,ann,0,1\n2,theirs,bob,2,0\n"
SAID = {
    **{"unit": "nr", "annotator": "worker", "dataset": "model_x", "counted": "!gold"},
    **{"across": ["fluency"], "scale-fluency": "ordinal"},
}


@pytest.fixture(autouse=True)
def media(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)


@pytest.fixture
def researcher(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def address(imported: JudgmentImport) -> str:
    return reverse("annotation:judgments-columns", args=[imported.pk])


def page_of(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def looked(client: Client, imported: JudgmentImport) -> str:
    return page_of(client.get(address(imported)))  # type: ignore[arg-type]


def tried(client: Client, imported: JudgmentImport, said: dict[str, object]) -> str:
    return page_of(client.post(address(imported), said, headers=FRAGMENT))  # type: ignore[arg-type]


def said(client: Client, imported: JudgmentImport, choices: dict[str, object]) -> HttpResponse:
    answer = client.post(address(imported), choices)
    worked_on(imported)
    return answer  # type: ignore[return-value]


def test_a_header_of_other_words_leads_to_its_columns(researcher: Client) -> None:
    imported = checked(researcher, RATINGS)
    page = detail(researcher, imported)
    assert "No column says which unit was judged" in page
    assert f'href="{address(imported)}">Say what the columns mean</a>' in page


def test_a_header_that_says_nothing_leads_to_its_columns_before_anything_is_left_out(researcher: Client) -> None:
    imported = checked(researcher, "nr,model,who,fluency,when\n1,ours,ann,2,9\n1,ours,bob,1,8\n2,theirs,ann,,7\n")
    page = detail(researcher, imported)
    assert imported.report["problem_count"] > 1
    assert "read with units down and annotators across. If that is not so" in page
    assert f'class="button primary" href="{address(imported)}">Say what the columns mean</a>' in page
    assert page.count("primary") == 1


def test_a_mark_of_controls_is_asked_about_before_it_is_imported_as_a_question(researcher: Client) -> None:
    imported = checked(researcher, "unit,rater,fluency,is_gold\n1,ann,2,0\n1,bob,1,0\n2,ann,0,1\n2,bob,0,1\n")
    page = detail(researcher, imported)
    assert not imported.report["problem_count"]
    assert "“is_gold” looks like a mark of controls, and was read as something that was asked." in page
    assert f'class="button primary" href="{address(imported)}"' in page
    fields = looked(researcher, imported)
    assert '<option value="!is_gold" selected>' in fields
    assert 'value="fluency" id="id_across_2" checked' in fields
    assert 'value="is_gold" id="id_across_3" checked' not in fields
    said(researcher, imported, {"unit": "unit", "annotator": "rater", "counted": "!is_gold", "across": ["fluency"]})
    imported.refresh_from_db()
    page = detail(researcher, imported)
    assert "looks like a mark" not in page
    assert "<dt>Counts</dt><dd>not: is_gold</dd>" in page
    assert (imported.report["units"], imported.report["units_not_counted"]) == (2, 1)


def test_guesses_and_the_first_rows_are_there_beforehand(researcher: Client) -> None:
    page = looked(researcher, checked(researcher, RATINGS))
    for chosen in ("nr", "worker", "model_x"):
        assert f'<option value="{chosen}" selected>' in page
    assert '<th scope="col">fluency</th>' in page
    assert '<th scope="col">worker<br><span class="badge accent">Who judged</span></th>' in page
    assert "<td>theirs</td>" in page


def test_each_change_shows_how_the_first_answers_are_read_and_keeps_nothing(researcher: Client) -> None:
    imported = checked(researcher, RATINGS)
    fragment = tried(researcher, imported, SAID)
    assert "<html" not in fragment
    assert '<th scope="row">2 <span class="muted small">theirs</span></th><td>ann</td><td>fluency</td>' in fragment
    assert '<td>0 <span class="badge">not counted</span></td>' in fragment
    assert "gold</td>" not in fragment
    fragment = tried(researcher, imported, {**SAID, "annotator": ""})
    assert "<td>fluency</td><td>rating</td>" in fragment, "without an annotator the columns are annotators"
    fragment = tried(researcher, imported, {**SAID, "value": "gold"})
    assert "<td>ann</td><td>rating</td>" in fragment
    imported.refresh_from_db()
    assert (imported.state, imported.options) == (State.CHECKED, {})


def test_her_word_reads_the_whole_file_like_this_without_another_upload(researcher: Client) -> None:
    imported = checked(researcher, RATINGS)
    answer = said(researcher, imported, SAID)
    assert answer["Location"] == reverse("annotation:judgments-detail", args=[imported.pk])
    page = detail(researcher, imported)
    assert "everything in it can be imported" in page
    assert "<dt>Who judged</dt><dd>worker</dd>" in page
    assert start(researcher, imported).state == State.COMPLETE
    assert Judgment.objects.count() == 4
    assert imported.report["not_counted"] == 1
    assert imported.report["criteria"][0]["scale"] == "ordinal"


def test_what_was_said_stands_there_when_she_comes_back(researcher: Client) -> None:
    imported = checked(researcher, RATINGS)
    said(researcher, imported, SAID)
    page = looked(researcher, imported)
    assert '<option value="!gold" selected>' in page
    assert 'value="fluency" id="id_across_3" checked' in page
    assert 'value="gold" id="id_across_4" checked' not in page
    assert '<option value="ordinal" selected>' in page


def test_a_role_without_a_column_has_none_whatever_its_heading(researcher: Client) -> None:
    text = "unit,annotator,value,rating\n1,ann,3,4\n1,bob,2,4\n"
    imported = checked(researcher, text)
    assert [one["title"] for one in imported.report["criteria"]] == ["rating"]
    said(researcher, imported, {"unit": "unit", "annotator": "annotator", "across": ["value", "rating"]})
    assert [one["title"] for one in imported.report["criteria"]] == ["value", "rating"]


def test_only_the_columns_ticked_are_annotators(researcher: Client) -> None:
    imported = checked(researcher, "nr,ann,bob,remark\n1,2,3,nice\n2,1,3,dull\n")
    said(researcher, imported, {"unit": "nr", "across": ["ann", "bob"]})
    assert (imported.report["annotators"], imported.report["judgments"]) == (2, 4)


def test_scales_are_offered_for_every_criterion_that_was_read(researcher: Client) -> None:
    rows = "".join(f"u{n},ann,{'late' if n > 2_100 else 'early'},{n % 3}\n" for n in range(2_200))
    imported = checked(researcher, "unit,annotator,criterion,value\n" + rows)
    page = looked(researcher, imported)
    assert 'name="scale-early"' in page
    assert 'name="scale-late"' in page
    roles = {role: role for role in ("unit", "annotator", "criterion", "value")}
    page = tried(researcher, imported, {**roles, "scale-late": "nominal"})
    assert "no such criterion" not in page, "it comes after the rows that are looked at here"
    said(researcher, imported, {**roles, "scale-late": "nominal"})
    assert [one["scale"] for one in imported.report["criteria"]] == ["ordinal", "nominal"]


def test_votes_on_pairs_are_shown_as_votes(researcher: Client) -> None:
    imported = checked(researcher, "pair,judge,first_bot,second_bot,pick\n1,ann,Heat,Ronin,A\n1,bob,Ronin,Heat,tie\n")
    page = tried(
        researcher,
        imported,
        {"unit": "pair", "annotator": "judge", "left": "first_bot", "right": "second_bot", "value": "pick"},
    )
    assert "Heat | Ronin" in page
    assert "<td>the first</td>" in page
    assert "<td>tie</td>" in page


def test_what_is_missing_is_said_and_nothing_is_read(researcher: Client) -> None:
    imported = checked(researcher, RATINGS)
    page = page_of(said(researcher, imported, {**SAID, "unit": ""}))
    assert "This field is required" in page
    page = tried(researcher, imported, {**SAID, "annotator": "", "value": "fluency"})
    assert "no column says whose" in page
    assert "None yet" in page
    imported.refresh_from_db()
    assert (imported.state, imported.options) == (State.CHECKED, {})


def test_what_the_file_says_is_no_markup(researcher: Client) -> None:
    imported = checked(researcher, "unit,<b>x</b>,bob\n1,<i>2</i>,3\n")
    page = looked(researcher, imported)
    assert "<b>x" not in page
    assert "<i>2" not in page
    assert "&lt;b&gt;x" in page


def test_json_lines_have_columns_too(researcher: Client) -> None:
    lines = [json.dumps({"nr": nr, "worker": "ann", "score": 2, "tokens": [1]}) for nr in (1, 2)]
    imported = checked(researcher, "\n".join(lines), name="table.jsonl")
    said(researcher, imported, {"unit": "nr", "annotator": "worker", "value": "score"})
    assert imported.report["judgments"] == 2
    page = tried(researcher, imported, {"unit": "nr", "annotator": "worker", "value": "tokens"})
    assert "holds no single answer" in page


def test_a_file_that_is_no_table_has_no_columns_to_choose(researcher: Client) -> None:
    imported = checked(researcher, "nothing here\nat all\n")
    page = looked(researcher, imported)
    assert "a single column" in page


def test_a_table_that_is_a_study_already_is_not_read_again(researcher: Client) -> None:
    imported = start(researcher, checked(researcher))
    for ask in (researcher.get, researcher.post):
        answer = ask(address(imported), SAID, follow=True)
        assert "does not wait for your word any more" in page_of(answer)  # type: ignore[arg-type]
    imported.refresh_from_db()
    assert imported.state == State.COMPLETE


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("unit,annotator,criterion,value", {"unit": "unit", "annotator": "annotator", "value": "value"}),
        ("task_id,Judge name,metric,score", {"unit": "task_id", "annotator": "Judge name", "value": "score"}),
        ("nr,coder_a,coder_b", {"unit": "nr"}),
        ("dialog,evaluator,answer_1,answer_2", {"unit": "dialog", "annotator": "evaluator"}),
        ("unit,rater,user_control,is_gold_standard", {"annotator": "rater", "counted": "!is_gold_standard"}),
        ("dialog,who,answer_1,answer_2,Gold", {"annotator": "who", "counted": "!Gold"}),
        ("unit,rater,user_control,counted,gold", {"counted": "counted"}),
        ("unit,rater,control,helpful", {"counted": None}),
    ],
)
def test_columns_are_guessed_by_the_words_of_their_headings(header: str, columns: dict[str, str]) -> None:
    guessed = suggested(header.split(","), Options()).columns
    assert {role: guessed.get(role) for role in columns} == columns
    if "value" not in columns:
        assert "value" not in guessed
