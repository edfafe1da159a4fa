"""From an installed environment and an empty data folder to the first answered page, as `make run` does it.

Beside it the floor: a Python that imports Django and opens a new SQLite database, and nothing else. It says how busy
the machine was.
"""

import argparse
import statistics
import subprocess
import sys
from typing import Any

from measuring import heading, needed, say, seconds
from serving import served

PROMISED = 5.0
BARE = "import sqlite3, django, django.db.models; sqlite3.connect(':memory:').execute('create table t (a)')"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    asked = options.parse_args()
    heading("First start")
    psutil = needed("psutil")
    bare, taken, worked = [], [], []
    for _ in range(asked.rounds):
        bare.append(seconds(lambda: subprocess.run([sys.executable, "-c", BARE], check=True)))
        with served() as (process, until_page):
            taken.append(until_page)
            worked.append(processor_seconds(psutil.Process(process.pid)))
    median = statistics.median(taken)
    say("a Python that imports Django (the floor)", f"{statistics.median(bare):.2f} s")
    say("first page", f"{median:.2f} s", f"promised: {PROMISED:.0f} s", kept=median <= PROMISED)
    say("times the floor", f"{median / statistics.median(bare):.0f}")
    say("processor seconds of all its processes until then", f"{statistics.median(worked):.2f} s")


def processor_seconds(top: Any) -> float:
    """Of a process and its children, those that have ended included; independent of what else the machine does."""
    running = [one for one in [top, *top.children(recursive=True)] if one.status() != "zombie"]
    return float(sum(sum(one.cpu_times()[:4]) for one in running))


if __name__ == "__main__":
    main()
