import warnings
from argparse import ArgumentParser
from typing import Any

from celery.exceptions import SecurityWarning
from django.conf import settings
from django.core.management.base import BaseCommand

from crsapp.jobs.celery import app


class Command(BaseCommand):
    help = "Runs background work until it is stopped. Start any number, on any machine that reaches the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--threads", type=int, default=settings.WORKER_THREADS, help="jobs at the same time")

    def handle(self, *args: Any, threads: int, **options: Any) -> None:
        """Celery's own ways for workers to talk to each other are off: the database says all there is to say."""
        warnings.simplefilter("ignore", SecurityWarning)  # about pickled messages as root; ours are JSON alone
        settings.WORKER_THREADS = threads
        app.worker_main(
            [
                "--quiet",
                "worker",
                f"--concurrency={threads}",
                "--pool=threads",
                "--without-gossip",
                "--without-mingle",
                "--without-heartbeat",
                f"--loglevel={settings.LOG_LEVEL}",
            ]
        )
