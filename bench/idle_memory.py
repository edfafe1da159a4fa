"""Memory of web and worker together when nobody asks for anything: proportional set size, what is shared counted once.

Beside it the floor: one Python that imports Django.
"""

import argparse
import subprocess
import sys
import time
from typing import Any

from measuring import heading, needed, say
from serving import served

PROMISED = 350
BARE = "import django.db.models, time; print(flush=True); time.sleep(60)"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--settle", type=float, default=20, help="seconds to wait after the demo is loaded")
    asked = options.parse_args()
    psutil = needed("psutil")
    heading("Idle memory")
    bare = subprocess.Popen([sys.executable, "-c", BARE], stdout=subprocess.PIPE)
    assert bare.stdout is not None
    bare.stdout.readline()
    say("one Python that imports Django (the floor)", f"{megabytes(psutil.Process(bare.pid)):.0f} MB")
    bare.kill()
    bare.wait()
    with served() as (process, _until_page):
        top = psutil.Process(process.pid)
        until_demo_is_loaded(top)
        time.sleep(asked.settle)
        processes = [one for one in [top, *top.children(recursive=True)] if one.status() != "zombie"]
        measured = [(" ".join(one.cmdline()[1:4]), megabytes(one)) for one in processes]
    for command, size in measured:
        say(command[:58], f"{size:.0f} MB")
    total = sum(size for _command, size in measured)
    say("together", f"{total:.0f} MB", f"promised: {PROMISED} MB", kept=total <= PROMISED)


def until_demo_is_loaded(top: Any) -> None:
    time.sleep(1)  # it is begun when the first page has been answered
    while any(child.status() != "zombie" and "demo" in child.cmdline() for child in top.children()):
        time.sleep(0.5)


def megabytes(process: Any) -> float:
    memory = process.memory_full_info()
    return float(getattr(memory, "pss", memory.uss)) / 2**20


if __name__ == "__main__":
    main()
