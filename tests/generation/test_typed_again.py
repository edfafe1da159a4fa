"""Commands typed again: finished, they say so with the same figures; changed, they refuse and say what differs."""

import json
from contextlib import suppress
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from generation.models import Budget, Call, Dataset, Endpoint, Enquiry, Person, PoolProfile, ProfilePool, Utterance
from generation.services.enquiries import steering
from generation.services.runs.steering import cancel
from tests.generation import run_scenes as scenes
from tests.generation.dataset_scenes import dataset, dialogue
from tests.generation.simulation import people as pools

pytestmark = [pytest.mark.django_db, pytest.mark.database]

DONE = "Done already, with the same settings: nothing was asked."
SIMULATE = ("simulate", "--into", "Mine", "--scenarios", "travel/0-1", "--profiles", "people", "--count", "3")
SCRIPTED = ("--user-endpoint", "scripted", "--assistant-endpoint", "scripted")
WRITE = ("generate_from_reviews", "Reviews", "--into", "Mine", "--endpoint", "scripted", "--count", "3")
PEOPLE = ("generate_profiles", "--pool", "Crowd", "--endpoint", "scripted", "--count", "4")
TRANSLATE = ("translate_dataset", "films", "--language", "de", "--endpoint", "scripted")
FIND = ("find_preferences", "films", "--endpoint", "scripted")
TALK = ("I want a calm film tonight, please.", "Then try *The Tall Oven*.")
NOW = {
    "simulate": (*SIMULATE, *SCRIPTED, "--seed", "7"),
    "generate_from_reviews": (*WRITE, "--seed", "7"),
    "generate_profiles": (*PEOPLE, "--seed", "7"),
    "translate_dataset": TRANSLATE,
    "find_preferences": FIND,
}


@pytest.fixture(autouse=True)
def _material(db: None) -> None:
    pools.pool_of()
    scenes.prepared()
    films = dataset("Films")
    person = Person.objects.create(dataset=films, external_id="1", profile="Age: 40\nLikes slow films and tea.")
    dialogue(films, TALK, person=person, situation="You look for a film to watch tonight.")


def typed(*said: str) -> tuple[dict[str, Any], str]:
    """What the command says as JSON, and in words."""
    out = StringIO()
    call_command(*said, "--json", stdout=out)
    *words, found = out.getvalue().splitlines()
    return json.loads(found), "\n".join(words)


@pytest.mark.parametrize("said", NOW.values(), ids=NOW.keys())
def test_after_it_has_finished_it_says_so_with_the_same_figures(said: tuple[str, ...]) -> None:
    first, words = typed(*said)
    assert DONE not in words
    calls = Call.objects.count()
    assert calls
    for _time in range(2):
        again, told = typed(*said)
        assert again == first
        assert told == f"{DONE}\n{words}"
    assert Call.objects.count() == calls, "nothing is asked twice"


@pytest.mark.parametrize(
    ("first", "then", "differs"),
    [
        (
            NOW["simulate"],
            (*SIMULATE, *SCRIPTED, "--seed", "8"),
            "“Mine” is there already, made otherwise .seed: 7 there, 8 now",
        ),
        (NOW["simulate"], (*NOW["simulate"], "--count", "4"), "count: 3 there, 4 now"),
        (NOW["simulate"], (*NOW["simulate"], "--interview"), "interview: no there, yes now"),
        (
            NOW["simulate"],
            (*NOW["simulate"], "--scenarios", "travel/0"),
            "scenarios: planning a trip/0, planning a trip/1 there",
        ),
        (NOW["simulate"], (*NOW["simulate"], "--user-endpoint", "Other"), "endpoints: user scripted, assistant scri"),
        (NOW["generate_from_reviews"], (*WRITE, "--seed", "8"), "seed: 7 there, 8 now"),
        (
            NOW["generate_from_reviews"],
            (*NOW["generate_from_reviews"], "--domain", "tea"),
            "domain: .* there, tea now",
        ),
        (
            NOW["generate_profiles"],
            (*PEOPLE, "--seed", "8"),
            "“Crowd” is there already, made otherwise .seed: 7 there, 8 now",
        ),
        (
            NOW["generate_profiles"],
            (*NOW["generate_profiles"], "--endpoint", "Other"),
            "endpoint name: scripted there",
        ),
        (NOW["generate_profiles"], (*NOW["generate_profiles"], "--count", "2"), "count: 4 there, 2 now"),
        (TRANSLATE, (*TRANSLATE, "--endpoint", "Other"), "endpoint name: scripted there, Other now"),
        (TRANSLATE, (*TRANSLATE, "--only-utterances"), "situations and profiles: yes there, no now"),
    ],
)
def test_what_differs_is_said_and_nothing_is_asked(first: tuple[str, ...], then: tuple[str, ...], differs: str) -> None:
    typed(*first)
    Endpoint.objects.create(name="Other", kind=Endpoint.Kind.SCRIPTED, model="scripted")
    calls = Call.objects.count()
    with pytest.raises(CommandError, match=differs) as refused:
        typed(*then)
    assert "Type it with the same settings" in str(refused.value)
    assert Call.objects.count() == calls


