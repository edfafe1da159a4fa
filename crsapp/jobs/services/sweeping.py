"""What every worker does every few seconds: show that it is alive, and find work that got lost."""

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from crsapp.jobs import leases
from crsapp.jobs.clock import from_now
from crsapp.jobs.dispatch import dispatch
from crsapp.jobs.models import Job, Worker
from crsapp.jobs.pieces import cancel_open, settle

AT_ONCE = 200
FORGET_WORKERS_AFTER_SECONDS = 24 * 60 * 60


def say_alive(*, name: str) -> None:
    if not Worker.objects.filter(pk=name).update(seen=Now()):
        Worker.objects.create(name=name, started=Now(), seen=Now())


def say_goodbye(*, name: str) -> None:
    Worker.objects.filter(pk=name).delete()


def worker_is_alive() -> bool:
    return Worker.objects.alive().exists()


def sweep(*, capacity: int = AT_ONCE) -> None:
    """Return jobs whose lease ran out, wake workers again for jobs whose message may be lost, end finished parents.

    `capacity` says how many messages that were sent before may be sent again: nothing is gained by repeating them
    while every worker is busy. Any number of workers may sweep at the same time.
    """
    for job_id in Job.objects.expired().values_list("pk", flat=True)[:AT_ONCE]:
        leases.expire(job_id)
    _dispatch_again(capacity)
    _end_parents()
    Worker.objects.filter(seen__lt=from_now(-FORGET_WORKERS_AFTER_SECONDS)).delete()


def _dispatch_again(capacity: int) -> None:
    due = Job.objects.due().values_list("pk", flat=True)
    not_just_being_sent = Q(attempts__gt=0) | Q(created__lt=from_now(-1))
    never = due.filter(not_just_being_sent, dispatched=None)[:AT_ONCE]
    long_ago = due.filter(dispatched__lt=from_now(-settings.JOB_SWEEP_SECONDS))[:capacity]
    for job_id in (*never, *long_ago):
        if not dispatch(job_id):
            return  # the broker is away; waiting for it once a job would hold the heartbeat up


def _end_parents() -> None:
    waiting = Job.objects.filter(state=Job.State.WAITING)
    pieces = Job.objects.filter(parent=OuterRef("pk"))
    for parent_id in waiting.exclude(Exists(pieces.open())).values_list("pk", flat=True)[:AT_ONCE]:
        settle(parent_id)
    over = Job.objects.filter(state__in=[Job.State.FAILED, Job.State.CANCELLED])
    orphaned = over.filter(Exists(pieces.open())).values_list("pk", flat=True)
    for parent_id in orphaned[:AT_ONCE]:
        cancel_open(parent_id)
