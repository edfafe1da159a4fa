"""Private, throw-away servers for tests: PostgreSQL, Redis, the site itself. Nothing that happens to run is used."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from crsapp.processes import worker_command

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def redis_server() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def postgresql() -> Path | None:
    """The folder with `initdb` and `postgres`: the newest of Debian's, or one on the PATH."""
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True
    )
    if found := shutil.which("postgres"):
        folders.append(Path(found).resolve().parent)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def until(true: Callable[[], bool], seconds: float, what: str, process: "subprocess.Popen[Any] | None" = None) -> None:
    """Wait until `true()`, or say what did not happen."""
    deadline = time.monotonic() + seconds
    while not true():
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"{what}: the process ended with status {process.returncode}.")
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:g} s.")
        time.sleep(0.05)


def stop(process: "subprocess.Popen[Any]", number: int = signal.SIGTERM, seconds: float = 30) -> None:
    """End a process, gently at first, and with it whatever is left of a group that it leads."""
    leads = process.poll() is None and os.getpgid(process.pid) == process.pid
    if process.poll() is None:
        process.send_signal(number)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if leads:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; root can become somebody else, nobody else needs to."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        if subprocess.run(["id", name], capture_output=True, check=False).returncode == 0:
            return {"user": name, "group": int(subprocess.check_output(["id", "-g", name])), "extra_groups": []}
    raise RuntimeError("PostgreSQL refuses to run as root, and neither `postgres` nor `nobody` exists to run it as.")


@contextmanager
def private_postgresql() -> Iterator[str]:
    """A PostgreSQL server behind a socket of its own; yields the start of a database URL, to end in a name."""
    binaries = postgresql()
    if binaries is None:
        raise RuntimeError("No PostgreSQL server is installed.")
    identity = _unprivileged()
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:
        home = Path(folder)
        if identity:
            shutil.chown(home, identity["user"], identity["group"])
        where: dict[str, Any] = {"cwd": home, "env": {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}, **identity}
        quietly: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
        subprocess.run(
            [binaries / "initdb", "-D", home / "data", "-U", "crsapp", "--auth=trust", "--no-sync", "-E", "UTF8"],
            check=True,
            **quietly,
            **where,
        )
        options = [
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=300",
            "autovacuum=off",
        ]
        options += ["listen_addresses=", f"unix_socket_directories={home}"]
        command: list[str | Path] = [binaries / "postgres", "-D", home / "data"]
        for option in options:
            command += ["-c", option]
        server = subprocess.Popen(command, **quietly, **where)
        try:
            until((home / ".s.PGSQL.5432").exists, 30, "PostgreSQL listens", server)
            yield f"postgres://crsapp@{quote(str(home), safe='')}:5432/"
        finally:
            stop(server, signal.SIGINT)


@contextmanager
def private_redis() -> Iterator[str]:
    """A Redis server on a port of its own that writes nothing down; yields its URL."""
    binary = redis_server()
    if binary is None:
        raise RuntimeError("No Redis server is installed.")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="redis-") as folder:
        command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
        try:
            until(lambda: _listens(port), 10, "Redis listens", server)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            stop(server)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def database_url(settings: dict[str, Any]) -> str:
    """The URL of a connection's `settings_dict`: how another process reaches the test database."""
    if settings["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{settings['NAME']}"
    password = f":{quote(settings['PASSWORD'], safe='')}" if settings["PASSWORD"] else ""
    place = (
        f"{quote(settings['HOST'], safe='')}:{settings['PORT']}" if settings["PORT"] else quote(settings["HOST"], "")
    )
    return f"postgres://{settings['USER']}{password}@{place}/{settings['NAME']}"


@contextmanager
def web_processes(environment: dict[str, str], log: Path) -> Iterator[str]:
    """The site as production serves it, gunicorn with its processes and threads; yields its address."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "crsapp.wsgi:application"]
    command += ["--config", "python:crsapp.gunicorn", "--bind", f"127.0.0.1:{port}"]
    with log.open("ab") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out, process_group=0)
    try:
        until(lambda: _healthy(port), 60, f"The site answers (its log: {log})", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(server)


@contextmanager
def worker_process(environment: dict[str, str], log: Path) -> Iterator["subprocess.Popen[Any]"]:
    """A worker as `manage.py serve` starts it."""
    with log.open("ab") as out:
        worker = subprocess.Popen(
            worker_command(),
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=out,
            process_group=0,
        )
    try:
        yield worker
    finally:
        stop(worker)


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False
