"""Conversations of simulated users: small matrices, runs over them, and conversations played without a database."""

from typing import Any

from crsapp.accounts.models import User
from generation.llm.exchange import Request
from generation.llm.scripted import ScriptedClient
from generation.models import Endpoint, GenerationRun
from generation.records import PersonRecord
from generation.services.runs.here import run_here
from generation.services.runs.simulated.choosing import named
from generation.services.runs.simulated.settings import Matrix, SimulationSettings
from generation.services.runs.simulated.starting import start_simulation
from generation.services.runs.steering import Limits
from generation.simulation.conversation import Conversation, End
from tests.apart import run_apart
from tests.generation.simulation.people import ANNA, PAUL

SCENARIOS = ("travel/0-1", "gifts/3")


def endpoint(name: str = "Offline", **mishaps: float) -> Endpoint:
    made: Endpoint = Endpoint.objects.create(name=name, kind="scripted", model=name, mishaps=mishaps)
    return made


def people(count: int = 2) -> list[PersonRecord]:
    """Anna and Paul, and others who differ from them in age."""
    both = (ANNA, PAUL)
    return [
        PersonRecord(
            external_id=str(number),
            kind="simulated",
            profile=both[number % 2].text().replace("Age: ", f"Age: {number}"),
        )
        for number in range(count)
    ]


def matrix(
    *scenarios: str, user: Endpoint | None = None, assistants: list[Endpoint] | None = None, profiles: int = 2
) -> Matrix:
    played = user or endpoint()
    return Matrix(
        scenarios=named(scenarios or SCENARIOS),
        profiles=people(profiles),
        pool="People",
        user=played,
        assistants=assistants or [played],
    )


def begun(crossed: Matrix | None = None, *, by: User | None = None, **said: Any) -> GenerationRun:
    """A run that is ready to be run in this process. Limits go where they belong, the rest is settings."""
    limits = Limits(said.pop("money", None), said.pop("tokens", None))
    name, here = said.pop("name", "Talks"), said.pop("here", True)
    settings = SimulationSettings(**said)
    return start_simulation(name=name, matrix=crossed or matrix(), settings=settings, limits=limits, by=by, here=here)


def finished(crossed: Matrix | None = None, **said: Any) -> GenerationRun:
    return run_here(begun(crossed, **said))


def played(talk: Conversation, *, seed: int = 1, **mishaps: Any) -> tuple[list[str], End]:
    """A conversation of the scripted user with the scripted assistant, to its end."""
    client = ScriptedClient(mishaps=mishaps)
    said: list[str] = []
    while not isinstance(turn := talk.next(said), End):
        said.append(run_apart(client.ask(Request(turn.messages, max_tokens=1000, seed=seed))).text)
    return said, turn
