"""A simulation in Chinese from end to end: prompts, tasks, people and both scripted sides speak it."""

import json
from collections import Counter
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from crsapp.accounts.models import User
from generation.checks.language import other_language
from generation.llm.prompts import unfence
from generation.llm.tongues import tongues
from generation.models import Call, Dataset, Dialogue, Endpoint, PoolProfile, TickedScenario
from generation.services.runs.simulated.choosing import named, people_of, ticked
from generation.services.runs.simulated.estimating import estimate
from generation.services.runs.simulated.settings import SimulationSettings
from generation.services.simulation.pools import add_profiles, create_pool
from generation.services.simulation.scenarios import tick
from generation.simulation.conversation import Conversation, End, Turn
from generation.simulation.scenarios import Scenario, scenarios_of
from generation.simulation.tasks import BUILT_IN, built_in_in, told_in
from tests.generation.simulation import talks
from tests.generation.simulation.people import ANNA

CHINESE = SimulationSettings(language="zh")
TALK = Conversation(CHINESE.rules(), task="你想学法语。", profile="1. Gender: 女")


def command(name: str, *said: str) -> dict[str, Any]:
    out = StringIO()
    call_command(name, *said, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return found


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_people_and_conversations_in_chinese_by_two_commands() -> None:
    people = command(
        "generate_profiles", "--pool", "人物", "--count", "4", "--endpoint", "scripted", "--language", "zh"
    )
    assert (people["profiles"], people["left_out"]) == (4, 0)
    said = command(
        *(
            "simulate",
            "--into",
            "谈话",
            "--profiles",
            "人物",
            "--scenarios",
            "travel/0-1",
            "gifts/0-3",
            "--language",
            "zh",
        ),
        *("--user-endpoint", "scripted", "--assistant-endpoint", "scripted", "--guided", "--seed", "3"),
    )
    assert (said["state"], said["kept"], said["attempts"], said["unjudged"]) == ("complete", 24, 24, [])
    dataset = Dataset.objects.get(name="谈话")
    assert dataset.language == "zh"
    for dialogue in Dialogue.objects.in_dataset(dataset).with_utterances():
        texts = [dialogue.situation, *(one.text for one in dialogue.utterances.all())]
        assert not any(other_language(text, "zh") for text in texts)
    assert set(Dialogue.objects.values_list("scenario", flat=True)) >= {"planning a trip/0", "finding a gift/3"}
    prompts = Counter(Call.objects.filter(budget__run__dataset=dataset).values_list("prompt_name", flat=True))
    assert prompts.keys() == {"sim_user.zh", "sim_assistant.zh"}


def test_the_user_is_told_everything_in_chinese_and_so_is_the_end() -> None:
    turn = TALK.next(["您好！", "您想学什么？"])
    assert isinstance(turn, Turn)
    system, opening, *_rest, last = turn.messages
    assert (unfence("task", system.content), opening.content) == ("你想学法语。", "您好！请问有什么可以帮您？")
    assert "请用简体中文书写" in system.content
    assert last.content.endswith("请只回答“谢谢，再见。”，不要说别的。在那之前请继续谈。")
    assert TALK.next(["您好！", "您想学什么？", "非常谢谢您，再见！"]) == End.SAID
    assert TALK.next(["您好！", "您想学什么？", "谢谢！还有呢？"]) != End.SAID


def test_what_was_said_of_the_end_wins_over_the_language() -> None:
    chosen = SimulationSettings(language="zh", end_trigger="没事了。", phrases=("没事了",))
    assert (chosen.opening, chosen.end_trigger) == ("您好！请问有什么可以帮您？", "没事了。")
    said, end = talks.played(Conversation(chosen.rules(), task="你想学法语。", profile=""))
    assert (said[-1], end) == ("没事了。", End.SAID)


def test_the_same_seed_says_the_same_in_chinese() -> None:
    once, again, other = (talks.played(TALK, seed=seed) for seed in (5, 5, 6))
    assert once == again != other


@pytest.mark.parametrize("slug", sorted(BUILT_IN))
def test_a_scenario_is_the_same_one_in_both_languages(slug: str) -> None:
    def keys(made: list[Scenario]) -> list[tuple[str, dict[str, str]]]:
        return [(one.id, dict(one.values)) for one in made]

    english, chinese = list(scenarios_of(BUILT_IN[slug])), list(scenarios_of(built_in_in("zh")[slug]))
    assert keys(english) == keys(chinese)
    assert len({one.text for one in chinese}) == len(chinese)
    assert not any(other_language(one.text, "zh") for one in chinese)
    assert [told_in(one, "zh") for one in english] == [one.text for one in chinese]
    assert [told_in(one, "de") for one in english] == [one.text for one in english]


@pytest.mark.django_db
def test_a_ticked_scenario_is_told_as_its_file_has_it_and_else_by_its_task() -> None:
    tick(task=BUILT_IN["skills"], numbers=range(2), on=True)
    first, second = TickedScenario.objects.ticked()
    first.translations = {"zh": "你想学做木工。"}
    first.save()
    assert [one.text for one in ticked(language="zh-CN")] == [
        "你想学做木工。",
        named(["skills/1"], language="zh")[0].text,
    ]
    second.text = "You want to learn something that the product does not know."
    second.save()
    assert [one.text for one in ticked(language="zh")][1] == second.text
    assert [one.text for one in ticked()] == [first.text, second.text]


@pytest.mark.django_db
def test_a_person_is_told_in_the_language_of_the_run_where_the_pool_has_it() -> None:
    pool = create_pool(name="Both")
    add_profiles(pool=pool, profiles=[ANNA, ANNA], translations=[{"zh": "1. 性别：女"}, {}])
    both, english = people_of(pool, language="zh")
    assert (both.profile, both.profile_translations) == ("1. 性别：女", {"en": ANNA.text()})
    assert (english.profile, english.profile_translations) == (ANNA.text(), {})
    assert PoolProfile.objects.count() == 2


@pytest.mark.django_db
def test_what_is_told_in_another_language_is_said_before_the_start(client: Client, amira: User) -> None:
    """A task of one's own, and a pool, may be in one language alone."""
    english = talks.matrix("travel/0-2", "gifts/0")
    scenarios = [*named(["travel/0-2"], language="zh"), *english.scenarios[3:]]
    found = estimate(replace(english, scenarios=scenarios), CHINESE)
    assert (found.foreign_scenarios, found.foreign_profiles) == (1, 2)
    found = estimate(english, SimulationSettings())
    assert (found.foreign_scenarios, found.foreign_profiles) == (0, 0)
    client.force_login(amira)
    tick(task=BUILT_IN["travel"], numbers=range(3), on=True)
    TickedScenario.objects.filter(number=1).update(text="You want to see something else.")
    pool = create_pool(name="Both")
    add_profiles(pool=pool, profiles=[ANNA], translations=[{"zh": "1. 性别：女\n2. 年龄：35\n3. 个性：外向，爱笑"}])
    played = Endpoint.objects.get().pk
    said = {
        **{"name": "谈话", "seed": 0, "retries": 0, "max_turns": 4, "priming": "system", "language": "zh", "look": "1"},
        **{"pool": pool.pk, "user": played, "assistants": [played]},
        "scenarios": list(TickedScenario.objects.values_list("pk", flat=True)),
    }
    page = client.post("/generate/runs/simulate/", said).content.decode()
    assert "1 of the scenarios is told in another language" in page
    assert "Profiles of this pool are told in another language" not in page


def test_both_tongues_have_the_same_tables() -> None:
    english, chinese = (one.lines for one in tongues().values())
    tables = [name for name, value in english.items() if isinstance(value, dict)]
    assert {name: english[name].keys() for name in tables} == {name: chinese[name].keys() for name in tables}
