"""Work that gets further with each worker outlives any number of them; work that does not is given up, in words."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from crsapp.jobs.models import Job
from crsapp.jobs.services import run, sweep
from generation.llm.desk import Answer, Desk
from generation.llm.exchange import Outcome, Request
from generation.models import Endpoint
from generation.services.enquiries import steering
from generation.services.simulation.pools import create_pool, profiles_of
from generation.services.simulation.steering import WritingSettings, start_writing
from tests.generation import run_scenes
from tests.generation.dataset_scenes import TALK, dataset

pytestmark = [pytest.mark.django_db, pytest.mark.database]


class Killed(BaseException):
    """Nobody who catches errors catches this."""


class Mortal:
    """Workers that die: each when it books what came back for the `dies_at`-th time, before that is written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, dies_at: int) -> None:
        self.dies_at, self.booked, self.deaths = dies_at, 0, 0
        self._book = Desk.book
        monkeypatch.setattr(Desk, "book", self._dying())

    def _dying(self) -> Any:
        def book(desk: Desk, landed: Sequence[tuple[Request, Outcome]]) -> list[Answer]:
            self.booked += bool(landed)
            if landed and self.booked == self.dies_at:
                self.deaths += 1
                raise Killed
            return self._book(desk, landed)

        return book

    def work_on(self, job_id: UUID) -> bool:
        """One worker; when it dies, its lease runs out and is found. False if it lives."""
        self.booked, before = 0, self.deaths
        try:
            run(job_id)
        except Killed:
            long_ago = timezone.now() - timedelta(hours=1)
            Job.objects.filter(pk=job_id, state=Job.State.RUNNING).update(lease_until=long_ago)
            sweep(capacity=0)
        return self.deaths > before


def one_at_a_time() -> Endpoint:
    endpoint = run_scenes.scripted()
    endpoint.in_flight = 1
    endpoint.save()
    return endpoint


def the_piece_of(job: Job | None) -> Job:
    """The one piece that a job is cut into; it is given up after three workers that got it no further."""
    assert job is not None
    run(job.pk)
    Job.objects.filter(parent=job).update(max_attempts=3)
    return Job.objects.get(parent=job)


def workers_needed(mortal: Mortal, job: Job) -> int:
    while mortal.work_on(job.pk):
        pass
    job.refresh_from_db()
    return mortal.deaths + 1


def test_a_translation_outlives_more_workers_than_it_may_be_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    films = dataset("Films", [[f"{n}: {text}, I hope so." for text in TALK] for n in range(5)])
    endpoint = one_at_a_time()
    enquiry = steering.start_enquiry(dataset=films, kind="translation", endpoint=endpoint, language="de", here=True)
    piece = the_piece_of(enquiry.job)
    assert workers_needed(Mortal(monkeypatch, dies_at=2), piece) > piece.max_attempts
    enquiry.refresh_from_db()
    assert (piece.state, enquiry.state) == ("succeeded", "complete")


def test_a_run_outlives_more_workers_than_it_may_be_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    written = run_scenes.begun(run_scenes.prepared(people=4, items=12), endpoint=one_at_a_time(), retries=0)
    piece = the_piece_of(written.job)
    assert workers_needed(Mortal(monkeypatch, dies_at=2), piece) > piece.max_attempts
    written.refresh_from_db()
    assert (piece.state, written.state) == ("succeeded", "complete")


def test_a_pool_outlives_more_workers_than_it_may_be_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    said = WritingSettings(size=8, batch=2)
    pool = start_writing(pool=create_pool(name="Mine"), endpoint=one_at_a_time(), settings=said, here=True)
    assert pool.job is not None
    assert workers_needed(Mortal(monkeypatch, dies_at=2), pool.job) > pool.job.max_attempts
    pool.refresh_from_db()
    assert (pool.job.state, pool.state, len(profiles_of(pool))) == ("succeeded", "full", 8)


def test_a_text_that_kills_every_worker_ends_it_paused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    films = dataset("Films", [[f"{text}, I hope so." for text in TALK]])
    endpoint = one_at_a_time()
    enquiry = steering.start_enquiry(dataset=films, kind="translation", endpoint=endpoint, language="de", here=True)
    piece = the_piece_of(enquiry.job)
    assert workers_needed(Mortal(monkeypatch, dies_at=1), piece) == piece.max_attempts + 1
    enquiry.refresh_from_db()
    assert (piece.state, enquiry.state) == ("failed", "paused")
    assert "1 of 1 pieces did not succeed" in enquiry.why
    assert "The worker died 3 times" in enquiry.why
