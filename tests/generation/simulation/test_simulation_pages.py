"""The pages of a simulation: a look before the start, the matrix, a conversation as it grows, roles by two keys."""

import pytest
from django.test import Client

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from generation.llm.money import money
from generation.llm.record import Try, count_lost, open_calls
from generation.models import Attempt, AttemptCall, Call, Dialogue, Endpoint, GenerationRun, RoleCheck, TickedScenario
from generation.services.runs.figures import figures_of
from generation.services.runs.here import run_here
from generation.services.runs.settings import RunError
from generation.services.runs.simulated import filling
from generation.services.runs.simulated.roles import looked_at, next_to_check, say_roles, take_back
from generation.services.runs.simulated.settings import REJECTING
from generation.services.runs.spending import shares_of
from generation.services.runs.steering import retry_given_up
from generation.services.simulation.scenarios import tick
from generation.simulation.tasks import BUILT_IN
from tests.generation.llm.scenes import REQUEST, ask
from tests.generation.simulation import people as pools
from tests.generation.simulation import talks

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Talks",
    "count": "3",
    "seed": "1",
    "retries": "0",
    "max_turns": "10",
    "temperature": "0.5",
    "priming": "system",
    "language": "en",
    "opening": "Hello!",
    "end_trigger": "Thank you, goodbye.",
    "phrases": "thank you, goodbye",
    "rejecting": list(REJECTING),
}
NEW = "/generate/runs/simulate/"


@pytest.fixture
def site(client: Client, amira: User) -> Client:
    client.force_login(amira)
    return client


