"""The pages of runs: a look before the start, how it stands, what was rejected and why, a person's decision."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from crsapp.accounts.models import User
from crsapp.jobs import leases
from crsapp.jobs.models import Job, Worker
from crsapp.jobs.services import enqueue
from generation.models import Attempt, GenerationRun
from generation.services.runs.from_reviews.settings import REJECTING
from generation.services.runs.here import run_here
from tests.generation import run_scenes as scenes

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Written",
    "domain": "Books",
    "count": "4",
    "seed": "1",
    "retries": "0",
    "rejecting": list(REJECTING),
    **{f"weight_{number}": "1" for number in "123"},
}


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def said(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(answer.content.decode().split())


def test_amira_looks_first_and_then_starts(site: Client) -> None:
    source, endpoint = scenes.prepared(), scenes.scripted()
    form = {**FORM, "source": source.pk, "endpoint": endpoint.pk}
    assert "See what it would come to" in said(site, f"/generate/runs/new/?source={source.slug}")
    looked = site.post("/generate/runs/new/", {**form, "look": "1"})
    assert "4 dialogues can be planned" in looked.content.decode()
    assert not GenerationRun.objects.exists()
    started = site.post("/generate/runs/new/", {**form, "start": "1", "tokens": "900000"})
    run = GenerationRun.objects.get()
    assert started.headers["Location"] == f"/generate/runs/{run.pk}/"
    assert (run.budget.tokens_limit, run.settings["count"], run.created_by) == (900_000, 4, User.objects.get())
    assert Job.objects.filter(kind="generation.run", state="queued").count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "Reviews", "Choose another"),
        ("count", "0", "greater than or equal to 1"),
        ("weight_1", "", "required"),
        ("source", "99", "valid choice"),
        ("rejecting", ["F9"], "valid choice"),
    ],
)
def test_a_form_that_is_wrong_says_where(site: Client, field: str, value: object, words: str) -> None:
    form = {**FORM, "source": scenes.prepared().pk, "endpoint": scenes.scripted().pk, "start": "1", field: value}
    answer = site.post("/generate/runs/new/", form)
    assert answer.status_code == 422
    assert field == "rejecting" or words in answer.content.decode()
    assert not GenerationRun.objects.exists()


def test_without_reviews_each_page_says_what_to_do(site: Client) -> None:
    assert "Import reviews" in said(site, "/generate/runs/")
    assert "Import reviews" in said(site, "/generate/runs/new/")


def test_the_run_says_how_it_stands_and_shows_rejects_by_reason(
    site: Client, django_assert_max_num_queries: object
) -> None:
    run = scenes.finished(count=6, retries=1, endpoint=scenes.scripted(leaked_slot=0.5, cut_off=0.3))
    page = said(site, f"/generate/runs/{run.pk}/")
    for words in ("Complete", "Scripted", "Template residue", "What was rejected", "6 of 6 done", run.settings_digest):
        assert words in page
    assert "hx-trigger" not in page, "nothing moves any more"
    assert "Written" in said(site, "/generate/runs/")
    assert ">Scripted</span>" in said(site, "/datasets/")
    dialogue = run.dataset.dialogues.all()[0]
    assert ">Scripted</span>" in said(site, f"/datasets/{run.dataset.slug}/dialogues/{dialogue.number}/")
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        site.get(f"/generate/runs/{run.pk}/")


def test_a_run_under_way_asks_for_itself_and_the_dataset_says_so(site: Client) -> None:
    run = scenes.begun(count=2)
    page = said(site, f"/generate/runs/{run.pk}/")
    assert 'hx-trigger="every 2s"' in page
    assert "No worker is running" in page
    part = site.get(f"/generate/runs/{run.pk}/", headers={"HX-Request": "true", "HX-Target": "run"}).content.decode()
    assert part.lstrip().startswith('<div id="run"')
    assert "being written right now" in said(site, f"/datasets/{run.dataset.slug}/")


def test_amira_pauses_raises_the_limit_resumes_and_ends_it(site: Client) -> None:
    run = scenes.begun(count=3, tokens=100)
    address = f"/generate/runs/{run.pk}/"
    site.post(f"{address}pause/")
    assert "Paused by amira" in said(site, address)
    run = run_here(run)
    assert run.state == "paused"
    assert "Raise the limit" in said(site, address)
    assert "may take" in said(site, address)
    changed = site.post(f"{address}limits/", {"tokens": "1000000"}, follow=True).content.decode()
    assert "The limits are changed. Resume to go on." in changed
    site.post(f"{address}resume/")
    run.refresh_from_db()
    assert (run.state, run.budget.__class__.objects.get().tokens_limit) == ("running", 1_000_000)
    site.post(f"{address}cancel/")
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert "<dt>never made</dt><dd>3</dd>" in said(site, address)
    answer = site.post(f"{address}resume/", follow=True)
    assert "not paused" in answer.content.decode()
    assert "above 0" in site.post(f"{address}limits/", {"tokens": "-1"}, follow=True).content.decode()


def test_amira_has_what_was_given_up_tried_again(site: Client) -> None:
    endpoint = scenes.scripted(leaked_slot=1.0)
    run = scenes.finished(count=2, retries=0, endpoint=endpoint)
    address = f"/generate/runs/{run.pk}/"
    assert "Try again the 2 given up" in said(site, address)
    assert site.get(f"{address}retry/").status_code == 405
    site.post(f"{address}retry/")
    run.refresh_from_db()
    assert (run.state, run.planned.to_do().count()) == ("running", 2)  # type: ignore[attr-defined]
    assert "given up</button>" not in said(site, address)
    again = site.post(f"{address}retry/", follow=True).content.decode()
    assert "when the run is paused or complete" in again
    assert run_here(run).state == "complete"


def test_a_killed_worker_is_told_while_its_piece_waits_for_another(site: Client, settings: Any) -> None:
    """One piece is at work and another not: the page says so long before the lease runs out."""
    run = scenes.begun(count=3)
    Worker.objects.create(name="other", started=Now(), seen=Now())
    Job.objects.filter(pk=run.job_id).update(state="waiting")
    for worker in ("other", "killed"):
        piece = enqueue(kind="generation.write", arguments={}, parent=run.job_id, dispatch_now=False)
        leases.claim(piece.pk, worker=worker)
    assert "fallen silent" not in said(site, f"/generate/runs/{run.pk}/")
    half = timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS / 2)
    Job.objects.filter(worker="killed").update(lease_until=half)
    assert "Its worker has fallen silent." in said(site, f"/generate/runs/{run.pk}/")


def test_attempts_are_browsed_and_one_shows_plan_prompt_text_and_place(site: Client) -> None:
    run = scenes.finished(count=3, retries=0, endpoint=scenes.scripted(leaked_slot=1.0))
    address = f"/generate/runs/{run.pk}/attempts/"
    assert said(site, address).count("Dialogue ") >= 3
    assert "None is like this" in said(site, f"{address}?verdict=kept")
    assert "Template residue" in said(site, f"{address}?verdict=rejected&code=F3")
    attempt = Attempt.objects.filter(run=run)[0]
    page = said(site, f"{address}{attempt.pk}/")
    assert "<mark>[USER_HIS_LIKES_1]</mark>" in page
    for words in ("As it was planned", "What was asked", "You write one realistic chat", "Keep it anyway"):
        assert words in page
    assert site.get(f"/generate/runs/{run.pk + 1}/attempts/{attempt.pk}/").status_code == 404


def test_amira_keeps_one_anyway_with_a_reason_and_undoes_it(site: Client) -> None:
    run = scenes.finished(count=1, retries=0, endpoint=scenes.scripted(leaked_slot=1.0))
    attempt = Attempt.objects.get(run=run)
    address = f"/generate/runs/{run.pk}/attempts/{attempt.pk}/"
    assert site.post(f"{address}keep/", {"reason": ""}).status_code == 422
    site.post(f"{address}keep/", {"reason": "It <b>reads</b> well."})
    page = said(site, address)
    assert "It &lt;b&gt;reads&lt;/b&gt; well." in page
    assert run.dataset.dialogues.count() == 1
    site.post(f"{address}undo/")
    assert "taken back" in said(site, address)
    assert run.dataset.dialogues.count() == 0


def test_what_a_model_wrote_is_escaped(site: Client) -> None:
    run = scenes.finished(count=1)
    attempt = Attempt.objects.get(run=run)
    hostile = "<script>alert(1)</script>"
    Attempt.objects.update(
        utterances=[["user", hostile]], findings=[{"code": "F3", "utterance": 0, "span": [0, 8], "reason": hostile}]
    )
    attempt.calls.update(answer=hostile)
    page = said(site, f"/generate/runs/{run.pk}/attempts/{attempt.pk}/")
    assert "<script>alert" not in page


def test_two_clicks_make_a_study_of_it_against_another(site: Client) -> None:
    source, endpoint = scenes.prepared(), scenes.scripted()
    run, _other = (
        scenes.finished(source=source, endpoint=endpoint, name=name, count=2) for name in ("Written", "Other")
    )
    assert 'name="first" value="written"' in said(site, f"/generate/runs/{run.pk}/")
    page = said(site, "/new-study/?first=written&second=other")
    assert '<option value="written" selected>' in page


def test_how_often_each_template_was_accepted_is_counted(site: Client) -> None:
    """By what the checks said, in the run and on the page of the template; what broke off is no answer."""
    source = scenes.prepared()
    run = run_here(scenes.begun(source, endpoint=scenes.scripted(leaked_slot=0.5), count=6, retries=1))
    tried = Attempt.objects.filter(run=run).select_related("planned")
    name = tried.filter(verdict="rejected").first().planned.variant  # type: ignore[union-attr]
    of = [one.verdict for one in tried if one.planned.variant == name]
    share = f"{of.count('kept')} of {len(of)} attempts ({100 * of.count('kept') / len(of):.1f} %)"
    assert share in said(site, f"/generate/templates/built-in/{name}/")
    page = said(site, f"/generate/runs/{run.pk}/accepted/")
    assert f"<code>{name}</code>" in page
    listed = site.get(f"/generate/runs/{run.pk}/attempts/?variant={name}")
    assert [one.planned.variant for one, _title, _reason in listed.context["lines"]] == [name] * len(of)
    Attempt.objects.filter(run=run).update(code="no_answer", verdict="rejected")
    assert "Nothing has come back yet" in said(site, f"/generate/runs/{run.pk}/accepted/")
    assert "no attempt yet" in said(site, f"/generate/templates/built-in/{name}/")
