from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now

from crsapp.jobs import services
from crsapp.jobs.celery import app
from crsapp.jobs.models import Job, Worker
from crsapp.jobs.registry import Abandoned, Handler, Work, load_tasks, registry
from crsapp.jobs.services.running import stopping

Register = Callable[..., str]


@contextmanager
def sending_to(url: str, options: dict[str, Any]) -> Iterator[None]:
    """Let this process send its messages to another broker."""
    names = ("broker_url", "broker_write_url", "broker_transport_options")
    before = {name: app.conf[name] for name in names}
    app.conf.update(dict(zip(names, (url, url, options), strict=True)))
    app.amqp._producer_pool = app._pool = None
    try:
        yield
    finally:
        app.conf.update(before)
        app.amqp._producer_pool = app._pool = None


@pytest.fixture(autouse=True)
def broker_folder(tmp_path: Path) -> Iterator[Path]:
    """Messages of these tests go to a folder of their own."""
    with sending_to("folder://localhost", {"folder": str(tmp_path / "broker"), "polling_interval": 0.05}):
        yield tmp_path / "broker" / "jobs"


@pytest.fixture
def register() -> Iterator[Register]:
    """Registers a handler for the time of one test."""
    load_tasks()
    before = dict(registry.handlers)

    def add(work: Work, *, abandoned: Abandoned | None = None) -> str:
        registry.add(Handler(work.__qualname__, work, abandoned))
        return work.__qualname__

    yield add
    registry.handlers = before
    registry.duplicates.clear()
    stopping.clear()


@pytest.fixture
def worker(db: None) -> Worker:
    """A worker that has just shown that it is alive."""
    return Worker.objects.create(name="here", started=Now(), seen=Now())


def ask(kind: str, **more: Any) -> Job:
    return services.enqueue(kind=kind, arguments=more.pop("arguments", {}), **more)


def fresh(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)