def said(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(answer.content.decode().split())


def form() -> dict[str, object]:
    pool, endpoint = pools.pool_of(), talks.endpoint()
    tick(task=BUILT_IN["travel"], numbers=range(3), on=True)
    scenarios = list(TickedScenario.objects.values_list("pk", flat=True))
    return {**FORM, "pool": pool.pk, "user": endpoint.pk, "assistants": [endpoint.pk], "scenarios": scenarios}


def test_amira_looks_first_and_then_starts(site: Client, amira: User) -> None:
    filled = form()
    assert "See what it would come to" in said(site, NEW)
    looked = site.post(NEW, {**filled, "look": "1"}).content.decode()
    assert "3 conversations, of 3 pairs" in looked
    assert not GenerationRun.objects.exists()
    started = site.post(NEW, {**filled, "start": "1", "tokens": "900000"})
    run = GenerationRun.objects.get()
    assert started.headers["Location"] == f"/generate/runs/{run.pk}/"
    assert (run.kind, run.budget.tokens_limit, run.settings["count"], run.created_by) == (
        "simulation",
        900_000,
        3,
        amira,
    )
    assert Job.objects.filter(kind="generation.run", state="queued").count() == 1
    assert "It is being laid out" in said(site, f"/generate/runs/{run.pk}/")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("assistants", [], "required"),
        ("scenarios", ["99999"], "not one of the available choices"),
        ("max_turns", "0", "greater than or equal to 1"),
        ("end_trigger", "Bye.", "do not hold each of"),
        ("pool", "99999", "valid choice"),
        ("language", "English", "Write a code such as en, zh or pt-BR."),
    ],
)
def test_a_form_that_is_wrong_says_where_and_loses_nothing(site: Client, field: str, value: object, words: str) -> None:
    answer = site.post(NEW, {**form(), "start": "1", field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="Talks"' in page
    assert not GenerationRun.objects.exists()


def test_a_language_without_phrases_is_said_before_the_start_and_on_the_page(site: Client) -> None:
    filled = form()
    warned = "so they will let through nearly everything: Q2, Q3, Q7."
    assert warned not in site.post(NEW, {**filled, "language": "zh", "look": "1"}).content.decode()
    assert warned in site.post(NEW, {**filled, "language": "nl", "look": "1"}).content.decode()
    site.post(NEW, {**filled, "language": "nl", "start": "1"})
    page = said(site, f"/generate/runs/{GenerationRun.objects.get().pk}/")
    assert "not known in the language of this run (nl), so they let through nearly everything: Q2, Q3, Q7." in page


def test_what_is_left_empty_is_as_the_language_has_it(site: Client) -> None:
    empty = {**form(), "language": "zh", "opening": "", "end_trigger": "", "phrases": ""}
    looked = site.post(NEW, {**empty, "look": "1"}).content.decode()
    assert "opens with “您好！请问有什么可以帮您？”" in looked
    assert "ends it with “谢谢，再见。”, known by: 谢谢, 再见." in looked
    site.post(NEW, {**empty, "start": "1"})
    run = GenerationRun.objects.get()
    assert (run.dataset.language, run.settings["end_trigger"]) == ("zh", "谢谢，再见。")
    assert all(one["text"].startswith("你想") for one in run.settings["scenarios"]), "the tasks are told in Chinese"


def test_without_pools_or_scenarios_it_says_what_is_missing(site: Client) -> None:
    assert "Something is still missing" in said(site, NEW)


def test_the_matrix_shows_every_conversation_and_its_state(site: Client) -> None:
    run = talks.finished(talks.matrix("travel/0-2", user=talks.endpoint(role_swap=0.4), profiles=4), retries=0)
    figures = figures_of(run)
    page = said(site, f"/generate/runs/{run.pk}/")
    assert page.count('class="kept" x=') == figures.kept > 0
    assert page.count('class="given_up" x=') == figures.given_up > 0
    part = site.get(f"/generate/runs/{run.pk}/matrix/", headers={"HX-Request": "true", "HX-Target": "matrix"})
    assert part.content.decode().lstrip().startswith('<div id="matrix"')
    assert "hx-trigger" not in part.content.decode(), "nothing moves any more"
    one = said(site, f"/generate/runs/{run.pk}/attempts/?subject=planning+a+trip%2F0&variant=Offline")
    assert one.count(", try 1") == 4


def test_the_cost_is_told_by_who_was_asked_and_leads_to_the_calls(site: Client) -> None:
    dear, other = talks.endpoint("Dear"), talks.endpoint("Other")
    Endpoint.objects.filter(pk=dear.pk).update(price_in=3, price_out=6)
    dear.refresh_from_db()
    run = talks.finished(talks.matrix(user=dear, assistants=[dear, other]))
    first, second, third = shares_of(run)
    assert {(one.plays, one.name) for one in (first, second)} == {("Simulated user", "Dear"), ("Assistant", "Dear")}
    assert (third.plays, third.name, third.cost) == ("Assistant", "Other", 0)
    assert first.cost >= second.cost > 0
    run.budget.refresh_from_db()
    assert sum(one.tokens for one in (first, second, third)) == run.budget.tokens_spent
    assert first.cost + second.cost == money(run.budget.money_spent)
    page = said(site, f"/generate/runs/{run.pk}/")
    for words in ("Who was asked", "For each kept", f"/models/calls/?run={run.pk}", "Compare the assistants"):
        assert words in page
    calls = said(site, f"/models/calls/?run={run.pk}")
    assert f'<a href="/generate/runs/{run.pk}/">Talks</a>' in calls


def test_what_an_endpoint_did_not_answer_is_told_apart_from_an_answer_that_is_none(site: Client) -> None:
    run = talks.finished(talks.matrix("gifts/0", user=talks.endpoint(turned_down=1.0), profiles=1), retries=0)
    page = said(site, f"/generate/runs/{run.pk}/attempts/")
    assert page.count(">No answer</option>") == page.count(">Not answered</option>") == 1
    assert "<strong>Not answered</strong>" in page


def test_what_is_assumed_to_be_used_is_counted_for_its_endpoint_too(site: Client) -> None:
    run = talks.finished(talks.matrix("gifts/0", profiles=1))
    sent, _refused = open_calls(
        [Try(ask(), REQUEST)], endpoint=Endpoint.objects.get(), budget_id=run.budget_id, job_id=None
    )
    count_lost(Call.objects.filter(pk=sent[0].pk))
    run.budget.refresh_from_db()
    assert sum(one.tokens for one in shares_of(run)) == run.budget.tokens_spent


def test_scenarios_that_a_sample_left_out_have_no_row(site: Client) -> None:
    run = talks.finished(talks.matrix("travel", profiles=2), count=3)
    rows = filling.filled(run).rows
    assert 0 < len(rows) <= 3
    assert all(row.total for row in rows)
    GenerationRun.objects.update(all_planned=False)
    run.refresh_from_db()
    assert len(filling.filled(run).rows) == 18


def test_a_large_matrix_is_counted_only(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    run = talks.finished()
    monkeypatch.setattr(filling, "MOST_CELLS", 3)
    page = said(site, f"/generate/runs/{run.pk}/matrix/")
    assert "<rect" not in page
    assert [row.counts["kept"] for row in filling.filled(run).rows] == [2, 2, 2]


def test_a_conversation_is_seen_as_it_grows_and_asks_for_itself(site: Client) -> None:
    run = talks.finished(talks.matrix("travel/0", profiles=1, user=talks.endpoint(ends_at=3)), max_turns=5)
    attempt = Attempt.objects.get()
    address = f"/generate/runs/{run.pk}/conversations/1/"
    page = said(site, address)
    assert page.count('class="turn ') == 7
    assert "ends it; no part of the dialogue" in page
    assert "hx-trigger" not in page
    AttemptCall.objects.filter(place__gte=3).delete()
    attempt.dialogue.delete()  # type: ignore[union-attr]
    Attempt.objects.update(verdict="open", utterances=[], dialogue=None)
    run.planned.update(state="to_do")
    GenerationRun.objects.update(state="running")
    page = said(site, address)
    assert page.count('class="turn ') == 3
    assert 'hx-trigger="every 1s"' in page
    assert site.get(f"/generate/runs/{run.pk}/conversations/2/").status_code == 404


def test_an_attempt_shows_scenario_profile_place_and_calls(site: Client) -> None:
    run = talks.finished(talks.matrix("gifts/0", profiles=1, user=talks.endpoint(role_swap=1.0)), retries=0)
    attempt = Attempt.objects.get(run=run)
    page = said(site, f"/generate/runs/{run.pk}/attempts/{attempt.pk}/")
    for words in ("User swaps roles", "<mark>", "Graphic designer", "birthday of your former teacher", "User 1"):
        assert words in page


def test_what_a_model_said_is_escaped(site: Client) -> None:
    run = talks.finished(talks.matrix("gifts/0", profiles=1))
    Attempt.objects.get().calls.update(answer="<script>alert(1)</script> **bold**")
    for path in ("conversations/1/", "roles/"):
        page = said(site, f"/generate/runs/{run.pk}/{path}")
        assert "<script>alert" not in page
        assert "<strong>bold</strong>" in page


def test_two_keys_and_undo(site: Client, amira: User) -> None:
    run = talks.finished(talks.matrix("gifts/0-1", profiles=2))
    address = f"/generate/runs/{run.pk}/roles/"
    assert "0 of 4 looked at" in said(site, address)
    first, second = Attempt.objects.order_by("planned__n")[:2]
    site.post(f"{address}say/", {"attempt": first.pk, "kept": "yes"})
    site.post(f"{address}say/", {"attempt": second.pk, "kept": "no", "reason": "The user plans for itself."})
    page = said(site, address)
    assert "2 of 4 looked at · 1 not kept" in page
    assert "Undo conversation 2" in page
    assert Dialogue.objects.count() == 3
    assert first.dialogue is not None
    first.dialogue.refresh_from_db()
    assert first.dialogue.labels == {"conflict": False}
    assert figures_of(run).rejected == {"Q8": 1}
    assert figures_of(run).funnel[-1] == ("Q8", 1, 3)
    check = RoleCheck.objects.get(roles_kept=False)
    assert (check.created_by, check.reason, check.created is not None) == (amira, "The user plans for itself.", True)
    assert "The user plans for itself." in said(site, f"/generate/runs/{run.pk}/")
    before = [[text for _speaker, text in second.utterances]]
    site.post(f"{address}undo/")
    second.refresh_from_db()
    assert second.dialogue is not None
    assert [[one.text for one in second.dialogue.utterances.all()]] == before
    assert (second.verdict, second.code, second.findings, figures_of(run).kept) == ("kept", "", [], 4)
    check.refresh_from_db()
    assert (check.undone is not None, check.undone_by) == (True, amira), "that it was said stays on record"
    site.post(f"{address}undo/")
    first.dialogue.refresh_from_db()
    assert first.dialogue.labels == {}
    assert looked_at(run).done == 0


def test_a_conversation_whose_roles_were_not_kept_is_not_asked_for_again(site: Client, amira: User) -> None:
    run = talks.finished(talks.matrix("gifts/0", profiles=2))
    say_roles(attempt=Attempt.objects.order_by("planned__n")[0], kept=False, by=amira)
    assert figures_of(run).given_up == 1
    assert "given up</button>" not in said(site, f"/generate/runs/{run.pk}/")
    with pytest.raises(RunError, match="Nothing was given up"):
        retry_given_up(run)


def test_nobody_says_it_twice_and_done_again_it_does_no_harm(amira: User, olga: User) -> None:
    run = talks.finished(talks.matrix("gifts/0", profiles=1))
    attempt = next_to_check(run)
    assert attempt is not None
    check = say_roles(attempt=attempt, kept=True, by=amira)
    with pytest.raises(RunError, match="already"):
        say_roles(attempt=attempt, kept=False, by=olga)
    take_back(check, by=amira)
    take_back(check, by=amira)
    say_roles(attempt=attempt, kept=False, by=olga)
    with pytest.raises(RunError, match="not kept"):
        say_roles(attempt=attempt, kept=True, by=amira)
    assert next_to_check(run) is None


@pytest.mark.parametrize("wrong", [{}, {"attempt": "x", "kept": "yes"}, {"attempt": "1", "kept": "perhaps"}])
def test_a_broken_answer_changes_nothing(site: Client, wrong: dict[str, str]) -> None:
    run = talks.finished(talks.matrix("gifts/0", profiles=1))
    answer = site.post(f"/generate/runs/{run.pk}/roles/say/", wrong, follow=True)
    assert answer.status_code == 200
    assert not RoleCheck.objects.exists()


def test_conversations_of_other_runs_are_not_to_be_had(site: Client) -> None:
    run = talks.finished(talks.matrix("gifts/0", profiles=1))
    attempt = Attempt.objects.get()
    assert (
        site.post(f"/generate/runs/{run.pk + 1}/roles/say/", {"attempt": attempt.pk, "kept": "no"}).status_code == 404
    )


def test_a_paused_run_goes_on_from_its_page(site: Client) -> None:
    run = talks.begun()
    address = f"/generate/runs/{run.pk}/"
    site.post(f"{address}pause/")
    assert "Paused by amira" in said(site, address)
    run = run_here(run)
    assert run.state == "complete"
