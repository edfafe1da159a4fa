import pytest

from crsapp.accounts.models import User
from crsapp.jobs import services
from crsapp.jobs.models import Job
from crsapp.jobs.registry import Context, Progress, Steps
from tests.crsapp.jobs.conftest import Register, ask, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_a_job_that_nobody_has_begun_is_cancelled_at_once() -> None:
    job = ask("tests.any")
    assert services.request_cancel(job)
    assert job.state == "cancelled"
    services.run(job.pk)
    assert fresh(job).attempts == 0


def test_a_running_job_stops_at_its_next_step_and_clears_up(register: Register) -> None:
    def long(context: Context) -> Steps:
        for number in range(5):
            User.objects.create_user(f"made-{number}")
            if number == 1:
                assert services.request_cancel(Job.objects.get(pk=context.job_id))
            yield Progress(done=number + 1, total=5)
        return {}

    def remove(context: Context) -> None:
        User.objects.filter(username="made-0").delete()

    job = ask(register(long, abandoned=remove))
    services.run(job.pk)
    assert (fresh(job).state, fresh(job).done) == ("cancelled", 2)
    assert list(User.objects.values_list("username", flat=True)) == ["made-1"]


def test_a_job_that_is_over_cannot_be_cancelled(register: Register) -> None:
    def quick(context: Context) -> Steps:
        yield Progress(done=1)
        return {"kept": True}

    job = ask(register(quick))
    services.run(job.pk)
    assert not services.request_cancel(job)
    assert (job.state, job.result, job.cancel_requested) == ("succeeded", {"kept": True}, False)


def test_a_cancelled_job_can_be_asked_for_again(register: Register) -> None:
    def quick(context: Context) -> Steps:
        yield Progress(done=1)
        return {}

    job = ask(register(quick))
    services.request_cancel(job)
    assert services.retry(job)
    assert not services.retry(job), "it waits already"
    services.run(job.pk)
    assert fresh(job).state == "succeeded"
    assert not services.retry(job), "what is done is not done again"
