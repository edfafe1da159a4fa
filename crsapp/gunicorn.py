"""How gunicorn serves the site: `gunicorn crsapp.wsgi --config python:crsapp.gunicorn`."""

import gc
import os
from typing import Any

from django.conf import settings
from django.db import connections
from gunicorn import sock

from crsapp.gate import wait_at_gate

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crsapp.settings")

bind = f"{settings.HOST}:{settings.PORT}"
worker_class = "gthread"
workers = settings.WEB_PROCESSES
threads = settings.WEB_THREADS
reuse_port = True  # each process has a socket of its own, see `post_fork`
preload_app = True  # loaded once: half the memory, and the first page comes sooner
timeout = 120
graceful_timeout = 8
keepalive = 65
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = None  # each request has its line from `crsapp.logs`, without the tokens that stand in paths
loglevel = "warning"
control_socket_disable = True


def pre_fork(server: Any, worker: Any) -> None:
    """Connections do not survive a fork; and what the collector does not touch stays shared.

    The first time, the code is loaded by now, and what is still being prepared is waited for.
    """
    wait_at_gate()
    connections.close_all()
    gc.freeze()


def when_ready(server: Any) -> None:
    """The master answers nobody: a socket of its own would only keep connections waiting."""
    for listener in server.LISTENERS:
        listener.close()


def post_fork(server: Any, worker: Any) -> None:
    """Listen apart, so that the system shares connections out. From a socket in common whoever is first takes them
    all, and keeps them as long as browsers keep them alive: one process works, the others look on."""
    worker.sockets = sock.create_sockets(worker.cfg, worker.log)
