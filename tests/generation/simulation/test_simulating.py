"""Simulated users talk to assistants, end to end, without any model."""

import dataclasses
import json
from collections import Counter
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from crsapp.jobs.services import run_inline
from generation.formats.jsonl import FORMAT as JSONL
from generation.formats.losses import losses
from generation.formats.recllmsim import FORMAT as RECLLMSIM
from generation.llm.mishaps import MISHAPS, Part
from generation.models import Attempt, Call, Dataset, Dialogue, Endpoint, GenerationRun, Person, Planned
from generation.services.filing import export_dialogues, records_of
from generation.services.importing_here import import_path
from generation.services.runs.figures import figures_of
from generation.services.runs.here import run_here
from generation.services.runs.settings import RunError
from generation.services.runs.simulated.choosing import named
from generation.services.runs.simulated.estimating import estimate
from generation.services.runs.simulated.settings import REJECTING, SimulationSettings, Situation
from generation.services.runs.steering import Limits, raise_limits
from tests.generation.simulation import people as pools
from tests.generation.simulation import talks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]

SIDES = (Part.USER, Part.ASSISTANT)
FAULTS = [mishap for mishap in MISHAPS.values() if mishap.part in SIDES]


def texts(dataset: Dataset) -> list[tuple[str, list[str]]]:
    found = Dialogue.objects.in_dataset(dataset).order_by("number").prefetch_related("utterances")
    return sorted((one.external_id, [said.text for said in one.utterances.all()]) for one in found)


def test_each_scenario_meets_each_profile_with_each_assistant_once() -> None:
    both = [talks.endpoint("One"), talks.endpoint("Two")]
    run = talks.finished(talks.matrix(assistants=both, user=talks.endpoint("User"), profiles=3))
    assert run.state == GenerationRun.State.COMPLETE
    cells = Dialogue.objects.in_dataset(run.dataset).values_list("scenario", "person__external_id", "partner")
    assert len(set(cells)) == len(cells) == 3 * 3 * 2
    assert Counter(partner for _scenario, _person, partner in cells) == {"One": 9, "Two": 9}
    assert figures_of(run).kept == 18


