"""A model fills a pool: batch after batch, whole or stopped in words, gone on with, the same from the same seed."""

import re
from collections.abc import Iterator
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from pytest_httpserver import HTTPServer

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from crsapp.jobs.services import run_inline
from generation.llm.prompts import unfence
from generation.models import Call, PoolProfile, ProfilePool
from generation.services.simulation.examples import BUILT_IN, example_in_force, promote
from generation.services.simulation.pools import PoolError, create_pool, profiles_of
from generation.services.simulation.prompting import Conversation, tokens_of
from generation.services.simulation.steering import WritingSettings, start_writing, stop
from generation.simulation.profile_checks import findings, findings_of
from generation.simulation.profiles import Profile
from tests.generation.llm.scenes import PATH, answer, endpoint
from tests.generation.simulation.people import ANNA, PAUL, pool_of, row, scripted, written

pytestmark = [pytest.mark.django_db, pytest.mark.database]
State = ProfilePool.State


def calls(pool: ProfilePool) -> Iterator[tuple[str, list[dict[str, str]]]]:
    return ((one.prompt_name, one.messages) for one in Call.objects.filter(budget=pool.budget).order_by("pk"))


def test_it_is_full_of_people_who_pass() -> None:
    pool = written(25, batch=10)
    assert (pool.state, pool.is_scripted, pool.why) == (State.FULL, True, "")
    people = profiles_of(pool)
    assert list(people) == list(range(25))
    assert not [one for one in findings_of(people).values() if one]
    assert [name for name, _messages in calls(pool)] == ["sim_profile", *["sim_profile_continue"] * 2]
    assert "Continue with 5 more people, from number 21; there will be 25" in list(calls(pool))[2][1][-1]["content"]


def test_the_same_seed_gives_the_same_people_and_another_others() -> None:
    endpoint = scripted()
    first, same, other = (
        list(profiles_of(written(12, name=name, endpoint=endpoint, seed=seed)).values())
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert first == same
    assert not set(first) & set(other)


def test_further_questions_carry_the_conversation_and_name_the_people_so_far() -> None:
    pool = written(20, batch=10)
    (_name, first), (_further, second) = calls(pool)
    assert [one["role"] for one in second] == ["user", "assistant", "user"]
    assert second[:1] == first
    named = unfence("people_so_far", second[-1]["content"]) or ""
    assert len(named.splitlines()) == 10
    assert profiles_of(pool)[3].occupation in named
    assert unfence("example", first[0]["content"]) == BUILT_IN.text()


def test_before_the_context_runs_out_all_requirements_are_said_again() -> None:
    pool = written(60, batch=10, context=6_000)
    asked = list(calls(pool))
    assert [name for name, _messages in asked].count("sim_profile") > 1
    assert all(tokens_of_dicts(messages) + 2048 <= 6_000 for _name, messages in asked)
    again = [messages for name, messages in asked if name == "sim_profile"][1]
    assert len(again) == 1
    assert unfence("people_so_far", again[0]["content"]) != "(nobody yet)"


def tokens_of_dicts(messages: list[dict[str, str]]) -> int:
    return sum(len(one["content"]) // 4 for one in messages)


def test_a_conversation_says_no_more_than_fits() -> None:
    talk = Conversation({"size": 100, "language": "en", "example": ANNA.text(), "context": 2_000})
    for number in range(0, 60, 10):
        asked = talk.ask(count=10, number=number, so_far=[ANNA] * number, max_tokens=500)
        assert tokens_of(asked.messages) + 500 <= 2_000
        talk.answered(PAUL.text())


def test_whom_a_check_rejects_stands_beside_the_pool_and_another_is_asked_for() -> None:
    pool = written(15, endpoint=scripted(missing_field=0.3, odd_age=0.2), batch=5)
    assert pool.state == State.FULL
    assert len(profiles_of(pool)) == 15
    left_out = PoolProfile.objects.left_out(pool)
    assert left_out
    assert {one["code"] for kept in left_out for one in kept.findings} >= {"P1"}
    assert all(kept.call for kept in left_out)


def test_what_only_a_hint_finds_is_taken_with_its_finding() -> None:
    pool = written(6, endpoint=scripted(only_likes=1.0))
    assert {one["code"] for kept in PoolProfile.objects.in_pool(pool) for one in kept.findings} == {"P3"}


def test_near_twins_are_left_out() -> None:
    pool = written(12, endpoint=scripted(same_person=0.4))
    assert pool.state == State.FULL
    assert not [one for one in findings_of(profiles_of(pool)).values() if one]
    assert {one["code"] for kept in PoolProfile.objects.left_out(pool) for one in kept.findings} == {"P4"}


def test_a_model_that_brings_nobody_is_not_asked_for_ever() -> None:
    pool = written(5, endpoint=scripted(odd_age=1.0))
    assert pool.state == State.STOPPED
    assert "4 answers in a row brought nobody" in pool.why
    assert Call.objects.count() == 4


def test_answers_in_which_nobody_can_be_read_lead_to_the_calls(httpserver: HTTPServer) -> None:
    httpserver.expect_request(PATH).respond_with_json(answer("<b>I would rather write a poem.</b>"))
    pool = written(5, endpoint=endpoint(httpserver))
    assert pool.why == "In 4 answers in a row no profile could be read. Look at the calls for what was answered."


def test_the_last_one_of_an_answer_that_was_cut_off_is_left_alone() -> None:
    pool = written(30, endpoint=scripted(cut_off=0.5), batch=3)
    assert Call.objects.filter(finish_reason="length").exists()
    assert len(profiles_of(pool)) > 20
    assert all(not findings(one) for one in profiles_of(pool).values())
    assert not PoolProfile.objects.left_out(pool).exists()


def test_answers_that_are_always_cut_off_end_it_with_what_to_do() -> None:
    pool = written(5, endpoint=scripted(cut_off=1.0), batch=1)
    assert pool.state == State.STOPPED
    assert "were cut off before one person was whole" in pool.why


def test_a_budget_ends_it_in_words_and_a_higher_one_goes_on() -> None:
    endpoint = scripted()
    pool = written(20, endpoint=endpoint, tokens=4_000, batch=5)
    assert pool.state == State.STOPPED
    assert pool.budget
    assert pool.budget.tokens_spent <= 4_000
    had = profiles_of(pool)
    assert 0 < len(had) < 20
    pool = written(20, endpoint=endpoint, tokens=100_000, batch=5)
    assert pool.state == State.FULL
    assert {number: one for number, one in profiles_of(pool).items() if number in had} == had


def test_a_full_one_can_be_asked_to_grow() -> None:
    endpoint = scripted()
    pool = written(5, endpoint=endpoint)
    pool = written(9, endpoint=endpoint)
    assert list(profiles_of(pool)) == list(range(9))


def test_what_people_brought_is_kept_and_counted() -> None:
    pool = pool_of(ANNA, PAUL, name="Written")
    pool = written(6)
    assert row(pool, 0).profile == ANNA
    assert list(profiles_of(pool)) == list(range(6))


def test_stopped_by_a_person_it_asks_no_more(amira: User) -> None:
    pool = create_pool(name="Mine", by=amira)
    pool = start_writing(pool=pool, endpoint=scripted(), settings=WritingSettings(size=5), by=amira, here=True)
    assert pool.job
    with pytest.raises(PoolError, match="being written already"):
        start_writing(pool=pool, endpoint=pool.endpoint, settings=WritingSettings(size=5))  # type: ignore[arg-type]
    stop(pool, why="Stopped by amira.")
    run_inline(pool.job)
    assert not Call.objects.exists()
    assert Job.objects.get().state == Job.State.SUCCEEDED


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"size": 0}, "1 to"),
        ({"size": 5, "batch": 0}, "at a time"),
        ({"size": 5, "context": 10}, "context"),
        ({"size": 5, "rejecting": ["P9"]}, "P9"),
    ],
)
def test_settings_that_make_no_sense_are_refused(said: dict[str, int], why: str) -> None:
    with pytest.raises(PoolError, match=why):
        WritingSettings(**said)  # type: ignore[arg-type]


