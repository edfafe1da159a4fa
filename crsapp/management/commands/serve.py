"""Web and worker together, in one console: what `make run` starts."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from crsapp.catalogues import REMEDY, compile_catalogues
from crsapp.demo.people import load_people
from crsapp.gate import Gate
from crsapp.processes import demo_command, web_command, worker_command
from crsapp.stopping import stopping_on_signals

STOP_SECONDS = 10
MOST_QUICK_DEATHS = 5


class Child:
    """One process that is started again when it dies, unless it dies at once again and again.

    One that is to run only `once` ends by itself. At a `gate` it waits, the first time.
    """

    def __init__(self, name: str, command: list[str], *, once: bool = False, gate: Gate | None = None) -> None:
        self.name = name
        self.command = command
        self.once = once
        self.quick_deaths = 0
        self.start(gate)

    def start(self, gate: Gate | None = None) -> None:
        self.started = time.monotonic()
        # A group of its own: Ctrl-C reaches `serve` alone, which then stops its children in order.
        self.process = subprocess.Popen(  # noqa: S603
            self.command,
            process_group=0,
            env={**os.environ, **gate.environment} if gate else None,
            pass_fds=[gate.entrance] if gate else [],
        )

    def died(self) -> bool:
        return self.process.poll() is not None

    def restart(self) -> None:
        quick = time.monotonic() - self.started < 5
        self.quick_deaths = self.quick_deaths + 1 if quick else 0
        if self.quick_deaths >= MOST_QUICK_DEATHS:
            raise CommandError(
                f"The {self.name} stopped {MOST_QUICK_DEATHS} times right after its start "
                f"(exit status {self.process.returncode}). What it said stands above."
            )
        self.start()


class Command(BaseCommand):
    help = "Serve the web pages and work on jobs, in one console, until Ctrl-C."
    requires_system_checks = ()  # they would load every page's code into a process that only waits

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=settings.PORT, help="default: PORT, or 8000")
        parser.add_argument("--host", default=settings.HOST, help="default: CRSAPP_HOST, or 127.0.0.1")
        parser.add_argument(
            "--prepare",
            action="store_true",
            help="first migrate, collect static files, compile translations, make the demo",
        )
        parser.add_argument("--only", choices=["web", "worker"], help="start one of the two alone")

    def handle(self, *args: Any, port: int, host: str, prepare: bool, only: str | None, **options: Any) -> None:
        if only != "worker":
            refuse_taken_port(host, port)
        wanted = [only] if only else ["web", "worker"]
        commands = {"web": web_command(host, port), "worker": worker_command()}
        connections.close_all()
        children: list[Child] = []
        try:
            with stopping_on_signals():
                try:
                    if prepare:
                        children += prepared(commands["web"] if "web" in wanted else None)
                    there = [child.name for child in children]
                    children += [Child(name, commands[name]) for name in wanted if name not in there]
                    self.watch(children, None if only == "worker" else address(host, port), demo=prepare)
                finally:
                    stop(children)
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")

    def watch(self, children: list[Child], url: str | None, *, demo: bool) -> None:
        announced = url is None
        while True:
            for child in children:
                if child.died() and not child.once:
                    self.stderr.write(
                        f"The {child.name} stopped (exit status {child.process.returncode}); starting it."
                    )
                    child.restart()
            if url and not announced and answers(url):
                announced = True
                self.announce(url)
                if demo and settings.DEMO:
                    children.append(Child("demo", demo_command(), once=True))
            time.sleep(0.2)

    def announce(self, url: str) -> None:
        how = (
            "Sign in with one click as one of the demo's people. Their studies are there in a few seconds."
            if settings.DEMO
            else "The first time, make an owner to sign in as: .venv/bin/python manage.py createsuperuser"
        )
        self.stdout.write(self.style.SUCCESS(f"\n  crsapp is at {url}\n  {how}\n  Ctrl-C stops it.\n"))
        self.stdout.flush()


def make_database() -> None:
    call_command("migrate", verbosity=0)
    if settings.DEMO:
        load_people()


def collect_static() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)


def compile_languages() -> None:
    """Where the code's folder cannot be written, that was to be done when it was made; pages in English do no harm."""
    try:
        compile_catalogues()
    except (OSError, ImportError) as error:
        sys.stderr.write(f"Translations are not compiled ({error}), so pages stay in English: {REMEDY}\n")


def prepared(web: list[str] | None) -> list[Child]:
    """Prepare everything. The web's process, which this returns, loads its code while the database is being made.

    Each in a process that ends: what migrations leave in memory is more than the rest of `serve`.
    """
    database, *files = [begun(preparation) for preparation in (make_database, collect_static, compile_languages)]
    join(files)
    if web is None:
        join([database])
        return []
    gate = Gate()
    child = Child("web", web, gate=gate)
    try:
        join([database])
    except BaseException:
        gate.close()
        child.process.kill()
        child.process.wait()
        raise
    gate.open()
    return [child]


def begun(preparation: Callable[[], object]) -> ForkProcess:
    process = get_context("fork").Process(target=preparation)
    process.start()
    return process


def join(preparing: Sequence[ForkProcess]) -> None:
    for process in preparing:
        process.join()
    if any(process.exitcode for process in preparing):
        raise CommandError("Preparing failed; what it said stands above.")


def refuse_taken_port(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port)):
            pass
    except OverflowError as error:
        raise CommandError(f"{port} is no port: choose one from 1 to 65535.") from error
    except OSError as error:
        raise CommandError(
            f"Cannot listen on {host}:{port} ({os.strerror(error.errno or 0)}). "
            f"Stop what uses that port, or choose another: make run PORT={port + 1}"
        ) from error


def address(host: str, port: int) -> str:
    return f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}/"  # noqa: S104


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}healthz", timeout=1) as response:  # noqa: S310
            return bool(response.status == 200)
    except OSError:
        return False


def stop(children: list[Child]) -> None:
    for child in children:
        if not child.died():
            child.process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()
