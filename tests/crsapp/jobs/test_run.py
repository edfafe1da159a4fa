"""A job is run step by step; what goes wrong is said in words, and what may go right later is tried again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone, translation

from crsapp.accounts.models import User
from crsapp.jobs import leases, services
from crsapp.jobs.models import Job
from crsapp.jobs.registry import Context, JobError, Outside, Progress, Steps
from crsapp.jobs.services.running import stopping
from tests.crsapp.jobs.conftest import Register, ask, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_amiras_job_is_done_and_says_what_came_of_it(register: Register, amira: User) -> None:
    def count(context: Context) -> Steps:
        assert context.created_by_id == amira.pk
        for number in range(context.arguments["up_to"]):
            yield Progress(done=number, total=3, message=f"at {number}")
        return {"counted": 3}

    job = ask(register(count), arguments={"up_to": 3}, created_by=amira, title="Count")

    services.run(job.pk)

    job = fresh(job)
    assert (job.state, job.result, job.done, job.total) == ("succeeded", {"counted": 3}, 3, 3)
    assert job.started
    assert job.finished
    assert job.lease_token is None


def test_running_a_finished_job_again_does_nothing(register: Register) -> None:
    runs = []

    def once(context: Context) -> Steps:
        runs.append(1)
        yield Progress(done=1)
        return {}

    job = ask(register(once))
    services.run(job.pk)
    services.run(job.pk)
    assert runs == [1]


def test_a_message_about_a_job_that_is_not_there_is_harmless() -> None:
    services.run(Job().pk)


def test_an_unknown_kind_fails_in_words() -> None:
    job = ask("nobody.knows_this")
    services.run(job.pk)
    job = fresh(job)
    assert job.state == "failed"
    assert "“nobody.knows_this”" in job.error
    assert "same version of the code" in job.error


def test_a_job_error_is_final_and_shown_as_it_is(register: Register) -> None:
    def refuse(context: Context) -> Steps:
        yield Progress(done=1)
        raise JobError("line 412 names item @98123, which is not among the items.")

    job = ask(register(refuse))
    services.run(job.pk)
    job = fresh(job)
    assert (job.state, job.attempts) == ("failed", 1)
    assert job.error == "line 412 names item @98123, which is not among the items."


def test_an_unforeseen_error_is_tried_again_after_a_pause_that_grows_and_then_said(
    register: Register, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(context: Context) -> Steps:
        yield Progress(done=0)
        raise ValueError("no such number")

    job = ask(register(break_down), max_attempts=3)
    for pause in (leases.RETRY_SECONDS, leases.RETRY_SECONDS * 4):
        services.run(job.pk)
        job = fresh(job)
        assert (job.state, job.error) == ("queued", "ValueError: no such number")
        assert job.run_after is not None
        assert job.run_after - timezone.now() == pytest.approx(timedelta(seconds=pause), abs=timedelta(seconds=2))
        services.run(job.pk)
        assert fresh(job).state == "queued", "it waits for its time"
        Job.objects.filter(pk=job.pk).update(run_after=timezone.now() - timedelta(seconds=1))

    services.run(job.pk)

    job = fresh(job)
    assert (job.state, job.error) == ("failed", "ValueError: no such number It was tried 3 times.")
    assert str(job.pk) in caplog.text
    assert "Traceback" in caplog.text


def test_the_next_attempt_goes_on_from_the_checkpoint_and_is_not_held_against_the_job(register: Register) -> None:
    begun_at = []

    def stumble(context: Context) -> Steps:
        begun_at.append(context.checkpoint.get("next", 0))
        for number in range(context.checkpoint.get("next", 0), 5):
            if begun_at.count(number) == 1 and number == begun_at[-1] and number > 0:
                pass
            context.checkpoint["next"] = number + 1
            yield Progress(done=number + 1, total=5)
            if len(begun_at) <= 4:
                context.checkpoint["next"] = 99
                raise OSError("the line dropped")
        return {}

    job = ask(register(stumble), max_attempts=2)
    for _ in range(6):
        services.run(job.pk)
        Job.objects.filter(pk=job.pk).update(run_after=None)

    assert begun_at == [0, 1, 2, 3, 4], "each attempt got one step further; what a failed step noted is forgotten"
    assert fresh(job).state == "succeeded"


def test_a_step_that_fails_leaves_nothing_behind(register: Register) -> None:
    def half(context: Context) -> Steps:
        User.objects.create_user("first")
        yield Progress(done=1)
        User.objects.create_user("second")
        raise JobError("no")

    services.run(ask(register(half)).pk)
    assert list(User.objects.values_list("username", flat=True)) == ["first"]


def test_a_failed_job_is_cleared_up_by_its_handler_and_begins_anew_on_retry(register: Register) -> None:
    def half(context: Context) -> Steps:
        User.objects.create_user("half-made")
        context.checkpoint["made"] = True
        yield Progress(done=1)
        raise JobError("no")

    def remove(context: Context) -> None:
        User.objects.filter(username="half-made").delete()
        context.checkpoint.clear()

    job = ask(register(half, abandoned=remove))
    services.run(job.pk)
    assert fresh(job).state == "failed"
    assert fresh(job).checkpoint == {}
    assert not User.objects.exists()


def test_a_job_whose_clearing_up_fails_is_over_all_the_same(register: Register) -> None:
    def refuse(context: Context) -> Steps:
        yield Progress(done=1)
        raise JobError("no")

    def break_down(context: Context) -> None:
        User.objects.create_user("left")
        raise RuntimeError("cannot")

    job = ask(register(refuse, abandoned=break_down))
    services.run(job.pk)
    assert (fresh(job).state, fresh(job).error) == ("failed", "no")
    assert not User.objects.exists()


def test_a_worker_that_is_asked_to_stop_gives_the_job_back_at_once(register: Register, broker_folder: object) -> None:
    def long(context: Context) -> Steps:
        for number in range(context.checkpoint.get("next", 0), 3):
            context.checkpoint["next"] = number + 1
            stopping.set()
            yield Progress(done=number + 1)
        return {}

    job = ask(register(long))
    services.run(job.pk)
    job = fresh(job)
    assert (job.state, job.done, job.attempts) == ("queued", 1, 0)
    assert job.dispatched is not None, "another worker was told"


def test_a_command_runs_a_job_and_its_failure_reaches_the_one_who_typed_it(register: Register) -> None:
    def break_down(context: Context) -> Steps:
        yield Progress(done=1)
        raise ValueError("bad line 3")

    def work(context: Context) -> Steps:
        yield Progress(done=1)
        return {"fine": True}

    assert services.run_inline(ask(register(work), dispatch_now=False)).result == {"fine": True}
    with pytest.raises(JobError, match="ValueError: bad line 3"):
        services.run_inline(ask(register(break_down), dispatch_now=False))
    with pytest.raises(JobError, match="No installed app knows"):
        services.run_inline(ask("nobody.knows_this", dispatch_now=False))


@pytest.mark.django_db(transaction=True)
def test_slow_work_is_done_outside_any_transaction_and_handed_to_the_next_step(register: Register) -> None:
    seen = []

    def slow() -> str:
        seen.append((connection.in_atomic_block, Job.objects.get().message))
        return "an answer"

    def ask_somebody(context: Context) -> Steps:
        answer = yield Outside(Progress(done=0, message="asking"), slow)
        assert connection.in_atomic_block
        nothing = yield Progress(done=1)
        return {"answer": answer, "nothing": nothing}

    job = ask(register(ask_somebody))
    services.run(job.pk)
    assert seen == [(False, "asking")]
    assert fresh(job).result == {"answer": "an answer", "nothing": None}


def test_what_goes_wrong_outside_is_tried_again_like_any_step(register: Register) -> None:
    def slow() -> None:
        raise ConnectionError("the line is dead")

    def ask_somebody(context: Context) -> Steps:
        yield Outside(Progress(done=0), slow)

    job = ask(register(ask_somebody))
    services.run(job.pk)
    job = fresh(job)
    assert (job.state, job.error) == ("queued", "ConnectionError: the line is dead")


def test_a_job_cancelled_meanwhile_asks_nobody(register: Register) -> None:
    asked = []

    def ask_somebody(context: Context) -> Steps:
        Job.objects.filter(pk=context.job_id).update(cancel_requested=True)
        yield Outside(Progress(done=0), lambda: asked.append(1))

    job = ask(register(ask_somebody))
    services.run(job.pk)
    assert (fresh(job).state, asked) == ("cancelled", [])


def test_a_worker_writes_in_the_language_of_whoever_asked(register: Register) -> None:
    said = []

    def speak(context: Context) -> Steps:
        yield Progress(done=0)
        said.append(translation.get_language())
        return {}

    kind = register(speak)
    with translation.override("zh-hans"):
        chinese = ask(kind)
    services.run(chinese.pk)
    services.run(ask(kind).pk)
    assert said == ["zh-hans", "en"]
    assert translation.get_language() == "en"
