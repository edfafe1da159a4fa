"""The worker's own thread: alive however busy the worker is, and alive again after the database was away."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from django.conf import settings
from django.db import connections

from crsapp.jobs import leases

logger = logging.getLogger(__name__)


def _nothing() -> None:
    pass


class Heartbeat:
    """Renews the leases of this process's jobs every few seconds, and does `also` each time."""

    def __init__(self, *, name: str, also: Callable[[], None] = _nothing) -> None:
        self._name = name
        self._also = also
        self._enough = Event()
        self._thread = Thread(target=self._beat_on, name=f"heartbeat of {name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._enough.set()
        self._thread.join(timeout=5)

    @contextmanager
    def renewing(self) -> Iterator[None]:
        self.start()
        try:
            yield
        finally:
            self.stop()

    def beat(self) -> None:
        """One beat. A part that fails is logged and tried again at the next; it keeps no other from happening."""
        for part in (self._renew, self._also):
            try:
                part()
            except Exception:
                logger.exception("worker %s: a heartbeat failed; the next one tries again", self._name)
                connections.close_all()

    def _renew(self) -> None:
        for token, job_id in leases.held_here().items():
            leases.renew(job_id=job_id, token=token)

    def _beat_on(self) -> None:
        pause = min(settings.JOB_SWEEP_SECONDS, settings.JOB_LEASE_SECONDS / 3)
        while not self._enough.wait(pause):
            self.beat()
        connections.close_all()
