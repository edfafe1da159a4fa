"""Submits a second: four ratings of a dialogue in one request, whose answer is the next dialogue.

    .venv/bin/python -W ignore bench/submits.py --potato PATH/TO/bin/potato
    .venv/bin/python -W ignore bench/submits.py --potato PATH/TO/bin/potato --dialogues 46000 --annotators 10

With --potato, Potato is measured in the same run (it wants two requests for the same), the two in turns. It needs some
minutes to begin with 46,000 dialogues.
"""

import argparse
import asyncio
import statistics
from contextlib import ExitStack
from pathlib import Path

from crowd import Crowd, Judge, OurJudge, judging
from judging_site import open_link, our_site, processor_seconds
from measuring import fresh_database, heading, say
from potato import PotatoJudge, potato_site

PROCESSES = {"ours": "crsapp.wsgi", "Potato": "potato start"}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--dialogues", type=int, default=1_000)
    options.add_argument("--annotators", default="10,50", help="how many at once, comma separated")
    options.add_argument("--seconds", type=float, default=15, help="of one run")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--potato", type=Path, help="its program, where Potato is to be measured too")
    asked = options.parse_args()
    with fresh_database() as kind, ExitStack() as stack:
        places = max(3, 30_000 // asked.dialogues)  # so that nobody runs out of work
        token = open_link("bench", size=asked.dialogues, annotators=places)
        ours = stack.enter_context(our_site())
        potato = stack.enter_context(potato_site(asked.potato, size=asked.dialogues)) if asked.potato else ""
        heading(f"Submits a second on {kind}, {asked.dialogues:,} dialogues")
        for count in map(int, asked.annotators.split(",")):
            crowds: dict[str, list[Judge]] = {"ours": [OurJudge(ours, token) for _ in range(count)]}
            if potato:
                crowds["Potato"] = [PotatoJudge(potato) for _ in range(count)]
            runs = asyncio.run(in_turns(crowds, asked.rounds, asked.seconds))
            report(f"{count} annotators", asked.dialogues, runs)


async def in_turns(crowds: dict[str, list[Judge]], rounds: int, seconds: float) -> dict[str, list[Crowd]]:
    runs: dict[str, list[Crowd]] = {name: [] for name in crowds}
    for _ in range(rounds):
        for name, judges in crowds.items():
            for judge in judges:
                await judge.come()
            before = processor_seconds(PROCESSES[name]), database_seconds()
            crowd = await judging(judges, seconds)
            crowd.processor = processor_seconds(PROCESSES[name]) - before[0]
            crowd.database = database_seconds() - before[1]
            runs[name].append(crowd)
    return runs


def database_seconds() -> float:
    """Of PostgreSQL's processes that serve this database, where it is on this machine."""
    from django.db import connection

    return processor_seconds(f" {connection.settings_dict['NAME']} ", ours=False)


def report(who: str, dialogues: int, runs: dict[str, list[Crowd]]) -> None:
    rates = {name: statistics.median(crowd.per_second for crowd in crowds) for name, crowds in runs.items()}
    for name, crowds in runs.items():
        p50, p95 = (statistics.median(crowd.percentile(percent) for crowd in crowds) for percent in (50, 95))
        steps = max(1, sum(len(crowd.steps) for crowd in crowds)) / 1_000
        each, stored = (
            sum(times) / steps for times in zip(*((one.processor, one.database) for one in crowds), strict=True)
        )
        failed = sum(sum(crowd.failures.values()) for crowd in crowds)
        more = f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, processor {each:.1f} + {stored:.1f} ms each, {failed} failed"
        say(f"{who}, {name}", f"{rates[name]:.1f}/s", more)
    if "Potato" in rates:
        ratio, promised = rates["ours"] / rates["Potato"], 10 if dialogues >= 46_000 else 3
        say(f"{who}, ours beside Potato's", f"{ratio:.1f} ×", f"≥ {promised} ×", kept=ratio >= promised)


if __name__ == "__main__":
    main()
