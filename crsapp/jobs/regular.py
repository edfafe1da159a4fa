"""Small work that every worker does again and again, as long as it lives: an app registers it in its `tasks.py`.

It runs in the thread that shows that the worker is alive, so it takes a second at most, and any number of workers may
do it at the same time. What takes longer is a job.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connections

logger = logging.getLogger(__name__)

Work = Callable[[], object]


@dataclass
class Regulars:
    """What is done how often, and when each is next due by this process's clock."""

    every: dict[str, tuple[float, Work]] = field(default_factory=dict)
    due: dict[str, float] = field(default_factory=dict)

    def add(self, name: str, seconds: float, work: Work) -> None:
        self.every[name] = (seconds, work)

    def run(self) -> None:
        """Do what is due. One that fails is logged, keeps no other from happening, and is done again when next due."""
        for name, (seconds, work) in self.every.items():
            now = time.monotonic()
            if now < self.due.get(name, now):
                continue
            self.due[name] = now + seconds
            try:
                work()
            except Exception:
                logger.exception("regular work %s failed; it is tried again in %g s", name, seconds)
                connections.close_all()


regulars = Regulars()


def regularly(name: str, *, seconds: float) -> Callable[[Work], Work]:
    """Register a function that every worker calls about every `seconds`."""

    def register(work: Work) -> Work:
        regulars.add(name, seconds, work)
        return work

    return register
