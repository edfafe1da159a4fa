"""Answers kept one by one, as the judging page sends them: p95 with 50 annotators who give one each second."""

import argparse
import asyncio
import random
import time

from crowd import OurJudge
from judging_site import open_link, our_site
from measuring import fresh_database, heading, percentile, say

PROMISED = 0.150


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--annotators", type=int, default=50)
    options.add_argument("--seconds", type=float, default=30)
    asked = options.parse_args()
    with fresh_database() as kind:
        token = open_link("bench", size=1_000, annotators=3)
        with our_site() as site:
            heading(f"Answers one by one on {kind}, {asked.annotators} annotators, one each second")
            times = asyncio.run(all_day([OurJudge(site, token) for _ in range(asked.annotators)], asked.seconds))
    p95 = percentile(times, 0.95)
    say(f"{len(times):,} answers", f"p50 {1_000 * percentile(times, 0.5):.0f} ms")
    say("p95", f"{1_000 * p95:.0f} ms", f"< {1_000 * PROMISED:.0f} ms", kept=p95 < PROMISED)


async def all_day(judges: list[OurJudge], seconds: float) -> list[float]:
    for judge in judges:
        await judge.come()
    end = time.monotonic() + seconds
    times: list[float] = []

    async def one(judge: OurJudge) -> None:
        await asyncio.sleep(random.random())
        while time.monotonic() < end:
            begun = time.perf_counter()
            await judge.answer_one()
            times.append(time.perf_counter() - begun)
            await asyncio.sleep(max(0.0, 1 - (time.perf_counter() - begun)))

    await asyncio.gather(*map(one, judges))
    return times


if __name__ == "__main__":
    main()