def test_a_run_that_is_not_over_is_not_gone_on_with_otherwise() -> None:
    typed(*NOW["simulate"], "--count", "1")
    run = Dataset.objects.get(name="Mine").run
    type(run).objects.update(state="paused")
    with pytest.raises(CommandError, match="count: 1 there, 3 now"):
        typed(*NOW["simulate"])
    assert typed(*TRANSLATE, "--tokens", "3000")[0]["state"] == "paused"
    Endpoint.objects.create(name="Other", kind=Endpoint.Kind.SCRIPTED, model="scripted")
    with pytest.raises(
        CommandError, match=r"Translation of “Films” \(paused\) is there already, made otherwise .endpoint name"
    ):
        typed(*TRANSLATE, "--endpoint", "Other")


def test_a_run_that_was_ended_is_not_done() -> None:
    scenes.begun(source=Dataset.objects.get(name="Reviews"), name="Mine", count=3, seed=7)
    run = Dataset.objects.get(name="Mine").run
    cancel(run)
    out = StringIO()
    with pytest.raises(CommandError, match="The run is cancelled"):
        call_command(*WRITE[:4], "--endpoint", "Offline", "--count", "3", "--seed", "7", stdout=out)
    assert DONE not in out.getvalue()


def test_a_dataset_that_no_command_made_is_not_touched() -> None:
    with pytest.raises(CommandError, match=r"There is a dataset “Films” already\. Choose another name"):
        typed(*NOW["simulate"], "--into", "Films")
    with pytest.raises(CommandError, match=r"“People” is there already, made otherwise \(no command made it"):
        typed(*NOW["generate_profiles"], "--pool", "People", "--count", "1")


def test_a_pool_grows_when_more_are_asked_for() -> None:
    typed(*NOW["generate_profiles"])
    said, words = typed(*NOW["generate_profiles"], "--count", "6")
    assert said["profiles"] == 6
    assert DONE not in words
    assert PoolProfile.objects.in_pool(ProfilePool.objects.get(name="Crowd")).count() == 6


def test_what_came_since_is_translated_and_what_failed_is_tried_again() -> None:
    typed(*TRANSLATE)
    dialogue(Dataset.objects.get(name="Films"), TALK)
    said, words = typed(*TRANSLATE)
    assert (said["done"], DONE in words) == (2, False)
    last = Enquiry.objects.latest("pk")
    row = last.texts.get(n=1)
    Utterance.objects.filter(pk=row.utterance_id).update(translations={})
    last.texts.filter(pk=row.pk).update(state="failed", reason="It was cut off.")
    said, words = typed(*TRANSLATE)
    assert (said["done"], said["failed"], DONE in words) == (2, 0, False)
    assert Utterance.objects.get(pk=row.utterance_id).translations
    assert DONE in typed(*TRANSLATE)[1]


def test_translations_that_were_taken_back_are_made_anew() -> None:
    typed(*TRANSLATE)
    steering.delete_results(Enquiry.objects.get(), here=True)
    Utterance.objects.update(translations={})
    said, words = typed(*TRANSLATE)
    assert said["state"] == "complete"
    assert DONE not in words


def test_preferences_of_another_endpoint_stand_beside_those_there_are() -> None:
    typed(*FIND)
    Endpoint.objects.create(name="Other", kind=Endpoint.Kind.SCRIPTED, model="scripted")
    said, words = typed(*FIND, "--endpoint", "Other")
    assert (said["state"], DONE in words) == ("complete", False)
    assert Enquiry.objects.count() == 2
    assert DONE in typed(*FIND)[1]


@pytest.mark.parametrize("name", ["simulate", "generate_from_reviews", "generate_profiles", "translate_dataset"])
def test_more_may_be_used_when_it_is_typed_again(name: str) -> None:
    def state_after(*more: str) -> str:
        with suppress(CommandError):
            call_command(*NOW[name], *more, stdout=StringIO())
        if name == "generate_profiles":
            return str(ProfilePool.objects.get(name="Crowd").state)
        return str(
            Enquiry.objects.get().state if name == "translate_dataset" else Dataset.objects.get(name="Mine").run.state
        )

    assert state_after("--tokens", "1") in {"paused", "stopped"}
    assert state_after() in {"paused", "stopped"}, "a limit that is not named stays"
    assert not Call.objects.exists()
    assert state_after("--tokens", "9000000") in {"complete", "full"}
    assert Call.objects.exists()


def test_a_limit_below_what_is_used_is_refused() -> None:
    run = scenes.begun(source=Dataset.objects.get(name="Reviews"), name="Mine", count=3, seed=7)
    Budget.objects.filter(pk=run.budget_id).update(tokens_spent=100)
    with pytest.raises(CommandError, match="More than that is used already"):
        call_command(*WRITE[:4], "--endpoint", "Offline", "--count", "3", "--seed", "7", "--tokens", "99")