def test_a_dialogue_knows_its_person_task_situation_partner_and_how_it_came_to_be() -> None:
    run = talks.finished(talks.matrix("travel/0", profiles=1), seed=3)
    [dialogue] = records_of(Dialogue.objects.in_dataset(run.dataset))
    [scenario] = named(["travel/0"])
    assert dialogue.person is not None
    assert (dialogue.person.external_id, dialogue.person.kind) == ("0", "simulated")
    assert dialogue.person.profile.startswith("1. Gender: Female")
    assert (dialogue.task, dialogue.scenario, dialogue.situation) == (scenario.task, scenario.id, scenario.text)
    assert dialogue.partner == "Offline"
    assert [said.speaker for said in dialogue.utterances] == ["user", "system"] * (len(dialogue.utterances) // 2)
    made = dialogue.metadata["generated"]
    assert (made["scripted"], made["assistant"]["model"], made["user"]["temperature"]) == (True, "Offline", 0.5)
    assert made["calls"] == len(dialogue.utterances) + 1, "the end was asked for, and is no part of the dialogue"
    assert made["tokens_in"] == sum(Call.objects.values_list("tokens_in", flat=True))
    assert [one["name"] for one in made["prompts"]] == ["sim_user"]


def test_a_dialogue_in_a_language_without_phrases_says_what_could_not_be_looked_for() -> None:
    run = talks.finished(talks.matrix("travel/0", profiles=1), language="nl", rejecting=())
    assert Dialogue.objects.in_dataset(run.dataset).get().metadata["generated"]["unjudged"] == ["Q2", "Q3", "Q7"]


def test_it_goes_out_in_the_layout_of_recllmsim_and_comes_back() -> None:
    run = talks.finished(talks.matrix("gifts/0", profiles=1))
    [line] = b"".join(export_dialogues(dataset=run.dataset, format="recllmsim")).splitlines()
    filed = json.loads(line)
    assert (filed["task"], filed["task_context_id"], filed["preference_id"]) == ("finding a gift", 0, 0)
    assert [one["role"] for one in filed["history"][:2]] == ["user", "assistant"]
    assert filed["preference"] == Person.objects.get().profile
    assert filed["task_context"] == Dialogue.objects.get().situation
    assert filed["partner"] == "Offline"
    whole = b"".join(export_dialogues(dataset=run.dataset, format=JSONL.name))
    assert json.loads(whole)["partner"] == "Offline"


def test_conversations_with_several_assistants_come_back_from_the_layout_of_recllmsim(tmp_path: Path) -> None:
    both = [talks.endpoint("One"), talks.endpoint("Two")]
    run = talks.finished(talks.matrix("gifts/0-1", assistants=both, user=talks.endpoint("User")))
    path = tmp_path / "talks.jsonl"
    path.write_bytes(b"".join(export_dialogues(dataset=run.dataset, format="recllmsim")))
    import_path(path=path, dataset_name="Again", format="recllmsim")
    kept = ("person__external_id", "person__profile", "partner", "scenario", "situation", "metadata__generated")
    before, after = (
        list(Dialogue.objects.filter(dataset__name=name).order_by(*kept[:4]).values_list(*kept))
        for name in (run.dataset.name, "Again")
    )
    assert len(before) == 8
    assert before == after
    assert losses(RECLLMSIM, list(records_of(Dialogue.objects.in_dataset(run.dataset)))) == {"dialogue.external_id": 8}


def test_the_same_seed_says_the_same_and_another_seed_something_else() -> None:
    crossed = talks.matrix()
    once, again, other = (
        texts(talks.finished(crossed, name=name, seed=seed).dataset)
        for name, seed in (("Once", 1), ("Again", 1), ("Other", 2))
    )
    assert once == again != other


def test_a_sample_takes_pairs_and_each_of_them_through_every_assistant() -> None:
    both = [talks.endpoint("One"), talks.endpoint("Two")]
    run = talks.finished(talks.matrix("travel", assistants=both, profiles=4), count=5)
    planned = list(Planned.objects.filter(run=run).values_list("subject", "person", "variant"))
    pairs = Counter((subject, person) for subject, person, _variant in planned)
    assert set(pairs.values()) == {2}
    assert len(pairs) == 5
    assert planned[0][:2] == planned[1][:2], "one pair after the other"


@pytest.mark.parametrize("slug", [mishap.slug for mishap in FAULTS])
def test_each_fault_is_found_under_its_code_and_nothing_else_is(slug: str) -> None:
    crossed = talks.matrix("travel/0-3", user=talks.endpoint(**{slug: 1.0, "ends_at": 3}))
    run = talks.finished(crossed, retries=0, max_turns=4)
    expected = MISHAPS[slug].filter
    found = [{one["code"] for one in attempt.findings} for attempt in Attempt.objects.filter(run=run)]
    assert found == [{expected}] * 8
    rejected = expected in REJECTING
    assert (figures_of(run).kept, figures_of(run).rejected) == ((0, {expected: 8}) if rejected else (8, {}))


def test_clean_conversations_pass_every_filter() -> None:
    run = talks.finished(talks.matrix("travel/0-1", "skills/0-1", "recipe/0-1", "gifts/0-1", profiles=4))
    found = [one["code"] for attempt in Attempt.objects.filter(run=run) for one in attempt.findings]
    assert not found
    assert figures_of(run).kept == 32


def test_the_funnel_counts_what_was_planted() -> None:
    """SPEC §8, row 21: planted role swaps are what the funnel says, and everything else is kept."""
    user = talks.endpoint(role_swap=0.15, ends_at=3)
    run = talks.finished(talks.matrix("travel/0-8", user=user, profiles=6), retries=0)
    swapped = [
        attempt.pk
        for attempt in Attempt.objects.filter(run=run).prefetch_related("calls")
        if any(
            "How can I assist you" in call.answer or "As an AI assistant" in call.answer for call in attempt.calls.all()
        )
    ]
    figures = figures_of(run)
    assert 2 <= len(swapped) <= 20
    assert figures.rejected == {"Q2": len(swapped)}
    assert figures.kept == 54 - len(swapped)
    assert [(step.code, step.left) for step in figures.funnel][-1] == ("Q8", figures.kept)
    assert set(Attempt.objects.filter(code="Q2").values_list("pk", flat=True)) == set(swapped)


def test_a_rejected_conversation_is_tried_again_with_another_seed() -> None:
    run = talks.finished(talks.matrix("travel/0", user=talks.endpoint(role_swap=1.0), profiles=1), retries=2)
    figures = figures_of(run)
    assert (figures.kept, figures.given_up, figures.attempts) == (0, 1, 3)
    seeds = Call.objects.values_list("settings__seed", flat=True)
    assert len(set(seeds)) == 3, "one for each conversation, the same for all that is said in it"


def test_one_failing_conversation_never_stops_a_run() -> None:
    """Calls that the endpoint will not take end their own conversation, which is tried again; the others go on."""
    run = talks.finished(talks.matrix("travel/0-3", user=talks.endpoint(turned_down=0.04), profiles=5), retries=5)
    figures = figures_of(run)
    assert run.state == GenerationRun.State.COMPLETE
    assert figures.rejected.keys() == {"no_answer"}
    assert figures.kept == 20
    lost = Attempt.objects.filter(code="no_answer")[0]
    assert lost.calls.filter(state="failed").count() == 1
    assert "not taken" in lost.findings[0]["reason"]


def test_the_budget_stops_conversations_under_way_and_they_go_on_where_they_were() -> None:
    crossed = talks.matrix("travel/0-3", user=talks.endpoint(ends_at=4), profiles=2)
    run = talks.finished(crossed, tokens=40_000)
    assert run.state == GenerationRun.State.PAUSED
    assert "Raise the limit" in run.why
    under_way = {one.pk: one.calls.count() for one in Attempt.objects.filter(verdict="open")}
    assert under_way
    raise_limits(run, Limits())
    run = run_here(run)
    assert run.state == GenerationRun.State.COMPLETE
    assert figures_of(run).kept == 8
    ended = Attempt.objects.filter(pk__in=under_way)
    assert all(one.verdict == "kept" and one.calls.count() == 9 > under_way[one.pk] for one in ended)
    assert Call.objects.count() == 8 * 9, "nothing was asked twice"
    whole = talks.finished(crossed, name="At once")
    assert texts(whole.dataset) == texts(run.dataset), "as if it had never stopped"


def test_a_changed_temperature_of_an_assistant_stops_the_run_in_words() -> None:
    run = talks.begun()
    run.parts.get(plays="assistant").endpoint.__class__.objects.update(model="another")
    run = run_here(run)
    assert (run.state, Call.objects.count()) == (GenerationRun.State.PAUSED, 0)
    assert "was changed since this run began (model)" in run.why


def test_several_jobs_share_one_run() -> None:
    run = talks.begun(talks.matrix("travel", "skills", profiles=3))
    Endpoint.objects.update(in_flight=4)
    assert run.job is not None
    run_inline(run.job)
    assert run.job.pieces.count() == 3, "32 of 90 in each, eight times as many as are in flight"
    assert figures_of(run).kept == 90


def test_the_estimate_says_calls_and_money_and_asks_nobody() -> None:
    user, assistant = talks.endpoint("User"), talks.endpoint("Priced")
    assistant.price_in, assistant.price_out = Decimal(1), Decimal(2)
    crossed = talks.matrix("travel", user=user, assistants=[assistant], profiles=10)
    found = estimate(crossed, SimulationSettings(count=50, retries=1))
    assert (found.pairs, found.conversations, found.calls, found.most_calls) == (50, 50, 450, 50 * 20 * 2)
    assert 0 < found.money < found.most_money
    assert found.tokens > 50 * 2_000
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"count": 0}, "one pair"),
        ({"max_turns": 0}, "1 to 50 turns"),
        ({"priming": "shouting"}, "step by step"),
        ({"temperature": 3.0}, "between 0 and 2"),
        ({"phrases": (" ",)}, "at least one phrase"),
        ({"end_trigger": "Bye."}, "do not hold each of: thank you, goodbye"),
        ({"opening": "two\nlines"}, "have one line"),
        ({"rejecting": ("F1",)}, "no filter F1"),
    ],
)
def test_settings_that_make_no_sense_are_refused_in_words(said: dict[str, Any], words: str) -> None:
    with pytest.raises(RunError, match=words):
        SimulationSettings(**said)


