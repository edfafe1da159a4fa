"""Asking models: how much of what an endpoint can serve is used, and what a dialogue costs this machine's processor.

A stub on this machine answers every request after a second, and after 200 ms; 64 are in flight. Beside ours stands a
bare client: as many tasks that post the same bytes and read the answer, with nothing on record and no budget.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import fresh_database, heading, needed, say

IN_FLIGHT = 64
PROMISED_SHARE = 0.95
PROMISED_CPU_MS = 5.0
KIND = "bench.ask"


@dataclass(frozen=True)
class Measured:
    """Answers, the seconds they took, and the processor's seconds of this process."""

    answers: int
    seconds: float
    cpu: float

    def share(self, delay: float) -> float:
        return self.answers / self.seconds / (IN_FLIGHT / delay)

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu / self.answers


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=15, help="about how long each is measured")
    asked = options.parse_args()
    needed("aiohttp")  # loading it is no dialogue's cost
    with fresh_database() as kind:
        heading(f"Asking models, {IN_FLIGHT} in flight, {kind}")
        for delay, promised in ((1.0, True), (0.2, False)):
            count = round(IN_FLIGHT * asked.seconds / delay)
            with stub(delay) as url:
                bare = measured(lambda url=url, count=count: asyncio.run(ask_bare(url, count)), count)
                ours = measured(job_that_asks(url, count), count)
            tell(delay, bare, ours, promised=promised)


def tell(delay: float, bare: Measured, ours: Measured, *, promised: bool) -> None:
    what = f"answers of {1000 * delay:,.0f} ms"
    say(f"{what}: a bare client", f"{bare.share(delay):.1%} of capacity", f"{bare.cpu_ms:.2f} ms of CPU a call")
    share = ours.share(delay)
    if promised:
        say(
            f"{what}: ours",
            f"{share:.1%} of capacity",
            f"promised: ≥ {PROMISED_SHARE:.0%}",
            kept=share >= PROMISED_SHARE,
        )
    else:
        busy = ours.cpu / ours.seconds
        say(f"{what}: ours", f"{share:.1%} of capacity", f"this process used {busy:.0%} of one core")
    kept = ours.cpu_ms <= PROMISED_CPU_MS
    say(f"{what}: ours, CPU a dialogue", f"{ours.cpu_ms:.2f} ms", f"promised: ≤ {PROMISED_CPU_MS:g} ms", kept=kept)


@contextmanager
def stub(delay: float) -> Iterator[str]:
    command = [sys.executable, str(Path(__file__).with_name("llm_stub.py")), str(delay)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{(process.stdout or sys.stdin).readline().strip()}/v1"
    finally:
        process.terminate()
        process.wait()


def measured(work: Any, answers: int) -> Measured:
    begun, cpu = time.perf_counter(), time.process_time()
    work()
    return Measured(answers, time.perf_counter() - begun, time.process_time() - cpu)


def rendered() -> Any:
    """The prompt of LLM-REDIAL with a plan of about the usual size."""
    from generation.llm.prompts import get_prompt

    slots = {"USER_HIS_LIKES_1": "A Title", "USER_HIS_LIKES_REVIEW_1": "a word of a review " * 100}
    plan = json.dumps({"utterances": [{"i": n, "speaker": "User", "goals": ["x"], "slots": slots} for n in range(3)]})
    return get_prompt("redial_static").render(
        domain="Movies", n_utterances=8, max_words=60, language="English", plan=plan
    )


async def ask_bare(url: str, count: int) -> None:
    aiohttp = needed("aiohttp")
    messages = [{"role": one.role, "content": one.content} for one in rendered().messages]
    body = json.dumps({"model": "stub", "messages": messages, "max_tokens": 1000}).encode()
    left = iter(range(count))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT)) as client:

        async def one_after_the_other() -> None:
            for _ in left:
                async with client.post(f"{url}/chat/completions", data=body) as answer:
                    json.loads(await answer.read())

        await asyncio.gather(*(one_after_the_other() for _ in range(IN_FLIGHT)))


def job_that_asks(url: str, count: int) -> Any:
    """A job as a run has it: each call within a budget and on record, in steps that a worker commits."""
    from decimal import Decimal

    from crsapp.jobs.registry import Context, Outside, Progress, Steps, handler, load_tasks, registry
    from crsapp.jobs.services import enqueue, run
    from generation.llm.desk import Desk
    from generation.llm.record import Ask
    from generation.models import Budget, Call, Endpoint

    endpoint = Endpoint.objects.create(
        name=url, base_url=url, model="stub", max_tokens=1000, in_flight=IN_FLIGHT, price_in=Decimal(1)
    )
    budget = Budget.objects.create(money_limit=10**15)
    load_tasks()  # as a worker has, before there is work
    registry.handlers.pop(KIND, None)

    @handler(KIND)
    def ask_all(context: Context) -> Steps:
        todo, done = list(range(count)), 0
        with Desk(endpoint=endpoint, budget=budget, job_id=context.job_id) as desk:
            while todo or desk.busy:
                asked = desk.ask([Ask(str(number), rendered()) for number in todo[: desk.room]])
                todo = todo[asked:]
                landed = yield Outside(Progress(done=done, total=count), desk.exchange)
                done += len(desk.book(landed))
        return {}

    def work() -> None:
        job = enqueue(kind=KIND, arguments={}, dispatch_now=False)
        run(job.pk)
        answered = Call.objects.filter(endpoint=endpoint, state="answered").count()
        if answered != count:
            raise SystemExit(f"{answered} of {count} calls were answered.")

    return work


if __name__ == "__main__":
    main()
