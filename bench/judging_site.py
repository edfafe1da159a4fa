"""What the scripts about judging share: an open study of four ratings a dialogue, and our web server to judge it on."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measuring import ROOT, dialogues, write_lines

RATINGS = ("understanding", "sensibleness", "specificity", "interestingness")
STUDY = """
title = "Bench"
[[block]]
name = "All"
target = "dialogue"
instruments = ["four-ratings"]
design = "overlap"
annotators = {annotators}
reveal = "whole"
[[block.sample]]
dataset = "{name}"
size = {size}
[[instrument]]
slug = "four-ratings"
version = 1
title = "Four ratings"
"""
CRITERION = """
[[instrument.criterion]]
key = "{key}"
title = "{key}"
question = "How good is its {key}?"
target = "dialogue"
scale = "ordinal"
"""
OPTION = """
[[instrument.criterion.option]]
value = {value}
label = "{value}"
anchor = "{value} of 2"
"""


def open_link(name: str, *, size: int, annotators: int) -> str:
    """The token of an open link into an open study of so many dialogues, each judged by so many."""
    from annotation.protocol import parse_protocol
    from annotation.services.participants import create_open_link
    from annotation.services.studies import create_study, open_study
    from generation.services.importing_here import import_path

    with tempfile.TemporaryDirectory() as folder:
        import_path(path=write_lines(Path(folder) / "bench.jsonl", dialogues(size)), dataset_name=name)
    options = "".join(OPTION.format(value=value) for value in range(3))
    asked = "".join(CRITERION.format(key=key) + options for key in RATINGS)
    protocol = parse_protocol(STUDY.format(name=name, size=size, annotators=annotators) + asked)
    study = open_study(study=create_study(protocol=protocol, slug=name))
    return create_open_link(study=study, cap=None).token


@contextmanager
def our_site() -> Iterator[str]:
    """Our web server as `make run` starts it, on the database that is open here; yields its address."""
    from django.core.management import call_command
    from django.db import connection, connections

    call_command("collectstatic", interactive=False, verbosity=0)
    environment = {**os.environ, "DATABASE_URL": _url(connection.settings_dict)}
    connections.close_all()
    port = free_port()
    command = [sys.executable, "manage.py", "serve", "--only", "web", "--port", str(port)]
    with running(command, ROOT, f"http://127.0.0.1:{port}/healthz", environment):
        yield f"http://127.0.0.1:{port}"


def _url(database: dict[str, object]) -> str:
    if "sqlite" in str(database["ENGINE"]):
        return f"sqlite:///{database['NAME']}"
    who = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    return f"postgres://{who}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port


@contextmanager
def running(
    command: list[str], folder: Path, url: str, environment: dict[str, str] | None = None, patience: float = 300
) -> Iterator[None]:
    """A server that runs as long as this does, from when it answers."""
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            until = time.monotonic() + patience
            while not _answers(url):
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"{command[0]} does not answer at {url}.")
                time.sleep(0.2)
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def processor_seconds(words: str, *, ours: bool = True) -> float:
    """User and system time so far of the processes whose command line has these words: of those that this one started,
    or of all (a database's server is nobody's child)."""
    ticks, parents = {}, {}
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit():
                numbers = (process / "stat").read_text().rpartition(")")[2].split()
                parents[process.name] = numbers[1]
                if words in (process / "cmdline").read_bytes().replace(b"\0", b" ").decode():
                    ticks[process.name] = sum(map(int, numbers[11:13]))
        except OSError:
            continue
    counted = sum(spent for name, spent in ticks.items() if not ours or _descends(name, parents))
    return counted / os.sysconf("SC_CLK_TCK")


def _descends(name: str, parents: dict[str, str]) -> bool:
    while name in parents:
        if name == str(os.getpid()):
            return True
        name = parents[name]
    return False
