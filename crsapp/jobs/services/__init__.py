"""What can be done with background work. Other apps import from here."""

from crsapp.jobs.services.asking import enqueue, request_cancel, retry
from crsapp.jobs.services.running import run, run_inline
from crsapp.jobs.services.sweeping import sweep, worker_is_alive

__all__ = ["enqueue", "request_cancel", "retry", "run", "run_inline", "sweep", "worker_is_alive"]
