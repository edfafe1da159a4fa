"""Web and worker together, in one console: what `make run` starts."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

STOP_SECONDS = 10
MOST_QUICK_DEATHS = 5


class Child:
    """One process that is started again when it dies, unless it dies at once again and again."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.command = command
        self.quick_deaths = 0
        self.start()

    def start(self) -> None:
        self.started = time.monotonic()
        # A group of its own: Ctrl-C reaches `serve` alone, which then stops its children in order.
        self.process = subprocess.Popen(self.command, process_group=0)  # noqa: S603

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

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=settings.PORT, help="default: PORT, or 8000")
        parser.add_argument("--host", default=settings.HOST, help="default: CRSAPP_HOST, or 127.0.0.1")
        parser.add_argument("--prepare", action="store_true", help="first migrate, collect static files, make the demo")
        parser.add_argument("--only", choices=["web", "worker"], help="start one of the two alone")

    def handle(self, *args: Any, port: int, host: str, prepare: bool, only: str | None, **options: Any) -> None:
        if only != "worker":
            refuse_taken_port(host, port)
        if prepare:
            self.prepare()
        connections.close_all()
        commands = {"web": web_command(host, port), "worker": worker_command()}
        try:
            with stopping_on_signals():
                children = [Child(name, command) for name, command in commands.items() if only in (None, name)]
                try:
                    self.watch(children, None if only == "worker" else address(host, port))
                finally:
                    stop(children)
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")

    def prepare(self) -> None:
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if settings.DEMO and "demo" in get_commands():
            call_command("demo", stdout=self.stdout)

    def watch(self, children: list[Child], url: str | None) -> None:
        announced = url is None
        while True:
            for child in children:
                if child.died():
                    self.stderr.write(
                        f"The {child.name} stopped (exit status {child.process.returncode}); starting it."
                    )
                    child.restart()
            if url and not announced and answers(url):
                announced = True
                self.announce(url)
            time.sleep(0.2)

    def announce(self, url: str) -> None:
        how = (
            "Sign in with one click as one of the demo's people."
            if settings.DEMO
            else "The first time, make an owner to sign in as: .venv/bin/python manage.py createsuperuser"
        )
        self.stdout.write(self.style.SUCCESS(f"\n  crsapp is at {url}\n  {how}\n  Ctrl-C stops it.\n"))
        self.stdout.flush()


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


def web_command(host: str, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "crsapp.wsgi:application", "--config", "python:crsapp.gunicorn"),
        *("--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"),
    ]


def worker_command() -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "--quiet", "--app", "crsapp.jobs.celery", "worker"),
        *("--pool", "threads", "--concurrency", str(settings.WORKER_THREADS)),
        *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"),
    ]


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """SIGTERM does what Ctrl-C does."""

    def stop_now(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop_now) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
