"""What `jobs/_job.html` and `jobs/_worker.html` need to be included by a page that knows only the job."""

from django import template

from crsapp.jobs.models import Job
from crsapp.jobs.services import worker_is_alive
from crsapp.jobs.status import Status, status_of

register = template.Library()


@register.simple_tag
def job_status(job: Job) -> Status:
    return status_of(job)


@register.simple_tag
def worker_is_missing() -> bool:
    return not worker_is_alive()