def test_an_empty_side_of_the_matrix_is_refused_in_words() -> None:
    with pytest.raises(RunError, match="Choose at least one of the profiles"):
        talks.matrix(profiles=0)
    with pytest.raises(RunError, match="names no scenario"):
        named(["travel/900"])


def test_a_dataset_names_all_its_tasks_however_many() -> None:
    many = [Situation(id=f"a long task {n}/0", task=f"a long task {n}", text="Do it.") for n in range(40)]
    crossed = dataclasses.replace(talks.matrix(), scenarios=many)
    run = talks.begun(crossed)
    assert run.dataset.domains == [f"a long task {n}" for n in range(40)]


def command(*said: str) -> dict[str, Any]:
    out = StringIO()
    call_command("simulate", *said, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return found


BOTH = ("--user-endpoint", "scripted", "--assistant-endpoint", "scripted", "--profiles", "people")


def test_the_command_simulates_and_says_so() -> None:
    pools.pool_of()
    said = command("--into", "Mine", "--scenarios", "travel/0-1", "gifts", *BOTH, "--seed", "7", "--count", "5")
    assert (said["dataset"], said["state"], said["kept"], said["scripted"]) == ("Mine", "complete", 5, True)
    assert [step["code"] for step in said["funnel"]] == ["Q2", "Q3", "Q4", "Q5", "Q6", "Q7", "Q8"]
    assert (said["calls"], said["unjudged"]) == (Call.objects.count(), [])


def test_the_command_only_looks_with_dry_run() -> None:
    pools.pool_of()
    said = command("--into", "Mine", "--scenarios", "all", *BOTH, "--dry-run")
    assert (said["pairs"], said["conversations"], said["unjudged"]) == (100, 100, [])
    said = command("--into", "Mine", "--scenarios", "all", *BOTH, "--dry-run", "--language", "tlh")
    assert said["unjudged"] == ["Q2", "Q3", "Q6", "Q7"]
    assert not Dataset.objects.filter(name="Mine").exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (["--scenarios", "knitting"], "names no scenarios"),
        (["--scenarios", "ticked"], "Choose at least one of the scenarios"),
        (["--profiles", "Nobody"], "no pool of profiles 'Nobody'; there are: People"),
        (["--user-endpoint", "gpt"], "no endpoint"),
        (["--max-turns", "0"], "1 to 50 turns"),
        (["--budget", "-1"], "'-1' is no amount"),
        (["--budget", "NaN", "--dry-run"], "'NaN' is no amount"),
        (["--tokens", "0"], "'0' is no number of tokens above 0"),
        (["--language", "English"], "'English' is no code of a language"),
    ],
)
def test_the_command_refuses_in_words(said: list[str], words: str) -> None:
    pools.pool_of()
    with pytest.raises(CommandError, match=words):
        call_command("simulate", "--into", "A", "--scenarios", "travel", *BOTH, *said, stdout=StringIO())
