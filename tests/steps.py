"""Steps of a job taken one at a time, as its worker takes them, by a test that stops in the middle."""

from django.db import transaction

from crsapp.jobs.registry import Outside, Progress, Steps


def advance(steps: Steps, before: Progress | Outside) -> Progress | Outside:
    """Do what was yielded `before` outside any transaction, then the next step in one."""
    answer = before.work() if isinstance(before, Outside) else None
    with transaction.atomic():
        return steps.send(answer)
