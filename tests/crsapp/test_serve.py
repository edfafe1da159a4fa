"""`manage.py serve`: web and worker together, on a database of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.services import ROOT, free_port, stop, until


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CRSAPP_")}
    kept.pop("DATABASE_URL", None)
    return {**kept, "CRSAPP_DATA_DIR": str(tmp_path), "CRSAPP_JOB_SWEEP_SECONDS": "0.5", "PORT": str(free_port())}


@pytest.fixture
def serve(environment: dict[str, str], tmp_path: Path) -> Iterator["subprocess.Popen[Any]"]:
    with (tmp_path / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--prepare"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        yield process
        stop(process)


def is_ready(environment: dict[str, str]) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{environment['PORT']}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def children(process: "subprocess.Popen[Any]", word: str) -> list[psutil.Process]:
    return [child for child in psutil.Process(process.pid).children() if word in command_line(child)]


def command_line(process: psutil.Process) -> str:
    """Nothing for one that has died, also if it died while we asked."""
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""


def test_from_nothing_to_ready_and_back(
    serve: "subprocess.Popen[Any]", environment: dict[str, str], tmp_path: Path
) -> None:
    until(lambda: is_ready(environment), 120, "The site is ready", serve)
    address = f"http://127.0.0.1:{environment['PORT']}/"
    until(lambda: address in (tmp_path / "serve.log").read_text(), 10, "The console says where to go", serve)
    descendants = psutil.Process(serve.pid).children(recursive=True)
    serve.send_signal(signal.SIGTERM)
    assert serve.wait(20) == 0
    assert not [child for child in descendants if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("word", ["celery", "gunicorn"])
def test_what_is_killed_comes_back(serve: "subprocess.Popen[Any]", environment: dict[str, str], word: str) -> None:
    until(lambda: is_ready(environment), 120, "The site is ready", serve)
    time.sleep(5)  # a death within five seconds of the start counts as a quick one
    [victim] = children(serve, word)
    victim.kill()
    until(lambda: any(child.pid != victim.pid for child in children(serve, word)), 30, f"Another {word}", serve)
    until(lambda: is_ready(environment), 120, "The site is ready again", serve)


def test_where_the_database_cannot_be_made_nothing_is_left_running(environment: dict[str, str]) -> None:
    nobody = f"postgres://nobody@127.0.0.1:{free_port()}/nothing"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--prepare"],
        cwd=ROOT,
        env={**environment, "DATABASE_URL": nobody},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said, _nothing = process.communicate(timeout=300)  # ends once nobody holds its output any more, children included
    assert process.returncode == 1
    assert "Preparing failed; what it said stands above." in said


SLOW_TO_IMPORT = ("aiohttp", "scipy.special", "sklearn", "pandas", "matplotlib", "pyarrow", "torch", "transformers")
TASKS = ("annotation.tasks", "evaluation.tasks", "generation.tasks")


@pytest.mark.parametrize(
    ("start", "late"),
    [
        ("pass", TASKS),
        ("import crsapp.wsgi", SLOW_TO_IMPORT),
        ("import crsapp.jobs.worker; from crsapp.jobs.registry import load_tasks; load_tasks()", SLOW_TO_IMPORT),
    ],
    ids=["any command", "web", "worker"],
)
def test_starting_waits_for_no_slow_import(environment: dict[str, str], start: str, late: tuple[str, ...]) -> None:
    """Each takes a good part of a second and tens of megabytes; who needs one imports the part of it that is needed."""
    script = f"import django, sys; django.setup(); {start}; print(*sys.modules.keys() & set({late!r}))"
    environment["DJANGO_SETTINGS_MODULE"] = "crsapp.settings"
    command = [sys.executable, "-c", script]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert ended.stdout.split() == []


def test_a_taken_port_is_said_in_one_sentence(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", int(environment["PORT"]))):
        ended = subprocess.run(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{environment['PORT']} (Address already in use)" in ended.stderr
    assert "Traceback" not in ended.stderr