def test_an_example_is_promoted_version_by_version(amira: User) -> None:
    assert example_in_force("en") == BUILT_IN
    first = promote(profile=ANNA, language="en", note="more detail", by=amira)
    assert promote(profile=ANNA, language="en") == first
    second = promote(profile=PAUL, language="en")
    assert [first.version, second.version] == [1, 2]
    assert example_in_force("en") == PAUL
    assert example_in_force("zh") == BUILT_IN
    with pytest.raises(PoolError, match="has to pass every check"):
        promote(profile=Profile(gender="Female"), language="en")


def test_a_promoted_example_is_what_the_model_is_shown() -> None:
    promote(profile=ANNA, language="en")
    pool = written(3)
    assert unfence("example", next(calls(pool))[1][0]["content"]) == ANNA.text()
    assert pool.settings["example"] == ANNA.text()


def test_numbers_of_questions_go_up() -> None:
    pool = written(15, batch=5)
    numbers = [int(re.findall(r"\d+$", call.subject)[0]) for call in Call.objects.filter(budget=pool.budget)]
    assert all(earlier < later for earlier, later in pairwise(numbers))


def test_the_command_goes_on_in_the_language_of_the_pool_and_refuses_another() -> None:
    create_pool(name="Leute", language="de")
    asked = ("generate_profiles", "--pool", "Leute", "--count", "2", "--endpoint", "scripted")
    with pytest.raises(CommandError, match=r"“Leute” is written in de\. Name another pool for fr\."):
        call_command(*asked, "--language", "fr")
    with pytest.raises(CommandError, match="'German' is no code of a language"):
        call_command(*asked, "--language", "German")
    call_command(*asked, stdout=StringIO())
    assert len(profiles_of(ProfilePool.objects.get())) == 2
