"""Simulated users: 22 scenarios × 100 profiles by scripted models end to end, and how much of an endpoint is used.

The first is all that a run does but waiting for models: prompts, calls within a budget and on record, filters, rows.
For the second a stub on this machine answers every request after a second; 64 are in flight, both sides ask it, and
every conversation goes on for as many turns as it may.
"""

import argparse
import time
from typing import Any

from llm_capacity import stub
from measuring import fresh_database, heading, needed, say

SCENARIOS = ("travel/0-7", "skills/0-4", "recipe/0-3", "gifts/0-4")
PROFILES = 100
PROMISED_SECONDS = 300.0
IN_FLIGHT = 64
PROMISED_SHARE = 0.95
PROMISED_CPU_MS = 5.0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--conversations", type=int, default=512, help="for the share of capacity")
    options.add_argument("--turns", type=int, default=5, help="of each of these")
    asked = options.parse_args()
    needed("aiohttp")  # loading it is no conversation's cost
    with fresh_database() as kind:
        heading(f"Simulated users, {kind}")
        end_to_end()
        with stub(1.0) as url:
            capacity(url, asked.conversations, asked.turns)


def end_to_end() -> None:
    from generation.models import Call, Endpoint
    from generation.services.runs.figures import figures_of

    scripted = Endpoint.objects.create(name="scripted", kind="scripted", model="scripted")
    run, seconds, cpu = finished(name="Whole", scenarios=SCENARIOS, profiles=PROFILES, endpoint=scripted)
    figures, calls = figures_of(run), Call.objects.count()
    what = f"{figures.planned:,} conversations, {calls:,} calls"
    say(f"{what}: kept", f"{figures.kept:,}", "promised: all", kept=figures.kept == figures.planned)
    say(
        f"{what}: seconds", f"{seconds:,.0f} s", f"promised: ≤ {PROMISED_SECONDS:g} s", kept=seconds <= PROMISED_SECONDS
    )
    say(f"{what}: processor", f"{cpu:,.0f} s", f"{1000 * cpu / calls:.2f} ms a call, scripted models included")


def capacity(url: str, conversations: int, turns: int) -> None:
    from generation.models import Call, Endpoint

    endpoint = Endpoint.objects.create(
        name="stub", base_url=url, model="stub", max_tokens=1000, in_flight=IN_FLIGHT, tries=1
    )
    before = Call.objects.count()
    profiles = -(-conversations // 2)
    _run, seconds, cpu = finished(
        name="Stub", scenarios=("travel/0-1",), profiles=profiles, endpoint=endpoint, max_turns=turns
    )
    calls = Call.objects.count() - before
    share = calls / seconds / IN_FLIGHT
    what = f"{2 * profiles:,} conversations of {turns} turns, {calls:,} answers of 1 s"
    say(what, f"{share:.1%} of capacity", f"promised: ≥ {PROMISED_SHARE:.0%}", kept=share >= PROMISED_SHARE)
    ms = 1000 * cpu / calls
    say("… CPU a call", f"{ms:.2f} ms", f"promised: ≤ {PROMISED_CPU_MS:g} ms", kept=ms <= PROMISED_CPU_MS)


def finished(
    *, name: str, scenarios: tuple[str, ...], profiles: int, endpoint: Any, **said: Any
) -> tuple[Any, float, float]:
    """A run in this process from its start to its end; the seconds it took, and the processor's."""
    from generation.records import PersonRecord
    from generation.services.runs.here import run_here
    from generation.services.runs.simulated.choosing import named
    from generation.services.runs.simulated.settings import Matrix, SimulationSettings
    from generation.services.runs.simulated.starting import start_simulation

    people = [PersonRecord(external_id=str(n), kind="simulated", profile=profile(n)) for n in range(profiles)]
    matrix = Matrix(scenarios=named(scenarios), profiles=people, pool="bench", user=endpoint, assistants=[endpoint])
    begun, cpu = time.perf_counter(), time.process_time()
    run = start_simulation(name=name, matrix=matrix, settings=SimulationSettings(retries=0, **said), here=True)
    run = run_here(run)
    return run, time.perf_counter() - begun, time.process_time() - cpu


def profile(number: int) -> str:
    """Nine fields of about the published length."""
    lines = (
        "Gender: Female",
        f"Age: {20 + number % 60}",
        "Personality: Outgoing, quick to laugh",
        f"Occupation: Engineer of group {number}",
        "Daily Interests and Hobbies: Enjoys painting, yoga; dislikes shopping centres",
        "Travel Habits: Loves foreign cities, avoids cruise ships",
        "Dining Preferences: Enjoys curries, no fan of coriander",
        "Spending Habits: Spends on experiences rather than things",
        "Other Aspects: Rides an old motorcycle",
    )
    return "\n".join(f"{place}. {line}" for place, line in enumerate(lines, 1))


if __name__ == "__main__":
    main()
