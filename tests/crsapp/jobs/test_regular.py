"""Small work that a worker does again and again."""

import pytest

from annotation.models import Assignment
from annotation.services.assignments import claim
from annotation.tasks import release_leases
from crsapp.jobs.registry import load_tasks
from crsapp.jobs.regular import Regulars, regulars
from tests.annotation.stories import expire, opened, people, quality


def test_each_is_done_when_it_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    now, done = [100.0], []
    monkeypatch.setattr("crsapp.jobs.regular.time.monotonic", lambda: now[0])
    work = Regulars()
    work.add("often", 10, lambda: done.append("often"))
    work.add("rarely", 60, lambda: done.append("rarely"))
    for now[0] in (100.0, 105.0, 110.0, 160.0):
        work.run()
    assert done == ["often", "rarely", "often", "often", "rarely"]


def test_one_that_fails_is_logged_and_keeps_no_other_from_happening(caplog: pytest.LogCaptureFixture) -> None:
    work, done = Regulars(), []
    work.add("broken", 10, lambda: 1 / 0)
    work.add("sound", 10, lambda: done.append(1))
    work.run()
    assert done == [1]
    assert "broken" in caplog.text


@pytest.mark.django_db
def test_a_lease_that_ran_out_goes_back_although_nobody_asks_for_work() -> None:
    load_tasks()
    assert "annotation.release_leases" in regulars.every
    (ben,) = people(opened(quality()), 1)
    held = claim(annotator=ben)
    assert held
    expire(held)
    assert release_leases() == 1
    assert Assignment.objects.get().state == "returned"
