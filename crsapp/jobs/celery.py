"""The Celery app: the engine that wakes a worker up. What is to be done stands in the `Job` rows."""

import logging
import os
from typing import Any
from uuid import UUID

from celery import Celery
from django.conf import settings

from crsapp.jobs import folder

logger = logging.getLogger(__name__)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crsapp.settings")

RUN = "jobs.run"


def transport_options(url: str) -> dict[str, Any]:
    if not url:
        return {"folder": str(settings.DATA_DIR / "broker"), "polling_interval": 0.05}
    if url.startswith("redis"):
        # Whoever asks for work must not wait for a broker that is away; the sweep sends the message later.
        return {"socket_connect_timeout": 3, "max_retries": 1, "interval_start": 0, "interval_step": 0.1}
    return {}


app = Celery("crsapp", set_as_current=False)
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL or f"{folder.ALIAS}://localhost",
    broker_transport_options=transport_options(settings.CELERY_BROKER_URL),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    imports=["crsapp.jobs.worker"],
    task_default_queue="jobs",
    task_acks_late=False,
    task_ignore_result=True,
    result_backend=None,
    task_serializer="json",
    accept_content=["json"],
    task_send_sent_event=False,
    worker_pool="threads",
    worker_concurrency=settings.WORKER_THREADS,
    worker_prefetch_multiplier=1,
    worker_send_task_events=False,
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    enable_utc=True,
    timezone="UTC",
)


def wake(job_id: UUID) -> bool:
    """Send a worker the hint that this job waits. A broker that is away loses nothing: the sweep tries again."""
    try:
        app.send_task(RUN, args=[str(job_id)], retry=False)
    except Exception as error:  # kombu, redis and amqp each have their own
        logger.warning("job %s: no message could be sent (%s); the sweep will try again.", job_id, error)
        return False
    return True
