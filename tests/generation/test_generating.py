"""From reviews to a dataset, end to end, without any model."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from crsapp.accounts.models import User
from crsapp.jobs.services import run_inline
from generation.checks.table import FILTERS
from generation.llm.mishaps import MISHAPS, Part
from generation.models import (
    Attempt,
    Budget,
    Call,
    Dataset,
    Dialogue,
    Endpoint,
    GenerationRun,
    ItemMention,
    Planned,
    Preparation,
    PreparedReview,
)
from generation.reviews.kept_plans import plan_as_json, read_plan
from generation.services.datasets import DatasetError, delete_dataset
from generation.services.filing import records_of
from generation.services.runs.figures import figures_of
from generation.services.runs.from_reviews.planning import estimate
from generation.services.runs.from_reviews.settings import ReviewSettings
from generation.services.runs.from_reviews.starting import preparation_of
from generation.services.runs.here import run_here
from generation.services.runs.keeping import keep_anyway, undo_keeping
from generation.services.runs.settings import RunError
from generation.services.runs.steering import (
    Limits,
    cancel,
    finish_if_done,
    pause,
    raise_limits,
    resume,
    retry_given_up,
)
from tests.generation import run_scenes as scenes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

State = GenerationRun.State
EVERY_CODE = tuple(FILTERS)


def texts(dataset: Dataset) -> list[tuple[str, list[str]]]:
    found = Dialogue.objects.in_dataset(dataset).order_by("number").prefetch_related("utterances")
    return sorted((one.external_id, [said.text for said in one.utterances.all()]) for one in found)


def test_every_might_like_becomes_one_dialogue() -> None:
    run = scenes.finished()
    assert run.state == State.COMPLETE
    held = PreparedReview.objects.filter(preparation=run.preparation, bucket="might_like").count()
    figures = figures_of(run)
    assert (figures.planned, figures.impossible, figures.to_do) == (held, 0, 0)
    assert figures.kept == Dialogue.objects.visible().in_dataset(run.dataset).count() == held
    golds = Planned.objects.filter(run=run).values_list("person", "subject")
    assert len(set(golds)) == held, "each item is gold once for each person"


def test_a_dialogue_knows_its_plan_its_person_its_items_and_how_it_came_to_be() -> None:
    run = scenes.finished(count=1)
    [dialogue] = records_of(Dialogue.objects.in_dataset(run.dataset))
    attempt = Attempt.objects.select_related("planned").get(run=run)
    plan = read_plan(attempt.planned.plan)
    assert dialogue.person is not None
    assert (dialogue.person.external_id, dialogue.person.kind) == (plan.user, "reviewer")
    assert {item.external_id for item in dialogue.items} == {item.item_id for item in plan.items.values()}
    assert [said.metadata["goals"] for said in dialogue.utterances] == [
        list(step.goals) for step in plan.template.steps
    ]
    roles = {(said.item_id, said.role) for one in dialogue.utterances for said in one.mentions}
    assert {(plan.gold.item_id, "recommended"), (plan.gold.item_id, "accepted")} <= roles
    made = dialogue.metadata["generated"]
    assert made["scripted"] is True
    assert (made["template"], made["provider"], made["kept_by"]) == (plan.template.id, "scripted", "checks")
    assert made["tokens_in"] == attempt.calls.get().tokens_in
    assert plan_as_json(plan) == attempt.planned.plan
    for mention in ItemMention.objects.filter(start__isnull=False).select_related("item", "utterance"):
        named = mention.utterance.text[mention.start : mention.end]
        assert named.casefold() == mention.item.title.casefold()


def test_the_same_seed_writes_the_same_and_another_seed_something_else() -> None:
    source, endpoint = scenes.prepared(), scenes.scripted()
    once, again, other = (
        texts(scenes.finished(source=source, endpoint=endpoint, name=name, seed=seed, count=4).dataset)
        for name, seed in (("Once", 1), ("Again", 1), ("Other", 2))
    )
    assert once == again != other


def test_count_bounds_what_is_planned() -> None:
    run = scenes.finished(count=3)
    assert (figures_of(run).planned, run.dataset.dialogues.count()) == (3, 3)


@pytest.mark.parametrize("slug", [slug for slug, mishap in MISHAPS.items() if mishap.part == Part.WRITER])
def test_each_fault_of_the_writer_is_rejected_under_its_code(slug: str) -> None:
    run = scenes.finished(
        count=4, retries=0, endpoint=scenes.scripted(**{slug: 1.0}), rejecting=EVERY_CODE, most_words=40
    )
    tried = Attempt.objects.filter(run=run)
    rejected = tried.filter(verdict="rejected")
    expected = MISHAPS[slug].filter
    found = [{one["code"] for one in attempt.findings} for attempt in rejected]
    assert rejected.count() >= (1 if slug in ("repeated", "copied_review") else 4) or slug == "repeated", found
    assert all(expected in codes for codes in found), found
    assert run.state == State.COMPLETE


def test_what_is_rejected_is_tried_again_with_another_seed_and_then_given_up() -> None:
    run = scenes.finished(count=2, retries=2, endpoint=scenes.scripted(leaked_slot=1.0))
    figures = figures_of(run)
    assert (figures.kept, figures.given_up, figures.attempts) == (0, 2, 6)
    assert figures.rejected == {"F3": 6}
    seeds = [call.settings["seed"] for call in Call.objects.filter(brought__attempt__run=run)]
    assert len(set(seeds)) == 6
    assert run.state == State.COMPLETE


def test_what_was_given_up_is_tried_once_more_when_somebody_asks() -> None:
    endpoint = scenes.scripted(leaked_slot=1.0)
    run = scenes.finished(count=2, retries=1, endpoint=endpoint)
    assert (figures_of(run).given_up, run.state) == (2, State.COMPLETE)
    again = run_here(retry_given_up(run, here=True))
    assert (figures_of(again).given_up, figures_of(again).attempts, again.state) == (2, 6, State.COMPLETE)
    endpoint.mishaps = {}
    endpoint.save()
    again = run_here(retry_given_up(run, here=True))
    assert (figures_of(again).kept, figures_of(again).attempts, again.state) == (2, 8, State.COMPLETE)
    assert again.finished is not None
    with pytest.raises(RunError, match="Nothing was given up"):
        retry_given_up(run)


def test_some_mishaps_leave_a_full_funnel_that_adds_up() -> None:
    mishaps = {"leaked_slot": 0.3, "cut_off": 0.3, "early_gold": 0.2, "no_answer": 0.3}
    run = scenes.finished(endpoint=scenes.scripted(**mishaps), retries=4)
    figures = figures_of(run)
    assert figures.kept + figures.given_up == figures.planned
    assert figures.funnel[-1].left == figures.kept
    assert figures.answered - sum(step.rejected for step in figures.funnel) == figures.kept
    assert {"F1", "F3"} <= figures.rejected.keys()


def test_a_budget_pauses_the_run_before_it_is_overspent_and_more_lets_it_go_on() -> None:
    run = scenes.finished(tokens=15_000)
    assert run.state == State.PAUSED
    assert "Raise the limit" in run.why
    budget = Budget.objects.get(pk=run.budget_id)
    assert 0 < budget.tokens_spent <= 15_000
    assert (budget.tokens_reserved, budget.tokens_overrun) == (0, 0)
    before = texts(run.dataset)
    with pytest.raises(RunError, match="used already"):
        raise_limits(run, Limits(tokens=10))
    raise_limits(run, Limits())
    run = run_here(run)
    assert run.state == State.COMPLETE
    assert {name for name, _said in before} < {name for name, _said in texts(run.dataset)}


def test_paused_is_paused_and_resumed_goes_on_where_it_was() -> None:
    run = scenes.begun()
    assert pause(run, why="Amira wants to look first.")
    assert not pause(run, why="again")
    assert run.job is not None
    with pytest.raises(RunError, match="in flight"):
        resume(run)
    run_inline(run.job)
    run.refresh_from_db()
    assert (run.state, Call.objects.count()) == (State.PAUSED, 0)
    run = run_here(run)
    assert run.state == State.COMPLETE
    with pytest.raises(RunError, match="not paused"):
        resume(run)


def test_paused_it_is_complete_all_the_same_when_the_last_requests_bring_the_rest() -> None:
    run = scenes.finished(count=2)
    GenerationRun.objects.update(state=State.PAUSED, why="Paused by amira.", finished=None)
    with transaction.atomic():
        finish_if_done(run)
    run.refresh_from_db()
    assert (run.state, run.why, run.finished is None) == (State.COMPLETE, "", False)
    Planned.objects.filter(run=run, n=1).update(state=Planned.State.TO_DO)
    GenerationRun.objects.update(state=State.PAUSED)
    with transaction.atomic():
        finish_if_done(run)
    run.refresh_from_db()
    assert run.state == State.PAUSED


def test_a_cancelled_run_keeps_what_it_has_and_never_goes_on() -> None:
    run = scenes.finished(tokens=15_000)
    kept = run.dataset.dialogues.count()
    cancel(run)
    run.refresh_from_db()
    with pytest.raises(RunError, match="over already"):
        cancel(run)
    with pytest.raises(RunError, match="not paused"):
        resume(run)
    with pytest.raises(RunError, match="paused or complete"):
        retry_given_up(run)
    assert run_here(run).dataset.dialogues.count() == kept > 0


def test_a_person_keeps_what_was_rejected_and_takes_it_back(amira: User) -> None:
    run = scenes.finished(count=1, retries=0, endpoint=scenes.scripted(leaked_slot=1.0))
    attempt = Attempt.objects.get(run=run)
    with pytest.raises(RunError, match="Say why"):
        keep_anyway(attempt=attempt, reason=" ", by=amira)
    kept = keep_anyway(attempt=attempt, reason="The name is a joke of the user.", by=amira)
    with pytest.raises(RunError, match="kept already"):
        keep_anyway(attempt=attempt, reason="Again", by=amira)
    dialogue = Dialogue.objects.get(dataset=run.dataset)
    assert dialogue.metadata["generated"]["kept_by"] == "person"
    assert (kept.verdict, kept.code, figures_of(run).overridden) == ("overridden", "F3", 1)
    undo_keeping(attempt=attempt, by=amira)
    attempt.refresh_from_db()
    assert (attempt.verdict, attempt.dialogue, Dialogue.objects.count()) == ("rejected", None, 0)
    [said] = attempt.overrides.all()
    assert (said.created_by, said.undone_by, said.reason) == (amira, amira, "The name is a joke of the user.")
    keep_anyway(attempt=attempt, reason="After all", by=amira)
    assert attempt.overrides.count() == 2


def test_of_two_attempts_at_one_dialogue_only_one_can_be_kept(amira: User) -> None:
    run = scenes.finished(count=1, retries=1, endpoint=scenes.scripted(leaked_slot=1.0))
    first, second = Attempt.objects.filter(run=run)
    keep_anyway(attempt=first, reason="Fine", by=amira)
    with pytest.raises(RunError, match="one dialogue at most"):
        keep_anyway(attempt=second, reason="Fine too", by=amira)
    assert (second.overrides.count(), Dialogue.objects.count()) == (0, 1)


def test_what_cannot_be_read_cannot_be_kept(amira: User) -> None:
    run = scenes.finished(count=1, retries=0)
    attempt = Attempt.objects.get(run=run)
    Dialogue.objects.all().delete()
    Attempt.objects.update(verdict="rejected", code="F1", utterances=[], dialogue=None)
    with pytest.raises(RunError, match="nothing to keep"):
        keep_anyway(attempt=attempt, reason="Why not", by=amira)


def test_gone_reviews_stop_a_run_in_words_and_lose_nothing() -> None:
    run = scenes.begun()
    Preparation.objects.update(state=Preparation.State.REPLACED)
    run = run_here(run)
    assert run.state == State.PAUSED
    assert "prepared anew" in run.why


def test_another_model_at_the_endpoint_does_not_go_on_with_a_dataset() -> None:
    run = scenes.begun(count=2)
    Endpoint.objects.update(temperature=1.5)
    run = run_here(run)
    assert (run.state, Call.objects.count()) == (State.PAUSED, 0)
    assert "was changed since this run began (temperature)" in run.why


def test_a_dataset_that_is_being_written_stays_and_a_written_one_can_be_deleted() -> None:
    run = scenes.begun(count=2)
    with pytest.raises(DatasetError, match="being written"):
        delete_dataset(dataset=run.dataset)
    run = run_here(run)
    delete_dataset(dataset=run.dataset)
    assert not GenerationRun.objects.exists()
    assert Call.objects.count() == 2, "what was asked and paid stays on record"


def test_reviews_can_be_deleted_after_what_was_written_from_them() -> None:
    run = scenes.finished(count=2)
    assert run.source is not None
    delete_dataset(dataset=run.source)
    run.refresh_from_db()
    assert (run.source, run.dataset.dialogues.count()) == (None, 2)
    assert run.settings["source"]["name"] == "Reviews"


def test_the_estimate_asks_nobody_and_keeps_nothing() -> None:
    source, endpoint = scenes.prepared(), scenes.scripted()
    found = estimate(preparation=preparation_of(source), endpoint=endpoint, settings=ReviewSettings(count=5))
    assert (found.possible, found.is_exact, found.wanted) == (5, True, 5)
    assert found.tokens > 1_000
    sampled = estimate(preparation=preparation_of(source), endpoint=endpoint, settings=ReviewSettings(), most=5)
    assert (sampled.looked_at, sampled.possible, sampled.is_exact) == (5, sampled.golds, False)
    assert not Call.objects.exists()
    assert not Planned.objects.exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"count": 0}, "one dialogue or more"),
        ({"retries": 99}, "0 to 10"),
        ({"weights": {"1": 0, "2": 0}}, "weight above 0"),
        ({"rejecting": ("F9",)}, "no filter F9"),
    ],
)
def test_settings_that_make_no_sense_are_refused_in_words(said: dict[str, Any], words: str) -> None:
    with pytest.raises(RunError, match=words):
        ReviewSettings(**said)


def command(*said: str) -> dict[str, Any]:
    out = StringIO()
    call_command("generate_from_reviews", *said, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return found


def test_the_command_writes_and_says_so() -> None:
    scenes.prepared()
    said = command("Reviews", "--into", "Mine", "--endpoint", "scripted", "--count", "5", "--seed", "7")
    assert (said["dataset"], said["state"], said["kept"], said["scripted"]) == ("Mine", "complete", 5, True)
    assert [step["code"] for step in said["funnel"]] == ["F1", "F2", "F3", "F4", "A3"]
    assert Dataset.objects.get(name="Mine").dialogues.count() == 5


def test_the_command_goes_on_with_a_run_that_was_stopped() -> None:
    source = scenes.prepared()
    run = scenes.begun(source=source, name="Mine", count=5, seed=7)
    pause(run, why="")
    GenerationRun.objects.get().job.delete()  # type: ignore[union-attr]
    said = command("reviews", "--into", "Mine", "--endpoint", "Offline", "--count", "5", "--seed", "7")
    assert (said["state"], said["kept"]) == ("complete", 5)


def test_the_command_only_looks_with_dry_run() -> None:
    scenes.prepared()
    said = command("Reviews", "--into", "Mine", "--endpoint", "scripted", "--dry-run")
    assert said["possible"] == said["golds"] > 0
    assert not Dataset.objects.filter(name="Mine").exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (["Nowhere", "--into", "A", "--endpoint", "scripted"], "no dataset"),
        (["Reviews", "--into", "A", "--endpoint", "gpt"], "no endpoint"),
        (["Reviews", "--into", "A", "--endpoint", "scripted", "--budget", "much"], "no amount"),
        (["Reviews", "--into", " ", "--endpoint", "scripted"], "name of 1 to"),
    ],
)
def test_the_command_refuses_in_words(said: list[str], words: str) -> None:
    scenes.prepared()
    with pytest.raises(CommandError, match=words):
        call_command("generate_from_reviews", *said, stdout=StringIO())


def test_the_command_says_that_no_model_wrote_what_the_scripted_writer_did() -> None:
    scenes.prepared()
    out = StringIO()
    said = ("Reviews", "--into", "Mine", "--endpoint", "scripted", "--count", "1")
    call_command("generate_from_reviews", *said, stdout=out)
    assert out.getvalue().startswith("1 of 1 dialogues are in “Mine”. Scripted: no model wrote them.")


def test_reviews_that_are_not_prepared_say_what_to_do() -> None:
    Dataset.objects.create(name="Raw", slug="raw", origin="live")
    with pytest.raises(CommandError, match="Prepare them first"):
        call_command("generate_from_reviews", "Raw", "--into", "A", "--endpoint", "scripted", stdout=StringIO())
