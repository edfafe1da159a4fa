"""What a Celery worker does of ours: the one task, and the heartbeat that lives as long as the worker."""

import logging
import warnings
from typing import Any
from uuid import UUID

from celery import signals
from celery.exceptions import SecurityWarning
from django.conf import settings
from django.db import connections

from crsapp.jobs import leases
from crsapp.jobs.celery import RUN, app
from crsapp.jobs.heartbeat import Heartbeat
from crsapp.jobs.registry import load_tasks
from crsapp.jobs.regular import regulars
from crsapp.jobs.services.running import THIS_PROCESS, run, stopping
from crsapp.jobs.services.sweeping import say_alive, say_goodbye, sweep

logger = logging.getLogger(__name__)

JOBS_PER_IDLE_THREAD = 20

# Celery warns of running as root because of pickled messages; ours are JSON alone.
warnings.filterwarnings("ignore", category=SecurityWarning)


@app.task(name=RUN)
def run_job(job_id: str) -> None:
    connections.close_all()
    try:
        run(UUID(job_id))
    finally:
        connections.close_all()


def _show_and_sweep() -> None:
    say_alive(name=THIS_PROCESS)
    idle = max(settings.WORKER_THREADS - len(leases.held_here()), 0)
    sweep(capacity=idle * JOBS_PER_IDLE_THREAD)
    regulars.run()


heartbeat = Heartbeat(name=THIS_PROCESS, also=_show_and_sweep)


@signals.setup_logging.connect
def keep_our_logging(**kwargs: Any) -> None:
    """Being connected, this makes Celery leave Django's logging alone. Jobs log their own lines, with their ids."""
    for name in ("celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(name).setLevel(logging.WARNING)


@signals.worker_init.connect
def know_the_work(**kwargs: Any) -> None:
    """Before the first job comes, and not in the middle of it."""
    load_tasks()


@signals.worker_ready.connect
def start_heartbeat(**kwargs: Any) -> None:
    stopping.clear()
    heartbeat.beat()
    heartbeat.start()
    logger.info("worker %s is ready: %s jobs at a time", THIS_PROCESS, settings.WORKER_THREADS)


@signals.worker_shutting_down.connect
def finish_the_step_in_hand(**kwargs: Any) -> None:
    stopping.set()


@signals.worker_shutdown.connect
def stop_heartbeat(**kwargs: Any) -> None:
    heartbeat.stop()
    say_goodbye(name=THIS_PROCESS)
    logger.info("worker %s has stopped", THIS_PROCESS)
