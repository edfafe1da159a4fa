"""A large job is cut into pieces; the last of them, whoever does it, ends it."""

import pytest

from crsapp.jobs import services
from crsapp.jobs.models import Job
from crsapp.jobs.registry import WAIT_FOR_PIECES, Context, JobError, Progress, Steps, WaitForPieces
from crsapp.jobs.status import status_of
from tests.crsapp.jobs.conftest import Register, ask, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.database]
broken: set[int] = set()


def piece(context: Context) -> Steps:
    yield Progress(done=0)
    if context.arguments["number"] in broken:
        raise JobError(f"piece {context.arguments['number']} is broken")
    return {}


def cut(context: Context) -> Steps:
    for number in range(3):
        services.enqueue(kind="piece", arguments={"number": number}, parent=context.job_id)
    yield Progress(done=0, total=3)
    return WaitForPieces(allow_failed=True) if context.arguments.get("allow_failed") else WAIT_FOR_PIECES


@pytest.fixture(autouse=True)
def kinds(register: Register) -> None:
    broken.clear()
    register(piece)
    register(cut)


def begun(**arguments: bool) -> tuple[Job, list[Job]]:
    parent = ask("cut", arguments=arguments)
    services.run(parent.pk)
    return fresh(parent), list(Job.objects.filter(parent=parent).order_by("created"))


def test_the_parent_waits_shows_its_pieces_as_progress_and_ends_with_the_last() -> None:
    parent, pieces = begun()
    assert parent.state == "waiting"
    services.run(pieces[0].pk)
    status = status_of(fresh(parent))
    assert (status.done, status.total, status.percent) == (1, 3, 33)
    for each in pieces[1:]:
        services.run(each.pk)
    parent = fresh(parent)
    assert (parent.state, parent.result["succeeded"], parent.done, parent.total) == ("succeeded", 3, 3, 3)


def test_a_failed_piece_fails_the_parent_in_words_and_retry_does_that_piece_alone() -> None:
    broken.add(1)
    parent, pieces = begun()
    for each in pieces:
        services.run(each.pk)
    parent = fresh(parent)
    assert parent.state == "failed"
    assert parent.error.startswith("1 of 3 pieces did not succeed. The first: piece 1 is broken")

    broken.clear()
    assert services.retry(parent)
    assert [fresh(each).state for each in pieces] == ["succeeded", "queued", "succeeded"]
    services.run(pieces[1].pk)
    assert fresh(parent).state == "succeeded"


def test_a_retried_piece_reopens_its_parent() -> None:
    broken.add(2)
    parent, pieces = begun()
    for each in pieces:
        services.run(each.pk)
    broken.clear()
    assert services.retry(fresh(pieces[2]))
    assert fresh(parent).state == "waiting"
    services.run(pieces[2].pk)
    assert fresh(parent).state == "succeeded"


def test_a_parent_that_allows_failed_pieces_succeeds_and_counts_them() -> None:
    broken.update({0, 1})
    parent, pieces = begun(allow_failed=True)
    for each in pieces:
        services.run(each.pk)
    assert fresh(parent).state == "succeeded"
    assert fresh(parent).result["failed"] == 2


def test_cancelling_the_parent_cancels_what_nobody_has_begun() -> None:
    parent, pieces = begun()
    services.run(pieces[0].pk)
    assert services.request_cancel(parent)
    assert fresh(parent).state == "cancelled"
    assert [fresh(each).state for each in pieces] == ["succeeded", "cancelled", "cancelled"]


def test_a_parent_without_pieces_is_done_at_once(register: Register) -> None:
    def empty(context: Context) -> Steps:
        yield Progress(done=0, total=0)
        return WAIT_FOR_PIECES

    job = ask(register(empty))
    services.run(job.pk)
    assert fresh(job).state == "succeeded"


def test_the_sweep_ends_a_parent_whose_last_worker_died_before_it_could() -> None:
    parent, pieces = begun()
    Job.objects.filter(parent=parent).update(state="succeeded")
    assert fresh(parent).state == "waiting"
    services.sweep()
    assert fresh(parent).state == "succeeded"
    assert len(pieces) == 3


def test_a_parent_that_fails_while_cutting_takes_its_pieces_with_it(register: Register) -> None:
    def breaks(context: Context) -> Steps:
        services.enqueue(kind="piece", arguments={"number": 0}, parent=context.job_id)
        yield Progress(done=0)
        raise JobError("no more")

    job = ask(register(breaks))
    services.run(job.pk)
    assert [each.state for each in Job.objects.filter(parent=job)] == ["cancelled"]


def test_a_command_does_all_pieces_itself() -> None:
    job = services.run_inline(ask("cut", dispatch_now=False))
    assert job.result["succeeded"] == 3
